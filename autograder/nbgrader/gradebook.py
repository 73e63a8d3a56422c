"""A class's report from nbgrader's gradebook, and from the autograded notebooks beside it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from math import fsum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.grading.results import (
    ExerciseResult,
    Expected,
    Missing,
    Report,
    Status,
    SubmissionResult,
    Ungraded,
    in_order,
    overall,
)
from autograder.language import current
from autograder.nbgrader.kept_reports import MISSING, KeptReport, read_reports
from autograder.notebooks.course import CHECK_PREFIX
from autograder.notes import note
from autograder.text import score

Key = tuple[str, str, str]
"""Student, assignment, notebook."""
AUTOGRADED = "autograded"
"""nbgrader's folder, beside the gradebook."""
UNREADABLE = "{url}: is no gradebook of nbgrader that can be read ({why})"
NOT_GRADED = "{student}, {assignment}/{notebook}: {why}"
KNOWS = (
    "Made of nbgrader's gradebook. Points are those of the gradebook, with changes by hand and without "
    "late penalties. It doesn't know what wants a look, which files were left out, and students who are "
    "not in it; `autograder grade --json` does."
)
POINTS_ALONE = (
    "Of {count} of {of} graded notebooks it knows the points alone, not which checks failed, which "
    "mistake it is, or whether anything was attempted: {folder} holds no report on them. "
    "`nbgrader autograde --force` writes one."
)


class GradebookError(Exception):
    """Raised when a gradebook cannot be read; the text says which and why."""


@dataclass
class _Cells:
    """One student's notebook in the gradebook, by the names of its cells.

    scores: with changes by hand.
    waiting: cells without points.
    """

    penalty: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    comments: dict[str, str] = field(default_factory=dict)


def read_gradebook(source: str, folder: Path | None = None) -> tuple[Report, tuple[str, ...]]:
    """The report on a class, and sentences about the facts that a gradebook doesn't have.

    Args:
        source: a SQLite file, or the database's address as SQLAlchemy has it. Nothing is written there.
        folder: of the autograded notebooks; by default beside the file.

    Raises:
        GradebookError: when it cannot be read.
    """
    url = _url(source)
    if folder is None and "://" not in source:
        folder = Path(source).parent / AUTOGRADED
    try:
        engine = create_engine(url)
        try:
            with Session(engine) as session:
                points = _points(session)
                found = _submitted(session)
                students = sorted(name for (name,) in session.query(api.Student.id))
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        shown = url.render_as_string(hide_password=True) if "://" in source else source
        why = str(error).partition("\n")[0]
        raise GradebookError(UNREADABLE.format(url=shown, why=why)) from None
    return _report(points, found, students, folder)


def _url(source: str) -> URL:
    if "://" not in source:
        # Read only: SQLite would make journals, and nbgrader's own class would add missing tables.
        path = f"file:{quote(str(Path(source).absolute()))}"
        return URL.create("sqlite", database=path, query={"mode": "ro", "uri": "true"})
    try:
        return make_url(source)
    except SQLAlchemyError:
        raise GradebookError("the gradebook's address is none that SQLAlchemy reads") from None


