"""The JSON report, schema version 1: the contract with other tools (docs/json.md)."""

import json
import math
from typing import Any

from autograder.grading.results import CheckResult, ExerciseResult, Report, SubmissionResult
from autograder.sandbox.isolation import Isolation
from autograder.text import visible

SCHEMA = 1


def render(report: Report) -> str:
    """The report as JSON text, ASCII only, in one key order."""
    isolation = report.isolation
    document = {
        "schema": SCHEMA,
        "complete": report.complete,
        "sandbox": None if isolation is None else _sandbox(isolation),
        "submissions": [_submission(result) for result in report.results],
        "ungraded": [
            {
                "path": visible(file.path),
                "student": visible(file.student),
                "reason": visible(file.reason),
            }
            for file in report.ungraded
        ],
    }
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("##", r"\u0023#") + "\n"  # printed in CI, `##[error]` would be a command


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
        "problems": [visible(problem) for problem in result.problems],
        "review": [visible(sentence) for sentence in result.review],
        "exercises": [_exercise(exercise) for exercise in result.exercises],
    }


def _exercise(exercise: ExerciseResult) -> dict[str, Any]:
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
        "advice": [visible(line) for line in exercise.advice],
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
        "counterexample": _finite(check.counterexample),
        "code": check.code,
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
