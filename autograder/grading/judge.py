"""Judging one check: replay its cases, and find a small counterexample where one fails."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from autograder.checking.failures import CheckFailure
from autograder.grading.backends import Remembering, Respondent
from autograder.grading.battery.cases import Battery, Case, Drawn
from autograder.grading.battery.driving import call_check, inner_of
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.battery.replay import (
    Answers,
    NotRecorded,
    ReferenceReplay,
    Replay,
)
from autograder.grading.battery.requests import Question, questions
from autograder.grading.checks import Check
from autograder.grading.feedback.observations import Seen
from autograder.notebooks.exercises import Exercise
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.spawning import SandboxError
from autograder.sandbox.student import Backend, Student
from autograder.sandbox.wire.messages import Answer, Call, encode

KEPT_DIGESTS = 50_000
"""Of accepted answers to an exercise: some five megabytes, and a hundred ways to answer it."""


@dataclass(frozen=True)
class Failure:
    """Why a case failed: the exception, the calls that led to it, and the drawn arguments."""

    error: Exception
    calls: tuple[Call, ...]
    drawn: Drawn


@dataclass
class Verdict:
    """The verdict of a check: no failure, or a small one; and the answers that it was given until then."""

    failure: Failure | None
    answers: list[Answer | Exception] = field(default_factory=list)


@dataclass(frozen=True)
class Failed:
    """A case that failed, and its place in the battery."""

    place: int
    case: Case
    failure: Failure


@dataclass(frozen=True)
class _Replayed:
    """The result of replaying some cases."""

    failed: list[Failed]
    answers: list[Answer | Exception]
    unanswered: NotRecorded | None


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
        self._questions: dict[tuple[str, str], list[list[Question]]] = {}
        self._accepted: set[bytes] = set()
        """Digests of answers that passed: in a class, many compute bit for bit the same."""

    @abstractmethod
    def battery(self, check: Check) -> Battery:
        """The check's cases. Raises BrokenCheck where there are none."""

    def dtypes(self, check: Check) -> set[str]:
        """The dtypes of the floating-point tensors that a check draws. Raises BrokenCheck."""
        drawn = (packed.dtype for case in self.battery(check).cases for packed in case.tensors)
        return {dtype for dtype in drawn if dtype.startswith("float")}

    @property
    @abstractmethod
    def function(self) -> Callable[..., Any] | None:
        """A function with the exercise's parameters, whose names a counterexample uses."""

    @abstractmethod
    def _reference_for(self, case: Case) -> ReferenceReplay:
        """The reference's answers to the calls of a case."""

    @abstractmethod
    def _goes_on(self, failure: Failure) -> bool:
        """Return whether drawn cases after a failed one are replayed, too."""

    @abstractmethod
    def _counterexample(
        self, check: Check, failed: list[Failed], respondent: Respondent
    ) -> Failure:
        """The failure of drawn cases that the report shows."""

    def verdict(self, check: Check, respondent: Respondent, *, brief: bool = False) -> Verdict:
        """Judge a submission by one check.

        The telling cases come first, the smallest of them at the beginning: the first that fails is the
        counterexample, and the others aren't asked. A gradient that differs is the counterexample only
        where no telling case shows a value that differs: wrong values have wrong gradients.

        Args:
            check: one of `checks`.
            respondent: the submission.
            brief: true to stop at the first case that fails: no smaller one is looked for, and the
                respondent isn't asked the other cases.

        Raises:
            BrokenCheck: when the check cannot judge any submission: nothing is known about the answer.
        """
        telling, drawn = self.battery(check).parts
        goes_on = _stop if brief else _is_of_gradient
        first = self._replay(check, "telling", telling, respondent, goes_on, brief=brief)
        if first.failed:
            failures = [failed.failure for failed in first.failed]
            of_values = (one for one in failures if not _is_of_gradient(one))
            return Verdict(next(of_values, failures[0]), first.answers)
        goes_on = _stop if brief else self._goes_on
        rest = self._replay(check, "drawn", drawn, respondent, goes_on, brief=brief)
        answers = first.answers + rest.answers
        if rest.failed:
            small = not brief and not self._ended(rest.failed[0].failure, respondent)
            shown = self._counterexample(check, rest.failed, respondent) if small else None
            return Verdict(shown or rest.failed[0].failure, answers)
        unanswered = first.unanswered or rest.unanswered
        if unanswered is not None:
            raise BrokenCheck(str(unanswered))
        return Verdict(None, answers)

    @abstractmethod
    def seen(self, check: Check, verdict: Verdict, respondent: Respondent) -> list[Seen]:
        """A submission's answers to the calls of a check, those after a failure too, with the correct ones.

        Args:
            check: one of `checks`.
            verdict: what `verdict` returned for it.
            respondent: the submission.
        """

    def _ended(self, failure: Failure, respondent: Respondent) -> bool:
        """Return whether to stop without shrinking: a worker ended, or a call is forbidden."""
        return (
            isinstance(failure.error, StudentCodeError) or self.exercise.function in respondent.hits
        )

    def _questions_of(self, check: Check, name: str, part: list[Case]) -> list[list[Question]]:
        key = (check.name, name)
        if key not in self._questions:
            self._questions[key] = questions(part)
        return self._questions[key]

    def _replay(
        self,
        check: Check,
        name: str,
        cases: list[Case],
        respondent: Respondent,
        goes_on: Callable[[Failure], bool],
        *,
        brief: bool,
    ) -> _Replayed:
        """Replay the cases of a part until one fails, or all where `goes_on` says so."""
        asked, inner = self._questions_of(check, name, cases), inner_of(check.function)
        answers = Answers(respondent.ask(asked), sum(len(case.student) for case in cases))
        failed: list[Failed] = []
        unanswered: NotRecorded | None = None
        for place, case in enumerate(cases):
            given = answers.take(len(case.student))
            if given and _is_the_references(case, given):
                continue  # the reference passed
            key = _digest(f"{check.name} {name}", place, given)
            if key is not None and key in self._accepted:
                continue
            replay = Replay(case, given, respondent, answers.drain)
            reference = self._reference_for(case)
            try:
                failure = self._attempt(inner, case.drawn.arguments(), replay, reference)
            except NotRecorded as error:
                # Away from the solutions only. Another case may still show what is wrong.
                unanswered = unanswered or error
                continue
            if failure is None and key is not None and not replay.asked:
                self._accept(key)
            if failure is not None:
                failed.append(Failed(place, case, failure))
                if not goes_on(failure):
                    break
        if not (brief and failed):
            answers.drain()
        return _Replayed(failed, answers.all, unanswered)

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
        before = Drawn.of(drawn)
        remembering = Remembering(student)
        adapters = self.exercise.adapters
        asked = Student(remembering, self.seed, drawn=drawn.values(), adapters=adapters)
        try:
            call_check(inner, drawn, asked, Student(reference, self.seed, adapters=adapters))
        except (NotRecorded, SandboxError):
            raise
        except (
            Exception
        ) as error:  # any exception that a student's answer causes in a check is a failure
            return Failure(error, tuple(remembering.calls), before)
        finally:
            torch.set_grad_enabled(True)
        return None


