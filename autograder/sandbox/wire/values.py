"""The values that messages carry: tensors and trees of values, by copy.

A tensor is checked before a byte of it is used: dtype, shape, size, strides and grad fit together.
"""

import math
from typing import Annotated, Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from autograder.sandbox.wire.frames import WireError

MAX_ELEMENTS = 2**20
"""Elements in one tensor; the largest graded case has fewer than ten thousand."""
MAX_DIMENSIONS = 16
MAX_TEXT = 4000
"""Characters kept of one text that a worker sends."""
MAX_VALUES, MAX_DEPTH = 10_000, 50
"""Values in one answer, and how deep they may be nested."""
MAX_GAP = 16
"""How many times more memory than its elements a tensor's strides may reach over."""

DTYPES = {
    name: getattr(torch, name)
    for name in ("float16", "bfloat16", "float32", "float64", "int64", "int32", "int16", "int8")
} | {"uint8": torch.uint8, "bool": torch.bool}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_HOLDERS = {name: np.dtype(name) for name in DTYPES if name not in ("bfloat16", "bool")} | {
    "bfloat16": np.dtype("int16"),
    "bool": np.dtype("uint8"),
}
"""By dtype, what numpy holds its bytes as."""

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tensor by value: `values` are its elements in row-major order, whatever its strides."""

    dtype: str
    shape: list[int]
    values: bytes
    stride: list[int] | None = None
    requires_grad: bool = False
    leaf: bool = True
    grad: "Packed | None" = None


class Ref(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="t"):
    """A tensor, by its place in the message's list of tensors: one object, one place."""

    index: int


class Sequence(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="s"):
    """A list (or a tuple)."""

    items: list["Value"]
    is_tuple: bool = False


