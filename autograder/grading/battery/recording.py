"""Recording a battery: a check is run by Hypothesis, once, on the reference."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.constants_ast import Constants

from autograder.grading.battery.cases import Case, Recorded
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.packing import Packing, describe
from autograder.sandbox.wire.values import Value, indexed, opaque_in, pack

PROFILE = "autograder"
settings.register_profile(
    PROFILE,
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=False,
    report_multiple_bugs=False,
    print_blob=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

DRAWN_CHANGED = (
    "`{function}` changes {got} that was drawn, and the check doesn't see it: what is drawn stays as it is "
    "for the reference. Hand over a copy (`same_layout`, `copy_parameter`, a new list) and look at that"
)
DRAWN_OPAQUE = (
    "it draws {what}, which is {got}: only what can be handed to a student's function can be written down "
    "(tensors, arrays, numbers, texts, and lists, tuples, named tuples and dicts of these)"
)
FIXTURES = ("student", "reference")


class BrokenCheck(Exception):
    """Raised when the reference fails a check: an instructor's mistake, never a student's."""


class _Recorder:
    """A backend that writes down what it is asked and answers from the reference."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.log: list[tuple[int, Recorded]] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        number, answer = self._backend.call(call)
        self.log.append((number, Recorded(call, answer, [])))
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
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
    answer = msgspec.structs.replace(recorded.answer, gradients=pulled.gradients)
    return Recorded(call, answer, recorded.pulled)


class _Watching(Student):
    """Refuses to go on when a function changes what was drawn: no check would see the change."""

    def drawn_changed(self, function: str, changed: Any) -> None:
        raise BrokenCheck(DRAWN_CHANGED.format(function=function, got=describe(changed)))


def record(
    function: Callable[..., Any],
    namespace: dict[str, Any],
    seed: int,
    adapters: Mapping[str, str] | None = None,
) -> list[Case]:
    """Run a check on the reference and keep every case.

    Args:
        function: the pytest function, with or without Hypothesis.
        namespace: where the reference functions are.
        seed: Hypothesis' seed.
        adapters: by function, the source of its exercise's adapter.

    Raises:
        BrokenCheck: when the reference fails the check, or what it draws cannot be written down.
    """
    cases: list[Case] = []

    def recording(inner: Callable[..., Any], drawn: dict[str, Any]) -> None:
        packing = Packing()
        values = [packing.value(value) for value in drawn.values()]
        for name, value in zip(drawn, values, strict=True):
            _refuse_opaque(name, value)
        tensors = [pack(tensor) for tensor in packing.tensors]
        student = _Recorder(LocalBackend(namespace))
        reference = _Recorder(LocalBackend(namespace))
        asked, right = (
            _Watching(backend, seed, drawn=drawn.values(), adapters=adapters)
            for backend in (student, reference)
        )
        call_check(inner, drawn, asked, right)
        cases.append(Case(list(drawn), values, tensors, student.recorded(), reference.recorded()))

    try:
        run_with(function, recording, seed)
    except BrokenCheck:
        raise
    except Exception as error:
        raise BrokenCheck(f"the reference fails it: {type(error).__name__}: {error}") from error
    return cases


def _refuse_opaque(name: str, value: Value) -> None:
    unknown = opaque_in(value)
    if unknown is not None:
        path, opaque = unknown
        raise BrokenCheck(DRAWN_OPAQUE.format(what=indexed(name, path), got=opaque.description))


def run_with(
    function: Callable[..., Any],
    body: Callable[[Callable[..., Any], dict[str, Any]], None],
    seed: int,
) -> None:
    """Run a check with `body(inner, drawn)` in place of its inner function."""
    handle = getattr(function, "hypothesis", None)
    if handle is None:
        body(function, {})
        return
    inner = handle.inner_test

    def substitute(**kwargs: Any) -> None:
        body(inner, {name: value for name, value in kwargs.items() if name not in FIXTURES})

    handle.inner_test = substitute
    try:
        with _own_draws_only():
            with_seed(seed)(function)(**dict.fromkeys(fixtures_of(function)))
    finally:
        handle.inner_test = inner


@contextmanager
def _own_draws_only() -> Iterator[None]:
    """Keep Hypothesis from drawing cases out of the modules that are loaded, or out of other cases.

    With constants of the modules that happen to be loaded, the cases of a seed would depend on
    where the package is installed and on what ran before. Mutations copy one draw over another: a
    tensor whose shape changes that way loses its values, so that half of all cases would be zeros.
    Hypothesis has no setting for either.
    """
    with (
        patch.object(providers, "_get_local_constants", Constants),
        patch.object(ConjectureRunner, "generate_mutations_from", lambda self, data: None),
    ):
        providers.CONSTANTS_CACHE.cache.clear()
        yield


@cache
def fixtures_of(function: Callable[..., Any]) -> list[str]:
    """Which of the two fixtures a check asks for."""
    return [name for name in FIXTURES if name in inspect.signature(function).parameters]


def call_check(
    inner: Callable[..., Any], drawn: dict[str, Any], student: Student, reference: Student
) -> None:
    """Call a check's inner function with drawn arguments and the fixtures that it asks for."""
    fixtures = {"student": student, "reference": reference}
    inner(**drawn, **{name: fixtures[name] for name in fixtures_of(inner)})
