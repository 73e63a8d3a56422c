"""Remarks at the lines of notebooks, as code hosting services show them beside the cells.

`github`: workflow commands, which GitHub Actions reads from a step's output. `gitlab`: a Code Quality
report. Forgejo has neither (its documentation of Forgejo Actions).
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autograder.checking import messages
from autograder.grading.results import ExerciseResult, Report, SubmissionResult
from autograder.language import speaking, tr
from autograder.reports.mistakes import first_failure, why_not_run
from autograder.text import one_line, printable, score

Lines = Mapping[tuple[str, str], int]
"""By path and exercise: the line of the file where the answer is; an unknown one is on line 1."""


@dataclass(frozen=True)
class Remark:
    """A problem at a line of a file.

    id: tells kinds of remarks apart; the same from run to run.
    """

    path: str
    line: int
    id: str
    title: str
    text: str


def remarks(report: Report, lines: Lines) -> Iterator[Remark]:
    """Remarks on every exercise that was attempted and has not full marks, and on unreadable files."""
    for result in report.results:
        for exercise in result.exercises:
            if exercise.status not in ("passed", "not_attempted"):
                with speaking(result.language):
                    found = _remark(result, exercise, lines.get((result.path, exercise.name), 1))
                yield found
    for file in report.ungraded:
        yield Remark(os.path.normpath(file.path), 1, "not_graded", "not graded", file.reason)


def _remark(result: SubmissionResult, exercise: ExerciseResult, line: int) -> Remark:
    points = messages.POINTS.format(
        points=score(exercise.score), possible=score(exercise.max_score)
    )
    parts = []
    failed = first_failure(exercise)
    if failed is not None:
        parts += [failed.title, failed.message]
    elif why := why_not_run(exercise):
        parts.append(why)
    if exercise.diagnosis is not None:
        parts.append(tr("Your function {mistake}.").format(mistake=exercise.diagnosis.title))
        parts.append(f"{tr('hint:')} {exercise.diagnosis.hint}")
    return Remark(
        os.path.normpath(result.path),
        line,
        exercise.diagnosis.id if exercise.diagnosis is not None else exercise.status,
        f"{exercise.name}: {points}, {messages.STATUSES[exercise.status]}",
        "\n".join(parts),
    )


def github(report: Report, lines: Lines) -> str:
    """A workflow command a remark; nothing in a remark can begin or end one."""
    return "".join(
        f"::error file={_property(one.path)},line={one.line},title={_property(one.title)}"
        f"::{_data(one.text)}\n"
        for one in remarks(report, lines)
    )


def _data(text: str) -> str:
    """A message in a workflow command, encoded as @actions/core does it."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a workflow command, which a comma or a colon would end."""
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def gitlab(report: Report, lines: Lines) -> str:
    """A Code Quality report: a list with an object a remark (GitLab's documentation of the format)."""
    found = [
        {
            "description": one_line(f"{one.title}. {one.text}"),
            "check_name": one_line(one.id),
            "fingerprint": _fingerprint(one),
            "severity": "major",
            "location": {"path": one_line(one.path), "lines": {"begin": one.line}},
        }
        for one in remarks(report, lines)
    ]
    return json.dumps(found, indent=2, ensure_ascii=True) + "\n"


def _fingerprint(one: Remark) -> str:
    """The same wherever in its file the cell is, so that an old remark isn't taken for a new one."""
    text = json.dumps([one.path, one.title.partition(":")[0], one.id])
    return hashlib.sha256(text.encode()).hexdigest()


SYSTEMS: dict[str, Callable[[Report, Lines], str]] = {"github": github, "gitlab": gitlab}