def _stop(failure: Failure) -> bool:
    """The first failure is enough."""
    return False


def _is_of_gradient(failure: Failure) -> bool:
    """Return whether nothing but a gradient was seen to differ."""
    error = failure.error
    return isinstance(error, CheckFailure) and "gradient" in (error.kind, error.facts.get("state"))


def seed_of(secret: str, exercise: str) -> int:
    """The seed of an exercise: a digest of the secret and the exercise's name.

    Its checks that draw alike get the same cases, which a worker answers once.
    """
    digest = hashlib.sha256(f"{secret}/{exercise}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def _is_the_references(case: Case, given: list[Answer | Exception]) -> bool:
    """Return whether it is bit for bit what the reference answered, with all that the check asked.

    An answer holds the gradients of one list of cotangents. A check that goes back a second time, as
    `gradcheck` does, asks for more than an answer holds.
    """
    if any(len(recorded.pulled) > 1 for recorded in case.student):
        return False
    return given == [recorded.answer for recorded in case.student]


def _digest(check: str, place: int, given: list[Answer | Exception]) -> bytes | None:
    """Tells a case and the answers to its calls from all others; None if an answer is missing."""
    if any(isinstance(answer, Exception) for answer in given):
        return None
    return hashlib.sha256(f"{check} {place} ".encode() + encode(given)).digest()
