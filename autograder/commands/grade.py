"""`autograder grade`: grade notebooks, print and write the reports."""

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from autograder.grading.results import SubmissionResult
from autograder.grading.service import grade_all
from autograder.notebooks.course import Course, CourseError, find_course
from autograder.notebooks.submission import (
    Submission,
    UnreadableSubmission,
    find_notebooks,
    read_submission,
)
from autograder.reports import json_report, junit, terminal
from autograder.reports.text import one_line
from autograder.sandbox.client import ForkServer, SandboxError
from autograder.sandbox.limits import Limits


def run(
    paths: list[Path],
    *,
    json_to: str | None,
    junit_to: Path | None,
    jobs: int,
    sandbox: str,
    fail_under: float | None,
    output: Console,
    errors: Console,
) -> int:
    """Grade, report, and say with the exit code how it went: 0, 1 (below --fail-under) or 2."""
    problems: list[str] = []
    results: list[SubmissionResult] = []
    limits = Limits()
    try:
        course = find_course()
        submissions = _read(paths, course, limits, problems)
        if sandbox == "require" and submissions:
            _require_isolation(limits)
        results = _grade(submissions, course, limits, jobs, sandbox != "off", errors, problems)
    except (CourseError, SandboxError) as error:
        problems.append(str(error))
    for problem in problems:
        errors.print(Text(one_line(problem)))
    if json_to == "-":
        sys.stdout.write(json_report.render(results))
    else:
        terminal.show(output, results)
        if json_to is not None:
            _write(Path(json_to), json_report.render(results))
    if junit_to is not None:
        _write(junit_to, junit.render(results))
    if problems:
        return 2
    return 1 if fail_under is not None and _percent(results) < fail_under else 0


def _read(
    paths: list[Path], course: Course, limits: Limits, problems: list[str]
) -> list[Submission]:
    notebooks, missing = find_notebooks(paths)
    problems += missing
    submissions = []
    for path in notebooks:
        try:
            submissions.append(read_submission(path, course, limits))
        except UnreadableSubmission as error:
            problems.append(str(error))
    return submissions


def _grade(
    submissions: list[Submission],
    course: Course,
    limits: Limits,
    jobs: int,
    isolate: bool,
    errors: Console,
    problems: list[str],
) -> list[SubmissionResult]:
    results: dict[int, SubmissionResult] = {}
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("grading", total=len(submissions))
        for place, result in grade_all(submissions, course, limits, jobs=jobs, isolate=isolate):
            if isinstance(result, str):
                problems.append(result)
            else:
                results[place] = result
            bar.advance(task)
    return [results[place] for place in sorted(results)]


def _require_isolation(limits: Limits) -> None:
    with ForkServer(limits) as server:
        if server.ready.level != "strict":
            missing = "; ".join(server.ready.missing)
            raise SandboxError(f"--sandbox=require: isolation is {server.ready.level} ({missing})")


def _percent(results: list[SubmissionResult]) -> float:
    possible = sum(result.max_score for result in results)
    return 100 * sum(result.score for result in results) / possible if possible else 0.0


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: aside first, then renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
