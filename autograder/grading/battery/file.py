"""The file that travels with a released notebook: cases of its checks, the reference's answers.

It holds no code. The reference's answers travel, the reference does not; the student's calls are
made live in the notebook. Decoding runs nothing: msgspec checks every value's declared type.
"""

import math
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from autograder.checking import messages
from autograder.grading.battery.cases import Battery, Recorded
from autograder.grading.battery.older import OLDER, from_older
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import DTYPES, Packed

SUFFIX = ".battery"
FORMAT = 2
"""Raised by one whenever the structures below, or those of the battery or the wire, change, unless it is a
last field with a default: a version without it reads the rest."""
MAX_FILE = 16 * 2**20
"""Bytes of a file that is read; the largest of the course has 1.8 million."""
MAX_CONTENT = 16 * 2**20
"""Bytes that a file may unpack to; the course's largest has 8.9 million."""
MAX_GROWTH, SMALL = 40, 2**20
"""How often its own size a file may unpack to, beyond `SMALL` bytes; the course's grow 3 to 13 times. A
byte can stand for an object of seventy, so this bounds the memory that a damaged or forged file takes:
without it 24 kB took a gigabyte."""
_MAGIC = b"autograder battery "


class BatteryError(Exception):
    """Raised when recorded cases cannot be used; the text says which file, why, and what to do."""


class Mistake(msgspec.Struct, frozen=True, array_like=True):
    """A known mistake as a student reads of it."""

    id: str
    title: str
    hint: str


class Naming(msgspec.Struct, frozen=True, array_like=True):
    """A few calls of a check, and the known mistakes' answers to them.

    answers: of each mistake of the exercise, in their order. One that is correct here answers as the
        reference does, whose answer to the same input is among the check's cases.
    shown: the places of those that are wrong here.
    """

    check: str
    calls: list[Call]
    answers: list[list[Answer]]
    shown: list[int]


Figures = dict[str, bool | int | float | str | list[str] | None]
"""The figures by which a profile describes a function with random results."""


class ReleasedExercise(msgspec.Struct, frozen=True, array_like=True):
    """An exercise: the points of its check cell, the cases of its checks, its known mistakes.

    figures: of an exercise with random results: the reference's, then those of each known mistake.
    """

    name: str
    points: float
    batteries: list[Battery]
    mistakes: list[Mistake] = []
    naming: list[Naming] = []
    figures: list[Figures] = []


class Released(msgspec.Struct, frozen=True, array_like=True):
    """The data that a student's machine needs for checking one notebook.

    autograder: the version that recorded it.
    language: of the notebook, in which the report is; "" where the course chose none.
    """

    autograder: str
    assignment: str
    notebook: str
    exercises: list[ReleasedExercise]
    language: str = ""

    def exercise(self, name: str) -> ReleasedExercise | None:
        """The exercise of that name, if it is one of this notebook."""
        return next((exercise for exercise in self.exercises if exercise.name == name), None)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Released).decode


def without_student(battery: Battery) -> Battery:
    """A battery as it is released: only the calls of the reference, and its answers."""
    cases = [
        msgspec.structs.replace(case, student=[], reference=[_lean(r) for r in case.reference])
        for case in battery.cases
    ]
    return msgspec.structs.replace(battery, cases=cases)


def _lean(recorded: Recorded) -> Recorded:
    """Without cotangents, which `pulled` has, and adapter, which the installed exercise has."""
    call = msgspec.structs.replace(recorded.call, cotangents=[], adapter="")
    return msgspec.structs.replace(recorded, call=call)


def encode_released(released: Released) -> bytes:
    """The bytes of a battery file; the same content gives the same bytes.

    Raises BatteryError for a file that `decode_released` would refuse.
    """
    content = _encode(released)
    body = zlib.compress(content, 9)
    if len(content) > _most_of(body):
        body = zlib.compress(content, 0)
    data = _MAGIC + b"%d\n" % FORMAT + body
    if len(content) > MAX_CONTENT or len(data) > MAX_FILE:
        file = released.notebook + SUFFIX
        raise BatteryError(messages.BATTERY_TOO_LARGE.format(file=file))
    return data


def decode_released(data: bytes, file: str) -> Released:
    """The content of a battery file; raises BatteryError with a sentence that names the file."""
    header, _, body = data.partition(b"\n")
    number = header.removeprefix(_MAGIC)
    if not header.startswith(_MAGIC) or not number.isdigit() or len(number) > 9:
        raise BatteryError(messages.BATTERY_OTHER.format(file=file))
    written = int(number)
    if written not in (OLDER, FORMAT):
        text = messages.BATTERY_NEW if written > FORMAT else messages.BATTERY_OLD
        raise BatteryError(text.format(file=file, written=written, read=FORMAT))
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(body, _most_of(body))
        if not unpacking.eof or unpacking.unused_data:
            raise ValueError("incomplete, too large, or followed by something else")
        released = _decode(content if written == FORMAT else from_older(content))
        for packed in _tensors_of(released):
            _check_size(packed)
    except (zlib.error, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BatteryError(messages.BATTERY_DAMAGED.format(file=file)) from error
    return released


def _most_of(body: bytes) -> int:
    """How many bytes a compressed content may have."""
    return min(MAX_CONTENT, max(SMALL, MAX_GROWTH * len(body)))


def _tensors_of(released: Released) -> Iterator[Packed]:
    for exercise in released.exercises:
        for case in (case for battery in exercise.batteries for case in battery.cases):
            yield from case.tensors
            for recorded in (*case.student, *case.reference):
                yield from _of_call(recorded.call)
                yield from _of_answer(recorded.answer)
                for cotangents, gradients in recorded.pulled:
                    yield from (cotangent.tensor for cotangent in cotangents)
                    yield from filter(None, gradients.gradients)
        for naming in exercise.naming:
            for call in naming.calls:
                yield from _of_call(call)
            for answer in (answer for answers in naming.answers for answer in answers):
                yield from _of_answer(answer)


def _check_size(packed: Packed) -> None:
    """Raise ValueError where a tensor hasn't the bytes of its shape, which may ask for any memory.

    `check_packed` asks for more: a known mistake may have left a grad of another shape than its tensor's.
    """
    dtype, shape = DTYPES.get(packed.dtype), packed.shape
    fits = dtype is not None and dtype.itemsize * math.prod(shape) == len(packed.values)
    if not fits or any(size < 0 for size in shape):
        raise ValueError("a tensor without the bytes of its shape")
    if packed.grad is not None:
        _check_size(packed.grad)


def _of_call(call: Call) -> Iterator[Packed]:
    yield from call.tensors
    yield from (cotangent.tensor for cotangent in call.cotangents)


def _of_answer(answer: Answer) -> Iterator[Packed]:
    yield from filter(None, answer.tensors)
    yield from filter(None, answer.gradients or ())


def read_released(path: Path) -> Released:
    """Read one battery file; raises BatteryError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        text = messages.BATTERY_UNREADABLE.format(file=path.name, reason=error.strerror)
        raise BatteryError(text) from None
    if len(data) > MAX_FILE:
        raise BatteryError(messages.BATTERY_TOO_LARGE.format(file=path.name))
    return decode_released(data, path.name)
