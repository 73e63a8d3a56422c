"""The battery: a check's cases, each with the calls that it makes and the reference's answers."""

from typing import Any

import msgspec

from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.values import Packed, Value, unpack, unpack_value


class Recorded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call that a check made, what it gave, and the gradients that were asked for."""

    call: Call
    answer: Answer
    pulled: list[tuple[list[Cotangent], Gradients]] = []


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
