"""Judging one check: replay its battery, and shrink the first failure to a counterexample."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from autograder.checking import messages
from autograder.grading.adapters import adapters_of
from autograder.grading.backends import SessionBackend
from autograder.grading.battery.cases import Case
from autograder.grading.battery.recording import (
    BrokenCheck,
    call_check,
    record,
    run_with,
)
from autograder.grading.battery.replay import Answers, NotRecorded, ReferenceReplay, Replay
from autograder.grading.battery.requests import Question, ask, questions
from autograder.grading.feedback.diagnosis import Diagnostician
from autograder.notebooks.course import Course, SourceNotebook
from autograder.sandbox.session import Session, StudentCodeError
from autograder.sandbox.spawning import SandboxError
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, encode

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


class _Remembering:
    """A backend that keeps the calls of one case, each with its cotangents, for the report."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._numbers: list[int] = []
        self.calls: list[Call] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        self.calls.append(call)
        self._numbers.append(0)
        number, answer = self._backend.call(call)
        self._numbers[-1] = number
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        place = self._numbers.index(number)
        self.calls[place] = _replace(self.calls[place], cotangents=cotangents)
        return self._backend.pull_back(number, cotangents)


def _replace(call: Call, **changes: Any) -> Call:
    return msgspec.structs.replace(call, **changes)


