"""An exercise of a submission while its checks are run, and the result that it ends in."""

from dataclasses import dataclass, field

from autograder.grading.judge import Verdict
from autograder.grading.results import CheckResult, Diagnosis, ExerciseResult, Status
from autograder.sandbox.session import TimedOut


@dataclass
class ExerciseInProgress:
    """An exercise while its checks are run."""

    name: str
    blocked: str | None = None
    """Why no check is run, if so."""
    status: Status | None = None
    results: dict[str, CheckResult] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def result(
        self,
        points: float,
        diagnosis: Diagnosis | None = None,
        advice: tuple[str, ...] = (),
    ) -> ExerciseResult:
        """What became of it: the points of its checks, no more than the cell has."""
        checks = tuple(self.results.values())
        if self.status == "forbidden":  # those that passed before it was noticed count no more
            message = self.blocked or ""
            checks = tuple(
                CheckResult(c.name, c.title, 0.0, c.max_points, "failed", message) for c in checks
            )
        score = min(points, sum(check.points for check in checks))
        status: Status = self.status or (
            "passed" if score >= points else "partial" if score > 0 else "failed"
        )
        return ExerciseResult(self.name, score, points, status, checks, diagnosis, advice)


def status_of(failure: Exception) -> Status:
    """The status of an exercise whose function, or whose notebook, gave no answer."""
    return "timed_out" if isinstance(failure, TimedOut) else "crashed"
