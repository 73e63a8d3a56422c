"""Grading on a Dask cluster, from where it is asked for."""

import hashlib
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import dask
import msgspec
from distributed import Client, Future, KilledWorker, as_completed

from autograder.grading.cluster import tasks
from autograder.grading.cluster.address import (
    UnsafeAddress,
    check_address,
    check_isolation,
    check_members,
)
from autograder.grading.cluster.travel import (
    Answered,
    encode,
    pack_course,
    pack_submission,
    settings_for,
)
from autograder.grading.judges import Judges
from autograder.grading.packed import unpack
from autograder.grading.pool import Graded, ungraded
from autograder.grading.results import SubmissionResult, Ungraded
from autograder.notebooks.submission import Submission
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits
from autograder.sandbox.spawning import SandboxError

CONNECT_SECONDS = 30.0
"""For a scheduler to answer: Dask's own default for its connections."""
FIRST_GRADER_SECONDS = 300.0
"""Until a grader has answered for the first time: it imports torch twice, from a network's disk maybe."""
AHEAD = 1_000
"""Submissions that the scheduler has at once: more than a cluster has graders, and some megabytes."""
LOST = "{address}: the scheduler was lost"
NOBODY = "{address}: no grader answered within {seconds:g} seconds; start some with `dask worker`"
REFUSES = "the grader {grader} can't be used: {why}"
OTHERWISE = "it isolates otherwise than the first one ({level}: {missing})"
ENDED = "{times} graders ended while they had it"
UNREADABLE = "a grader's answer can't be read"


class ClusterError(SandboxError):
    """Raised when a cluster can't grade, or not any more; the text says why."""


class Cluster:
    """The graders of a cluster, whichever are there; close it, or use it in a `with`.

    A grader that is lost loses nothing: the scheduler gives its submissions to others.

    Args:
        address: of the scheduler.
        limits: on each submission.
        isolate: whether student code is isolated.
        strict: whether a grader that isolates less than fully is refused.

    Raises:
        ClusterError: where there is no such scheduler, or none that may be used.
    """

    def __init__(self, address: str, limits: Limits, *, isolate: bool, strict: bool) -> None:
        self.limits = limits
        self._settings = settings_for(limits, isolate=isolate, strict=strict)
        self._isolation: Isolation | None = None
        try:
            self._address = check_address(address)
            self._client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (
            OSError,
            TypeError,
            ValueError,
        ) as error:  # as Dask says that a certificate is missing
            raise ClusterError(f"{address}: no connection to a Dask scheduler ({error})") from error
        except UnsafeAddress as error:
            raise ClusterError(str(error)) from error
        try:
            members = self._client.scheduler_info(n_workers=-1)
            check_members([members["address"], *members["workers"]])
        except UnsafeAddress as error:
            self.close()
            raise ClusterError(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster, which forgets the submissions that it hasn't graded."""
        self._client.close()

    @property
    def isolation(self) -> Isolation:
        """The isolation of all graders' workers, as one of them tells it. Raises ClusterError."""
        if self._isolation is None:
            asked = self._client.submit(tasks.look, encode(self._settings), pure=False)
            try:
                answer = asked.result(timeout=FIRST_GRADER_SECONDS)
            except TimeoutError:
                seconds = FIRST_GRADER_SECONDS
                raise ClusterError(NOBODY.format(address=self._address, seconds=seconds)) from None
            except Exception as error:  # such as: this package isn't installed there
                why = f"{type(error).__name__}: {error}"
                raise ClusterError(REFUSES.format(grader=self._address, why=why)) from error
            self._isolation = self._checked(answer).isolation
        assert self._isolation is not None
        return self._isolation

    def grade_all(
        self, submissions: Sequence[Submission], judges: Judges
    ) -> Generator[Graded, None, None]:
        """Grade submissions of a course; arguments and results as of `Place.grade_all`.

        A submission that a grader failed with is tried once more, after all others, by any grader.
        """
        data = pack_course(judges.course, judges, self._settings)
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": 2 * len(data)}):
            name = f"autograder-course-{hashlib.sha256(data).hexdigest()}"
            course = self._client.submit(tasks.carry, data, key=name)
        again: list[int] = []
        for place, result in self._round(range(len(submissions)), submissions, course):
            if isinstance(result, Ungraded):
                again.append(place)
            else:
                yield place, result
        yield from self._round(sorted(again), submissions, course)

    def _round(
        self, places: Sequence[int], submissions: Sequence[Submission], course: "Future[bytes]"
    ) -> Iterator[Graded]:
        waiting, running = deque(places), dict[Any, int]()
        completed = as_completed(loop=self._client.loop)

        def give() -> None:
            while waiting and len(running) < AHEAD:
                place = waiting.popleft()
                asked = pack_submission(submissions[place])
                future = self._client.submit(tasks.grade, course, asked, pure=False)
                running[future.key] = place
                completed.add(future)

        give()
        for future in completed:
            place = running.pop(future.key)
            yield place, self._result_of(future, submissions[place])
            give()

    def _result_of(
        self, future: "Future[bytes]", submission: Submission
    ) -> SubmissionResult | Ungraded:
        """The result of a submission. Raises ClusterError."""
        if future.status == "cancelled":
            raise ClusterError(LOST.format(address=self._address))
        error = future.exception()
        if isinstance(error, KilledWorker):
            return ungraded(submission, ENDED.format(times=error.allowed_failures + 1))
        if error is not None:
            return ungraded(submission, f"{type(error).__name__}: {error}")
        answer = self._checked(future.result())
        if answer.failed:
            return ungraded(submission, answer.failed)
        return unpack(answer.result, submission) or ungraded(submission, UNREADABLE)

    def _checked(self, data: bytes) -> Answered:
        """A grader's answer. Raises ClusterError where it may grade nothing."""
        answer = msgspec.msgpack.decode(data, type=Answered)
        found, refused = answer.isolation, answer.refused
        if found is not None and self._isolation not in (None, found):
            refused = OTHERWISE.format(level=found.level, missing="; ".join(found.missing))
        if refused or found is None:
            raise ClusterError(REFUSES.format(grader=answer.grader, why=refused))
        try:
            check_isolation(self._address, found)
        except UnsafeAddress as error:
            raise ClusterError(str(error)) from error
        return answer
