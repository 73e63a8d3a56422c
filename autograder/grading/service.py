"""Grading on request: a course's graders, each in one long pytest session that waits for work."""

import gc
import multiprocessing
import multiprocessing.connection
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autograder.grading.grader import Grader, Judges, run_checks
from autograder.grading.results import SubmissionResult
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.sandbox.client import ForkServer
from autograder.sandbox.limits import Limits


class GradingFailed(Exception):
    """Raised when the grader itself failed: the submission is not graded, and is none the worse."""


class GradingService:
    """Grades submissions one at a time, as they come; close it, or use it in a `with`.

    The pytest session with the recorded batteries lives in a thread of its own, so that a caller with
    its own loop (nbgrader's) can ask for one submission after the other.
    """

    def __init__(
        self, course: Course, limits: Limits, *, isolate: bool = True, show: bool = False
    ) -> None:
        self._course = course
        self.server = ForkServer(limits, isolate=isolate)
        self._requests: queue.Queue[Submission | None] = queue.Queue()
        self._results: queue.Queue[SubmissionResult | BaseException] = queue.Queue()
        self._show = show
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def grade(self, submission: Submission) -> SubmissionResult:
        """Grade a submission. Raises GradingFailed when the grader itself fails."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        self._requests.put(submission)
        result = self._results.get()
        if isinstance(result, BaseException):
            raise GradingFailed(f"{submission.path}: {type(result).__name__}: {result}") from result
        return result

    def close(self) -> None:
        """End the session and the fork server."""
        if self._thread is not None and self._thread.is_alive():
            self._requests.put(None)
            self._thread.join()
        self._thread = None
        self.server.close()

    def _work(self) -> None:
        exercises = [name for notebook in self._course.notebooks for name in notebook.points]
        grader = Grader(
            self._waiting(), self.server, Judges(self._course), self._results.put, show=self._show
        )
        gc.collect()
        gc.freeze()  # torch and its like stay: looking through them at every collection is slow
        try:
            run_checks(grader, exercises)
        except BaseException as error:  # nobody else would hear of it: the caller raises it
            self._results.put(error)

    def _waiting(self) -> Iterator[Submission]:
        while (submission := self._requests.get()) is not None:
            yield submission


def grade_all(
    submissions: Sequence[Submission],
    course: Course,
    limits: Limits,
    *,
    jobs: int = 1,
    isolate: bool = True,
) -> Iterator[tuple[int, SubmissionResult | str]]:
    """Grade submissions in some processes; yields (place, result or what went wrong) as they end.

    A process that dies costs the submission it was grading, and is replaced.
    """
    jobs = max(1, min(jobs, len(submissions)))
    if jobs == 1:
        with GradingService(course, limits, isolate=isolate) as service:
            for place, submission in enumerate(submissions):
                yield place, _grade(service, submission)
        return
    yield from _grade_in_processes(submissions, course.root, limits, jobs, isolate)


def _grade(service: GradingService, submission: Submission) -> SubmissionResult | str:
    try:
        return replace(service.grade(submission), cells=())
    except GradingFailed as error:
        return str(error)


def _grade_in_processes(
    submissions: Sequence[Submission], root: Path, limits: Limits, jobs: int, isolate: bool
) -> Iterator[tuple[int, SubmissionResult | str]]:
    context = multiprocessing.get_context("spawn")
    waiting = list(enumerate(submissions))[::-1]
    busy: dict[Any, tuple[Any, int]] = {}  # by connection: its process, what it works on

    def start() -> None:
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, root, limits, isolate), daemon=True)
        process.start()
        theirs.close()
        give(ours, process)

    def give(connection: Any, process: Any) -> None:
        if waiting:
            place, submission = waiting.pop()
            connection.send(submission)
            busy[connection] = (process, place)
        else:
            connection.close()
            process.join()

    for _ in range(jobs):
        start()
    try:
        while busy:
            connection: Any
            for connection in multiprocessing.connection.wait(list(busy)):
                process, place = busy.pop(connection)
                try:
                    result = connection.recv()
                except EOFError:
                    process.join()
                    path = submissions[place].path
                    yield place, f"{path}: the grading process ended (exit code {process.exitcode})"
                    if waiting:
                        start()
                    continue
                give(connection, process)
                yield place, result
    finally:
        for process, _ in busy.values():
            process.terminate()
            process.join()


def _serve(connection: Any, root: Path, limits: Limits, isolate: bool) -> None:
    with GradingService(Course(root), limits, isolate=isolate) as service:
        while True:
            try:
                submission = connection.recv()
            except EOFError:
                return
            connection.send(_grade(service, submission))
