"""Judging one check: replay its cases, and find a small counterexample where one fails."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from autograder.checking import messages
from autograder.grading.backends import Remembering, Respondent
from autograder.grading.battery.cases import Case
from autograder.grading.battery.driving import call_check, inner_of, run_with, tensors_in
from autograder.grading.battery.recording import BrokenCheck, record
from autograder.grading.battery.replay import (
    Answers,
    NoReference,
    NotRecorded,
    ReferenceReplay,
    Replay,
)
from autograder.grading.battery.requests import Question, questions
from autograder.grading.checks import Check, collect
from autograder.grading.feedback.diagnosis import Diagnostician
from autograder.notebooks.course import Course, SourceNotebook
from autograder.notebooks.exercises import Exercise
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.spawning import SandboxError
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, encode

SHRINK_RUNS = 400
"""Live runs of a check after its first failure: Hypothesis shrinks most failures in fewer than 150."""
KEPT_DIGESTS = 500_000
"""Of accepted answers; some 50 megabytes."""


class _Enough(BaseException):
    """Raised through Hypothesis to end a shrink; not an Exception, so that it isn't a failure."""


@dataclass(frozen=True)
class Failure:
    """Why a case failed: the exception, and the calls that led to it."""

    error: Exception
    calls: tuple[Call, ...]


@dataclass
class Verdict:
    """What a check found: no failure, or the smallest one; and every answer it was given."""

    failure: Failure | None
    answers: list[Answer | Exception] = field(default_factory=list)


@dataclass(frozen=True)
class _Failed:
    """A case that failed, and its place in the battery."""

    place: int
    case: Case
    failure: Failure


class Judge(ABC):
    """Judges answers to one exercise, check by check.

    Args:
        exercise: whose checks these are.
        checks: its checks, in order.
        seed: goes into the random numbers of a case's calls.
    """

    def __init__(self, exercise: Exercise, checks: tuple[Check, ...], seed: int) -> None:
        self.exercise = exercise
        self.checks = checks
        self.seed = seed
        self._questions: dict[str, list[list[Question]]] = {}
        self._accepted: set[bytes] = set()
        """Digests of answers that passed: in a class, many compute bit for bit the same."""

    @abstractmethod
    def cases(self, check: Check) -> list[Case]:
        """The check's cases. Raises BrokenCheck where there are none to be had."""

    @property
    @abstractmethod
    def function(self) -> Callable[..., Any] | None:
        """A function with the exercise's parameters, whose names a counterexample uses."""

    @abstractmethod
    def _reference_for(self, case: Case) -> ReferenceReplay:
        """The reference's answers to the calls of a case."""

    @abstractmethod
    def _goes_on(self, failure: Failure) -> bool:
        """Whether the cases after a failed one are replayed, too."""

    @abstractmethod
    def _counterexample(
        self, check: Check, failed: list[_Failed], respondent: Respondent, *, shrink: bool
    ) -> Failure:
        """The failure that the report shows."""

    def verdict(self, check: Check, respondent: Respondent, *, shrink: bool = True) -> Verdict:
        """Judge a submission by one check.

        Args:
            check: one of `checks`.
            respondent: the submission.
            shrink: whether to look for a smaller counterexample than the first.

        Raises:
            BrokenCheck: when the check cannot judge anybody: nothing is known about the answer.
        """
        cases = self.cases(check)
        if check.name not in self._questions:
            self._questions[check.name] = questions(cases)
        asked, inner = self._questions[check.name], inner_of(check.function)
        answers = Answers(respondent.ask(asked), sum(len(case.student) for case in cases))
        failed: list[_Failed] = []
        unanswered: NotRecorded | None = None
        for place, case in enumerate(cases):
            given = answers.take(len(case.student))
            if given and given == [recorded.answer for recorded in case.student]:
                continue  # bit for bit what the reference answered, and the reference passed
            key = _digest(check.name, place, given)
            if key is not None and key in self._accepted:
                continue
            replay = Replay(case, given, respondent, answers.drain)
            try:
                failure = self._attempt(inner, case.arguments(), replay, self._reference_for(case))
            except NotRecorded as error:
                # Away from the solutions only. Another case may still show what is wrong.
                unanswered = unanswered or error
                continue
            if failure is None and key is not None and not replay.asked:
                self._accept(key)
            if failure is not None:
                failed.append(_Failed(place, case, failure))
                if not self._goes_on(failure):
                    break
        answers.drain()
        if failed:
            shown = self._counterexample(check, failed, respondent, shrink=shrink)
            return Verdict(shown, answers.all)
        if unanswered is not None:
            raise BrokenCheck(str(unanswered))
        return Verdict(None, answers.all)

    def _accept(self, key: bytes) -> None:
        if len(self._accepted) == KEPT_DIGESTS:
            self._accepted.clear()
        self._accepted.add(key)

    def _attempt(
        self,
        inner: Callable[..., Any],
        drawn: dict[str, Any],
        student: Backend,
        reference: Backend,
    ) -> Failure | None:
        remembering = Remembering(student)
        asked = Student(remembering, self.seed, drawn=tensors_in(drawn))
        try:
            call_check(inner, drawn, asked, Student(reference, self.seed))
        except (NotRecorded, SandboxError):
            raise
        except Exception as error:  # whatever a student's answer makes of the check is a failure
            return Failure(error, tuple(remembering.calls))
        finally:
            torch.set_grad_enabled(True)
        return None


