"""Grades the class in some processes while nbgrader goes from student to student."""

import os
import threading
from collections.abc import Iterator, Mapping

from autograder.grading.pool import Graded
from autograder.grading.results import SubmissionResult, Ungraded
from autograder.grading.service import GradingFailed, GradingService
from autograder.notebooks.submission import Submission
from autograder.sandbox.spawning import FORKS

Key = tuple[str, str, str]
"""Student, assignment, notebook."""
AHEAD = 4
"""Submissions that a process has at once. nbgrader takes half a second for its own part of one.
Meanwhile nobody takes results, and a submission of a class needs less than that on average."""


class Ahead:
    """The results of a class, each as soon as it is asked for.

    Args:
        service: grades submissions that are not in `submissions`.
        submissions: those that nbgrader is going to ask for, in its order.
    """

    def __init__(self, service: GradingService, submissions: Mapping[Key, Submission]) -> None:
        self._service = service
        self._keys = list(submissions)
        self._results: dict[Key, SubmissionResult | Ungraded] = {}
        self._coming: Iterator[Graded] = iter(())
        self._awaited: set[Key] = set()
        jobs = _processes()
        if min(jobs, len(submissions)) > 1:
            self._awaited = set(submissions)
            given = list(submissions.values())
            ahead = max(1, min(AHEAD, len(given) // (2 * jobs)))
            self._coming = service.grade_all(given, jobs=jobs, ahead=ahead)

    def of(self, key: Key, submission: Submission) -> SubmissionResult:
        """The result of a submission. Raises GradingFailed when the grader itself fails."""
        if key not in self._awaited:
            return self._service.grade(submission)
        self._awaited.discard(key)
        while key not in self._results:
            place, result = next(self._coming)
            self._results[self._keys[place]] = result
        result = self._results.pop(key)
        if isinstance(result, Ungraded):
            raise GradingFailed(result.reason)
        return result


def _processes() -> int:
    """One process a core; a single one where forking is unsafe: formgrader's server has threads."""
    if not FORKS or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))
