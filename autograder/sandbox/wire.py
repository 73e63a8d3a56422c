"""The messages between the grader and a worker: msgpack frames of typed structs.

The grader trusts nothing that comes back: a frame is read under a size limit and a deadline, decoded
by msgspec against the declared types, and every tensor is checked before a byte of it is used.
"""

import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import numpy as np
import torch
from torch import Tensor

MAX_REQUEST, MAX_REPLY = 64 * 2**20, 16 * 2**20
"""Bytes in one frame: a request may hold a check's whole battery, a reply holds one answer."""
MAX_ELEMENTS = 2**20
"""Elements in one tensor; the largest graded case has fewer than ten thousand."""
MAX_DIMENSIONS = 16
MAX_REPLIES, TENSOR_BYTES = 64 * 2**20, 2**12
"""Bytes that the answers to one request may take in the grader, and what a tensor takes of them
beside its elements; the answers to the largest battery of this course have half a megabyte."""
MAX_TEXT = 4000
"""Characters kept of one text that a worker sends."""
MAX_TENSORS = 1000
"""Tensors in one answer; the largest graded case has eleven."""
MAX_VALUES, MAX_DEPTH = 10_000, 50
"""Values in one answer, and how deep they may be nested."""
MAX_SEEN = 10
"""Attempts beyond computing that are reported of a submission."""
MAX_PICTURES, MAX_PICTURE_BYTES = 8, 2**20
MAX_GAP = 16
"""How many times more memory than its elements a tensor's strides may reach over."""

DTYPES = {
    name: getattr(torch, name)
    for name in ("float16", "bfloat16", "float32", "float64", "int64", "int32", "int16", "int8")
} | {"uint8": torch.uint8, "bool": torch.bool}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_HEADER = struct.Struct(">I")


Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Operator = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\w.:]+$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Picture = Annotated[bytes, msgspec.Meta(max_length=MAX_PICTURE_BYTES)]
Pictures = Annotated[list[Picture], msgspec.Meta(max_length=MAX_PICTURES)]


class WireError(Exception):
    """Raised when what a worker sent is not a well-formed message; the text says what was wrong."""


class WorkerGone(WireError):
    """Raised when the other end closed the connection."""


class WireTimeout(WireError):
    """Raised when a complete message did not arrive before its deadline."""


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tensor by value: `values` are its elements in row-major order, whatever its strides."""

    dtype: str
    shape: list[int]
    values: bytes
    stride: list[int] | None = None
    requires_grad: bool = False
    leaf: bool = True
    grad: "Packed | None" = None


Tensors = Annotated[list[Packed | None], msgspec.Meta(max_length=MAX_TENSORS)]


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


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One call of a student's function; `cotangent` asks for the gradients in the same trip."""

    function: str
    args: list[Value]
    kwargs: list[tuple[str, Value]]
    tensors: list[Packed]
    objects: list[int] = []
    """For every tensor, a number that stays the same for the caller's object in later calls."""
    seed: int | None = None
    """What randomness starts from; given with the first call of a case, which knows no objects."""
    cotangent: Packed | None = None
    count_operators: bool = False


class RunCell(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="cell"):
    """Run one code cell in the worker's shell."""

    source: str
    show: bool = False


class Calls(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="calls"):
    """Answer calls, in order, each as soon as it is ready.

    `forbidden`: by function, the aten operators (patterns) that raise while it runs.
    """

    calls: list[Call]
    forbidden: dict[str, list[str]] = {}


class PullBack(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="vjp"):
    """The vector-Jacobian product of the result of an earlier request's call with a cotangent."""

    call: int
    cotangent: Packed


class Lookup(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="lookup"):
    """Which of these names does the notebook define as something callable?"""

    names: list[str]


class Watched(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="watched"):
    """What did student code ask for beyond computing?"""


