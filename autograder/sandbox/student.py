"""`student.f(...)` looks like a local call: arguments travel, results and changes come back.

Call by copy-restore: what the function changed in its arguments (values, grads, flags, the items of a
list or dict) is changed in the caller's. A returned tensor can be differentiated: its backward
asks the other side for the vector-Jacobian product.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
import torch
from torch import Tensor

from autograder.sandbox.wire.messages import Answer, Call, Gradients, PullBack, Raised, encode
from autograder.sandbox.wire.values import Packed, Packing, Ref, Value, pack, unpack, unpack_value
from autograder.sandbox.worker.executor import Executor


class FunctionRaised(Exception):
    """Raised in the caller when the called function raised; holds what it was."""

    def __init__(self, function: str, raised: Raised, *, backward: bool = False) -> None:
        super().__init__(f"{function} raised {raised.kind}: {raised.message}")
        self.function = function
        self.raised = raised
        self.backward = backward


class Backend(Protocol):
    """Where calls are answered: a worker, this process, or a record."""

    def call(self, call: Call) -> tuple[int, Answer]:
        """Answer a call; the number names it for `pull_back`. Raises what the backend raises."""

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """The vector-Jacobian product of that call's result."""


class LocalBackend:
    """Answers from a namespace in this process: the reference, or a student's own notebook."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._executor = Executor(namespace)
        self._number = 0
        self.hits: dict[str, str] = {}
        """By function, the first forbidden operator that it called."""

    @contextmanager
    def forbidding(self, operators: Mapping[str, list[str]]) -> Iterator[None]:
        """Within it, these aten operators (by function, patterns) raise in this whole process."""
        self._executor.forbidden = operators
        try:
            yield
        finally:
            self._executor.release()

    def call(self, call: Call) -> tuple[int, Answer]:
        """Make the call here."""
        self._number += 1
        answer = self._executor.answer(self._number, call, keep=True)
        if answer.forbidden is not None:
            self.hits.setdefault(call.function, answer.forbidden)
        return self._number, answer

    def pull_back(self, number: int, cotangent: Packed) -> Gradients:
        """Differentiate here."""
        return self._executor.pull_back(PullBack(number, cotangent))


class Student:
    """The functions of a submission (or of the reference), as attributes; made anew for each case.

    The first call of a case seeds the other side's random generators with a digest of itself: the same
    input, the same randomness, in whatever order and company the case is run.

    Args:
        backend: where the calls are answered.
        salt: goes into the digest: the check's seed, so that randomness can't be known beforehand.
        drawn: the case's own tensors. A function that changes one changes it for itself alone, or it
            could choose the input that the reference is then asked about.
    """

    def __init__(self, backend: Backend, salt: int = 0, *, drawn: Iterable[Tensor] = ()) -> None:
        self._backend = backend
        self._salt = salt % 2**32
        self._drawn = {id(tensor): tensor for tensor in drawn}
        self._called = False
        self._objects: dict[int, Tensor] = {}
        """The tensors that were passed, by id: kept alive, so that no id is used twice."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def function(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        function.__name__ = name
        return function

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        packing = Packing()
        packed_args = [packing.value(value) for value in args]
        packed_kwargs = [(key, packing.value(value)) for key, value in kwargs.items()]
        given = packing.tensors
        first = not self._called
        self._called = True
        objects = [self._number(tensor) for tensor in given]
        call = Call(name, packed_args, packed_kwargs, [pack(tensor) for tensor in given], objects)
        if first:
            call = msgspec.structs.replace(call, seed=zlib.crc32(encode(call), self._salt))
        number, answer = self._backend.call(call)
        inputs = [tensor for tensor in given if tensor.requires_grad]
        given = self._restored(given, answer.tensors)
        new = [_expect(packed) for packed in answer.tensors[len(given) :]]
        torch.set_grad_enabled(answer.grad_enabled)
        if answer.args is not None:
            for value, after in zip(args, answer.args, strict=False):
                _restore_structure(value, unpack_value(after, [*given, *new]))
        if answer.raised is not None:
            raise FunctionRaised(name, answer.raised)
        place = answer.value.index if isinstance(answer.value, Ref) else -1
        if inputs and _is_new_with_graph(answer, place, len(given)):
            holder = [new[place - len(given)].detach()]
            with torch.enable_grad():
                result = _Remote.apply(  # type: ignore[no-untyped-call]
                    self._backend, number, name, holder, *inputs
                )
            new[place - len(given)] = result
        return unpack_value(answer.value, [*given, *new])

    def _restored(self, given: list[Tensor], after: list[Packed | None]) -> list[Tensor]:
        """The arguments as they are afterwards: the caller's own, but new ones for drawn ones."""
        changed = [
            packed is not None and id(tensor) in self._drawn
            for tensor, packed in zip(given, after, strict=False)
        ]
        kept = [None if drawn else packed for packed, drawn in zip(after, changed, strict=False)]
        _restore(given, kept)
        return [
            _expect(after[place]) if place < len(changed) and changed[place] else tensor
            for place, tensor in enumerate(given)
        ]

    def _number(self, tensor: Tensor) -> int:
        """The place of a tensor among those that were passed: 0 for the first."""
        places = list(self._objects)
        if id(tensor) not in self._objects:
            self._objects[id(tensor)] = tensor
            return len(places)
        return places.index(id(tensor))


