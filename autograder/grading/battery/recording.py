"""Recording a battery: a check is run by Hypothesis, once, on the reference."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from autograder.grading.battery.cases import Case, Drawn, Recorded
from autograder.grading.battery.driving import call_check, inner_of, run_with
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.packing import describe
from autograder.sandbox.wire.values import indexed, opaque_in

DRAWN_CHANGED = (
    "`{function}` changes {got} that was drawn, and the check doesn't see it: what is drawn stays as it is "
    "for the reference. Hand over a copy (`same_layout`, `copy_parameter`, a new list) and look at that"
)
DRAWN_OPAQUE = (
    "it draws {what}, which is {got}: only what can be handed to a student's function can be written down "
    "(tensors, arrays, numbers, texts, and lists, tuples, named tuples and dicts of these)"
)


class BrokenCheck(Exception):
    """Raised when the reference fails a check: an instructor's mistake, never a student's."""


class Recorder:
    """A backend that keeps every call with its answer, and the gradients that were asked for."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.log: list[tuple[int, Recorded]] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        """Ask, and keep both."""
        number, answer = self._backend.call(call)
        self.log.append((number, Recorded(call, answer, [])))
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Ask, and keep the gradients with their call."""
        gradients = self._backend.pull_back(number, cotangents)
        for logged, recorded in self.log:
            if logged == number:
                recorded.pulled.append((cotangents, gradients))
        return gradients

    def recorded(self) -> list[Recorded]:
        """The calls; each asks for its gradients in the same trip, and its answer holds them."""
        return [_with_gradients(recorded) for _, recorded in self.log]


def _with_gradients(recorded: Recorded) -> Recorded:
    if not recorded.pulled:
        return recorded
    cotangents, pulled = recorded.pulled[0]
    call = msgspec.structs.replace(recorded.call, cotangents=cotangents)
    found = None if pulled.raised is not None else pulled.gradients
    answer = msgspec.structs.replace(recorded.answer, gradients=found, gradient_error=pulled.raised)
    return Recorded(call, answer, recorded.pulled)


class _Watching(Student):
    """Refuses to go on when a function changes a drawn argument: no check would see the change."""

    def drawn_changed(self, function: str, changed: Any) -> None:
        raise BrokenCheck(DRAWN_CHANGED.format(function=function, got=describe(changed)))


def record(
    function: Callable[..., Any],
    namespace: dict[str, Any],
    seed: int,
    telling: Sequence[Drawn] = (),
    adapters: Mapping[str, str] | None = None,
) -> list[Case]:
    """Run a check on the reference and keep every case.

    Args:
        function: the pytest function, with or without Hypothesis.
        namespace: where the reference functions are.
        seed: Hypothesis' seed.
        telling: arguments of cases that come before those that Hypothesis draws.
        adapters: by function, the source of its exercise's adapter.

    Raises:
        BrokenCheck: when the reference fails the check, or a drawn argument cannot be written down.
    """
    cases: list[Case] = []

    def recording(inner: Callable[..., Any], arguments: dict[str, Any]) -> None:
        drawn = Drawn.of(arguments)
        _refuse_opaque(drawn)
        student = Recorder(LocalBackend(namespace))
        reference = Recorder(LocalBackend(namespace))
        asked, answering = (
            _Watching(backend, seed, drawn=arguments.values(), adapters=adapters)
            for backend in (student, reference)
        )
        call_check(inner, arguments, asked, answering)
        recorded = (student.recorded(), reference.recorded())
        cases.append(Case(drawn.names, drawn.values, drawn.tensors, *recorded))

    try:
        for drawn in telling:
            recording(inner_of(function), drawn.arguments())
        run_with(function, recording, seed)
    except BrokenCheck:
        raise
    except Exception as error:
        raise BrokenCheck(f"the reference fails it: {type(error).__name__}: {error}") from error
    return cases


def _refuse_opaque(drawn: Drawn) -> None:
    for name, value in zip(drawn.names, drawn.values, strict=True):
        unknown = opaque_in(value)
        if unknown is not None:
            path, opaque = unknown
            raise BrokenCheck(DRAWN_OPAQUE.format(what=indexed(name, path), got=opaque.description))
