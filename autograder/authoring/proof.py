"""Proves a released notebook: no solution is in it, stubs earn nothing, and the checks run."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.grading.at_home import judge_at_home
from autograder.grading.battery.file import SUFFIX, BatteryError, read_released
from autograder.grading.service import GradingFailed, GradingService
from autograder.notebooks.course import BEGIN, END, Course, SourceNotebook
from autograder.notebooks.submission import UnreadableSubmission, read_submission

MARKERS = tuple(
    f"{edge} {region}"
    for edge in ("BEGIN", "END")
    for region in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
)
"""The marks that nbgrader removes; when one of a pair is misspelt, the other stays behind."""
TELLING_WORDS = 3
"""A line with fewer names and numbers, such as `return X`, gives nothing away."""
_KEYWORDS = frozenset("return if elif else for while in with not and or is pass try None".split())
_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*")


def prove(
    course: Course, service: GradingService, source: SourceNotebook, path: Path
) -> tuple[str, ...]:
    """Find the problems of a released notebook; none if all is well.

    Args:
        course: the course.
        service: grades the stubs.
        source: the source notebook.
        path: its release.
    """
    if not path.is_file():
        return (f"{path} was not written",)
    return (
        *leaks(source, path.parent),
        *stub_problems(course, service, path),
        *at_home_problems(course, source, path),
    )


def leaks(source: SourceNotebook, folder: Path) -> tuple[str, ...]:
    """Solution lines and solution marks in the files of a released assignment."""
    problems = []
    lines = solution_lines(source)
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        text = released_text(path)
        squeezed = _squeeze(text)
        problems += [
            f"{path} holds the solution line `{line}`"
            for line in lines
            if _squeeze(line) in squeezed
        ]
        problems += [f"{path} still holds {mark}" for mark in MARKERS if mark in text.upper()]
    return tuple(problems)


def leaked_lines(course: Course, name: str, data: bytes) -> list[str]:
    """Lines of a course's solutions that a file of that name and content holds."""
    squeezed = _squeeze(text_of(name, data))
    lines = dict.fromkeys(line for source in course.notebooks for line in solution_lines(source))
    return [line for line in lines if _squeeze(line) in squeezed]


def solution_lines(source: SourceNotebook) -> tuple[str, ...]:
    """The lines of a notebook's solutions that give something away."""
    lines: list[str] = []
    for cell in source.cells:
        if cell.solution:
            inside = BEGIN not in cell.source  # without marks nbgrader replaces the whole cell
            for line in cell.source.splitlines():
                if line.strip() in (BEGIN, END):
                    inside = line.strip() == BEGIN
                elif inside and is_telling(line):
                    lines.append(line.strip().removeprefix("return "))
    return tuple(dict.fromkeys(lines))


def is_telling(line: str) -> bool:
    """Return whether a line gives something of the solution away, wherever it stands."""
    return len([word for word in _WORD.findall(line) if word not in _KEYWORDS]) >= TELLING_WORDS


def released_text(path: Path) -> str:
    """Everything in a file that a reader could find: a notebook's strings, a battery unpacked."""
    return text_of(path.name, path.read_bytes())


def text_of(name: str, data: bytes) -> str:
    """The same for a file of that name and content."""
    if name.endswith(".ipynb"):
        return "\n".join(_strings(json.loads(data)))
    if name.endswith(SUFFIX):
        data = zlib.decompress(data.partition(b"\n")[2])
    return data.decode("utf-8", "replace")


def _strings(value: Any) -> Iterator[str]:
    """The texts of a JSON value; a list of texts, as a cell's lines are, is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)


def _squeeze(text: str) -> str:
    return "".join(text.split())


def stub_problems(course: Course, service: GradingService, path: Path) -> tuple[str, ...]:
    """Exercises of a released notebook that aren't worth 0 points as they stand."""
    try:
        result = service.grade(read_submission(path, course, service.server.limits))
    except (UnreadableSubmission, GradingFailed) as error:
        return (str(error),)
    problems = [f"{path}: {problem}" for problem in result.problems]
    for exercise in result.exercises:
        if exercise.score != 0:
            problems.append(f"{path}: the stub of {exercise.name} scores {exercise.score:g}, not 0")
        elif exercise.status != "not_attempted":
            problems.append(f"{path}: {exercise.name} counts as {exercise.status}, not as a stub")
    return tuple(problems)


def at_home_problems(course: Course, source: SourceNotebook, path: Path) -> tuple[str, ...]:
    """Exercises of which the reference doesn't get full marks from the released cases."""
    if not source.points:
        return ()
    try:
        released = read_released(path.with_suffix(SUFFIX))
    except BatteryError as error:
        return (f"{path.parent}: {error}",)
    problems = []
    for name in source.points:
        if released.exercise(name) is None:
            problems.append(f"{path.with_suffix(SUFFIX)}: has no cases of {name}")
            continue
        result, _ = judge_at_home(released, course.exercise(name), source.namespace())
        missed = [check for check in result.checks if check.outcome != "passed"]
        problems += [
            f"{path.with_suffix(SUFFIX)}: the reference {check.outcome} {name}/{check.name}: "
            f"{check.message}"
            for check in missed
        ]
    return tuple(problems)
