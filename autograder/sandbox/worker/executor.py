"""Answers calls of a student's functions: the same code in a worker and in a student's notebook."""

import linecache
import random
import re
import traceback
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.sandbox.wire.frames import WireError
from autograder.sandbox.wire.messages import (
    MAX_TENSORS,
    Answer,
    Call,
    Cotangent,
    Found,
    Gradients,
    Lookup,
    PullBack,
    Raised,
)
from autograder.sandbox.wire.packing import Packing, describe
from autograder.sandbox.wire.values import (
    DTYPES,
    MAX_TEXT,
    Packed,
    Path,
    Value,
    pack,
    places_of,
    unpack,
    unpack_value,
    values_of,
)
from autograder.sandbox.worker.backward import gradients_of
from autograder.sandbox.worker.entropy import seed_entropy
from autograder.sandbox.worker.forbidden_operators import Guard

KEPT_RESULTS = 64
"""Results whose graphs are kept for a later PullBack; a check holds a handful at a time."""
_CONTAINERS = (list, dict, tuple)
_CELL = re.compile(r"<ipython-input|ipykernel_|^<cell")


class _CountOperators(TorchDispatchMode):
    """Counts the operators that reach the dispatcher: a figure that doesn't depend on time."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """False: torch would import its compiler to keep it out of this class."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += 1
        return func(*args, **(kwargs or {}))