def _points(session: Session) -> dict[tuple[str, str], dict[str, float]]:
    """The points of every cell that gives some, by assignment and notebook."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for kind in (api.GradeCell, api.TaskCell):
        columns = (api.Assignment.name, api.Notebook.name, kind.name, kind.max_score)
        query = session.query(*columns).select_from(kind).join(kind.notebook)
        query = query.join(api.Notebook.assignment).order_by(*columns[:3])
        for assignment, notebook, cell, most in query:
            found[assignment, notebook][cell] = float(most)
    return found


def _submitted(session: Session) -> dict[Key, _Cells]:
    """The submitted notebooks."""

    def rows(kind: Any, *columns: Any) -> Iterator[tuple[Key, Any]]:
        """Columns of the entries that belong to a submitted notebook."""
        key = (api.SubmittedAssignment.student_id, api.Assignment.name, api.Notebook.name)
        query = session.query(*key, *columns).select_from(kind)
        if kind is not api.SubmittedNotebook:
            query = query.join(kind.cell).join(
                api.SubmittedNotebook, kind.notebook_id == api.SubmittedNotebook.id
            )
        query = query.join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
        query = query.join(api.SubmittedNotebook.assignment).join(
            api.SubmittedAssignment.assignment
        )
        for student, assignment, notebook, *values in query:
            yield (student, assignment, notebook), values

    found: dict[Key, _Cells] = {}
    for key, (penalty,) in rows(
        api.SubmittedNotebook, api.SubmittedNotebook.late_submission_penalty
    ):
        found[key] = _Cells(float(penalty or 0.0))
    grade = api.Grade
    for key, (cell, points, auto, manual) in rows(
        grade, api.BaseCell.name, grade.score, grade.auto_score, grade.manual_score
    ):
        cells = found[key]
        cells.scores[cell] = float(points or 0.0)
        if auto is None and manual is None:
            cells.waiting.add(cell)
        if manual is not None:
            cells.by_hand.add(cell)
    comment = api.Comment.manual_comment
    for key, (cell, text) in rows(api.Comment, api.BaseCell.name, comment):
        if text:
            found[key].comments[cell] = text
    return found


def _report(
    points: dict[tuple[str, str], dict[str, float]],
    found: dict[Key, _Cells],
    students: Sequence[str],
    folder: Path | None,
) -> tuple[Report, tuple[str, ...]]:
    handed_in = {assignment for _, assignment, _ in found}
    expected = {place: cells for place, cells in points.items() if place[0] in handed_in and cells}
    results: list[SubmissionResult] = []
    ungraded: list[Ungraded] = []
    lacking: list[Missing] = []
    known = 0
    for key, cells in found.items():
        student, assignment, notebook = key
        if (assignment, notebook) not in expected:
            continue
        path = Path(student, assignment, f"{notebook}.ipynb")
        kept = {} if folder is None else read_reports(folder / path)
        where = {"student": student, "assignment": assignment, "notebook": notebook}
        why = next((one.problems for one in kept.values() if one.report is None), None)
        if cells.by_hand:
            why = None  # a person has seen it
        if why is not None and why and why[-1].id == MISSING:
            lacking.append(Missing(*key))
        elif why is not None:
            reason = NOT_GRADED.format(
                **where, why="; ".join(map(str, why)) or "could not be graded"
            )
            id = why[-1].id if why else ""
            ungraded.append(Ungraded(str(path), student, reason, assignment, notebook, id))
        elif cells.scores.keys() <= cells.waiting:
            no_points = note("no_points")
            reason = NOT_GRADED.format(**where, why=no_points)
            ungraded.append(
                Ungraded(str(path), student, reason, assignment, notebook, no_points.id)
            )
        else:
            known += bool(kept)
            results.append(_result(key, str(path), cells, expected[assignment, notebook], kept))
    lacking += [
        Missing(student, *place)
        for student in students
        for place in expected
        if (student, *place) not in found
    ]
    report = Report(
        results=tuple(results),
        ungraded=tuple(ungraded),
        students=tuple(students),
        expected=tuple(
            Expected(*place, {_name(cell): most for cell, most in cells.items()})
            for place, cells in sorted(expected.items())
        ),
        missing=tuple(sorted(lacking, key=astuple)),
    )
    said = [KNOWS]
    if known < len(results):
        count = len(results) - known
        where_to = folder if folder is not None else AUTOGRADED
        said.append(POINTS_ALONE.format(count=count, of=len(results), folder=where_to))
    return in_order(report), tuple(said)


def _result(
    key: Key, path: str, cells: _Cells, points: dict[str, float], kept: dict[str, KeptReport]
) -> SubmissionResult:
    """A notebook with the gradebook's points and its reports' explanations."""
    problems = [problem for one in kept.values() for problem in one.problems]
    order = [name for name in kept if name in points]
    exercises: list[ExerciseResult] = []
    for cell in [*order, *(name for name in points if name not in order)]:
        name, earned, most = _name(cell), cells.scores.get(cell, 0.0), points[cell]
        report = kept[cell].report if cell in kept else None
        if cell in cells.waiting:
            problems.append(note("waits", cell=name))
        if report is None:
            exercises.append(ExerciseResult(name, earned, most, _status(earned, most), ()))
            continue
        if round(report.score, 4) != round(earned, 4):
            checks = score(report.score)
            problems.append(note("by_hand", cell=name, points=score(earned), checks=checks))
            report = replace(report, status=_status(earned, most))
        exercises.append(replace(report, name=name, score=earned, max_score=most))
    problems += [
        note("comment", cell=_name(cell), text=text) for cell, text in cells.comments.items()
    ]
    if cells.penalty:
        problems.append(note("late", points=score(cells.penalty)))
    return SubmissionResult(
        path=path,
        student=key[0],
        assignment=key[1],
        notebook=key[2],
        score=fsum(one.score for one in exercises),
        max_score=fsum(points.values()),
        status=overall([one.status for one in exercises]),
        seconds=0.0,
        exercises=tuple(exercises),
        problems=tuple(problems),
        language=current(),
    )


def _status(earned: float, most: float) -> Status:
    return "passed" if earned >= most else "partial" if earned > 0 else "failed"


def _name(cell: str) -> str:
    """The exercise that a check cell checks; a cell that is graded by hand has its own name."""
    return cell.removeprefix(CHECK_PREFIX)
