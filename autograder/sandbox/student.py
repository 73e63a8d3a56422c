"""`student.f(...)` looks like a local call: arguments travel, results and changes come back.

Call by copy-restore: what the function changed in its arguments (values, grads, flags, the items of a
list or dict) is changed in the caller's. The tensors of a result, alone or in lists, tuples and
dicts, can be differentiated: one backward asks the other side once for the vector-Jacobian product.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import numpy as np
import torch
from torch import Tensor

from autograder.sandbox.restoring import restore, restore_shape, restored_structure
from autograder.sandbox.wire.messages import (
    Answer,
    Call,
    Cotangent,
    Gradients,
    PullBack,
    Raised,
    encode,
)
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import (
    Packed,
    Path,
    Value,
    indexed,
    opaque_in,
    pack,
    places_of,
    unpack,
    unpack_value,
)
from autograder.sandbox.worker.executor import Executor


class FunctionRaised(Exception):
    """Raised in the caller when the called function raised; describes that exception."""

    def __init__(self, function: str, raised: Raised, *, backward: bool = False) -> None:
        super().__init__(f"{function} raised {raised.kind}: {raised.message}")
        self.function = function
        self.raised = raised
        self.backward = backward


class CannotTravel(TypeError):
    """Raised when an argument cannot be handed to the other side; says what to do."""

    TEXT = (
        "{what} of `{function}` is {got}, which cannot travel to a worker. Tensors, NumPy arrays, numbers, "
        "texts, None, dtypes, torch.Size, lists, tuples and dicts of these can, and the functions of "
        "`autograder.functions`. Anything else is made on the other side, by the exercise's adapter.py."
    )

    def __init__(self, function: str, what: str, got: str) -> None:
        super().__init__(self.TEXT.format(function=function, what=what, got=got))


class Backend(Protocol):
    """Where calls are answered: a worker, this process, or a record."""

    def call(self, call: Call) -> tuple[int, Answer]:
        """Answer a call; the number names it for `pull_back`. Raises the backend's exceptions."""

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """The vector-Jacobian product of that call's result."""


class LocalBackend:
    """Answers from a namespace in this process: the reference, or a student's own notebook."""

    def __init__(self, namespace: dict[str, Any], printed: Callable[[], int] = lambda: 0) -> None:
        self._executor = Executor(namespace, printed)
        self._number = 0
        self.hits: dict[str, str] = {}
        """By function, the first forbidden operator that it called."""
        self.printing: set[str] = set()
        """The functions that printed, where that is counted."""

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
        if answer.printed:
            self.printing.add(call.function)
        return self._number, answer

    def answer(self, call: Call) -> Answer:
        """The answer to a call that nobody will differentiate later: its result isn't kept."""
        return self._executor.answer(0, call, keep=False)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Differentiate here."""
        return self._executor.pull_back(PullBack(number, cotangents))


class Student:
    """The functions of a submission (or of the reference), as attributes; made anew for each case.

    The first call of a case seeds the other side's random generators with a digest of itself: the same
    input, the same randomness, in whatever order and company the case is run.

    Args:
        backend: where the calls are answered.
        salt: goes into the digest: the check's seed, so that randomness can't be known beforehand.
        drawn: the drawn arguments of the case. A function changes its tensors, lists and dicts for itself
            alone; otherwise it could choose the input that the reference is then asked about.
        adapters: by function, the source of the adapter that calls it on the other side.
    """

    def __init__(
        self,
        backend: Backend,
        salt: int = 0,
        *,
        drawn: Iterable[Any] = (),
        adapters: Mapping[str, str] | None = None,
    ) -> None:
        self._backend = backend
        self._salt = salt % 2**32
        self._drawn = dict(_objects_in(list(drawn)))
        self._adapters = dict(adapters or {})
        self._called = False
        self._objects: dict[int, Any] = {}
        """The tensors and arrays that were passed, by id: kept alive, so that no id is used twice."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def function(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        function.__name__ = name
        return function

    def drawn_changed(self, function: str, changed: Any) -> None:
        """Called when a function changed a drawn argument: the check doesn't see it."""

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        packing = Packing()
        packed_args = [packing.value(value) for value in args]
        packed_kwargs = [(key, packing.value(value)) for key, value in kwargs.items()]
        named = [(f"argument {place}", value) for place, value in enumerate(packed_args, 1)]
        for what, packed in [*named, *packed_kwargs]:
            unknown = opaque_in(packed)
            if unknown is not None:
                path, opaque = unknown
                raise CannotTravel(name, indexed(what, path), opaque.description)
        given, owners = packing.tensors, packing.owners()
        first = not self._called
        self._called = True
        objects = [self._number(owner) for owner in owners]
        tensors = [pack(tensor) for tensor in given]
        adapter = self._adapters.get(name, "")
        call = Call(name, packed_args, packed_kwargs, tensors, objects, adapter=adapter)
        if first:
            call = msgspec.structs.replace(call, seed=_seed_of(call, self._salt))
        number, answer = self._backend.call(call)
        inputs = [tensor for tensor in given if tensor.requires_grad]
        arrays = {place: owner for place, owner in enumerate(owners) if owner is not given[place]}
        given = self._restored(name, given, owners, arrays, answer.tensors)
        new = [_expect(packed) for packed in answer.tensors[len(given) :]]
        torch.set_grad_enabled(answer.grad_enabled)
        if answer.args is not None:
            for value, after in zip((*args, *kwargs.values()), answer.args, strict=False):
                self._restore_structure(name, value, unpack_value(after, [*given, *new], arrays))
        if answer.raised is not None:
            raise FunctionRaised(name, answer.raised)
        parts = {
            place - len(given): path
            for place, path in places_of(answer.value).items()
            if _is_new_with_graph(answer, place, len(given))
        }
        if inputs and parts:
            asked = _Asked(self._backend, number, name, list(parts.values()))
            plain = [new[place].detach() for place in parts]
            with torch.enable_grad():
                results = _Remote.apply(asked, plain, *inputs)  # type: ignore[no-untyped-call]
            for place, result in zip(parts, results, strict=True):
                new[place] = result
        return unpack_value(answer.value, [*given, *new], arrays)

    def _restored(
        self,
        name: str,
        given: list[Tensor],
        owners: list[Any],
        arrays: dict[int, Any],
        after: list[Packed | None],
    ) -> list[Tensor]:
        """The arguments as they are afterwards: the caller's own, but new ones for drawn ones."""
        restored = list(given)
        kept = list(after[: len(given)])
        for place, packed in enumerate(kept):
            if packed is not None and id(owners[place]) in self._drawn:
                self.drawn_changed(name, owners[place])
                kept[place] = None
                arrays.pop(place, None)
                restored[place] = unpack(packed)
        restore(given, kept)
        for place, array in arrays.items():
            after_call = kept[place] if place < len(kept) else None
            if after_call is not None:
                restore_shape(array, after_call)
        return restored

    def _restore_structure(self, name: str, value: Any, after: Any) -> None:
        inside = [id(one) for one in _objects_in(value).values() if not isinstance(one, Tensor)]
        if any(one in self._drawn for one in inside):
            self.drawn_changed(name, value)
        else:
            restored_structure(value, after)

    def _number(self, owner: Any) -> int:
        """The place of a tensor or array among those that were passed: 0 for the first."""
        places = list(self._objects)
        if id(owner) not in self._objects:
            self._objects[id(owner)] = owner
            return len(places)
        return places.index(id(owner))


