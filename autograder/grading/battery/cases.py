"""The battery: a check's cases, each with the calls that it makes and the reference's answers."""

from typing import Any

import msgspec

from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import Packed, Value, pack, unpack, unpack_value


class Recorded(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call that a check made, its answer, and the gradients that were asked for."""

    call: Call
    answer: Answer
    pulled: list[tuple[list[Cotangent], Gradients]] = []


class Drawn(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The drawn arguments of a case, by which it can be recorded again."""

    names: list[str]
    values: list[Value]
    tensors: list[Packed]

    @classmethod
    def of(cls, arguments: dict[str, Any]) -> "Drawn":
        """Keep a copy of the arguments, which later changes don't reach."""
        packing = Packing()
        values = [packing.value(value) for value in arguments.values()]
        return cls(list(arguments), values, [pack(tensor) for tensor in packing.tensors])

    def arguments(self) -> dict[str, Any]:
        """The arguments, as new objects."""
        tensors = [unpack(packed) for packed in self.tensors]
        drawn = [unpack_value(value, tensors) for value in self.values]
        return dict(zip(self.names, drawn, strict=True))

    @property
    def size(self) -> tuple[int, int]:
        """How large the arguments are, for picking the smallest: elements, then characters."""
        values = [unpack(packed).tolist() for packed in self.tensors]
        return sum(len(packed.values) for packed in self.tensors), len(repr((values, self.values)))


class Case(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One generated input: the drawn arguments, and the calls that the check makes with them."""

    names: list[str]
    values: list[Value]
    tensors: list[Packed]
    student: list[Recorded]
    reference: list[Recorded]

    @property
    def drawn(self) -> Drawn:
        """The drawn arguments."""
        return Drawn(self.names, self.values, self.tensors)


class Battery(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All cases of one check.

    telling: how many of them come first and are small: on these most wrong answers fail.
    """

    check: str
    cases: list[Case]
    telling: int = 0

    @property
    def parts(self) -> tuple[list[Case], list[Case]]:
        """The telling cases, then the others."""
        return self.cases[: self.telling], self.cases[self.telling :]
