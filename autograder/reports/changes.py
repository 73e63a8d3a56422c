"""How the scores of two reports differ, exercise by exercise."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.table import Table
from rich.text import Text

from autograder.grading.results import Report
from autograder.text import cell, score

GONE = "–"
"""The sign in place of points, where a report has no such exercise of a student."""


@dataclass(frozen=True)
class Change:
    """An exercise of a student whose score, or maximum, is another one than before; None: not graded."""

    student: str
    notebook: str
    exercise: str
    before: tuple[float, float] | None
    after: tuple[float, float] | None


def between(before: Report, after: Report) -> tuple[Change, ...]:
    """The differences, by student, for what the later report is about.

    An exercise that only the earlier report has counts if its student and notebook are in the later one: a
    report on a part of the class isn't compared with the rest.
    """
    old, new = _scores(before), _scores(after)
    covered = {(student, notebook) for student, notebook, _ in new}
    covered |= {(m.student, f"{m.assignment}/{m.notebook}") for m in after.missing}
    covered |= {(f.student, f"{f.assignment}/{f.notebook}") for f in after.ungraded}
    keys = sorted(new.keys() | {key for key in old if key[:2] in covered})
    return tuple(
        Change(*key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)
    )


def _scores(report: Report) -> dict[tuple[str, str, str], tuple[float, float]]:
    return {
        (result.student, f"{result.assignment}/{result.notebook}", exercise.name): (
            exercise.score,
            exercise.max_score,
        )
        for result in report.results
        for exercise in result.exercises
    }


def render(changes: Sequence[Change], compared_with: str) -> Group:
    """A line a change, with what it was compared with."""
    if not changes:
        return Group(Text(cell(f"no score differs from {compared_with}")))
    table = Table(box=None, pad_edge=False)
    for heading in ("student", "notebook", "exercise"):
        table.add_column(heading, overflow="fold")
    for heading in ("before", "now"):
        table.add_column(heading, justify="right", no_wrap=True)
    for change in changes:
        names = (change.student, change.notebook, change.exercise)
        table.add_row(
            *(Text(cell(name)) for name in names),
            _points(change.before),
            Text(_points(change.after), style="green" if _rises(change) else "red"),
        )
    noun = "score" if len(changes) == 1 else "scores"
    title = f"{len(changes)} {noun} differ from {compared_with}"
    return Group(Text(cell(title), style="bold"), table)


def _points(points: tuple[float, float] | None) -> str:
    return GONE if points is None else f"{score(points[0])} / {score(points[1])}"


def _rises(change: Change) -> bool:
    before = change.before[0] if change.before is not None else 0.0
    return change.after is not None and change.after[0] >= before
