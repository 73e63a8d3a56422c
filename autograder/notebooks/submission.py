"""A student's notebook, matched with its source: the cells to run, and notes on odd ones."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from autograder.language import of_notebook, speaking
from autograder.notebooks.course import Course, SourceCell, SourceNotebook
from autograder.notebooks.files import (
    SubmittedCell,
    read_notebook,
)
from autograder.notebooks.files import UnreadableSubmission as UnreadableSubmission
from autograder.notebooks.syntax import is_stub
from autograder.notes import Note, note
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits

MAX_PROBLEMS = 20
"""Sentences about one notebook: with two hundred damaged cells, not every one is listed."""
METADATA_VERSION = 3
"""The version of nbgrader's cell metadata: nbgrader.nbgraderformat.SCHEMA_VERSION in 0.9."""


@dataclass(frozen=True)
class Submission:
    """A student's notebook, matched with its source.

    cells: the code cells to run, numbered as in the file (0: added from the source).
    problems: sentences for the instructor about missing, doubled or changed cells.
    submitted: every cell of the file that can be read.
    functions: by exercise, the function that it asks for, where that has another name.
    language: the one in its metadata; "" for none.
    """

    path: Path
    student: str
    source: SourceNotebook
    cells: tuple[Cell, ...]
    problems: tuple[Note, ...]
    submitted: tuple[SubmittedCell, ...] = ()
    functions: Mapping[str, str] = field(default_factory=dict)
    language: str = ""

    def attempted(self, exercise: str) -> bool | None:
        """Return whether the exercise is answered: False for a stub, None where no cell defines it."""
        function = self.functions.get(exercise, exercise)
        states = [is_stub(cell.source, function) for cell in self.cells]
        known = [state for state in states if state is not None]
        return None if not known else not known[-1]


def read_submission(path: Path, course: Course, limits: Limits, student: str = "") -> Submission:
    """Read a notebook and match it with its source. Raises UnreadableSubmission."""
    problems: list[Note] = []
    cells, language = read_notebook(path, limits, problems)
    source = course.match(path.stem, frozenset(cell.grade_id for cell in cells))
    if source is None:
        raise UnreadableSubmission(path, "no_match")
    with speaking(of_notebook(language)):
        problems += [*_missing(cells, source), *_changed(cells, source)]
        said = first_of(problems)
    run = tuple(_to_run(cells, source))
    functions = {name: course.function_of(name) for name in source.points}
    who = student or student_of(path)
    return Submission(path, who, source, run, said, tuple(cells), functions, language)


def is_answered(submission: Submission) -> bool:
    """Return whether any of its exercises is answered: in a copy of the released notebook none is."""
    return any(map(submission.attempted, submission.source.points))


def first_of(problems: Sequence[Note]) -> tuple[Note, ...]:
    """The problems, or the first of them and how many more there are."""
    more = len(problems) - MAX_PROBLEMS
    first = tuple(problems[:MAX_PROBLEMS])
    return (*first, note("more", count=more)) if more > 0 else first


def student_of(path: Path) -> str:
    """The student's folder, where the file lies in <student>/<assignment>/<notebook>.ipynb."""
    parents = Path(os.path.abspath(path)).parents  # noqa: PTH100  (links are not followed)
    return parents[1].name if len(parents) > 1 else ""


def _missing(cells: list[SubmittedCell], source: SourceNotebook) -> Iterator[Note]:
    """A sentence for every cell of the course that isn't there exactly once."""
    counts = Counter(cell.grade_id for cell in cells)
    for original in source.cells:
        grade_id = original.grade_id
        if not grade_id:
            continue
        if counts[grade_id] == 0:
            yield note("cell_put_back" if original.locked else "cell_missing", grade_id=grade_id)
        elif counts[grade_id] > 1:
            yield note("cell_doubled", grade_id=grade_id, count=counts[grade_id])


def _changed(cells: list[SubmittedCell], source: SourceNotebook) -> Iterator[Note]:
    """A sentence for everything about a cell that students may not change, and that was changed."""
    originals = {cell.grade_id: cell for cell in source.cells if cell.grade_id}
    for cell in cells:
        if cell.claims is None:
            continue
        claims = cell.claims
        said = partial(note, cell=cell.number, grade_id=_short(cell.grade_id))
        if not cell.grade_id:
            yield said("no_grade_id")
        elif claims.get("schema_version") != METADATA_VERSION:
            yield said("metadata_version")
        original = originals.get(cell.grade_id)
        if original is None:
            continue
        if cell.kind != "code":
            yield said("no_code_run" if original.solution else "no_code")
        if original.locked and cell.source.strip() != original.source.strip():
            yield said("locked_changed")
        if (claims.get("grade"), claims.get("solution")) != (original.grade, original.solution):
            yield said("other_kind")
        elif original.grade and claims.get("points") != original.points:
            yield said("other_points")


def _to_run(cells: list[SubmittedCell], source: SourceNotebook) -> Iterator[Cell]:
    """The student's code without checks and pictures, after missing cells that it relies on."""
    present = {cell.grade_id for cell in cells}
    answers = {cell.grade_id for cell in source.cells if cell.solution}
    checks = {cell.grade_id for cell in source.cells if _is_check(cell)}
    left_out = {cell.source.strip() for cell in source.cells if _is_check(cell) or cell.picture}
    for required in source.required:
        if required.grade_id not in present:
            yield Cell(0, required.source)
    for cell in cells:
        if cell.kind != "code" and cell.grade_id not in answers:
            continue
        if cell.grade_id not in checks and cell.source.strip() not in left_out:
            yield Cell(cell.number, cell.source)


def _is_check(cell: SourceCell) -> bool:
    return cell.grade and not cell.solution


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
