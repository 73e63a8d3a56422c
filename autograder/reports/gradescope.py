"""The results of one submission as Gradescope reads them.

Source: Gradescope's "Autograder Specifications" (gradescope-autograders.readthedocs.io, specs): `tests`
with `score`, `max_score`, `status`, `name`, `output`, as plain text; `score` alone where there are none.
"""

import json
from collections.abc import Iterator
from typing import Any

from autograder.checking import messages
from autograder.grading.results import CheckResult, ExerciseResult, Report
from autograder.language import speaking, tr
from autograder.reports.overview import Overview
from autograder.text import printable


def render(report: Report) -> str:
    """The content of results.json: a test a check, or one for an exercise that was not checked.

    The points add up to those of the report, and the maxima to its maximum.
    """
    tests: list[dict[str, Any]] = []
    for result in report.results:
        with speaking(result.language):
            for exercise in result.exercises:
                tests += _exercise(exercise)
    for row in Overview(report).rows:
        for place, entry in row.entries.items():
            if entry.result is None:
                said = messages.NOT_HANDED_IN if entry.state == "missing" else messages.NOT_GRADED
                text = said.format(notebook=place[1])
                tests.append(_test(place[2], 0.0, entry.max_score, text, passed=False))
    notes = [problem.text for result in report.results for problem in result.problems]
    notes += [file.reason for file in report.ungraded]
    if not tests:
        notes.append(messages.NO_NOTEBOOK)
    document: dict[str, Any] = {
        "output": "\n".join(map(printable, notes)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "visibility": "visible",
        "execution_time": round(sum(result.seconds for result in report.results), 3),
        "tests": tests,
    }
    if not tests:
        document["score"] = 0.0
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def _exercise(exercise: ExerciseResult) -> Iterator[dict[str, Any]]:
    """A test a check, where the checks' points are the exercise's; else one of its own."""
    points = sum(check.points for check in exercise.checks)
    maxima = sum(check.max_points for check in exercise.checks)
    advice = [f"{tr('advice:')} {line.text}" for line in exercise.advice]
    same = abs(points - exercise.score) < 1e-9 and abs(maxima - exercise.max_score) < 1e-9
    if not exercise.checks or not same:
        said = [check.message for check in exercise.checks if check.outcome == "failed"][:1]
        said = said or [messages.STATUSES[exercise.status]]
        text = "\n".join([*said, *_hint(exercise), *advice])
        passed = exercise.status == "passed"
        yield _test(exercise.name, exercise.score, exercise.max_score, text, passed=passed)
        return
    hinted = False
    for number, check in enumerate(exercise.checks):
        said = _why(check)
        if not hinted and check.outcome == "failed":
            said, hinted = [*said, *_hint(exercise)], True
        if number == len(exercise.checks) - 1:
            said += advice
        yield _test(
            f"{exercise.name}: {check.title}",
            check.points,
            check.max_points,
            "\n".join(said),
            passed=check.outcome == "passed",
        )


def _why(check: CheckResult) -> list[str]:
    said = [check.message] if check.message else []
    return [*said, check.code] if check.code else said


def _hint(exercise: ExerciseResult) -> list[str]:
    if exercise.diagnosis is None:
        return []
    named = tr("Your function {mistake}.").format(mistake=exercise.diagnosis.title)
    return [named, f"{tr('hint:')} {exercise.diagnosis.hint}"]


def _test(name: str, points: float, most: float, text: str, *, passed: bool) -> dict[str, Any]:
    return {
        "name": printable(name),
        "score": points,
        "max_score": most,
        "status": "passed" if passed else "failed",
        "output": printable(text),
        "visibility": "visible",
    }
