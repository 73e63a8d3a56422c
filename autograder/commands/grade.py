"""`autograder grade`: grade notebooks, print and write the reports."""

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from autograder.grading.judges import Judges
from autograder.grading.pool import grade_all
from autograder.grading.results import Report, SubmissionResult, Ungraded
from autograder.notebooks.course import Course, CourseError, find_course
from autograder.notebooks.levels import HandedIn, find_submissions, one_each
from autograder.notebooks.secret import PUBLIC_NOTE
from autograder.notebooks.submission import (
    Submission,
    UnreadableSubmission,
    read_submission,
)
from autograder.reports import json_report, junit, terminal
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.session import self_test
from autograder.sandbox.spawning import ForkServer, SandboxError
from autograder.text import one_line


def run(
    paths: list[Path],
    server: ForkServer,
    *,
    json_to: str | None,
    junit_to: Path | None,
    jobs: int,
    strict: bool,
    fail_under: float | None,
    output: Console,
    errors: Console,
) -> int:
    """Grade, report, and say with the exit code how it went: 0, 1 (below --fail-under) or 2.

    Whatever ends the grading, what is graded is reported, and what is missing is named.

    Raises:
        KeyboardInterrupt: when the user ended it, after the report.
    """
    problems: list[str] = []
    run = _Run(server, jobs, errors, strict=strict)
    interrupt: KeyboardInterrupt | None = None
    try:
        run.grade(paths, problems)
    except KeyboardInterrupt as ended:
        interrupt = ended
    except (CourseError, SandboxError, ValueError) as error:
        problems.append(str(error))
    report = run.report()
    problems += [file.reason for file in report.ungraded]
    for problem in problems:
        errors.print(Text(one_line(problem)))
    if json_to == "-":
        sys.stdout.write(json_report.render(report))
    else:
        output.print(terminal.render(report))
        if json_to is not None:
            _write(Path(json_to), json_report.render(report))
    if junit_to is not None:
        _write(junit_to, junit.render(report))
    if interrupt is not None:
        raise interrupt
    if problems:
        return 2
    return 1 if fail_under is not None and _percent(report.results) < fail_under else 0


class _Run:
    """Grading some paths: keeps what is done, whatever ends it.

    Args:
        server: forks the workers.
        jobs: how many grading processes.
        errors: where the progress is shown.
        strict: whether less than full isolation ends it.
    """

    def __init__(self, server: ForkServer, jobs: int, errors: Console, *, strict: bool) -> None:
        self._server = server
        self._jobs = jobs
        self._strict = strict
        self._errors = errors
        self._isolation: Isolation | None = None
        self._submissions: list[Submission] = []
        self._done: dict[int, SubmissionResult | Ungraded] = {}
        self._ungraded: list[Ungraded] = []

    def grade(self, paths: list[Path], problems: list[str]) -> None:
        """Grade everything under the paths; problems are filled in. Raises CourseError, SandboxError."""
        course = find_course()
        if course.found_secret.is_public:
            self._errors.print(Text(f"note: {PUBLIC_NOTE}"))
        self._read(paths, course, problems)
        if not self._submissions:
            return
        judges = Judges(course)
        with self._progress() as bar:
            task = bar.add_task("grading", total=len(self._submissions))
            for exercise in judges.prepare(self._submissions):
                bar.update(task, description=f"recording the cases of {exercise}")
        self._isolation = self._accepted(self._server.isolation)
        self_test(self._server)
        graded = grade_all(self._submissions, judges, self._server, jobs=self._jobs)
        with closing(graded), self._progress() as bar:
            task = bar.add_task("grading", total=len(self._submissions))
            for place, result in graded:
                self._done[place] = result
                bar.advance(task)

    def _accepted(self, found: Isolation) -> Isolation:
        if self._strict and found.level != "strict":
            raise SandboxError(f"--sandbox=require: not graded, because {'; '.join(found.missing)}")
        return found

    def _read(self, paths: list[Path], course: Course, problems: list[str]) -> None:
        found = find_submissions(paths, course)
        problems += found.problems
        read: list[tuple[HandedIn, Submission]] = []
        for entry in found.notebooks:
            try:
                limits = self._server.limits
                submission = read_submission(entry.path, course, limits, entry.student)
                read.append((entry, submission))
            except UnreadableSubmission as error:
                self._ungraded.append(Ungraded(str(entry.path), entry.student, str(error)))
        self._submissions, doubled = one_each(read)
        self._ungraded += [
            Ungraded(str(left.path), left.student, left.reason)
            for left in (*found.left_out, *doubled)
        ]

    def _progress(self) -> Progress:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        terminal = self._errors.is_terminal
        return Progress(*columns, console=self._errors, transient=True, disable=not terminal)

    def report(self) -> Report:
        """The report on everything that is graded so far; the rest counts as ungraded."""
        done = [self._done[place] for place in sorted(self._done)]
        missing = [
            Ungraded(
                str(submission.path),
                submission.student,
                f"{submission.path}: not graded, because the grading was ended before",
            )
            for place, submission in enumerate(self._submissions)
            if place not in self._done
        ]
        return Report(
            results=tuple(result for result in done if isinstance(result, SubmissionResult)),
            ungraded=(
                *self._ungraded,
                *(result for result in done if isinstance(result, Ungraded)),
                *missing,
            ),
            isolation=self._isolation,
            complete=not missing,
        )


def _percent(results: Sequence[SubmissionResult]) -> float:
    possible = sum(result.max_score for result in results)
    return 100 * sum(result.score for result in results) / possible if possible else 0.0


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, aside first and then renamed; into a device or a pipe directly."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.write_text(text, encoding="utf-8")
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # the name must not be there before the content is
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
