"""Slips in an instructor's own files, told by file and line before anybody is judged by them."""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.patterns import unmatched
from autograder.checking.misconceptions import Misconception
from autograder.grading.feedback.forbidden import forbidden_in, module_of
from autograder.notebooks.cells import Code
from autograder.notebooks.course import CHECK_PREFIX, SourceNotebook
from autograder.notebooks.reach import uses_in
from autograder.sandbox.session import Cell

ROWS = 4
"""Rows of the arguments that are tried; any number will do."""


class AuthoringError(Exception):
    """Raised when a file of an exercise cannot be used; the text says which, where and why."""


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Turn what is raised while a file's code runs into an AuthoringError that names the line."""
    try:
        yield
    except AuthoringError:
        raise
    except Exception as error:  # an instructor's code may raise any kind
        raise AuthoringError(blame(error, path)) from error


def blame(error: BaseException, path: Path) -> str:
    """An error with the last place in a file (or in a notebook's cell) that it went through."""
    if isinstance(error, SyntaxError) and str(error.filename).startswith(str(path)):
        place, line, text = str(error.filename), error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith(str(path))]
        place, line = (own[-1].filename, own[-1].lineno) if own else (str(path), None)
        text = str(error)
    where = place.rstrip(":") + (f", line {line}" if line else "")
    return f"{where}: {type(error).__name__}: {text}"


def reference_of(source: SourceNotebook, name: str) -> dict[str, Any]:
    """The reference functions, with the exercise's among them; raises AuthoringError."""
    with blaming(source.path):
        namespace = source.namespace()
    if not callable(namespace.get(name)):
        raise AuthoringError(f"{source.path}: no cell defines the function {name}")
    return namespace


def slips_in_cells(source: SourceNotebook, name: str) -> Iterator[str]:
    """What is wrong with the cells of an exercise."""
    if not any(cell.solution and cell.grade_id == name for cell in source.cells):
        yield f"{source.path}: no solution cell has the grade_id {name}"
    line = f'check("{name}")'
    for cell in source.cells:
        if cell.grade_id == CHECK_PREFIX + name and cell.source.strip() != line:
            yield f"{source.path}: the cell {cell.grade_id} should hold the line {line} and no other"


def slips_in_checks(folder: Path, items: Sequence[pytest.Function]) -> Iterator[str]:
    """What is wrong with the checks of an exercise, but for what they compare."""
    if not items:
        raise AuthoringError(f"{folder}: no test_*.py with checks in it")
    before: set[str] = set()
    for item in items:
        marker = item.get_closest_marker("points")
        if marker is None or not marker.args:
            raise AuthoringError(f"{item.path}: {item.name} should have @points(NUMBER)")
        needed = marker.kwargs.get("needs")
        if needed is not None and needed not in before:
            yield f"{item.name} needs {needed}, which is no check above it"
        if not (item.obj.__doc__ or "").strip():
            yield f"{item.name} has no docstring: the sentence that a student reads"
        before.add(item.name)


def slips_in_helpers(folder: Path, namespace: dict[str, Any]) -> Iterator[str]:
    """What is wrong with forbidden.py and vectorization.py, where there are any."""
    with blaming(folder / "forbidden.py"):
        forbidden = forbidden_in(folder.name)
    for slip in unmatched(forbidden):
        yield f"{folder / 'forbidden.py'}: {slip}"
    with blaming(folder / "vectorization.py"):
        module = module_of(folder.name, "vectorization")
        arguments = module.arguments(ROWS) if module is not None else None
    if arguments is not None:
        try:
            namespace[folder.name](*arguments)
        except Exception as error:  # whatever the reference makes of them
            yield f"{folder / 'vectorization.py'}: the reference raises {type(error).__name__}: {error}"


def slips_in_misconceptions(folder: Path, marks: dict[str, Misconception]) -> Iterator[str]:
    """What is wrong with the known mistakes of an exercise, but for what they do."""
    path = folder / "misconceptions.py"
    if not marks:
        yield f"{path}: no known mistakes; without any, nobody knows what the checks catch"
    for id, mark in marks.items():
        for part in mark.combines:
            if part not in marks or marks[part].combines:
                raise AuthoringError(f"{path}: {id} combines {part}, which is no single mistake")


def forbidden_uses(source: SourceNotebook, variants: Path, names: Sequence[str]) -> Iterator[str]:
    """Right answers that do what is forbidden: the reference, and correct variants by their names."""
    name = variants.parent.name
    forbidden = forbidden_in(name)
    cells = [Cell(place, cell.source) for place, cell in enumerate(source.cells, 1)]
    for use in uses_in(Code(cells), name, forbidden):
        yield f"the reference is right, but uses {use.name}, which is forbidden"
    if variants.exists():
        code = Code([Cell(1, variants.read_text(encoding="utf-8"))])
        for id in names:
            for use in uses_in(code, id, forbidden):
                yield f"{id} is right, but uses {use.name}, which is forbidden (line {use.line})"
