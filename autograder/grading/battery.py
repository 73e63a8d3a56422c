"""The battery: a check's cases, recorded against the reference and replayed for each submission."""

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import msgspec
import torch
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from torch import Tensor

from autograder.checking.failures import CheckFailure
from autograder.sandbox.packing import Packed, Packing, Value, pack, unpack, unpack_value
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire import Answer, Call, Gradients

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

FIXTURES = ("student", "reference")
ROUNDING = {"float32": 1e-6, "float64": 1e-14}
"""A few units in the last place: `randn` of the same seed differs so much between platforms."""


class Recorded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call that a check made, what it gave, and the gradients that were asked for."""

    call: Call
    answer: Answer
    pulled: list[tuple[Packed, Gradients]] = []


class Case(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One generated input: the drawn arguments, and the calls that the check makes with them."""

    names: list[str]
    values: list[Value]
    tensors: list[Packed]
    student: list[Recorded]
    reference: list[Recorded]

    def arguments(self) -> dict[str, Any]:
        """The drawn arguments, as new objects."""
        tensors = [unpack(packed) for packed in self.tensors]
        drawn = [unpack_value(value, tensors) for value in self.values]
        return dict(zip(self.names, drawn, strict=True))

    @property
    def size(self) -> tuple[int, int]:
        """How large the case is, for picking the smallest: elements, then characters."""
        values = [unpack(packed).tolist() for packed in self.tensors]
        return sum(len(packed.values) for packed in self.tensors), len(repr((values, self.values)))


