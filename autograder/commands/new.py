"""`autograder new`: the files of a new exercise, which run as they stand."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.authoring.scaffold import find_root, scaffold, write
from autograder.notebooks.course import CourseError

NEXT = """
They run as they stand:
    autograder audit {exercise}
    autograder release {assignment}
Now change them, one after the other: docs/writing-an-exercise.md in the autograder's repository
takes about 15 minutes."""


def run(name: str, *, output: Console, errors: Console) -> int:
    """Write the files of ASSIGNMENT/EXERCISE and list them: 0, or 2 when nothing was written."""
    assignment, slash, exercise = name.partition("/")
    if not (assignment and slash and exercise):
        errors.print(Text(f"{name!r}: give ASSIGNMENT/EXERCISE, such as intro/log_softmax"))
        return 2
    try:
        root = find_root(Path.cwd().resolve())
        files = scaffold(root, assignment, exercise)
        write(files)
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    paths = [str(file.path.relative_to(root)) for file in files]
    width = max(map(len, paths))
    for path, file in zip(paths, files, strict=True):
        output.print(Text(f"{path:<{width}}  {file.purpose}"))
    output.print(Text(NEXT.format(assignment=assignment, exercise=exercise)))
    return 0
