"""`autograder grade`: grade notebooks, print and write the reports."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from autograder.grading.results import SubmissionResult, Ungraded
from autograder.grading.service import grade_all
from autograder.notebooks.course import Course, CourseError, find_course
from autograder.notebooks.submission import (
    Submission,
    UnreadableSubmission,
    find_notebooks,
    read_submission,
    student_of,
)
from autograder.reports import json_report, junit, terminal
from autograder.sandbox.isolation import LEVELS, Isolation
from autograder.sandbox.limits import Limits, with_limits
from autograder.sandbox.spawning import SandboxError
from autograder.text import one_line


def run(
    paths: list[Path],
    *,
    json_to: str | None,
    junit_to: Path | None,
    jobs: int,
    sandbox: str,
    limits: Sequence[str],
    fail_under: float | None,
    output: Console,
    errors: Console,
) -> int:
    """Grade, report, and say with the exit code how it went: 0, 1 (below --fail-under) or 2."""
    problems: list[str] = []
    results: list[SubmissionResult] = []
    ungraded: list[Ungraded] = []
    isolation: list[Isolation] = []
    try:
        chosen = with_limits(Limits(), limits)
        course = find_course()
        submissions = _read(paths, course, chosen, problems, ungraded)
        results = _grade(submissions, course, chosen, jobs, sandbox, errors, ungraded, isolation)
    except (CourseError, SandboxError, ValueError) as error:
        problems.append(str(error))
    weakest = min(isolation, key=lambda found: LEVELS.index(found.level), default=None)
    problems += [file.reason for file in ungraded]
    for problem in problems:
        errors.print(Text(one_line(problem)))
    if json_to == "-":
        sys.stdout.write(json_report.render(results, weakest, ungraded))
    else:
        terminal.show(output, results, weakest, len(ungraded))
        if json_to is not None:
            _write(Path(json_to), json_report.render(results, weakest, ungraded))
    if junit_to is not None:
        _write(junit_to, junit.render(results, ungraded))
    if problems:
        return 2
    return 1 if fail_under is not None and _percent(results) < fail_under else 0


def _read(
    paths: list[Path],
    course: Course,
    limits: Limits,
    problems: list[str],
    ungraded: list[Ungraded],
) -> list[Submission]:
    """The submissions; problems and ungraded are filled in."""
    notebooks, missing = find_notebooks(paths)
    problems += missing
    submissions = []
    for path in notebooks:
        try:
            submissions.append(read_submission(path, course, limits))
        except UnreadableSubmission as error:
            ungraded.append(Ungraded(str(path), student_of(path), str(error)))
    return submissions


def _grade(
    submissions: list[Submission],
    course: Course,
    limits: Limits,
    jobs: int,
    sandbox: str,
    errors: Console,
    ungraded: list[Ungraded],
    isolation: list[Isolation],
) -> list[SubmissionResult]:
    """Grade; ungraded and isolation are filled in. Raises SandboxError."""
    results: dict[int, SubmissionResult] = {}

    def probed(found: Isolation) -> None:
        if sandbox == "require" and found.level != "strict":
            raise SandboxError(f"--sandbox=require: not graded, because {'; '.join(found.missing)}")
        isolation.append(found)

    graded = grade_all(
        submissions, course, limits, jobs=jobs, isolate=sandbox != "off", probed=probed
    )
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("grading", total=len(submissions))
        for place, result in graded:
            if isinstance(result, str):
                failed = submissions[place]
                ungraded.append(Ungraded(str(failed.path), failed.student, result))
            else:
                results[place] = result
            bar.advance(task)
    return [results[place] for place in sorted(results)]


def _percent(results: list[SubmissionResult]) -> float:
    possible = sum(result.max_score for result in results)
    return 100 * sum(result.score for result in results) / possible if possible else 0.0


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: aside first, then renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # the name must not be there before the content is
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