def _expect(packed: Packed | None) -> Tensor:
    return unpack(packed) if packed is not None else torch.empty(0)


def _is_new_with_graph(answer: Answer, place: int, given: int) -> bool:
    if not given <= place < len(answer.tensors):
        return False
    packed = answer.tensors[place]
    return packed is not None and packed.requires_grad and not packed.leaf


class _Remote(torch.autograd.Function):
    """A result computed elsewhere, whose backward asks there."""

    @staticmethod
    def forward(
        ctx: Any, backend: Backend, number: int, name: str, holder: list[Tensor], *inputs: Tensor
    ) -> Tensor:
        ctx.ask = (backend, number, name)
        return holder[0]

    @staticmethod
    def backward(ctx: Any, cotangent: Tensor) -> Any:
        backend, number, name = ctx.ask
        answer = backend.pull_back(number, pack(cotangent, with_grad=False))
        if answer.raised is not None:
            raise FunctionRaised(name, answer.raised, backward=True)
        gradients = [None if packed is None else unpack(packed) for packed in answer.gradients]
        wanted = ctx.needs_input_grad[4:]
        return None, None, None, None, *(gradients + [None] * len(wanted))[: len(wanted)]


def _restore(given: list[Tensor], after: list[Packed | None]) -> None:
    """Make the caller's tensors what the callee left of its copies."""
    for tensor, packed in zip(given, after, strict=False):
        if packed is None:
            continue
        new = unpack(packed)
        if tensor.is_leaf and not new.dtype.is_floating_point:
            tensor.requires_grad_(False)
        if new.dtype == tensor.dtype and new.shape == tensor.shape:
            tensor.data.copy_(new.detach())
        else:
            tensor.data = new.detach()
        if tensor.is_leaf:
            if (
                tensor.grad is not None
                and new.grad is not None
                and tensor.grad.shape == new.grad.shape
            ):
                tensor.grad.copy_(new.grad)
            else:
                tensor.grad = None if not packed.leaf else new.grad
            tensor.requires_grad_(packed.requires_grad and packed.leaf)
            if packed.requires_grad and not packed.leaf:
                with torch.enable_grad():  # an in-place operation makes a leaf a part of a graph
                    tensor.add_(torch.zeros_like(tensor, requires_grad=True))


def _restore_structure(value: Any, after: Any) -> None:
    """Make the caller's lists and dicts hold what the callee's hold."""
    if isinstance(value, list) and isinstance(after, list):
        for old, new in zip(value, after, strict=False):
            _restore_structure(old, new)
        value[:] = [
            old if isinstance(old, list | dict) and type(old) is type(new) else new
            for old, new in zip(value + after[len(value) :], after, strict=False)
        ]
    elif isinstance(value, dict) and isinstance(after, dict):
        for key in value.keys() & after.keys():
            _restore_structure(value[key], after[key])
        kept = {
            key: value[key]
            if isinstance(value.get(key), list | dict) and type(value[key]) is type(new)
            else new
            for key, new in after.items()
        }
        value.clear()
        value.update(kept)


__all__ = ["Backend", "FunctionRaised", "LocalBackend", "Student", "Value"]
