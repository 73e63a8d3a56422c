"""Grading on request: a course's graders, each in one long pytest session that waits for work."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autograder.grading.checks import run_checks
from autograder.grading.grader import Grader
from autograder.grading.judge import Judges
from autograder.grading.results import SubmissionResult
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import prove
from autograder.sandbox.spawning import ForkServer, SandboxError

ABORT_SECONDS = 5.0
"""For the session to notice that its workers are gone."""


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
        self._judges = Judges(course)  # outlive a session that fails: recording takes seconds
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abort()
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

    def abort(self) -> None:
        """End in the middle of a submission: its workers end, so the session does."""
        self.server.close()
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join(ABORT_SECONDS)
            self._thread = None

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
            self._waiting(), self.server, self._judges, self._results.put, show=self._show
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
    probed: Callable[[Isolation], None] = lambda isolation: None,
) -> Iterator[tuple[int, SubmissionResult | str]]:
    """Grade submissions in some processes; yields (place, result or what went wrong) as they end.

    A process that dies costs the submission it was grading, and is replaced.

    Args:
        submissions: what to grade, in any order.
        course: where the solutions are.
        limits: what a submission may use.
        jobs: how many processes.
        isolate: whether student code gets more than a process of its own.
        probed: called with what isolates the workers of a process before it grades; may raise.

    Raises:
        SandboxError: when no workers can be started.
    """
    if not submissions:
        return
    if min(jobs, len(submissions)) == 1:
        with GradingService(course, limits, isolate=isolate) as service:
            probed(service.server.isolation)
            prove(service.server)
            for place, submission in enumerate(submissions):
                yield place, _grade(service, submission)
        return
    pool = _Pool(submissions, course.root, limits, isolate, probed)
    try:
        for _ in range(min(jobs, len(submissions))):
            pool.start()
        yield from pool.results()
    finally:
        pool.end()


def _grade(service: GradingService, submission: Submission) -> SubmissionResult | str:
    try:
        return replace(service.grade(submission), cells=())
    except GradingFailed as error:
        return str(error)


class _Pool:
    """Processes that each grade one submission after the other."""

    def __init__(
        self,
        submissions: Sequence[Submission],
        root: Path,
        limits: Limits,
        isolate: bool,
        probed: Callable[[Isolation], None],
    ) -> None:
        self._submissions = submissions
        self._waiting = list(enumerate(submissions))[::-1]
        self._arguments = (root, limits, isolate)
        self._probed = probed
        self._context = multiprocessing.get_context("spawn")
        self._busy: dict[Any, tuple[Any, int | None]] = {}
        """By connection: its process, and what it grades (None: it is starting)."""

    def start(self) -> None:
        """Start one more process."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
        with _without_interrupts():
            process.start()
        theirs.close()
        self._busy[ours] = (process, None)

    def results(self) -> Iterator[tuple[int, SubmissionResult | str]]:
        """The results as they come, until there is nothing left to grade."""
        while self._busy:
            connection: Any
            for connection in multiprocessing.connection.wait(list(self._busy)):
                process, place = self._busy.pop(connection)
                try:
                    message = connection.recv()
                except (EOFError, OSError):
                    process.join()
                    why = f"the grading process ended (exit code {process.exitcode})"
                    if place is None:
                        raise SandboxError(why) from None
                    yield place, f"{self._submissions[place].path}: {why}"
                    if self._waiting:
                        self.start()
                    continue
                if isinstance(message, SandboxError):
                    raise message
                if isinstance(message, Isolation):
                    self._probed(message)
                self._give(connection, process)
                if place is not None:
                    yield place, message

    def _give(self, connection: Any, process: Any) -> None:
        if self._waiting:
            place, submission = self._waiting.pop()
            connection.send(submission)
            self._busy[connection] = (process, place)
        else:
            connection.close()
            process.join()

    def end(self) -> None:
        """End the processes that are still at work; their workers end with them."""
        for process, _ in self._busy.values():
            process.terminate()
        for process, _ in self._busy.values():
            process.join()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start a process that Ctrl-C doesn't reach: its parent ends it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(connection: Any, root: Path, limits: Limits, isolate: bool) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with GradingService(Course(root), limits, isolate=isolate) as service:
        try:
            prove(service.server)
            connection.send(service.server.isolation)
        except SandboxError as error:
            connection.send(error)
            return
        while True:
            try:
                submission = connection.recv()
            except EOFError:
                return
            connection.send(_grade(service, submission))


def _end_with_parent() -> None:
    """End this process when its parent was killed; the fork server ends when this process does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