class Battery(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All cases of one check."""

    check: str
    cases: list[Case]

    @property
    def calls(self) -> list[Call]:
        """The student's calls of all cases, in order."""
        return [recorded.call for case in self.cases for recorded in case.student]


class BrokenCheck(Exception):
    """Raised when the reference fails a check: an instructor's mistake, never a student's."""


class NotRecorded(Exception):
    """Raised when the reference is asked, away from the solutions, for what was not recorded."""


class _Recorder:
    """A backend that writes down what it is asked and answers from the reference."""

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


def record(function: Callable[..., Any], namespace: dict[str, Any], seed: int) -> list[Case]:
    """Run a check on the reference and keep every case.

    Args:
        function: the pytest function, with or without Hypothesis.
        namespace: where the reference functions are.
        seed: Hypothesis' seed.

    Raises:
        BrokenCheck: when the reference fails the check, or what it draws cannot be written down.
    """
    cases: list[Case] = []

    def recording(inner: Callable[..., Any], drawn: dict[str, Any]) -> None:
        packing = Packing()
        values = [packing.value(value) for value in drawn.values()]
        tensors = [pack(tensor) for tensor in packing.tensors]
        student = _Recorder(LocalBackend(namespace))
        reference = _Recorder(LocalBackend(namespace))
        call_check(inner, drawn, Student(student, seed), Student(reference, seed))
        cases.append(Case(list(drawn), values, tensors, student.recorded(), reference.recorded()))

    try:
        run_with(function, recording, seed)
    except Exception as error:
        raise BrokenCheck(f"the reference fails it: {type(error).__name__}: {error}") from error
    return cases


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
        with _same_draws_everywhere():
            with_seed(seed)(function)(**dict.fromkeys(fixtures_of(function)))
    finally:
        handle.inner_test = inner


@contextmanager
def _same_draws_everywhere() -> Iterator[None]:
    """Keep Hypothesis from drawing constants out of the modules that happen to be loaded.

    With them, the cases of a seed would depend on where the package is installed and on what ran
    before. Hypothesis has no setting for it.
    """
    with patch.object(providers, "_get_local_constants", Constants):
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


def tensors_in(drawn: dict[str, Any]) -> list[Tensor]:
    """The tensors among drawn arguments, also inside of lists and dicts."""
    packing = Packing()
    for value in drawn.values():
        packing.value(value)
    return packing.tensors


class Answers:
    """The answers to a battery's calls as they arrive; an exception in place of a missing one."""

    def __init__(self, arriving: Iterator[tuple[int, Answer]], count: int) -> None:
        self._arriving = arriving
        self._count = count
        self._waiting: deque[Answer | Exception] = deque()
        self.all: list[Answer | Exception] = []

    def take(self, count: int) -> list[Answer | Exception]:
        """The next answers."""
        return [self._waiting.popleft() if self._waiting else self._receive() for _ in range(count)]

    def _receive(self) -> Answer | Exception:
        answer: Answer | Exception
        if self.all and isinstance(self.all[-1], Exception):
            answer = self.all[-1]
        else:
            try:
                _, answer = next(self._arriving)
            except Exception as error:  # how the worker failed: raised where the answer is used
                answer = error
        self.all.append(answer)
        return answer

    def drain(self) -> None:
        """Receive what is still to come, so that the worker is free for other requests."""
        while len(self.all) < self._count:
            self._waiting.append(self._receive())


class Replay:
    """A backend for one case: recorded calls get their answers, others go to the live backend."""

    def __init__(
        self,
        case: Case,
        given: list[Answer | Exception],
        live: Backend | None,
        drain: Callable[[], None],
    ) -> None:
        self._recorded = case.student
        self._answers = given
        self._drain = drain
        self._live = live
        self._given: list[Answer] = []
        self._diverged = False

    def call(self, call: Call) -> tuple[int, Answer]:
        """The recorded answer when the call is the recorded one, else a live one."""
        place = len(self._given)
        if not self._diverged and place < len(self._recorded):
            recorded = self._recorded[place].call
            if same_call(call, recorded):
                answer = self._answers[place]
                if isinstance(answer, Exception):
                    raise answer
                self._given.append(answer)
                return -place - 1, self._given[-1]
        self._diverged = True
        return self._ask().call(call)

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """The recorded gradients when the cotangent is the recorded one, else live ones."""
        if number >= 0:
            return self._ask().pull_back(number, cotangent)
        place = -number - 1
        answer, recorded = self._given[place], self._recorded[place].call
        if recorded.cotangent == cotangent and (answer.gradients or answer.gradient_error):
            return Gradients(answer.gradients or [], answer.gradient_error)
        live = self._ask()
        again, _ = live.call(msgspec.structs.replace(recorded, cotangent=None))
        return live.pull_back(again, cotangent)

    def _ask(self) -> Backend:
        self._drain()
        if self._live is None:
            raise NotRecorded("the check asks for more than was recorded")
        return self._live


class ReferenceReplay:
    """Answers for the reference from the record, and live where there are solutions."""

    def __init__(self, case: Case, live: Backend | None) -> None:
        self._recorded = case.reference
        self._given: list[Recorded] = []
        self._live = live

    def call(self, call: Call) -> tuple[int, Answer]:
        """The recorded answer to the same call, or the reference's own."""
        place = len(self._given)
        if place < len(self._recorded) and self._same(call, self._recorded[place].call):
            self._given.append(self._recorded[place])
            return -place - 1, self._recorded[place].answer
        return self._ask().call(call)

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """The recorded gradients for the same cotangent, or the reference's own."""
        if number >= 0:
            return self._ask().pull_back(number, cotangent)
        recorded = self._given[-number - 1]
        for asked, gradients in recorded.pulled:
            if asked == cotangent or (self._live is None and _close(asked, cotangent)):
                return gradients
        again, _ = self._ask().call(msgspec.structs.replace(recorded.call, cotangent=None))
        return self._ask().pull_back(again, cotangent)

    def _same(self, call: Call, recorded: Call) -> bool:
        """Whether it is the recorded call; on a student's machine up to rounding."""
        if self._live is not None or len(call.tensors) != len(recorded.tensors):
            return same_call(call, recorded)
        pairs = zip(call.tensors, recorded.tensors, strict=True)
        if not all(_close(given, known) for given, known in pairs):
            return False
        return same_call(msgspec.structs.replace(call, tensors=recorded.tensors), recorded)

    def _ask(self) -> Backend:
        if self._live is None:
            raise NotRecorded("the reference is asked for more than was recorded")
        return self._live


def same_call(call: Call, recorded: Call) -> bool:
    """Whether two calls are equal but for seed and cotangent."""
    return (
        call.function == recorded.function
        and call.args == recorded.args
        and call.kwargs == recorded.kwargs
        and call.tensors == recorded.tensors
    )


def _close(given: Packed, known: Packed) -> bool:
    """Whether two tensors are equal up to the roundings in which mathematical libraries differ."""
    if given == known:
        return True
    if (given.dtype, given.shape) != (known.dtype, known.shape) or (given.grad or known.grad):
        return False
    if given.dtype not in ROUNDING:
        return False
    tolerance = ROUNDING[given.dtype]
    return torch.allclose(unpack(given), unpack(known), rtol=tolerance, atol=tolerance)


__all__ = [
    "Answers",
    "Battery",
    "BrokenCheck",
    "Case",
    "CheckFailure",
    "NotRecorded",
    "Recorded",
    "ReferenceReplay",
    "Replay",
    "record",
    "run_with",
]
