"""Grading many submissions: in this process, or in some that share one fork server."""

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import torch

from autograder.grading.grader import Grader
from autograder.grading.judges import Judges
from autograder.grading.results import SubmissionResult, Ungraded, not_graded
from autograder.notebooks.submission import Submission
from autograder.notes import note
from autograder.sandbox.spawning import FORKS, ForkServer, SandboxError

Graded = tuple[int, SubmissionResult | Ungraded]
"""The place of a submission among those that were given, and its result."""


def grade_all(
    submissions: Sequence[Submission],
    judges: Judges,
    server: ForkServer,
    *,
    jobs: int = 1,
    ahead: int = 1,
) -> Generator[Graded, None, None]:
    """Grade submissions; yields the result of each as soon as it is there.

    Where the grader itself or its sandbox fails, the submission is tried once more, alone, after all
    others; then it counts as ungraded. A grading process that dies is replaced, if one can be started.

    Args:
        submissions: what to grade, in any order.
        judges: of the course; every process gets those that are prepared.
        server: forks the workers of all processes; its caller closes it.
        jobs: how many processes.
        ahead: submissions that a process has at once: with several it goes on while nobody takes its
            results; with one the last submissions are shared most evenly.
    """
    gc.collect()
    gc.freeze()  # torch and its like stay: looking through them at every collection is slow
    again: list[int] = []
    graded = (
        _in_processes(submissions, judges, server, jobs, ahead)
        if min(jobs, len(submissions)) > 1
        else _one_after_another(range(len(submissions)), submissions, Grader(judges, server))
    )
    for place, result in graded:
        if isinstance(result, Ungraded):
            again.append(place)
        else:
            yield place, result
    yield from _one_after_another(sorted(again), submissions, Grader(judges, server))


def _one_after_another(
    places: Sequence[int], submissions: Sequence[Submission], grader: Grader
) -> Iterator[Graded]:
    for place in places:
        yield place, _grade(grader, submissions[place])


def _grade(grader: Grader, submission: Submission) -> SubmissionResult | Ungraded:
    try:
        return grader.grade(submission)
    except (
        Exception
    ) as error:  # the grader's own failure, or the sandbox's: nobody loses points by it
        return ungraded(submission, f"{type(error).__name__}: {error}")


def ungraded(submission: Submission, why: str) -> Ungraded:
    """Say of a submission that the grader failed with it, and why."""
    source = submission.source
    said = note("grader_failed", reason=why)
    return not_graded(submission.path, submission.student, said, source.assignment, source.name)


def _in_processes(
    submissions: Sequence[Submission],
    judges: Judges,
    server: ForkServer,
    jobs: int,
    ahead: int,
) -> Iterator[Graded]:
    pool = _Pool(submissions, judges, server, ahead)
    try:
        for _ in range(min(jobs, len(submissions))):
            with suppress(OSError, SandboxError):  # no room for another process: there are fewer
                pool.start()
        yield from pool.results()
    finally:
        pool.end()


class _Pool:
    """Processes that each grade one submission after the other."""

    def __init__(
        self,
        submissions: Sequence[Submission],
        judges: Judges,
        server: ForkServer,
        ahead: int,
    ) -> None:
        self._submissions = submissions
        self._ahead = ahead
        self._waiting = deque(range(len(submissions)))
        self._judges = judges
        self._server = server
        # A fork shares what is loaded; where nothing can be forked, the new process loads it again.
        self._context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
        self._busy: dict[Any, tuple[Any, deque[int]]] = {}
        """By connection: its process, and the places of the submissions that it has, in order."""

    def start(self) -> None:
        """Start one more process and give it something to grade. Raises OSError and SandboxError."""
        if not self._waiting:
            return
        ours, theirs = self._context.Pipe()
        try:
            server = self._server.shared()
            ends = [ours, *self._busy]
            inherited = [*(end.close for end in ends), self._server.forget] if FORKS else []
            process = self._context.Process(
                target=_serve,
                args=(theirs, server, self._judges, self._submissions, inherited),
                daemon=True,
            )
            with _without_interrupts():
                process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        server.forget()
        self._busy[ours] = (process, deque())
        self._give(ours)

    def results(self) -> Iterator[Graded]:
        """The results as they come, until there is nothing left to grade."""
        while self._busy:
            connection: Any
            for connection in multiprocessing.connection.wait(list(self._busy)):
                process, places = self._busy[connection]
                try:
                    result = connection.recv()
                except (EOFError, OSError):
                    del self._busy[connection]
                    connection.close()
                    process.join()
                    place, code = places.popleft(), process.exitcode
                    self._waiting.extendleft(reversed(places))
                    submission = self._submissions[place]
                    yield place, ungraded(submission, f"its process ended with exit code {code}")
                    with suppress(OSError, SandboxError):
                        self.start()
                    continue
                place = places.popleft()
                self._give(connection)
                yield place, result
        while self._waiting:  # no process is left, and none could be started
            place = self._waiting.popleft()
            yield place, ungraded(self._submissions[place], "no process could be started")

    def _give(self, connection: Any) -> None:
        """Give a process as many submissions as it may have at once; end it where there are none left."""
        process, places = self._busy[connection]
        while self._waiting and len(places) < self._ahead:
            places.append(self._waiting.popleft())
            with suppress(OSError):  # it has just died: waiting for its result shows that
                connection.send(places[-1])
        if not places:
            del self._busy[connection]
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


def _serve(
    connection: Any,
    server: ForkServer,
    judges: Judges,
    submissions: Sequence[Submission],
    inherited: Sequence[Callable[[], None]],
) -> None:
    """Grade the submissions whose places the parent sends, until it closes the connection."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A fork has none of the threads that its parent computed with, and torch would wait for them for ever.
    torch.set_num_threads(1)
    for leave in inherited:  # connections of its parent and of its siblings
        leave()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with server:
        grader = Grader(judges, server)
        while True:
            try:
                place = connection.recv()
            except EOFError:
                return
            connection.send(_grade(grader, submissions[place]))


def _end_with_parent() -> None:
    """End this process when its parent was killed; its workers end with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
