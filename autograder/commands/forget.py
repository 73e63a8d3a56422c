"""`autograder forget`: remove students' kept results."""

from rich.console import Console
from rich.text import Text

from autograder.grading.kept import forget
from autograder.notebooks.course import CourseError, find_course
from autograder.text import one_line


def run(students: list[str], *, output: Console, errors: Console) -> int:
    """Remove, and say how many there were: 0, or 2 where there is no course."""
    try:
        course = find_course()
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    for student in students:
        count = forget(course, student)
        noun = "result" if count == 1 else "results"
        output.print(Text(one_line(f"{student}: {count} {noun} removed")))
    return 0
