"""Where submissions are graded: on this machine, or (`grading.cluster`) on others."""

from collections.abc import Generator, Sequence
from typing import Protocol

from autograder.grading.judges import Judges
from autograder.grading.pool import Graded, grade_all
from autograder.notebooks.submission import Submission
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import self_test
from autograder.sandbox.spawning import ForkServer


class Place(Protocol):
    """Grades submissions."""

    limits: Limits

    @property
    def isolation(self) -> Isolation:
        """The weakest isolation of its workers that is known now. Raises SandboxError."""

    def grade_all(
        self, submissions: Sequence[Submission], judges: Judges
    ) -> Generator[Graded, None, None]:
        """Grade submissions of a course; yields as `pool.grade_all` does. Raises SandboxError.

        judges: of the course, with the cases recorded for these submissions.
        """


class ThisMachine:
    """Grades in some processes here."""

    def __init__(self, server: ForkServer, jobs: int = 1) -> None:
        self.limits = server.limits
        self._server = server
        self._jobs = jobs

    @property
    def isolation(self) -> Isolation:
        """The isolation of the fork server's workers."""
        return self._server.isolation

    def grade_all(
        self, submissions: Sequence[Submission], judges: Judges
    ) -> Generator[Graded, None, None]:
        """Grade submissions, once a worker did a student's work."""
        self_test(self._server)
        yield from grade_all(submissions, judges, self._server, jobs=self._jobs)