class Mapping(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """A dict with text keys, in its order."""

    items: list[tuple[Text, "Value"]]


class Opaque(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """Any other object: only what it is called travels."""

    description: Text


Value = None | bool | int | float | Text | Ref | Sequence | Mapping | Opaque


def pack(tensor: Tensor, *, with_grad: bool = True) -> Packed:
    """A tensor by value. Raises WireError for layouts, devices and dtypes that don't travel."""
    dtype = _NAMES.get(tensor.dtype)
    if tensor.layout is not torch.strided or tensor.device.type != "cpu" or dtype is None:
        raise WireError(f"a {tensor.layout} tensor of {tensor.dtype} on {tensor.device}")
    if tensor.is_nested:
        raise WireError("a nested tensor")
    if tensor.numel() > MAX_ELEMENTS:
        raise WireError(f"a tensor of {tensor.numel():,} elements (limit {MAX_ELEMENTS:,})")
    plain = tensor.detach()
    dense = plain.is_contiguous()
    grad = tensor.grad if with_grad and tensor.is_leaf else None
    return Packed(
        dtype,
        list(plain.shape),
        values_of(plain),
        None if dense else list(plain.stride()),
        tensor.requires_grad,
        tensor.is_leaf,
        None if grad is None else pack(grad, with_grad=False),
    )


def values_of(tensor: Tensor) -> bytes:
    """The elements of a plain CPU tensor in row-major order, as bytes."""
    if tensor.dtype is torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.numpy(force=True).tobytes()  # forced: an imaginary part may be a lazy negative


def check_packed(packed: Packed) -> None:
    """Raise WireError unless dtype, shape, size, strides and grad of a tensor fit together."""
    dtype, shape = DTYPES.get(packed.dtype), packed.shape
    if dtype is None:
        raise WireError(f"a tensor of the unknown dtype {packed.dtype[:40]!r}")
    if len(shape) > MAX_DIMENSIONS or not all(0 <= size <= MAX_ELEMENTS for size in shape):
        raise WireError("a tensor with an impossible shape")
    if math.prod(size or 1 for size in shape) > MAX_ELEMENTS:  # torch refuses some empty ones too
        raise WireError(f"a tensor of shape {shape} (limit {MAX_ELEMENTS:,} elements)")
    count = math.prod(shape)
    if count * dtype.itemsize != len(packed.values):
        raise WireError(f"{len(packed.values)} bytes for a tensor of {count:,} elements")
    stride = packed.stride
    if stride is not None and (
        len(stride) != len(shape) or not all(0 <= step <= MAX_ELEMENTS for step in stride)
    ):
        raise WireError("a tensor with impossible strides")
    if packed.requires_grad and not dtype.is_floating_point:
        raise WireError(f"a {packed.dtype} tensor that requires grad")
    grad = packed.grad
    if grad is None:
        return
    if grad.grad is not None or grad.requires_grad:
        raise WireError("a grad with a grad of its own")
    if grad.shape != shape or grad.dtype != packed.dtype:
        raise WireError("a grad whose shape or dtype differs from its tensor's")
    check_packed(grad)


def unpack(packed: Packed) -> Tensor:
    """The tensor of a packed one, with its strides, requires_grad and grad.

    What a worker sent was checked when it arrived (wire.decode_reply).
    """
    shape, holder = packed.shape, _HOLDERS[packed.dtype]
    if packed.values:
        tensor = torch.from_numpy(np.ndarray(shape, holder, bytearray(packed.values)))
        if packed.dtype == "bool":
            tensor = tensor != 0  # a byte of 2 is no bool: it would equal nothing
        elif packed.dtype == "bfloat16":
            tensor = tensor.view(torch.bfloat16).data
    else:
        tensor = torch.empty(shape, dtype=DTYPES[packed.dtype])
    if packed.stride is not None:
        tensor = _with_strides(tensor, packed.stride)
    if packed.requires_grad:
        tensor.requires_grad_()
        if not packed.leaf:
            with torch.enable_grad():
                tensor = tensor.view_as(tensor)
    if packed.grad is not None and packed.leaf:
        tensor.grad = unpack(packed.grad)
    return tensor


def _with_strides(dense: Tensor, stride: list[int]) -> Tensor:
    """A copy of a tensor with the given strides (in elements), unless they overlap or reach far."""
    reach = 1 + sum((n - 1) * step for n, step in zip(dense.shape, stride, strict=True))
    if dense.numel() == 0 or reach > MAX_GAP * dense.numel():
        return dense
    if any(step == 0 and n > 1 for n, step in zip(dense.shape, stride, strict=True)):
        return dense
    strided = torch.zeros(reach, dtype=dense.dtype).as_strided(dense.shape, stride)
    strided.copy_(dense)
    return strided.data


def check_values(values: list[Value], tensors: int) -> None:
    """Raise WireError unless values are few, not deep, and refer to tensors that were sent."""
    count = 0
    for _ in range(MAX_DEPTH):
        count += len(values)
        if count > MAX_VALUES:
            raise WireError(f"an answer of more than {MAX_VALUES:,} values")
        below: list[Value] = []
        for value in values:
            if isinstance(value, Sequence):
                below += value.items
            elif isinstance(value, Mapping):
                below += [item for _, item in value.items]
            elif isinstance(value, Ref) and not 0 <= value.index < tensors:
                raise WireError("a reference to a tensor that was not sent")
        if not below:
            return
        values = below
    raise WireError(f"an answer nested more than {MAX_DEPTH} deep")


class Packing:
    """Packs a tree of values; a tensor object gets one place however often it appears."""

    def __init__(self, known: list[Tensor] | None = None) -> None:
        self.tensors: list[Tensor] = list(known or [])
        self._places = {id(tensor): place for place, tensor in enumerate(self.tensors)}

    def value(self, value: Any) -> Value:
        """The tree with tensors replaced by their places, and the unknown by descriptions."""
        if value is None or type(value) in (bool, float):
            return value  # type: ignore[no-any-return]
        if type(value) is int:
            return value if -(2**63) <= value < 2**63 else Opaque("an integer beyond 64 bits")
        if type(value) is str:
            return value[:MAX_TEXT].encode("utf-8", "replace").decode()
        if isinstance(value, Tensor):
            return Ref(self._place(value))
        if type(value) in (list, tuple):
            return Sequence([self.value(item) for item in value], type(value) is tuple)
        if type(value) is dict and all(type(key) is str for key in value):
            return Mapping([(key[:MAX_TEXT], self.value(item)) for key, item in value.items()])
        return Opaque(describe(value))

    def _place(self, tensor: Tensor) -> int:
        place = self._places.setdefault(id(tensor), len(self.tensors))
        if place == len(self.tensors):
            self.tensors.append(tensor)
        return place


def describe(value: Any) -> str:
    """What an object is, in words that don't depend on its address: `a numpy.ndarray`."""
    if type(value) is np.ndarray:
        return f"a numpy.ndarray of shape {value.shape}"
    return f"a {type(value).__module__}.{type(value).__qualname__}"[:200].replace("builtins.", "")


def unpack_value(value: Value, tensors: list[Tensor]) -> Any:
    """The tree with the places replaced by the tensors there; Opaque stays as it is."""
    if isinstance(value, Ref):
        if not 0 <= value.index < len(tensors):
            raise WireError("a reference to a tensor that was not sent")
        return tensors[value.index]
    if isinstance(value, Sequence):
        items = [unpack_value(item, tensors) for item in value.items]
        return tuple(items) if value.is_tuple else items
    if isinstance(value, Mapping):
        return {key: unpack_value(item, tensors) for key, item in value.items}
    return value