def _seed_of(call: Call, salt: int) -> int:
    """A digest of the arguments of a case's first call.

    The bytes are those of a call in format 1, which ended in these three: a secret gives the same random
    numbers as before, so no points change with the format.
    """
    handed_over = (call.function, call.args, call.kwargs, call.tensors, call.objects)
    return zlib.crc32(encode((*handed_over, None, None, False)), salt)


def _objects_in(value: Any) -> dict[int, Any]:
    """By id, the objects that can be changed in a tree of values: tensors, arrays, lists and dicts."""
    found: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in found:
            continue
        if isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        if isinstance(one, Tensor | np.ndarray | list | dict):
            found[id(one)] = one
    return found


def _expect(packed: Packed | None) -> Tensor:
    return unpack(packed) if packed is not None else torch.empty(0)


def _is_new_with_graph(answer: Answer, place: int, given: int) -> bool:
    if not given <= place < len(answer.tensors):
        return False
    packed = answer.tensors[place]
    return packed is not None and packed.requires_grad and not packed.leaf


@dataclass(frozen=True)
class _Asked:
    """A call whose gradients may be asked for, and how the parts of its result are reached."""

    backend: Backend
    number: int
    name: str
    paths: Sequence[Path]


class _Remote(torch.autograd.Function):
    """The differentiable parts of a result computed elsewhere; their backward asks there, once."""

    @staticmethod
    def forward(
        ctx: Any, asked: _Asked, parts: list[Tensor], *inputs: Tensor
    ) -> tuple[Tensor, ...]:
        ctx.asked = asked
        ctx.set_materialize_grads(False)
        return tuple(parts)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor | None) -> Any:
        asked = ctx.asked
        wanted = len(ctx.needs_input_grad) - 2
        weights = [
            Cotangent(path, pack(cotangent, with_grad=False))
            for path, cotangent in zip(asked.paths, cotangents, strict=True)
            if cotangent is not None
        ]
        if not weights:
            return (None,) * (wanted + 2)
        answer = asked.backend.pull_back(asked.number, weights)
        if answer.raised is not None:
            raise FunctionRaised(asked.name, answer.raised, backward=True)
        gradients = [None if packed is None else unpack(packed) for packed in answer.gradients]
        return None, None, *(gradients + [None] * wanted)[:wanted]


__all__ = ["Backend", "CannotTravel", "FunctionRaised", "LocalBackend", "Student", "Value"]