class GradingJudge(Judge):
    """Judges where the solutions are: records cases with the reference, and shrinks failures live.

    Args:
        exercise: whose checks these are.
        reference: the reference functions.
        secret: what the exercise's seed is derived from.
    """

    def __init__(
        self,
        exercise: Exercise,
        checks: tuple[Check, ...],
        reference: dict[str, Any],
        secret: str,
    ) -> None:
        super().__init__(exercise, checks, _seed(secret, exercise.name))
        self.reference = reference
        self._recorded: dict[str, list[Case]] = {}

    def cases(self, check: Check) -> list[Case]:
        """The check's cases; recorded when first asked for. Raises BrokenCheck."""
        if check.name not in self._recorded:
            self._recorded[check.name] = record(check.function, self.reference, self.seed)
        return self._recorded[check.name]

    @property
    def function(self) -> Callable[..., Any] | None:
        """The reference solution."""
        return self.reference.get(self.exercise.name)

    @cached_property
    def diagnostician(self) -> Diagnostician:
        """Who names the mistakes; made at the first wrong submission."""
        batteries = {check.name: self.cases(check) for check in self.checks}
        return Diagnostician(self.exercise, batteries, self.reference)

    def _reference_for(self, case: Case) -> ReferenceReplay:
        return ReferenceReplay(case, LocalBackend(self.reference), rounded=False)

    def _goes_on(self, failure: Failure) -> bool:
        return False

    def _counterexample(
        self, check: Check, failed: list[_Failed], respondent: Respondent, *, shrink: bool
    ) -> Failure:
        [first] = failed
        # A forbidden operator has no smaller counterexample to look for; nor has a worker's end.
        if not shrink or self.exercise.name in respondent.hits:
            return first.failure
        if isinstance(first.failure.error, StudentCodeError):
            return first.failure
        return self._shrink(check, first.place, respondent) or first.failure

    def _shrink(self, check: Check, first: int, live: Backend) -> Failure | None:
        found: list[Failure] = []
        reference = LocalBackend(self.reference)
        runs = 0

        def body(inner: Callable[..., Any], drawn: dict[str, Any]) -> None:
            nonlocal runs
            runs += 1
            if not found and runs <= first:
                return  # passed in the replay
            if runs > first + SHRINK_RUNS:
                raise _Enough
            failure = self._attempt(inner, drawn, live, reference)
            if failure is not None:
                if isinstance(failure.error, StudentCodeError):
                    raise _Enough
                found.append(failure)
                raise failure.error

        with suppress(_Enough, Exception):  # the failures are kept in `found`
            run_with(check.function, body, self.seed)
        return found[-1] if found else None


class HomeJudge(Judge):
    """Judges in a student's notebook, by the released cases alone: the smallest that fails is shown.

    Args:
        exercise: whose checks these are.
        batteries: the released cases by check.
        own: the student's function, if there is one.
    """

    def __init__(
        self,
        exercise: Exercise,
        checks: tuple[Check, ...],
        batteries: dict[str, list[Case]],
        own: Callable[..., Any] | None,
    ) -> None:
        super().__init__(exercise, checks, _seed("", exercise.name))
        self._batteries = batteries
        self._own = own

    def cases(self, check: Check) -> list[Case]:
        """The check's released cases. Raises BrokenCheck."""
        if check.name not in self._batteries:
            raise BrokenCheck(messages.NOT_RELEASED)
        return self._batteries[check.name]

    @property
    def function(self) -> Callable[..., Any] | None:
        """The student's own."""
        return self._own

    def _reference_for(self, case: Case) -> ReferenceReplay:
        return ReferenceReplay(case, NoReference(), rounded=True)

    def _goes_on(self, failure: Failure) -> bool:
        return not isinstance(failure.error, StudentCodeError)

    def _counterexample(
        self, check: Check, failed: list[_Failed], respondent: Respondent, *, shrink: bool
    ) -> Failure:
        return min(failed, key=lambda found: found.case.size).failure


def _seed(secret: str, exercise: str) -> int:
    """The seed of an exercise: a digest of the secret and the exercise's name.

    Its checks that draw alike get the same cases, which a worker answers once.
    """
    digest = hashlib.sha256(f"{secret}/{exercise}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def _digest(check: str, place: int, given: list[Answer | Exception]) -> bytes | None:
    """Tells a case and the answers to its calls from all others; None if an answer is missing."""
    if any(isinstance(answer, Exception) for answer in given):
        return None
    return hashlib.sha256(f"{check} {place} ".encode() + encode(given)).digest()


class Judges:
    """The judges of a course: one an exercise, made when its first submission comes."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._references: dict[Path, dict[str, Any]] = {}
        self._judges: dict[str, GradingJudge] = {}

    def of(self, source: SourceNotebook, name: str) -> GradingJudge:
        """The judge of an exercise of a source notebook. Raises what its files and solutions raise."""
        if source.path not in self._references:
            self._references[source.path] = source.namespace()
        if name not in self._judges:
            exercise = self._course.exercise(name)
            reference = self._references[source.path]
            secret = self._course.secret
            self._judges[name] = GradingJudge(exercise, collect(exercise), reference, secret)
        return self._judges[name]
