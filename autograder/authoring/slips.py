"""Finds slips in an instructor's own files, by file and line, before anybody is judged by them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.authoring.patterns import unmatched
from autograder.grading.checks import Check, blame
from autograder.notebooks.cells import Code
from autograder.notebooks.course import CHECK_PREFIX, SourceNotebook
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.reach import uses_in
from autograder.sandbox.cells import Cell

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


def reference_of(source: SourceNotebook, name: str) -> dict[str, Any]:
    """The reference functions, with the exercise's among them; raises AuthoringError."""
    with blaming(source.path):
        namespace = source.namespace()
    if not callable(namespace.get(name)):
        raise AuthoringError(f"{source.path}: no cell defines the function {name}")
    return namespace


def slips_in_cells(source: SourceNotebook, name: str) -> Iterator[str]:
    """Find the problems in the cells of an exercise."""
    if not any(cell.solution and cell.grade_id == name for cell in source.cells):
        yield f"{source.path}: no solution cell has the grade_id {name}"
    line = f'check("{name}")'
    for cell in source.cells:
        if cell.grade_id == CHECK_PREFIX + name and cell.source.strip() != line:
            yield f"{source.path}: the cell {cell.grade_id} should hold the line {line} and no other"


def slips_in_checks(exercise: Exercise, checks: Sequence[Check]) -> Iterator[str]:
    """Problems with the checks of an exercise other than what they compare."""
    if not checks:
        raise AuthoringError(f"{exercise.folder}: no test_*.py with checks in it")
    before: set[str] = set()
    for check in checks:
        if not check.points:
            raise AuthoringError(
                f"{exercise.path(f'test_{exercise.name}.py')}: {check.name} should have @points(NUMBER)"
            )
        if check.needs is not None and check.needs not in before:
            yield f"{check.name} needs {check.needs}, which is no check above it"
        if not (check.function.__doc__ or "").strip():
            yield f"{check.name} has no docstring: the sentence that a student reads"
        before.add(check.name)


def slips_in_helpers(exercise: Exercise, namespace: dict[str, Any]) -> Iterator[str]:
    """Problems in forbidden.py and vectorization.py, where there are any."""
    with blaming(exercise.path("forbidden.py")):
        forbidden = exercise.forbidden
    for slip in unmatched(forbidden):
        yield f"{exercise.path('forbidden.py')}: {slip}"
    with blaming(exercise.path("vectorization.py")):
        make = exercise.vectorization
        arguments = make(ROWS) if make is not None else None
    if arguments is not None:
        try:
            namespace[exercise.function](*arguments)
        except Exception as error:  # the reference may raise anything for them
            raised = f"{type(error).__name__}: {error}"
            yield f"{exercise.path('vectorization.py')}: the reference raises {raised}"


def slips_in_misconceptions(exercise: Exercise) -> Iterator[str]:
    """Problems in misconceptions.py other than the behaviour of its functions."""
    path = exercise.path("misconceptions.py")
    marks = {mistake.id: mistake.mark for mistake in exercise.mistakes()}
    if not marks:
        yield f"{path}: no known mistakes; without any, nobody knows what the checks catch"
    for id, mark in marks.items():
        for part in mark.combines:
            if part not in marks or marks[part].combines:
                raise AuthoringError(f"{path}: {id} combines {part}, which is no single mistake")


def forbidden_uses(
    source: SourceNotebook, exercise: Exercise, variants: Sequence[str]
) -> Iterator[str]:
    """Correct answers that do what is forbidden: the reference, and correct variants by their names."""
    forbidden = exercise.forbidden
    cells = [Cell(place, cell.source) for place, cell in enumerate(source.cells, 1)]
    for use in uses_in(Code(cells), exercise.function, forbidden):
        yield f"the reference is correct, but uses {use.name}, which is forbidden"
    path = exercise.path("variants.py")
    if path.exists():
        code = Code([Cell(1, path.read_text(encoding="utf-8"))])
        for id in variants:
            for use in uses_in(code, id, forbidden):
                yield f"{id} is correct, but uses {use.name}, which is forbidden (line {use.line})"
