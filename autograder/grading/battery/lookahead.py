"""Groups recorded calls that may travel together, so that none reveals the answer to another.

A worker can read all calls of a request while it answers the first. The arguments of a
later call may hold the correct answer to an earlier one (a second step starts from the reference's
first), and a cotangent may hold the result itself. Such a call waits for the answers before it;
such a cotangent is sent when the result is there.
"""

from collections.abc import Iterator, Sequence

import msgspec

from autograder.checking.derivatives import cotangent_like
from autograder.grading.battery.cases import Case
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.wire.values import (
    Array,
    Mapping,
    Opaque,
    Packed,
    Ref,
    Size,
    Value,
    pack,
    unpack,
)
from autograder.sandbox.wire.values import Sequence as Listed

_Leaf = tuple[object, ...]


def trips(cases: Sequence[Case]) -> list[list[Call]]:
    """The calls of a battery in the fewest requests in which no call reveals another's answer."""
    constants = _constants(cases)
    found: list[list[Call]] = [[]]
    for case in cases:
        told = set(_leaves(case.values, case.tensors))
        for place, recorded in enumerate(case.student):
            call = recorded.call
            used = set(_leaves_of(call))
            if place and not used <= told | constants[place]:
                found.append([])
            told |= used
            if any(_tells(one.tensor, case, len(call.cotangents)) for one in call.cotangents):
                call = msgspec.structs.replace(call, cotangents=[])
            found[-1].append(call)
    return found


def _constants(cases: Sequence[Case]) -> list[set[_Leaf]]:
    """By place of a call in its case: the values that are passed in every case, whatever was drawn."""
    places = max((len(case.student) for case in cases), default=0)
    constants: list[set[_Leaf]] = []
    for place in range(places):
        used = [
            set(_leaves_of(case.student[place].call)) for case in cases if place < len(case.student)
        ]
        constants.append(set.intersection(*used) if len(used) > 1 else set())
    return constants


def _leaves_of(call: Call) -> Iterator[_Leaf]:
    return _leaves([*call.args, *(value for _, value in call.kwargs)], call.tensors)


def _leaves(values: Sequence[Value], tensors: Sequence[Packed]) -> Iterator[_Leaf]:
    """The numbers and texts in values, and the elements of tensors and of their grads."""
    for value in values:
        if isinstance(value, Listed):
            yield from _leaves(value.items, [])
        elif isinstance(value, Mapping):
            yield from _leaves([part for item in value.items for part in item], [])
        elif isinstance(value, Size):
            yield type(value), *value.sizes
        elif not isinstance(value, Ref | Array | Opaque):
            yield type(value), value
    for packed in tensors:
        yield packed.dtype, tuple(packed.shape), packed.values
        if packed.grad is not None:
            yield from _leaves([], [packed.grad])


def _tells(cotangent: Packed, case: Case, parts: int) -> bool:
    """Return whether a cotangent may be made of the result: not if it is drawn, all ones, or seeded.

    Those of several parts of a result are seeded by a drawn number, the number plus one, and so on.
    """
    drawn = set(_leaves(case.values, case.tensors))
    tensor = unpack(cotangent)
    if set(_leaves([], [cotangent])) <= drawn or bool((tensor == 1).all()):
        return False
    seeds = [leaf[1] for leaf in drawn if leaf[0] is int]
    return not any(
        pack(cotangent_like(tensor, seed + part)).values == cotangent.values
        for seed in seeds
        if isinstance(seed, int)
        for part in range(parts)
    )
