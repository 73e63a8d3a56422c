"""One exercise of a submission, marked check by check: the same where it is graded and at home."""

from dataclasses import dataclass, field, replace

from autograder.checking import messages
from autograder.checking.failures import CheckFailure
from autograder.grading.backends import Respondent
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import Check
from autograder.grading.feedback.advice import advise
from autograder.grading.feedback.counterexample import as_code, as_data
from autograder.grading.feedback.nearest import Names
from autograder.grading.feedback.observations import parameters_of
from autograder.grading.feedback.picture import picture_of
from autograder.grading.feedback.properties import VAGUE, Ask, Facts, describe
from autograder.grading.feedback.sentences import explain, explain_hit
from autograder.grading.judge import Judge, Verdict
from autograder.grading.results import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    Outcome,
    Picture,
    Status,
)
from autograder.language import tr
from autograder.notebooks.cells import Code
from autograder.notebooks.exercises import Exercise
from autograder.notes import Note
from autograder.sandbox.session import Crashed, StudentCodeError, TimedOut

DIGITS = 6
"""Of weighted points: as many as nbgrader is given."""


@dataclass(frozen=True)
class Blocked:
    """Why no check of an exercise is run, and the status that it gets."""

    why: Note
    status: Status


@dataclass
class Marking:
    """An exercise while its checks are run.

    code: the notebook, for the place of what is forbidden.
    cells: true where places in the code are given with the number of their cell, as in grading.
    """

    exercise: Exercise
    code: Code
    cells: bool
    missing: tuple[str, ...] = ()
    """The modules that the notebook imports and that are not installed here."""
    blocked: Blocked | None = None
    status: Status | None = None
    results: dict[str, CheckResult] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    ran: list[Check] = field(default_factory=list)
    """The checks that came to a verdict."""

    def run(self, judge: Judge, respondent: Respondent) -> None:
        """Run every check of the exercise, in order."""
        for check in judge.checks:
            self.results[check.name] = self._run(check, judge, respondent)

    def _run(self, check: Check, judge: Judge, respondent: Respondent) -> CheckResult:
        outcome, said, verdict = self._judge(check, judge, respondent)
        if verdict is not None:
            self.verdicts[check.name] = verdict
            self.ran.append(check)
        calls = verdict.failure.calls if verdict and verdict.failure else ()
        function = judge.function if calls else None
        seeded = self.exercise.is_random
        return CheckResult(
            name=check.name,
            title=tr(check.title),
            points=check.points if outcome == "passed" else 0.0,
            max_points=check.points,
            outcome=outcome,
            message=said.text,
            counterexample=as_data(calls[-1], function) if calls else None,
            code=as_code(calls, function, seeded=seeded, **_shown(verdict)) if calls else None,
            message_id=said.id,
            picture=_picture(verdict),
        )

    def _judge(
        self, check: Check, judge: Judge, respondent: Respondent
    ) -> tuple[Outcome, Note, Verdict | None]:
        if self.blocked is not None:
            failed = self.blocked.status == "forbidden"
            return "failed" if failed else "skipped", self.blocked.why, None
        if check.needs is not None:
            before = self.results.get(check.needs)
            if before is None or before.outcome != "passed":
                title = before.title if before is not None else check.needs
                return "skipped", Note("needs", messages.NEEDS.format(needed=title)), None
        try:
            verdict = judge.verdict(check, respondent)
        except BrokenCheck as broken:
            return "error", Note("check_failed", str(broken)), None
        name = self.exercise.function
        if name in respondent.hits:
            hit = explain_hit(self.exercise, respondent.hits[name], self.code, cells=self.cells)
            self.blocked = Blocked(hit, "forbidden")
            return "failed", hit, None
        if verdict.failure is None:
            return "passed", Note("", ""), verdict
        error = verdict.failure.error
        if isinstance(error, TimedOut | Crashed):
            self.status = self.status or status_of(error)
        if isinstance(
            error, TimedOut
        ):  # after a call that took all of its time, the next isn't made
            self.blocked = Blocked(Note("too_slow", messages.TOO_SLOW), "timed_out")
        return "failed", explain(error, name, self.missing), verdict

    def first_failure(self) -> Check | None:
        """The first failed check of an exercise whose checks ran, unless a worker's end explains it."""
        if self.blocked is not None or self.status is not None:
            return None
        return next((check for check in self.ran if self.verdicts[check.name].failure), None)

    def names(self, outcome: Outcome) -> list[str]:
        """The names of the checks that came to that outcome, in order."""
        return [result.name for result in self.results.values() if result.outcome == outcome]

    def everyday(self) -> list[str]:
        """The names of the checks that passed and need no other: these promises are kept."""
        passed = set(self.names("passed"))
        return [check.name for check in self.ran if check.needs is None and check.name in passed]

    def property_of(
        self, check: Check, judge: Judge, respondent: Respondent, fresh: Ask | None = None
    ) -> Diagnosis | None:
        """Describe the answers to a failed check in general, where no known mistake explains them.

        Where that shows nothing particular, a change of the input that another check found says more.

        Args:
            check: the first that failed.
            judge: who judged it.
            respondent: answers as the submission does, after everything that it was asked.
            fresh: makes one call from a fresh start; None where that isn't possible.
        """
        found = self._described(check, judge, respondent, fresh)
        if found is None or found.id not in VAGUE:
            return found
        changes = (other for other in self.ran if self._changes_input(other))
        other = next(changes, None)
        return found if other is None else self._described(other, judge, respondent, fresh)

    def _changes_input(self, check: Check) -> bool:
        """Whether a check failed because the function changed its arguments."""
        failure = self.verdicts[check.name].failure
        error = None if failure is None else failure.error
        return isinstance(error, CheckFailure) and error.kind == "input"

    def _described(
        self, check: Check, judge: Judge, respondent: Respondent, fresh: Ask | None
    ) -> Diagnosis | None:
        verdict = self.verdicts[check.name]
        failure = verdict.failure
        if failure is None or isinstance(failure.error, StudentCodeError):
            return None
        passed, failed_too = (
            [
                seen
                for other in self.ran
                if (self.verdicts[other.name].failure is None) is right and other is not check
                for seen in judge.seen(other, self.verdicts[other.name], respondent)
            ]
            for right in (True, False)
        )
        repeatable = not self.exercise.is_random
        facts = Facts(
            failure.error,
            judge.seen(check, verdict, respondent),
            passed,
            failed_too,
            parameters_of(judge.function),
            Names(self.code, self.exercise.forbidden),
            (lambda call: respondent.call(call)[1]) if repeatable else None,
            fresh if repeatable else None,
        )
        return describe(facts)

    def advice(self, backend: Respondent) -> tuple[Note, ...]:
        """Advice about a function of which some check passed or failed."""
        if self.blocked is not None:
            return ()
        prints = self.exercise.function in backend.printing
        correct = any(result.outcome == "passed" for result in self.results.values())
        asked = backend if correct else None
        return advise(self.exercise, self.code, asked, prints=prints, cells=self.cells)

    def result(
        self,
        points: float,
        diagnosis: Diagnosis | None = None,
        advice: tuple[Note, ...] = (),
    ) -> ExerciseResult:
        """The result: of the cell's points, the share that its checks give.

        An exercise that is graded again in another notebook has fewer points there.
        """
        checks = tuple(self.results.values())
        status = self.blocked.status if self.blocked is not None else self.status
        if self.blocked is not None and status == "forbidden":
            # Those that passed before it was noticed count no more.
            why = self.blocked.why
            checks = tuple(
                CheckResult(
                    c.name, c.title, 0.0, c.max_points, "failed", why.text, message_id=why.id
                )
                for c in checks
            )
        total = sum(check.max_points for check in checks)
        score = _weighted(sum(check.points for check in checks), total, points)
        checks = tuple(
            replace(
                check,
                points=_weighted(check.points, total, points),
                max_points=_weighted(check.max_points, total, points),
            )
            for check in checks
        )
        earned: Status = "passed" if score >= points else "partial" if score > 0 else "failed"
        return ExerciseResult(
            self.exercise.name, score, points, status or earned, checks, diagnosis, advice
        )


def _weighted(earned: float, total: float, points: float) -> float:
    """The points of a cell for points of its checks."""
    if total in (0, points):
        return earned
    return points if earned == total else round(earned * points / total, DIGITS)


def _shown(verdict: Verdict | None) -> dict[str, str]:
    """The thing that a failed check looked at, and its correct value: for the code that reproduces it."""
    error = verdict.failure.error if verdict is not None and verdict.failure is not None else None
    if not isinstance(error, CheckFailure):
        return {}
    return {"shows": error.shows, "should": error.should}


def _picture(verdict: Verdict | None) -> Picture | None:
    failure = verdict.failure if verdict is not None else None
    return None if failure is None else picture_of(failure.error)


def status_of(failure: Exception) -> Status:
    """The status of an exercise whose function, or whose notebook, gave no answer."""
    return "timed_out" if isinstance(failure, TimedOut) else "crashed"
