"""The messages between the grader and a worker: msgpack frames of typed structs.

The grader trusts nothing that comes back: a frame is read under a size limit and a deadline (framing),
decoded by msgspec against the declared types, and every value and tensor in it is checked (packing).
"""

from collections.abc import Callable
from typing import Annotated

import msgspec

from autograder.sandbox.wire.frames import WireError
from autograder.sandbox.wire.values import (
    Packed,
    Path,
    Text,
    Value,
    check_packed,
    check_values,
)

MAX_REPLIES, TENSOR_BYTES = 64 * 2**20, 2**12
"""Bytes that the answers to one request may take in the grader, and what a tensor takes of them
beside its elements; the answers to the largest battery of this course have half a megabyte."""
MAX_TENSORS = 1000
"""Tensors in one answer; the largest graded case has eleven."""
MAX_SEEN = 10
"""Attempts beyond computing that are reported of a submission."""
MAX_PICTURES, MAX_PICTURE_BYTES = 8, 2**20
MAX_MISSING = 20
"""Modules that a cell could not import and that are reported."""

Operator = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\w.:]+$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Picture = Annotated[bytes, msgspec.Meta(max_length=MAX_PICTURE_BYTES)]
Pictures = Annotated[list[Picture], msgspec.Meta(max_length=MAX_PICTURES)]
Tensors = Annotated[list[Packed | None], msgspec.Meta(max_length=MAX_TENSORS)]


class Cotangent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A cotangent: a part of a result is multiplied with it on the way back.

    path: how the part is reached in the result: `()` for the result itself, `(0,)` for its first item.
    """

    path: Path
    tensor: Packed


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One call of a student's function; `cotangents` ask for the gradients in the same trip."""

    function: str
    args: list[Value]
    kwargs: list[tuple[str, Value]]
    tensors: list[Packed]
    objects: list[int] = []
    """For every tensor, a number that stays the same for the caller's object in later calls."""
    seed: int | None = None
    """The seed of randomness; given with the first call of a case, which knows no objects."""
    cotangents: list[Cotangent] = []
    count_operators: bool = False
    adapter: str = ""
    """The source of the exercise's adapter.py, which calls the function in its own way."""


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
    """The vector-Jacobian product of the result of an earlier request's call with cotangents."""

    call: int
    cotangents: list[Cotangent]


class Lookup(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="lookup"):
    """Which of these names does the notebook define as something callable?"""

    names: list[str]


class Watched(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="watched"):
    """What did student code ask for beyond computing?"""


class AskGuard(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="guard"):
    """Does an operator that the last called function does without raise?"""


class Request(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A message of the grader; the reply carries the same number."""

    number: int
    body: RunCell | Calls | PullBack | Lookup | Watched | AskGuard


class Raised(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An exception in the student's code: the innermost line of a cell that it passed through."""

    kind: Text
    message: Text
    line: Text = ""


class CellOutput(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="cell"):
    """The result of a cell: its printed text, its value's text, its pictures (PNG), its exception."""

    text: str
    dropped: Count
    """Characters printed beyond the limit, and not kept."""
    value: str | None
    pictures: Pictures
    raised: Raised | None
    missing: Annotated[list[Text], msgspec.Meta(max_length=MAX_MISSING)] = []
    """Modules that it imports at its top level and that could not be imported: it went on."""


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="answer"):
    """The result of a call.

    The first tensors of `tensors` are the arguments as they are afterwards (None: unchanged), the
    others are new. `args` is the structure of the arguments afterwards, those given by name last
    (None: unchanged).
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
    """The attempts of student code, in words; student code can forge or hide them."""

    attempts: Annotated[list[Text], msgspec.Meta(max_length=MAX_SEEN)]


class Guarded(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="guarded"):
    """Whether the guard refused; student code can forge it."""

    raises: bool


class Reply(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A message of a worker."""

    number: int
    body: CellOutput | Answer | Gradients | Found | Seen | Guarded


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
        _check_tensors([*body.tensors, *(body.gradients or [])])
        check_values([body.value, *(body.args or [])], body.tensors)
    elif isinstance(body, Gradients):
        _check_tensors(body.gradients)
    return reply


def _check_tensors(tensors: list[Packed | None]) -> None:
    for packed in tensors:
        if packed is not None:
            check_packed(packed)
