"""`autograder fetch`: fetch the notebooks of a class from its repositories."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.notebooks.course import CourseError, find_course
from autograder.repositories.fetch import fetch
from autograder.repositories.git import GitError
from autograder.repositories.students import StudentsError, read_students
from autograder.sandbox.limits import Limits
from autograder.text import one_line


def run(list_of: Path, to: Path | None, *, output: Console, errors: Console) -> int:
    """Fetch everybody's notebooks and print a line a student.

    Args:
        list_of: the file with the students and their repositories.
        to: the folder of the class; the course's `course/submitted` where it is None.
        output: for the lines.
        errors: for the names of repositories and files that could not be fetched.

    Returns:
        0, or 2 when a repository or a notebook could not be fetched; the others are fetched.
    """
    try:
        course = find_course()
        students = read_students(list_of)
    except (CourseError, StudentsError) as error:
        errors.print(Text(one_line(str(error))))
        return 2
    folder = to or course.private / "submitted"
    whole = True
    for student in students:
        try:
            found = fetch(student, course, folder / student.name, Limits().notebook_bytes)
        except (GitError, OSError) as error:
            errors.print(Text(one_line(f"{student.name}: not fetched: {error}")))
            whole = False
            continue
        noun = "notebook" if found.count == 1 else "notebooks"
        output.print(Text(f"{student.name}: {found.count} {noun}"))
        for note in found.notes:
            output.print(Text(one_line(f"  note: {note}")))
        for problem in found.problems:
            errors.print(Text(one_line(f"{student.name}: {problem}")))
            whole = False
    return 0 if whole else 2