class Executor:
    """Calls functions of a namespace with unpacked arguments and packs the results.

    Args:
        namespace: where the functions are.
        printed: how many characters were printed so far; 0 where nobody counts them.
        kept: takes the arguments of every call, if given: while they live, the `id` of one is never
            that of another. Some functions keep state by `id`, and would otherwise answer by chance.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        printed: Callable[[], int] = lambda: 0,
        kept: list[Any] | None = None,
    ) -> None:
        self._namespace = namespace
        self._printed = printed
        self._kept = kept
        self._objects: dict[int, Tensor] = {}
        self._results: OrderedDict[int, _Kept] = OrderedDict()
        self._adapters: dict[str, Callable[..., Any]] = {}
        self._guard = Guard()
        self.forbidden: Mapping[str, list[str]] = {}
        """By function, the operators that raise while it is called."""

    def release(self) -> None:
        """Let every operator work again."""
        self.forbidden = {}
        self._guard.forbid([])

    def guard_raises(self) -> bool:
        """Whether the built-ins forbidden for the last calls still raise."""
        return all(map(self._guard.raises, self.forbidden.values()))

    def lookup(self, request: Lookup) -> Found:
        """Which names are defined as something callable."""
        found = [self._namespace.get(name) for name in request.names]
        return Found([str(describe(f)) if callable(f) else None for f in found])

    def answer(self, number: int, call: Call, *, keep: bool) -> Answer:
        """Make one call; with `keep`, its result stays for a later `pull_back(number)`.

        Modes that earlier code left on end here: they are no part of the function.
        """
        if not torch.is_inference_mode_enabled():
            return self._answer(number, call, keep=keep)
        with torch.inference_mode(False):
            return self._answer(number, call, keep=keep)

    def _answer(self, number: int, call: Call, *, keep: bool) -> Answer:
        if call.seed is not None:
            self._objects.clear()
        given = self._arguments(call)
        inputs = [tensor for tensor in given if tensor.requires_grad]
        arrays: dict[int, Any] = {}
        args = [unpack_value(value, given, arrays) for value in call.args]
        kwargs = {name: unpack_value(value, given, arrays) for name, value in call.kwargs}
        if self._kept is not None:
            self._kept.append((given, args, kwargs))
        if call.seed is not None:
            seed_everything(call.seed)
        _enable_grad()
        if getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None) is not None:
            torch.set_default_device(None)  # a GPU's, which is not here
        printed = self._printed()
        self._guard.forbid(self.forbidden.get(call.function, []))
        result, raised = None, None
        counter = _CountOperators() if call.count_operators else None
        try:
            function = self._function(call)
            if counter is None and not self._guard.forbids_autograd:
                result = function(*args, **kwargs)
            else:
                with self._guard.running(), counter or nullcontext():
                    result = function(*args, **kwargs)
        except BaseException as error:  # the student's code may raise anything, SystemExit too
            raised = raised_by(error)
        grad_enabled = torch.is_grad_enabled()
        _enable_grad()
        printed = self._printed() - printed
        packing = Packing(_as_shaped_now(given, arrays), arrays)
        afterwards = [*args, *kwargs.values()]
        value, after, tensors, raised = self._outcome(call, packing, result, afterwards, raised)
        gradients, gradient_error = None, None
        if keep or call.cotangents:
            parts = {
                path: packing.tensors[place]
                for place, path in places_of(value).items()
                if place >= len(given)
            }
            if keep:
                self._keep(number, _Kept(parts, inputs))
            if raised is None:
                gradients, gradient_error = _vector_jacobian(parts, inputs, call.cotangents)
        return Answer(
            value,
            tensors,
            after,
            grad_enabled,
            raised,
            gradients,
            gradient_error,
            counter.count if counter is not None and raised is None else None,
            printed,
            self._guard.take_hit(),
        )

    def pull_back(self, request: PullBack) -> Gradients:
        """The vector-Jacobian product of a kept result."""
        kept = self._results.get(request.call, _Kept({}, []))
        with torch.inference_mode(False):
            gradients, raised = _vector_jacobian(kept.parts, kept.inputs, request.cotangents)
        return Gradients(gradients or [], raised, self._guard.take_hit())

    def _arguments(self, call: Call) -> list[Tensor]:
        """The call's tensors: the caller's same object is the same object here, with new values."""
        given = [unpack(packed) for packed in call.tensors]
        for place, number in enumerate(call.objects):
            new, known = given[place], self._objects.get(number)
            if known is not None and _alike(known, new):
                known.data = new.data
                known.requires_grad_(new.requires_grad)
                known.grad = new.grad
                given[place] = known
            else:
                self._objects[number] = new
        return given

    def _function(self, call: Call) -> Callable[..., Any]:
        """The called function, wrapped in the exercise's adapter if there is one."""
        function: Callable[..., Any] = self._namespace[call.function]
        if not call.adapter:
            return function
        if call.adapter not in self._adapters:
            namespace: dict[str, Any] = {"__name__": f"adapter_of_{call.function}"}
            exec(compile(call.adapter, f"<adapter of {call.function}>", "exec"), namespace)
            self._adapters[call.adapter] = namespace["adapt"]
        return partial(self._adapters[call.adapter], function)

    def _keep(self, number: int, kept: "_Kept") -> None:
        self._results[number] = kept
        while len(self._results) > KEPT_RESULTS:
            self._results.popitem(last=False)

    def _outcome(
        self, call: Call, packing: Packing, result: Any, given: list[Any], raised: Raised | None
    ) -> tuple[Value, list[Value] | None, list[Packed | None], Raised | None]:
        try:
            value = packing.value(result)
            after: list[Value] | None = None
            if any(isinstance(argument, _CONTAINERS) for argument in given):
                after = [packing.value(argument) for argument in given]
                if after == [*call.args, *(value for _, value in call.kwargs)]:
                    after = None
            if len(packing.tensors) > MAX_TENSORS:
                count = f"{len(packing.tensors):,} tensors"
                raise WireError(f"{count} in one answer (limit {MAX_TENSORS:,})")
            tensors: list[Packed | None] = [
                None
                if place < len(call.tensors) and _unchanged(tensor, call.tensors[place])
                # A result's own .grad is never looked at; reading it on a non-leaf warns.
                else pack(tensor)
                for place, tensor in enumerate(packing.tensors)
            ]
        except BaseException as error:  # an attribute of a student's object may raise anything
            broken = unreadable("the result or an argument afterwards cannot be graded", error)
            return None, None, [None] * len(call.tensors), broken
        return value, after, tensors, raised


