"""`autograder init-ci`: the workflow with which a code hosting service grades."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.authoring.init_ci import init_ci
from autograder.authoring.scaffold import write
from autograder.notebooks.course import CourseError


def run(
    root: Path, system: str, *, fail_under: int | None, output: Console, errors: Console
) -> int:
    """Write the files of a workflow and list them: 0, or 2 when nothing was written."""
    try:
        files = init_ci(root, system, fail_under)
        write(files)
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    paths = [str(file.path.relative_to(root)) for file in files]
    width = max(map(len, paths))
    for path, file in zip(paths, files, strict=True):
        output.print(Text(f"{path:<{width}}  {file.purpose}"))
    return 0
