"""Grading on request: a course's grader with the fork server of its workers."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property
from types import TracebackType
from typing import Self

from autograder.grading.grader import Grader
from autograder.grading.judges import Judges
from autograder.grading.kept import KeptResults
from autograder.grading.pool import Graded, grade_all
from autograder.grading.results import SubmissionResult
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.sandbox.limits import Limits
from autograder.sandbox.spawning import ForkServer


class GradingFailed(Exception):
    """Raised when the grader itself failed: the submission is not graded, and loses no points."""


class GradingService:
    """Grades submissions one at a time; close it, or use it in a `with`.

    Args:
        course: whose submissions these are.
        limits: on each submission.
        isolate: whether student code is isolated as well as it can be here.
        keep: whether results are kept, and earlier gradings' kept results are used.
    """

    def __init__(
        self, course: Course, limits: Limits, *, isolate: bool = True, keep: bool = False
    ) -> None:
        self.server = ForkServer(limits, isolate=isolate)
        self._course = course
        self._judges = Judges(course)
        self._grader = Grader(self._judges, self.server)
        self._keep = keep
        gc.collect()
        gc.freeze()  # torch and its like stay: looking through them at every collection is slow

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
        found = self._kept.find(submission) if self._kept is not None else None
        if found is not None:
            return found
        try:
            result = self._grader.grade(submission)
        except Exception as error:
            raise GradingFailed(f"{submission.path}: {type(error).__name__}: {error}") from error
        if self._kept is not None:
            self._kept.keep(submission, result)
        return result

    def grade_all(
        self, submissions: Sequence[Submission], *, jobs: int, ahead: int
    ) -> Iterator[Graded]:
        """Grade submissions in some processes; arguments and results as of `pool.grade_all`."""
        waiting: list[int] = []
        for place, submission in enumerate(submissions):
            found = self._kept.find(submission) if self._kept is not None else None
            if found is not None:
                yield place, found
            else:
                waiting.append(place)
        chosen = [submissions[place] for place in waiting]
        for _ in self._judges.prepare(chosen):
            pass  # no process has to record what is recorded before they are forked
        graded = grade_all(chosen, self._judges, self.server, jobs=jobs, ahead=ahead)
        with closing(graded):
            for number, result in graded:
                if self._kept is not None and isinstance(result, SubmissionResult):
                    self._kept.keep(chosen[number], result)
                yield waiting[number], result

    @cached_property
    def _kept(self) -> KeptResults | None:
        if not self._keep:
            return None
        return KeptResults(self._course, self.server.limits, self.server.isolation)

    def close(self) -> None:
        """End the fork server, and the workers with it."""
        self.server.close()
