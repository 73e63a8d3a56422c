"""`autograder init`: make a new course, in a folder of its own."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.authoring.init import init
from autograder.authoring.scaffold import write
from autograder.notebooks.course import CourseError

NEXT = """
The course is empty. Begin an exercise:
    cd {folder}
    autograder new intro/my_function"""


def run(folder: Path, *, output: Console, errors: Console) -> int:
    """Write the files of a course and list them: 0, or 2 when nothing was written."""
    try:
        files = init(folder.absolute())
        write(files)
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    paths = [str(file.path.relative_to(folder.absolute())) for file in files]
    width = max(map(len, paths))
    for path, file in zip(paths, files, strict=True):
        output.print(Text(f"{path:<{width}}  {file.purpose}"))
    output.print(Text(NEXT.format(folder=folder)))
    return 0