def _as_shaped_now(given: list[Tensor], arrays: Mapping[int, Any]) -> list[Tensor]:
    """The arguments; of an array whose shape was assigned to, the tensor that has it now."""
    return [
        torch.from_numpy(arrays[place].copy())
        if place in arrays and _has_another_shape(arrays[place], tensor)
        else tensor
        for place, tensor in enumerate(given)
    ]


def _has_another_shape(array: Any, tensor: Tensor) -> bool:
    """Whether an array has another shape than it came with; not where its dtype was assigned to, too."""
    same = f"torch.{array.dtype.name}" == str(tensor.dtype) and array.size == tensor.numel()
    return same and array.shape != tuple(tensor.shape)


def _enable_grad() -> None:
    """Let autograd record, as it does nearly always."""
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)


@dataclass(frozen=True)
class _Kept:
    """A result for a later PullBack: its new tensors by how they are reached, and the inputs."""

    parts: dict[Path, Tensor]
    inputs: list[Tensor]


def _alike(known: Tensor, new: Tensor) -> bool:
    leaves = known.is_leaf and new.is_leaf
    return leaves and known.dtype == new.dtype and known.shape == new.shape


def _unchanged(tensor: Tensor, packed: Packed) -> bool:
    if (
        tensor.dtype is not DTYPES[packed.dtype]
        or tensor.requires_grad is not packed.requires_grad
        or tensor.is_leaf is not packed.leaf
        or list(tensor.shape) != packed.shape
    ):
        return False
    grad = tensor.grad if packed.leaf else None
    if (grad is None) is not (packed.grad is None):
        return False
    if grad is not None and packed.grad is not None and not _unchanged(grad, packed.grad):
        return False
    return values_of(tensor.detach()) == packed.values


def _vector_jacobian(
    parts: Mapping[Path, Tensor], inputs: list[Tensor], cotangents: Sequence[Cotangent]
) -> tuple[list[Packed | None] | None, Raised | None]:
    """The gradients of `inputs`, in one backward; None where there is no graph to go back through."""
    try:
        outputs = [parts.get(cotangent.path) for cotangent in cotangents]
        if not outputs or not all(map(_fits, outputs, cotangents)):
            return None, None
        gradients = gradients_of(
            [output for output in outputs if output is not None],
            inputs,
            [unpack(cotangent.tensor) for cotangent in cotangents],
        )
        return [None if g is None else pack(g, with_grad=False) for g in gradients], None
    except BaseException as error:  # a custom backward is the student's code too
        return None, raised_by(error)


def _fits(output: Tensor | None, cotangent: Cotangent) -> bool:
    """Whether a part of a result can be gone back through with a cotangent."""
    return (
        output is not None and output.requires_grad and list(output.shape) == cotangent.tensor.shape
    )


def seed_everything(seed: int) -> None:
    """Seed every usual source of randomness, and the entropy that unseeded generators take."""
    torch.default_generator.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    seed_entropy(seed)


def raised_by(error: BaseException) -> Raised:
    """An exception in the student's words: its kind, its message, and the line of the cell."""
    try:
        return Raised(_text(type(error).__name__)[:100], _message(error), _line(error))
    except BaseException:  # a metaclass or a __traceback__ of a student's own may do anything
        return Raised("Exception", "(it cannot be shown)")


def _line(error: BaseException) -> str:
    """The innermost line of a cell. Other files are not even looked at: that would be an attempt."""
    line = ""
    if isinstance(error, SyntaxError) and error.lineno:
        line = f"{error.lineno}: {(error.text or '').strip()}"
    for frame, number in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if _CELL.search(filename):
            line = f"{number}: {linecache.getline(filename, number).strip()}"
    return _text(line)[:300]


def _message(error: BaseException) -> str:
    try:
        return _text(str(error))
    except BaseException:  # a student's __str__ may raise anything
        return "(its text cannot be shown)"


def unreadable(what: str, error: BaseException) -> Raised:
    """An exception in place of an answer: it names the unreadable thing, and says why."""
    raised = raised_by(error)
    why = raised.message if isinstance(error, WireError) else f"{raised.kind}: {raised.message}"
    return Raised("Unreadable", f"{what}: {why}"[:MAX_TEXT])


def _text(text: str) -> str:
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()
