"""Recording a battery: a check is run by Hypothesis, once, on the reference."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from autograder.grading.battery.cases import Case, Drawn, Recorded
from autograder.grading.battery.driving import call_check, inner_of, run_with
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Gradients
from autograder.sandbox.wire.values import Packed


class BrokenCheck(Exception):
    """Raised when the reference fails a check: an instructor's mistake, never a student's."""


class _Recorder:
    """A backend that answers from the reference, and keeps every call with its answer."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.log: list[tuple[int, Recorded]] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        number, answer = self._backend.call(call)
        self.log.append((number, Recorded(call, answer, [])))
        return number, answer

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        gradients = self._backend.pull_back(number, cotangent)
        for logged, recorded in self.log:
            if logged == number:
                recorded.pulled.append((cotangent, gradients))
        return gradients

    def recorded(self) -> list[Recorded]:
        """The calls; each asks for its gradients in the same trip, and its answer holds them."""
        return [_with_gradients(recorded) for _, recorded in self.log]


def _with_gradients(recorded: Recorded) -> Recorded:
    if not recorded.pulled:
        return recorded
    cotangent, pulled = recorded.pulled[0]
    call = msgspec.structs.replace(recorded.call, cotangent=cotangent)
    answer = msgspec.structs.replace(recorded.answer, gradients=pulled.gradients)
    return Recorded(call, answer, recorded.pulled)


def record(
    function: Callable[..., Any],
    namespace: dict[str, Any],
    seed: int,
    telling: Sequence[Drawn] = (),
) -> list[Case]:
    """Run a check on the reference and keep every case.

    Args:
        function: the pytest function, with or without Hypothesis.
        namespace: where the reference functions are.
        seed: Hypothesis' seed.
        telling: arguments of cases that come before those that Hypothesis draws.

    Raises:
        BrokenCheck: when the reference fails the check, or what it draws cannot be written down.
    """
    cases: list[Case] = []

    def recording(inner: Callable[..., Any], arguments: dict[str, Any]) -> None:
        drawn = Drawn.of(arguments)
        student = _Recorder(LocalBackend(namespace))
        reference = _Recorder(LocalBackend(namespace))
        call_check(inner, arguments, Student(student, seed), Student(reference, seed))
        recorded = (student.recorded(), reference.recorded())
        cases.append(Case(drawn.names, drawn.values, drawn.tensors, *recorded))

    try:
        for drawn in telling:
            recording(inner_of(function), drawn.arguments())
        run_with(function, recording, seed)
    except Exception as error:
        raise BrokenCheck(f"the reference fails it: {type(error).__name__}: {error}") from error
    return cases
