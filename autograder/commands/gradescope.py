"""`autograder gradescope`: the zip with which Gradescope grades an assignment."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.authoring.gradescope import build
from autograder.commands.files import write
from autograder.notebooks.course import CourseError, find_course
from autograder.notebooks.secret import PUBLIC_NOTE
from autograder.text import one_line

DONE = "{path}: upload it as the assignment's autograder. It holds solutions and the secret."


def run(assignment: str, target: Path | None, *, output: Console, errors: Console) -> int:
    """Write the zip: 0, or 2 when it could not be made.

    Args:
        assignment: a folder of solutions/.
        target: the file; by default one in the course's dist/.
    """
    try:
        course = find_course()
        path = target or course.root / "dist" / f"gradescope-{assignment}.zip"
        data = build(course, assignment)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, data)
    except CourseError as error:
        errors.print(Text(one_line(str(error))))
        return 2
    except OSError as error:
        errors.print(Text(one_line(f"{error.filename}: {error.strerror}")))
        return 2
    if course.found_secret.is_public:
        errors.print(Text(f"note: {PUBLIC_NOTE}"))
    output.print(Text(one_line(DONE.format(path=path))))
    return 0
