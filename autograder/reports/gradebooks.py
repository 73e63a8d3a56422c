"""Gradebooks as CSV, as Canvas and Moodle import them: one column an assignment.

Sources: Canvas, lib/gradebook_importer.rb (the columns that name a student, the row "Points Possible");
Moodle, grade/import/csv (a column that names the student, the others mapped by hand), and
mod/assign/feedback/offline/importgradeslib.php (the grading worksheet of one assignment).
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.grading.results import Report
from autograder.reports.overview import Overview, Row
from autograder.text import no_formula

CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POSSIBLE = "Points Possible"
"""Canvas takes every row whose first cell holds this for the row of the maxima."""
WORKSHEET_COLUMNS = (
    "Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"
)  # fmt: skip
"""In the words of Moodle's English pages: it finds the columns by these names."""
PARTICIPANT = "Participant {id}"


@dataclass(frozen=True)
class Person:
    """A student as the other system knows them: its number for them, and their name."""

    id: str
    name: str


def assignments_of(report: Report) -> tuple[str, ...]:
    """The assignments that a report is about, in the order of the course."""
    return tuple(dict.fromkeys(place[0] for place in Overview(report).places))


def only(report: Report, assignment: str) -> Report:
    """The part of a report that is about one assignment, and about files that may be of any."""
    return replace(
        report,
        results=tuple(r for r in report.results if r.assignment == assignment),
        ungraded=tuple(f for f in report.ungraded if f.assignment in (assignment, "")),
        expected=tuple(e for e in report.expected if e.assignment == assignment),
        missing=tuple(m for m in report.missing if m.assignment == assignment),
    )


def canvas(report: Report, people: Mapping[str, Person] | None = None) -> str:
    """The gradebook as Canvas imports it.

    Args:
        report: the class.
        people: by student, whom Canvas knows under which number; without it, a student's folder has the
            name of their login.
    """
    overview = Overview(report)
    assignments = assignments_of(report)
    maxima = [_points(_possible(overview, name)) for name in assignments]
    rows: list[Sequence[str]] = [
        [*CANVAS_COLUMNS, *map(no_formula, assignments)],
        [f"    {POSSIBLE}", "", "", "", "", *maxima],
    ]
    for row in overview.rows:
        if people is None:
            who = [row.student, "", "", row.student, ""]
        elif row.student in people:
            person = people[row.student]
            who = [person.name, person.id, "", "", ""]
        else:
            continue
        name = who[0].replace(POSSIBLE, POSSIBLE.replace(" ", "-"))
        rows.append([*map(no_formula, [name, *who[1:]]), *_marks(row, assignments)])
    return _csv(rows)


def moodle(report: Report) -> str:
    """The gradebook as Moodle's import of grades reads it, where a student's folder has their user name."""
    overview = Overview(report)
    assignments = assignments_of(report)
    rows: list[Sequence[str]] = [["username", *map(no_formula, assignments)]]
    rows += [[no_formula(row.student), *_marks(row, assignments)] for row in overview.rows]
    return _csv(rows)


def moodle_worksheet(report: Report, assignment: str, people: Mapping[str, Person]) -> str:
    """The grading worksheet of a Moodle assignment.

    Args:
        report: the class.
        assignment: which of its assignments.
        people: by student, which participant of the assignment they are.
    """
    overview = Overview(only(report, assignment))
    possible = _points(_possible(overview, assignment))
    rows: list[Sequence[str]] = [WORKSHEET_COLUMNS]
    for row in overview.rows:
        if row.student in people:
            person = people[row.student]
            [mark] = _marks(row, [assignment])
            name = no_formula(person.name)
            rows.append([PARTICIPANT.format(id=person.id), name, mark, possible, "-"])
    return _csv(rows)


def _marks(row: Row, assignments: Iterable[str]) -> list[str]:
    """The points by assignment; nothing where nothing was handed in, or a notebook could not be graded."""
    marks = []
    for assignment in assignments:
        entries = [entry for place, entry in row.entries.items() if place[0] == assignment]
        states = {entry.state for entry in entries}
        unread = any(file.assignment in (assignment, "") for file in row.ungraded)
        known = states - {"missing"} and "ungraded" not in states and not unread
        marks.append(_points(sum(entry.score for entry in entries)) if known else "")
    return marks


def _possible(overview: Overview, assignment: str) -> float:
    places = [place for place in overview.places if place[0] == assignment]
    return sum(overview.points_of(place) for place in places)


def _points(points: float) -> str:
    """With two decimals at most, as both systems show points."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _csv(rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