class Judge:
    """Checks of one course: records a battery a check, once, and judges submissions by replay.

    Args:
        namespace: the reference functions, or None away from the solutions.
        secret: what the seeds are derived from.
        released: recorded batteries by check, where there is no reference.
    """

    def __init__(
        self,
        namespace: dict[str, Any] | None,
        secret: str,
        released: dict[str, list[Case]] | None = None,
    ) -> None:
        self.namespace = namespace
        self._secret = secret
        self._batteries: dict[str, list[Case]] = dict(released or {})
        self._questions: dict[str, list[list[Question]]] = {}
        self._diagnosticians: dict[Path, Diagnostician] = {}
        self._accepted: set[bytes] = set()
        """Digests of answers that passed: in a class, many compute bit for bit the same."""

    def seed(self, check: str) -> int:
        """The seed of a check: a digest of the secret and the name of the check's exercise.

        The checks of an exercise that draw alike get the same cases, which a worker answers once.
        """
        exercise = check.partition("/")[0]
        digest = hashlib.sha256(f"{self._secret}/{exercise}".encode()).digest()
        return int.from_bytes(digest[:7], "big")

    def battery(self, check: str, function: Callable[..., Any]) -> list[Case]:
        """The check's cases; recorded when first asked for. Raises BrokenCheck."""
        if check not in self._batteries:
            if self.namespace is None:
                raise BrokenCheck(messages.NOT_RELEASED)
            self._batteries[check] = record(
                function, self.namespace, self.seed(check), _adapters(check)
            )
        return self._batteries[check]

    def diagnostician(self, folder: Path, items: Iterable[pytest.Item]) -> Diagnostician:
        """Who names the mistakes in an exercise; made at the first wrong submission."""
        if folder not in self._diagnosticians:
            batteries = {
                item.name: self.battery(f"{folder.name}/{item.name}", item.obj)
                for item in items
                if isinstance(item, pytest.Function)
            }
            self._diagnosticians[folder] = Diagnostician(folder, batteries, self.namespace or {})
        return self._diagnosticians[folder]

    def _questions_of(self, check: str, cases: list[Case]) -> list[list[Question]]:
        if check not in self._questions:
            self._questions[check] = questions(cases)
        return self._questions[check]

    def judge(
        self,
        check: str,
        function: Callable[..., Any],
        session: Session | None,
        local: LocalBackend | None = None,
        *,
        shrink: bool = True,
    ) -> Verdict:
        """Judge a submission by one check.

        Args:
            check: the check's name, unique in the course.
            function: the pytest function.
            session: the submission's worker, or None with `local`, the notebook's own namespace.
            shrink: whether to look for a smaller counterexample than the first.

        Raises:
            BrokenCheck: when the check cannot judge anybody: nothing is known about the answer.
        """
        cases = self.battery(check, function)
        calls = [recorded.call for case in cases for recorded in case.student]
        live: Backend = SessionBackend(session) if session is not None else _present(local)
        arriving: Iterator[tuple[int, Answer]] = map(live.call, calls)
        if session is not None:
            arriving = ask(session, self._questions_of(check, cases))
        answers = Answers(arriving, len(calls))
        failures: list[tuple[int, Failure]] = []
        unanswered: NotRecorded | None = None
        for place, case in enumerate(cases):
            given = answers.take(len(case.student))
            if given and given == [recorded.answer for recorded in case.student]:
                continue  # bit for bit what the reference answered, and the reference passed
            key = _digest(check, place, given)
            if key is not None and key in self._accepted:
                continue
            try:
                replay = Replay(case, given, live, answers.drain)
                failure = self._replay(check, function, case, replay)
            except NotRecorded as error:
                # Away from the solutions only. Another case may still show what is wrong.
                unanswered = unanswered or error
                continue
            if failure is None and key is not None and not replay.asked:
                self._accept(key)
            if failure is not None:
                failures.append((place, failure))
                if self.namespace is not None or isinstance(failure.error, StudentCodeError):
                    break
        if session is not None:
            answers.drain()
        if not failures:
            if unanswered is not None:
                raise BrokenCheck(str(unanswered))
            return Verdict(None, answers.all)
        place, failure = failures[0]
        if self.namespace is None:
            place, failure = min(failures, key=lambda found: cases[found[0]].size)
        elif session is not None and any(call.function in session.hits for call in calls):
            pass  # a forbidden operator: there is no smaller counterexample to look for
        elif shrink and not isinstance(failure.error, StudentCodeError):
            failure = self._shrink(check, function, place, live) or failure
        return Verdict(failure, answers.all)

    def _accept(self, key: bytes) -> None:
        if len(self._accepted) == KEPT_DIGESTS:
            self._accepted.clear()
        self._accepted.add(key)

    def _replay(
        self, check: str, function: Callable[..., Any], case: Case, student: Replay
    ) -> Failure | None:
        inner = getattr(getattr(function, "hypothesis", None), "inner_test", function)
        local = LocalBackend(self.namespace) if self.namespace is not None else None
        reference = ReferenceReplay(case, local)
        return self._attempt(
            inner, case.arguments(), student, reference, self.seed(check), _adapters(check)
        )

    def _shrink(
        self, check: str, function: Callable[..., Any], first: int, live: Backend
    ) -> Failure | None:
        assert self.namespace is not None
        found: list[Failure] = []
        reference = LocalBackend(self.namespace)
        runs = 0

        def body(inner: Callable[..., Any], drawn: dict[str, Any]) -> None:
            nonlocal runs
            runs += 1
            if not found and runs <= first:
                return  # passed in the replay
            if runs > first + SHRINK_RUNS:
                raise _Enough
            failure = self._attempt(
                inner, drawn, live, reference, self.seed(check), _adapters(check)
            )
            if failure is not None:
                if isinstance(failure.error, StudentCodeError):
                    raise _Enough
                found.append(failure)
                raise failure.error

        with suppress(_Enough, Exception):  # the failures are kept in `found`
            run_with(function, body, self.seed(check))
        return found[-1] if found else None

    @staticmethod
    def _attempt(
        inner: Callable[..., Any],
        drawn: dict[str, Any],
        student: Backend,
        reference: Backend,
        salt: int,
        adapters: dict[str, str],
    ) -> Failure | None:
        remembering = _Remembering(student)
        asked = Student(remembering, salt, drawn=drawn.values(), adapters=adapters)
        try:
            call_check(inner, drawn, asked, Student(reference, salt, adapters=adapters))
        except (NotRecorded, SandboxError):
            raise
        except Exception as error:  # whatever a student's answer makes of the check is a failure
            return Failure(error, tuple(remembering.calls))
        finally:
            torch.set_grad_enabled(True)
        return None


def _adapters(check: str) -> dict[str, str]:
    return adapters_of(check.partition("/")[0])


def _digest(check: str, place: int, given: list[Answer | Exception]) -> bytes | None:
    """What tells a case and the answers to its calls from all others; None if one is missing."""
    if any(isinstance(answer, Exception) for answer in given):
        return None
    return hashlib.sha256(f"{check} {place} ".encode() + encode(given)).digest()


def _present(local: LocalBackend | None) -> LocalBackend:
    assert local is not None, "a session or a namespace is needed"
    return local


class Judges:
    """One judge a source notebook, made when its first submission comes."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._judges: dict[Path, Judge] = {}

    def __call__(self, source: SourceNotebook) -> Judge:
        """The judge of a source notebook."""
        if source.path not in self._judges:
            self._judges[source.path] = Judge(source.namespace(), self._course.secret)
        return self._judges[source.path]
