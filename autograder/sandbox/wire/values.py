"""The values that messages carry: tensors, arrays and trees of values, by copy.

A tensor is checked before a byte of it is used: dtype, shape, size, strides and grad fit together.
"""

import math
from collections import deque
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from autograder.functions import FUNCTIONS
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
"""By dtype, the dtype of numpy that holds its bytes."""
DTYPES_BY_NAME: dict[str, Any] = {
    str(dtype): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)
} | {
    f"numpy.{name}": np.dtype(name)
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip
"""By full name, the dtypes of torch and NumPy that hold numbers."""
TOO_MANY = f"a value with more than {MAX_VALUES:,} parts"
TOO_DEEP = f"a value nested more than {MAX_DEPTH} deep"

Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Path = tuple[str | int, ...]
"""How a part of a result is reached: the indices and keys, from the outside in."""


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


class Array(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """A NumPy array (or a NumPy number), by the place of a tensor that shares its memory."""

    index: int
    is_number: bool = False


class Sequence(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="s"):
    """A list (or a tuple; with the names of its items, a named one)."""

    items: list["Value"]
    is_tuple: bool = False
    names: list[Text] = []


class Mapping(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """A dict whose keys are texts or whole numbers, in its order."""

    items: list[tuple[Text | int, "Value"]]


class Size(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="z"):
    """A torch.Size."""

    sizes: Annotated[list[int], msgspec.Meta(max_length=MAX_DIMENSIONS)]


class Dtype(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="d"):
    """A dtype of torch or of NumPy, by its full name: `torch.float32`."""

    name: Text


class Named(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="f"):
    """A function of `autograder.functions`, by its name."""

    name: Text


class Opaque(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """Any other object: only its description travels."""

    description: Text


Value = (
    None
    | bool
    | int
    | float
    | Text
    | Ref
    | Array
    | Sequence
    | Mapping
    | Size
    | Dtype
    | Named
    | Opaque
)


class NamedItems(tuple[Any, ...]):
    """A tuple whose items have names as well: it stands for a named tuple on the other side."""

    _fields: tuple[str, ...]

    def __new__(cls, items: Iterable[Any], names: Iterable[str]) -> "NamedItems":
        """A tuple of these items; `names` has one for each."""
        made = super().__new__(cls, items)
        made._fields = tuple(names)
        return made

    def __getattr__(self, name: str) -> Any:
        if name != "_fields" and name in self._fields:
            return self[self._fields.index(name)]
        raise AttributeError(name)

    def __reduce__(self) -> Any:
        return NamedItems, (tuple(self), self._fields)


def pack(tensor: Tensor, *, with_grad: bool = True) -> Packed:
    """A tensor by value. Raises WireError for layouts, devices and dtypes that don't travel."""
    dtype = _NAMES.get(tensor.dtype)
    if tensor.device.type != "cpu":
        raise WireError(f"a tensor on {tensor.device}; it should be where the input is, on the CPU")
    if tensor.layout is not torch.strided or dtype is None:
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

    A worker's tensor was checked when it arrived (wire.decode_reply).
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


def check_values(values: list[Value], tensors: list[Packed | None]) -> None:
    """Raise WireError unless values are few, not deep, and refer to tensors that were sent or are known."""
    count = 0
    for _ in range(MAX_DEPTH):
        count += len(values)
        if count > MAX_VALUES:
            raise WireError(TOO_MANY)
        below: list[Value] = []
        for value in values:
            if isinstance(value, Sequence):
                below += value.items
                if value.names and len(value.names) != len(value.items):
                    raise WireError("a named tuple with another number of names than of items")
            elif isinstance(value, Mapping):
                below += [item for _, item in value.items]
            else:
                _check_leaf(value, tensors)
        if not below:
            return
        values = below
    raise WireError(TOO_DEEP)


def _check_leaf(value: Value, tensors: list[Packed | None]) -> None:
    if isinstance(value, Ref | Array):
        if not 0 <= value.index < len(tensors):
            raise WireError("a reference to a tensor that was not sent")
        sent = tensors[value.index]
        if isinstance(value, Array) and sent is not None and not _is_array(sent, value):
            raise WireError("a NumPy array that none can be")
    elif isinstance(value, Size):
        if not all(0 <= size < 2**63 for size in value.sizes):
            raise WireError("an impossible torch.Size")
    elif isinstance(value, Dtype):
        if value.name not in DTYPES_BY_NAME:
            raise WireError(f"the unknown dtype {value.name[:40]!r}")
    elif isinstance(value, Named) and value.name not in FUNCTIONS:
        raise WireError(f"the unknown function {value.name[:40]!r}")


def _is_array(packed: Packed, value: Array) -> bool:
    plain = not packed.requires_grad and packed.grad is None and packed.dtype != "bfloat16"
    return plain and not (value.is_number and packed.shape)


def unpack_value(value: Value, tensors: list[Tensor], arrays: dict[int, Any] | None = None) -> Any:
    """The tree with the places replaced by the tensors there; Opaque stays as it is.

    Args:
        value: the tree.
        tensors: by place.
        arrays: by place, the arrays that stand for tensors: one object however often it appears.
    """
    arrays = {} if arrays is None else arrays
    if isinstance(value, Ref | Array):
        if not 0 <= value.index < len(tensors):
            raise WireError("a reference to a tensor that was not sent")
        tensor = tensors[value.index]
        if isinstance(value, Ref):
            return tensor
        if value.index not in arrays:
            array = tensor.detach().numpy()
            arrays[value.index] = array[()] if value.is_number else array
        return arrays[value.index]
    if isinstance(value, Sequence):
        items = [unpack_value(item, tensors, arrays) for item in value.items]
        if value.names:
            return NamedItems(items, value.names)
        return tuple(items) if value.is_tuple else items
    if isinstance(value, Mapping):
        return {key: unpack_value(item, tensors, arrays) for key, item in value.items}
    if isinstance(value, Size):
        return torch.Size(value.sizes)
    if isinstance(value, Dtype):
        return DTYPES_BY_NAME[value.name]
    if isinstance(value, Named):
        return FUNCTIONS[value.name]
    return value


def places_of(value: Value) -> dict[int, Path]:
    """For the place of every tensor in a result: how the result is indexed to get it, the first way.

    `{0: ()}` for a tensor alone, `{0: (0,), 1: (1, "w")}` for a tuple of a tensor and a dict.
    """
    found: dict[int, Path] = {}
    waiting: deque[tuple[Path, Value]] = deque([((), value)])
    while waiting:
        path, part = waiting.popleft()
        if isinstance(part, Ref):
            found.setdefault(part.index, path)
        elif isinstance(part, Sequence):
            waiting += [((*path, place), item) for place, item in enumerate(part.items)]
        elif isinstance(part, Mapping):
            waiting += [((*path, key), item) for key, item in part.items]
    return found


def opaque_in(value: Value) -> tuple[Path, Opaque] | None:
    """The first part of a value that does not travel, and where it is."""
    waiting: deque[tuple[Path, Value]] = deque([((), value)])
    while waiting:
        path, part = waiting.popleft()
        if isinstance(part, Opaque):
            return path, part
        if isinstance(part, Sequence):
            waiting += [((*path, place), item) for place, item in enumerate(part.items)]
        elif isinstance(part, Mapping):
            waiting += [((*path, key), item) for key, item in part.items]
    return None


def indexed(name: str, path: Path) -> str:
    """A part of an argument as Python writes it: `batches[0][1]`."""
    return name + "".join(f"[{key!r}]" for key in path)
