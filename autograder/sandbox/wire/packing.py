"""Packing: from Python's objects to the values that messages carry."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.functions import FUNCTIONS
from autograder.sandbox.wire.frames import WireError
from autograder.sandbox.wire.values import (
    DTYPES,
    DTYPES_BY_NAME,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_ELEMENTS,
    MAX_TEXT,
    MAX_VALUES,
    TOO_DEEP,
    TOO_MANY,
    Array,
    Dtype,
    Mapping,
    Named,
    NamedItems,
    Opaque,
    Ref,
    Sequence,
    Size,
    Value,
)


class Packing:
    """Packs a tree of values; a tensor or array object gets one place however often it appears.

    Args:
        known: tensors that have the first places.
        arrays: by place among them, the array that shares the tensor's memory.
    """

    def __init__(
        self, known: list[Tensor] | None = None, arrays: dict[int, Any] | None = None
    ) -> None:
        self.tensors: list[Tensor] = list(known or [])
        self._places = {id(tensor): place for place, tensor in enumerate(self.tensors)}
        self._arrays = dict(arrays or {})
        self._places |= {id(array): place for place, array in self._arrays.items()}
        self._count = 0

    def owners(self) -> list[Any]:
        """By place, the caller's own object: the tensor itself, or the array that shares its memory."""
        return [self._arrays.get(place, tensor) for place, tensor in enumerate(self.tensors)]

    def value(self, value: Any, depth: int = 0) -> Value:
        """The tree with tensors replaced by their places, and the unknown by descriptions.

        Raises WireError where there are too many values, or where they are nested too deeply.
        """
        self._count += 1
        if self._count > MAX_VALUES:
            raise WireError(TOO_MANY)
        if depth == MAX_DEPTH:
            raise WireError(TOO_DEEP)
        if value is None or type(value) in (bool, float):
            return value  # type: ignore[no-any-return]
        if type(value) is int:
            return value if -(2**63) <= value < 2**63 else Opaque("an integer beyond 64 bits")
        if type(value) is str:
            return _text(value)
        if isinstance(value, Tensor):
            return Ref(self._place(value, value))
        if type(value) is list:
            return Sequence([self.value(item, depth + 1) for item in value])
        if type(value) is torch.Size:
            return (
                Size(list(value)) if len(value) <= MAX_DIMENSIONS else Opaque("a long torch.Size")
            )
        if issubclass(type(value), tuple):
            items = [self.value(item, depth + 1) for item in tuple.__iter__(value)]
            return Sequence(items, True, _names_of(value, len(items)))
        if issubclass(type(value), dict):
            return self._mapping(value, depth)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        if isinstance(value, torch.dtype | np.dtype):
            name = str(value) if isinstance(value, torch.dtype) else f"numpy.{value.name}"
            return Dtype(name) if name in DTYPES_BY_NAME else Opaque(f"the dtype {name}"[:200])
        if type(value) is Opaque:
            return value
        called = getattr(value, "__name__", None) if callable(value) else None
        if type(called) is str and FUNCTIONS.get(called) is value:
            return Named(called)
        return Opaque(describe(value))

    def _mapping(self, value: Any, depth: int) -> Value:
        items: list[tuple[str | int, Value]] = []
        for key, item in dict.items(value):
            if type(key) is not str and not (type(key) is int and -(2**63) <= key < 2**63):
                return Opaque(f"a dict with a key that is {describe(key)}"[:200])
            items.append((_text(key) if type(key) is str else key, self.value(item, depth + 1)))
        return Mapping(items)

    def _array(self, value: Any) -> Value:
        if type(value) is not np.ndarray and not isinstance(value, np.generic):
            return Opaque(describe(value))
        if value.dtype.name not in DTYPES or not value.dtype.isnative:
            return Opaque(describe(value))
        if isinstance(value, np.generic):
            return Array(self._place(value, torch.from_numpy(np.array(value))), True)
        if id(value) in self._places:
            return Array(self._places[id(value)])
        return Array(self._place(value, _sharing(value)))

    def _place(self, value: Any, tensor: Tensor) -> int:
        place = self._places.setdefault(id(value), len(self.tensors))
        if place == len(self.tensors):
            self.tensors.append(tensor)
            if value is not tensor:
                self._arrays[place] = value  # kept: another one may not get its id
        return place


def _sharing(array: Any) -> Tensor:
    """A tensor that shares an array's memory, or a copy where there can be none."""
    if array.size > MAX_ELEMENTS:
        raise WireError(f"an array of {array.size:,} elements (limit {MAX_ELEMENTS:,})")
    if not array.flags.writeable or any(step < 0 for step in array.strides):
        array = array.copy()
    return torch.from_numpy(array)


def _text(text: str) -> str:
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def _names_of(value: Any, count: int) -> list[str]:
    """The names of a tuple's items: of a named tuple, and of torch's own (`X.max(dim=0)`)."""
    if type(value) is tuple:
        return []
    found = getattr(type(value), "_fields", None) or getattr(type(value), "__match_args__", None)
    if type(value) is NamedItems:
        found = value._fields
    if type(found) is not tuple or len(found) != count or not all(type(n) is str for n in found):
        return []
    return [_text(name) for name in found]


def describe(value: Any) -> str:
    """An object in words that don't depend on its address: `a numpy.ndarray`."""
    if type(value) is np.ndarray:
        return f"a numpy.ndarray of shape {value.shape} and dtype {value.dtype}"[:200]
    return f"a {type(value).__module__}.{type(value).__qualname__}"[:200].replace("builtins.", "")
