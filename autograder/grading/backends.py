"""Where the answers of a submission come from: its worker, the student's notebook, or this process."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any, Protocol

import msgspec

from autograder.checking import messages
from autograder.grading.battery.requests import Question, ask
from autograder.grading.time_limit import OutOfTime, time_limit
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Session, StudentCodeError, TimedOut
from autograder.sandbox.student import Backend, LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, Raised
from autograder.sandbox.worker.printed import Printed


class Respondent(Backend, Protocol):
    """A submission that is judged: answers single calls, and a battery's calls in few requests."""

    @property
    def hits(self) -> Mapping[str, str]:
        """By function, the first forbidden operator that it was seen to call."""

    @property
    def printing(self) -> Set[str]:
        """The functions that were seen to print."""

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """The answers to a battery's calls, as they come. Raises at the first call without an answer."""


class WorkerBackend:
    """Asks a submission's worker; an equal question that stands alone is asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answered: dict[bytes, Answer] = {}

    @property
    def hits(self) -> Mapping[str, str]:
        """By function, the first forbidden operator that it was seen to call."""
        return self._session.hits

    @property
    def printing(self) -> Set[str]:
        """The functions that were seen to print."""
        return self._session.printing

    def call(self, call: Call) -> tuple[int, Answer]:
        """One round trip."""
        [(number, answer)] = self._session.calls([call])
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """One round trip."""
        return self._session.pull_back(number, cotangents)

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """One round trip a list of questions."""
        return ask(self._session, asked, self._answered)

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls; from the first call without an answer on, the reason."""
        answers: list[Answer | Exception] = []
        try:
            for _, answer in self._session.calls(calls):
                answers.append(answer)
        except StudentCodeError as error:
            answers += [error] * (len(calls) - len(answers))
        return answers


class InProcessBackend(LocalBackend):
    """Answers from functions of this process: the course's own answers, when it is audited.

    Args:
        namespace: where the functions are.
        remembers: whether an equal question that stands alone is asked once, as a worker is.
        printed: how many characters were printed so far; 0 where nobody counts them.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        *,
        remembers: bool = False,
        printed: Callable[[], int] = lambda: 0,
    ) -> None:
        super().__init__(namespace, printed)
        self._answered: dict[bytes, Answer] = {}
        self._remembers = remembers

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        """One call after the other."""
        for together in asked:
            for question in together:
                if question.key is None or not self._remembers:
                    yield self.call(question.call)[1]
                    continue
                if question.key not in self._answered:
                    self._answered[question.key] = self.call(question.call)[1]
                yield self._answered[question.key]


class NotebookBackend(InProcessBackend):
    """Answers from a student's own notebook, within the limits that hold when it is graded.

    interrupted: whether the user ended a call; then no further call is made.
    """

    def __init__(self, namespace: dict[str, Any], limits: Limits) -> None:
        self._printed = Printed(0)
        super().__init__(namespace, printed=lambda: self._printed.count)
        self._limits = limits
        self.interrupted = False

    def call(self, call: Call) -> tuple[int, Answer]:
        """Make the call here; what it prints is counted, as in a worker, and not shown."""
        if self.interrupted:
            raise TimedOut(messages.INTERRUPTED)
        try:
            with self._printed.instead(), time_limit(self._limits.seconds_per_call):
                number, answer = super().call(call)
        except OutOfTime:
            raise self._out_of_time("") from None
        self._stop_if_ended(answer.raised)
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Differentiate here."""
        try:
            with time_limit(self._limits.seconds_per_call):
                gradients = super().pull_back(number, cotangents)
        except OutOfTime:
            raise self._out_of_time("") from None
        self._stop_if_ended(gradients.raised)
        return gradients

    def _stop_if_ended(self, raised: Raised | None) -> None:
        if raised is not None and raised.kind == OutOfTime.__name__:
            raise self._out_of_time(raised.line)
        if raised is not None and raised.kind == KeyboardInterrupt.__name__:
            self.interrupted = True
            raise TimedOut(messages.INTERRUPTED)

    def _out_of_time(self, line: str) -> TimedOut:
        text = messages.NO_ANSWER.format(seconds=self._limits.seconds_per_call)
        return TimedOut(text + (messages.AT_LINE.format(line=line) if line else ""))


class Remembering:
    """A backend that keeps the calls of one case, each with its last cotangents, for the report."""

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

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Ask, and keep the cotangents with their call."""
        place = self._numbers.index(number)
        self.calls[place] = msgspec.structs.replace(self.calls[place], cotangents=cotangents)
        return self._backend.pull_back(number, cotangents)