class Request(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the grader sends; the reply carries the same number."""

    number: int
    body: RunCell | Calls | PullBack | Lookup | Watched


class Raised(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An exception in the student's code: the innermost line of a cell that it passed through."""

    kind: Text
    message: Text
    line: Text = ""


class CellOutput(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="cell"):
    """What a cell did: its printed text, its value's text, its pictures (PNG), its exception."""

    text: str
    dropped: Count
    """Characters printed beyond the limit, and not kept."""
    value: str | None
    pictures: Pictures
    raised: Raised | None


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="answer"):
    """What a call did.

    The first tensors of `tensors` are the arguments as they are afterwards (None: unchanged), the
    others are new. `args` is the structure of the arguments afterwards (None: unchanged).
    """

    value: Value
    tensors: Tensors
    args: list[Value] | None
    grad_enabled: bool
    raised: Raised | None = None
    gradients: Tensors | None = None
    gradient_error: Raised | None = None
    operators: Count | None = None
    printed: Count = 0
    forbidden: Operator | None = None
    """A forbidden operator that was called, whether or not its exception was caught."""


class Gradients(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="gradients"):
    """One gradient (None: not connected) for every argument tensor that requires grad."""

    gradients: Tensors
    raised: Raised | None = None
    forbidden: Operator | None = None


class Found(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="found"):
    """For every name of a Lookup: the signature, or None where there is nothing callable."""

    signatures: list[Text | None]


class Seen(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="seen"):
    """What student code asked for, in words; forged or hidden by whoever wants to."""

    attempts: Annotated[list[Text], msgspec.Meta(max_length=MAX_SEEN)]


class Reply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a worker sends."""

    number: int
    body: CellOutput | Answer | Gradients | Found | Seen


encode = msgspec.msgpack.Encoder().encode
_decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode
decode_request: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request).decode


def decode_reply(frame: bytes) -> Reply:
    """The reply in a frame; raises WireError when the frame is anything else."""
    try:
        reply = _decode_reply(frame)
    except (msgspec.MsgspecError, ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"the worker sent a malformed message ({type(error).__name__})") from None
    body = reply.body
    if isinstance(body, Answer):
        _check_values([body.value, *(body.args or [])], len(body.tensors))
        _check_tensors([*body.tensors, *(body.gradients or [])])
    elif isinstance(body, Gradients):
        _check_tensors(body.gradients)
    return reply


def _check_tensors(tensors: list[Packed | None]) -> None:
    for packed in tensors:
        if packed is not None:
            check_packed(packed)


def _check_values(values: list[Value], tensors: int) -> None:
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


def send_frame(connection: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame; with a deadline (in time.monotonic() seconds) raise WireTimeout after it."""
    frame = memoryview(_HEADER.pack(len(payload)) + payload)
    while frame:
        _wait_until(connection, deadline)
        try:
            frame = frame[connection.send(frame) :]
        except TimeoutError:
            continue
        except OSError:
            raise WorkerGone("the worker's process ended") from None


def receive_frame(
    connection: socket.socket, deadline: float | None = None, limit: int = MAX_REPLY
) -> bytes:
    """Receive one frame of at most `limit` bytes under a total deadline."""
    (size,) = _HEADER.unpack(_receive_exactly(connection, _HEADER.size, deadline))
    if size > limit:
        raise WireError(f"the worker announced a message of {size:,} bytes (limit {limit:,})")
    return _receive_exactly(connection, size, deadline)


def _receive_exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < size:
        _wait_until(connection, deadline)
        try:
            chunk = connection.recv(min(size - len(received), 2**20))
        except TimeoutError:
            continue
        except OSError:
            chunk = b""
        if not chunk:
            raise WorkerGone("the worker's process ended")
        received += chunk
    return bytes(received)


def _wait_until(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise WireTimeout("no complete answer in time")
    connection.settimeout(remaining)


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
    """The tensor of a packed one, with its strides, requires_grad and grad; raises WireError."""
    check_packed(packed)
    dtype = DTYPES[packed.dtype]
    if packed.values:
        flat = torch.frombuffer(bytearray(packed.values), dtype=dtype)
        if dtype is torch.bool:
            flat = flat.view(torch.uint8) != 0  # a byte of 2 is no bool: it would equal nothing
        tensor = flat.reshape(packed.shape).data  # .data: a tensor of its own, not a view
    else:
        tensor = torch.empty(packed.shape, dtype=dtype)
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
