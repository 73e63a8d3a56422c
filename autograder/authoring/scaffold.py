"""A new exercise: files that run as they stand, for an instructor to change."""

import keyword
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.notebooks.course import (
    CHECK_PREFIX,
    PICTURE_TAG,
    CourseError,
    is_source,
    own_exercises,
    read_source,
)

POINTS = 10
"""Of the scaffold's checks, together."""
TAKEN = frozenset({"check", "student", "reference", "torch"})
"""Names that a notebook or a check already gives a meaning."""
LONGEST = 60
"""Characters of a name: files are called `misconceptions_of_<name>` and the like."""
_ASSIGNMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_EXERCISE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CELL = re.compile(r"^# %% (markdown|code) ([\w-]+)(?: (locked|solution|graded|picture))?\n", re.M)


@dataclass(frozen=True)
class NewFile:
    """A file of a new exercise or course, and its purpose; only the owner can read a private one."""

    path: Path
    text: str
    purpose: str
    private: bool = False


def find_root(start: Path) -> Path:
    """The nearest folder above with solutions/, which may still be empty. Raises CourseError."""
    for folder in (start, *start.parents):
        if (folder / "solutions").is_dir():
            return folder
    raise CourseError(
        f"{start}: no course here or above it (a folder with solutions/); `autograder init` begins one"
    )


def scaffold(root: Path, assignment: str, exercise: str) -> list[NewFile]:
    """The files of a new exercise; none is written yet.

    Args:
        root: the course's folder.
        assignment: a folder of solutions/, which need not exist.
        exercise: the name of the function to write, and of the notebook.

    Raises:
        CourseError: for a name that cannot be used, or a file that is already there.
    """
    if not _ASSIGNMENT.fullmatch(assignment) or len(assignment) > LONGEST:
        raise CourseError(f"{assignment!r}: an assignment's name is of letters, digits, _ and -")
    _check_name(exercise)
    for path in sorted((root / "solutions").glob("*/*.ipynb")):
        if is_source(path) and exercise in read_source(path).points:
            raise CourseError(f"{exercise}: already an exercise of {path}")
    files = list(_files(root, assignment, exercise))
    for file in files:
        if file.path.exists() or file.path.is_symlink():
            raise CourseError(f"{file.path}: already there; nothing was written")
    return files


def _check_name(exercise: str) -> None:
    if not _EXERCISE.fullmatch(exercise) or len(exercise) > LONGEST:
        raise CourseError(
            f"{exercise!r}: an exercise is called as its function is: letters, digits and _"
        )
    if keyword.iskeyword(exercise) or keyword.issoftkeyword(exercise):
        raise CourseError(f"{exercise!r}: a word of Python cannot be a function's name")
    if exercise in TAKEN:
        raise CourseError(f"{exercise!r}: this name has another meaning in notebooks and checks")


def _files(root: Path, assignment: str, exercise: str) -> Iterator[NewFile]:
    environment = Environment(
        loader=PackageLoader("autograder.authoring"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # nothing of this is HTML
    )
    title = exercise.replace("_", " ").capitalize()

    def render(template: str) -> str:
        text = environment.get_template(f"{template}.py.jinja")
        return text.render(exercise=exercise, title=title, points=POINTS)

    notebook = root / "solutions" / assignment / f"{exercise}.ipynb"
    yield NewFile(notebook, to_notebook(render("notebook"), exercise), "text, stub, reference")
    folder = own_exercises(root) / exercise
    yield NewFile(folder / f"test_{exercise}.py", render("checks"), "the checks")
    yield NewFile(folder / "misconceptions.py", render("misconceptions"), "known mistakes")
    yield NewFile(folder / "forbidden.py", render("forbidden"), "forbidden built-ins")
    yield NewFile(folder / "vectorization.py", render("vectorization"), "arguments, to spot loops")
    yield NewFile(folder / "variants.py", render("variants"), "correct variants")


def to_notebook(text: str, exercise: str) -> str:
    """A source notebook from a script whose cells begin with `# %% kind id role`."""
    _, *parts = _CELL.split(text)
    cells = []
    for kind, id, role, source in zip(*(parts[i::4] for i in range(4)), strict=True):
        name = f"{exercise.replace('_', '-')[:40]}-{id}"
        if kind == "markdown":
            cell = nbformat.v4.new_markdown_cell(source.strip("\n"), id=name)
        else:
            cell = nbformat.v4.new_code_cell(source.strip("\n"), id=name)
        if role == "picture":
            cell.metadata["tags"] = [PICTURE_TAG]
        elif role is not None:
            cell.metadata["nbgrader"] = _metadata(role, exercise)
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    written: str = nbformat.writes(notebook)
    return written + "\n"


def _metadata(role: str, exercise: str) -> dict[str, object]:
    """The metadata of a cell as nbgrader writes it, in version 3."""
    grade_ids = {
        "locked": f"imports_{exercise}",
        "solution": exercise,
        "graded": CHECK_PREFIX + exercise,
    }
    points = {"points": POINTS} if role == "graded" else {}
    return {
        "grade": role == "graded",
        "grade_id": grade_ids[role],
        "locked": role != "solution",
        **points,
        "schema_version": 3,
        "solution": role == "solution",
        "task": False,
    }


def write(files: list[NewFile]) -> None:
    """Write all files or none; raises CourseError with the reason."""
    written: list[Path] = []
    try:
        for file in files:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o600 if file.private else 0o666
            with open(
                file.path, "x", encoding="utf-8", opener=partial(os.open, mode=mode)
            ) as stream:
                written.append(file.path)
                stream.write(file.text)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise CourseError(f"{error.filename}: {error.strerror}; nothing was written") from error
