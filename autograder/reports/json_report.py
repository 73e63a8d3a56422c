"""The JSON report, schema version 1: the contract with other tools (docs/json.md)."""

import json
import math
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

import msgspec

from autograder.grading.results import (
    CheckResult,
    ExerciseResult,
    Expected,
    Missing,
    Picture,
    Report,
    SubmissionResult,
    Ungraded,
)
from autograder.language import LANGUAGES
from autograder.notes import Note
from autograder.reports.overview import Overview, Row
from autograder.sandbox.isolation import Isolation
from autograder.text import visible

SCHEMA = 1


class UnreadableReport(Exception):
    """Raised when a text is no JSON report of this schema; the text says why."""


def render(report: Report) -> str:
    """The report as JSON text, ASCII only, in one key order."""
    isolation = report.isolation
    document = {
        "schema": SCHEMA,
        "complete": report.complete,
        "shard": None if report.shard is None else list(report.shard),
        "roster_fingerprint": report.roster,
        "secret_fingerprint": report.fingerprint,
        "sandbox": None if isolation is None else _sandbox(isolation),
        "notebooks": [_expected(notebook) for notebook in report.expected],
        "students": [_student(row) for row in Overview(report).rows],
        "submissions": [_submission(result) for result in report.results],
        "ungraded": [_ungraded(file) for file in report.ungraded],
        **_notes("problems", "problem_ids", report.problems),
    }
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("##", r"\u0023#") + "\n"  # printed in CI, `##[error]` would be a command


def _expected(notebook: Expected) -> dict[str, Any]:
    return {
        "assignment": notebook.assignment,
        "notebook": notebook.notebook,
        "exercises": [
            {"name": name, "max_score": points} for name, points in notebook.exercises.items()
        ],
        "max_score": notebook.max_score,
    }


def _student(row: Row) -> dict[str, Any]:
    return {
        "student": visible(row.student),
        "folder": row.has_folder,
        "score": row.score,
        "max_score": row.max_score,
        "missing": [list(place) for place in row.missing],
    }


def _ungraded(file: Ungraded) -> dict[str, Any]:
    return {
        "path": visible(file.path),
        "student": visible(file.student),
        "assignment": visible(file.assignment),
        "notebook": visible(file.notebook),
        "reason": visible(file.reason),
        "reason_id": visible(file.reason_id),
    }


def _sandbox(isolation: Isolation) -> dict[str, Any]:
    return {
        "level": isolation.level,
        "layers": isolation.layers,
        "missing": [visible(sentence) for sentence in isolation.missing],
    }


def _submission(result: SubmissionResult) -> dict[str, Any]:
    return {
        "path": visible(result.path),
        "student": visible(result.student),
        "assignment": result.assignment,
        "notebook": result.notebook,
        "score": result.score,
        "max_score": result.max_score,
        "status": result.status,
        "seconds": round(result.seconds, 3),
        **_notes("problems", "problem_ids", result.problems),
        **_notes("review", "review_ids", result.review),
        "language": result.language,
        "exercises": [exercise(one) for one in result.exercises],
    }


def _notes(key: str, ids: str, notes: Iterable[Note]) -> dict[str, list[str]]:
    """Sentences under one key, their ids in the same order under another: the first one came earlier."""
    return {key: [visible(one.text) for one in notes], ids: [visible(one.id) for one in notes]}


def exercise(exercise: ExerciseResult) -> dict[str, Any]:
    """One exercise as the report has it."""
    diagnosis = exercise.diagnosis
    return {
        "name": exercise.name,
        "score": exercise.score,
        "max_score": exercise.max_score,
        "status": exercise.status,
        "diagnosis": None
        if diagnosis is None
        else {
            "id": visible(diagnosis.id),
            "title": visible(diagnosis.title),
            "hint": visible(diagnosis.hint),
        },
        **_notes("advice", "advice_ids", exercise.advice),
        "checks": [_check(check) for check in exercise.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "title": check.title,
        "points": check.points,
        "max_points": check.max_points,
        "outcome": check.outcome,
        "message": visible(check.message),
        "message_id": visible(check.message_id),
        "counterexample": _finite(check.counterexample),
        "code": check.code,
        "picture": None if check.picture is None else _picture(check.picture),
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "kind": picture.kind,
        "cells": [[visible(text) for text in row] for row in picture.cells],
        "marked": [list(row) for row in picture.marked],
    }


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: they become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {visible(str(key)): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return visible(str(value))


class _Points(msgspec.Struct):
    name: str
    max_score: float


class _Notebook(msgspec.Struct):
    assignment: str
    notebook: str
    exercises: list[_Points]


class _Student(msgspec.Struct):
    student: str
    folder: bool
    missing: list[tuple[str, str]]


class _Document(msgspec.Struct):
    """The keys of a report that are read; those that can be computed from them are not."""

    schema: int
    submissions: tuple[SubmissionResult, ...]
    complete: bool = True
    shard: tuple[int, int] | None = None
    roster_fingerprint: str = ""
    secret_fingerprint: str = ""
    sandbox: Isolation | None = None
    notebooks: list[_Notebook] = []
    students: list[_Student] = []
    ungraded: tuple[Ungraded, ...] = ()
    problems: tuple[Note, ...] = ()


def _objects(owner: Any, key: str) -> list[dict[str, Any]]:
    """The objects in a list; none where it is something else, which is found when it is converted."""
    found = owner.get(key) if isinstance(owner, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _join(owner: dict[str, Any], key: str, ids_key: str) -> None:
    """Put sentences and their ids together; a report of an earlier version has no ids."""
    texts, ids = owner.get(key), owner.get(ids_key, [])
    if isinstance(texts, list) and isinstance(ids, list):
        pairs = zip_longest(texts, ids[: len(texts)], fillvalue="")
        owner[key] = [{"id": id, "text": one} for one, id in pairs]


def read_exercise(data: Any) -> ExerciseResult:
    """One exercise as `exercise` made it. Raises msgspec.ValidationError."""
    for one in _objects({"all": [data]}, "all"):
        _join(one, "advice", "advice_ids")
    return msgspec.convert(data, type=ExerciseResult)


def read(text: bytes) -> Report:
    """The report that was rendered, one of an earlier version too. Raises UnreadableReport."""
    try:
        document = msgspec.json.decode(text)
        if isinstance(document, dict):
            _join(document, "problems", "problem_ids")
        for submission in _objects(document, "submissions"):
            _join(submission, "problems", "problem_ids")
            _join(submission, "review", "review_ids")
            if str(submission.get("language")) not in LANGUAGES:  # of an earlier or a later version
                submission["language"] = "en"
            for exercise in _objects(submission, "exercises"):
                _join(exercise, "advice", "advice_ids")
        found = msgspec.convert(document, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableReport(f"not a JSON report of `autograder grade` ({error})") from None
    if found.schema != SCHEMA:
        raise UnreadableReport(f"has schema {found.schema}; this version reads {SCHEMA}")
    return Report(
        results=found.submissions,
        ungraded=found.ungraded,
        isolation=found.sandbox,
        complete=found.complete,
        students=tuple(student.student for student in found.students if student.folder),
        expected=tuple(
            Expected(one.assignment, one.notebook, {e.name: e.max_score for e in one.exercises})
            for one in found.notebooks
        ),
        missing=tuple(Missing(s.student, *names) for s in found.students for names in s.missing),
        fingerprint=found.secret_fingerprint,
        shard=found.shard,
        problems=found.problems,
        roster=found.roster_fingerprint,
    )
