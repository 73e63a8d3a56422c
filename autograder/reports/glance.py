"""The first facts about a class for an instructor: who needs something, and the frequent mistakes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.reports.mistakes import Mistake
from autograder.reports.overview import Overview, Row
from autograder.text import score

FEW = 5
"""Students, or mistakes, that are named in one line."""
FEWEST = "Fewest points: {students} (of {possible})"
UNGRADED = "Could not be graded: {students}"
NOTHING = "Handed in nothing: {students}"
LACK = "Lack a notebook: {students}"
MISTAKE = "Most frequent mistake: {exercise} {title} ({count} students)"
LOOK = "Full marks in an unusual way, or internals named: {students}"
MORE = "{names} and {count} more"


@dataclass(frozen=True)
class Line:
    """A sentence, and the section of the class's page that says more."""

    text: str
    section: str


def glance(overview: Overview, mistakes: Sequence[Mistake]) -> Iterator[Line]:
    """The lines that there is a reason for; the most urgent first."""
    rows = overview.rows
    if ungraded := [row.student for row in rows if row.ungraded]:
        yield Line(UNGRADED.format(students=_few(ungraded)), "look")
    if nothing := [row.student for row in rows if row.nothing]:
        yield Line(NOTHING.format(students=_few(nothing)), "missing")
    if lack := [row.student for row in rows if row.lacks and not row.nothing]:
        yield Line(LACK.format(students=_few(lack)), "missing")
    if odd := list(dict.fromkeys(remark.student for remark in overview.review)):
        yield Line(LOOK.format(students=_few(odd)), "look")
    if mistakes and (count := len(mistakes[0].students)) > 1:
        first = mistakes[0]
        said = MISTAKE.format(exercise=first.exercise, title=first.title, count=count)
        yield Line(said, "mistakes")
    if said := fewest(rows):
        yield Line(said, "students")


def fewest(rows: Iterable[Row]) -> str:
    """Who of those that handed in anything has the smallest shares; "" where all have full marks."""
    lacking = (row for row in rows if row.share < 1 and not row.nothing)
    there = sorted(lacking, key=lambda row: row.share)[:FEW]
    if not there:
        return ""
    students = ", ".join(f"{row.student} {score(row.score)}" for row in there)
    return FEWEST.format(students=students, possible=score(max(row.possible for row in there)))


def _few(students: Sequence[str]) -> str:
    names = ", ".join(students[:FEW])
    more = len(students) - FEW
    return MORE.format(names=names, count=more) if more > 0 else names
