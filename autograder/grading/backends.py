"""Where the answers of a submission come from: its worker, the student's notebook, or this process."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from autograder.checking import messages
from autograder.grading.battery.requests import Question, ask
from autograder.sandbox.session import Session, StudentCodeError, TimedOut
from autograder.sandbox.student import Backend, LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, Gradients, Raised
from autograder.sandbox.wire.values import Packed


class Respondent(Backend, Protocol):
    """A submission that is judged: answers single calls, and a battery's calls in few requests."""

    @property
    def hits(self) -> Mapping[str, str]:
        """By function, the first forbidden operator that it was seen to call."""

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """The answers to a battery's calls, as they come. Raises at the first that has none."""


class WorkerBackend:
    """Asks a submission's worker; an equal question that stands alone is asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answered: dict[bytes, Answer] = {}

    @property
    def hits(self) -> Mapping[str, str]:
        """By function, the first forbidden operator that it was seen to call."""
        return self._session.hits

    def call(self, call: Call) -> tuple[int, Answer]:
        """One round trip."""
        [(number, answer)] = self._session.calls([call])
        return number, answer

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """One round trip."""
        return self._session.pull_back(number, cotangent)

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """One round trip a list of questions."""
        return ask(self._session, asked, self._answered)

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls; from the first that has none on, why."""
        answers: list[Answer | Exception] = []
        try:
            for _, answer in self._session.calls(calls):
                answers.append(answer)
        except StudentCodeError as error:
            answers += [error] * (len(calls) - len(answers))
        return answers


class InProcessBackend(LocalBackend):
    """Answers from functions of this process: the course's own answers, when it is audited."""

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """One call after the other."""
        for together in asked:
            for question in together:
                yield self.call(question.call)[1]


class NotebookBackend(InProcessBackend):
    """Answers from a student's own notebook; an interrupt holds for every check that follows."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        super().__init__(namespace)
        self._interrupted = False

    def call(self, call: Call) -> tuple[int, Answer]:
        """Make the call here."""
        if self._interrupted:
            raise TimedOut(messages.INTERRUPTED)
        number, answer = super().call(call)
        self._stop_if_interrupted(answer.raised)
        return number, answer

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """Differentiate here."""
        gradients = super().pull_back(number, cotangent)
        self._stop_if_interrupted(gradients.raised)
        return gradients

    def _stop_if_interrupted(self, raised: Raised | None) -> None:
        if raised is not None and raised.kind == KeyboardInterrupt.__name__:
            self._interrupted = True
            raise TimedOut(messages.INTERRUPTED)


class Remembering:
    """A backend that keeps the calls of one case, each with its first cotangent, for the report."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._numbers: list[int] = []
        self.calls: list[Call] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        """Ask, and keep the call."""
        self.calls.append(call)
        self._numbers.append(0)
        number, answer = self._backend.call(call)
        self._numbers[-1] = number
        return number, answer

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """Ask, and keep the cotangent with its call."""
        place = self._numbers.index(number)
        self.calls[place] = msgspec.structs.replace(self.calls[place], cotangent=cotangent)
        return self._backend.pull_back(number, cotangent)
