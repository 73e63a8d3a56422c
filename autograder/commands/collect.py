"""`autograder collect`: unpacks Moodle's or Canvas's download of all submissions for nbgrader and us."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.notebooks.course import CourseError, find_course
from autograder.notebooks.downloads import DownloadError, read_download, read_notebook
from autograder.sandbox.limits import Limits
from autograder.text import one_line

SUBMITTED = "submitted"
NO_ASSIGNMENT = "{name}: the course has no such assignment; it has {there}"
DONE = "{files} notebooks of {students} students are in {folder}/<student>/{assignment}"
REPLACED = "replaced, because it was another before: {path}"
LATE = "late: {student}"
OTHERS = "{count} files are no notebooks and were left in the archive"


def run(source: Path, assignment: str, *, output: Console, errors: Console) -> int:
    """Unpack, and say what was left out: 0, or 2 where a notebook could not be unpacked or nothing was."""
    limit = Limits().notebook_bytes
    try:
        course = find_course()
        there = {notebook.assignment for notebook in course.notebooks}
        if assignment not in there:
            said = NO_ASSIGNMENT.format(name=assignment, there=", ".join(sorted(there)))
            raise CourseError(said)
        names = {n.name for n in course.notebooks if n.assignment == assignment}
        download = read_download(source, names, limit)
    except (CourseError, DownloadError) as error:
        errors.print(Text(one_line(str(error))))
        return 2
    folder = course.private / SUBMITTED
    failed = False
    students: set[str] = set()
    count = 0
    for file in download.files:
        path = folder / file.student / assignment / file.notebook
        try:
            data = read_notebook(download, file, limit)
            path.parent.mkdir(parents=True, exist_ok=True)
            other = path.exists() and path.read_bytes() != data
            write(path, data)
        except (DownloadError, OSError) as error:
            errors.print(Text(one_line(str(error))))
            failed = True
            continue
        count += 1
        students.add(file.student)
        if other:
            output.print(Text(one_line(REPLACED.format(path=path))))
        if file.late:
            output.print(Text(one_line(LATE.format(student=file.student))))
    for sentence in download.older:
        output.print(Text(one_line(str(sentence))))
    for sentence in download.left_out:
        errors.print(Text(one_line(str(sentence))))
    if download.others:
        output.print(Text(OTHERS.format(count=download.others)))
    said = DONE.format(files=count, students=len(students), folder=folder, assignment=assignment)
    output.print(Text(one_line(said)))
    return 2 if failed or download.left_out or not count else 0
