"""Who answers calls of a submission's functions: its worker, or the student's own process."""

from typing import Any

from autograder.checking import messages
from autograder.sandbox.session import Session, TimedOut
from autograder.sandbox.student import LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, Raised


class SessionBackend:
    """Asks a submission's worker, one call a trip."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def call(self, call: Call) -> tuple[int, Answer]:
        """One round trip."""
        [(number, answer)] = self._session.calls([call])
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """One round trip."""
        return self._session.pull_back(number, cotangents)


class NotebookBackend(LocalBackend):
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

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Differentiate here."""
        gradients = super().pull_back(number, cotangents)
        self._stop_if_interrupted(gradients.raised)
        return gradients

    def _stop_if_interrupted(self, raised: Raised | None) -> None:
        if raised is not None and raised.kind == KeyboardInterrupt.__name__:
            self._interrupted = True
            raise TimedOut(messages.INTERRUPTED)
