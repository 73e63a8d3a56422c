"""A submission's answers beside the correct ones, tensor by tensor: facts are measured on these."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import torch
from torch import Tensor

from autograder.grading.battery.cases import Case, Recorded
from autograder.grading.feedback.comparison import close, magnitude_of
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import Array, Mapping, Packed, Ref, Value, unpack
from autograder.sandbox.wire.values import Sequence as Listed

Subject = Literal["result", "update", "gradient", "grad", "scaled"]
"""The part of an answer that is looked at: the result, the arguments afterwards, the gradients that flow
back to the arguments, or a `.grad` of an argument that should be cleared or scaled."""


@dataclass(frozen=True)
class Place:
    """Where a tensor is among those of its kind: the first, the last, the first of its group.

    decays: whether its group has a weight_decay; None without groups.
    state: whether it is kept beside the parameters, as a velocity is.
    """

    index: int
    count: int
    group: int = 0
    in_group: int = 0
    decays: bool | None = None
    decay: float = 0.0
    state: bool = False


@dataclass(frozen=True)
class Part:
    """One tensor of an answer, and the correct one.

    before: an argument's value before the call; None for results and gradients.
    quantities: numbers that a factor may be made of, by their names in the student's code.
    """

    call: Call
    place: Place
    got: Tensor
    expected: Tensor
    magnitude: float
    before: Tensor | None = None
    quantities: dict[str, float] = field(default_factory=dict)

    @cached_property
    def correct(self) -> bool:
        """Whether it is the correct one, up to rounding."""
        return close(self.got, self.expected, self.magnitude)


@dataclass(frozen=True)
class Seen:
    """A recorded call and a submission's answer to it.

    passed: whether the check that made the call passed: then the answer is correct in what it judged.
    """

    recorded: Recorded
    answer: Answer
    passed: bool

    def parts(self, subject: Subject, names: Sequence[str]) -> list[Part]:
        """The tensors of one kind, as far as both sides have them."""
        return list(_PARTS[subject](self, names))

    @property
    def moves_several(self) -> bool:
        """Whether the correct answer changes more than one argument, as a step of training does."""
        after = self.recorded.answer.tensors[: len(self.recorded.call.tensors)]
        return sum(tensor is not None for tensor in after) > 1

    def wrong(self, subject: Subject, names: Sequence[str]) -> bool:
        """Whether the answer is not the correct one."""
        if self.passed:
            return False
        if self.answer.raised is not None or self.answer.gradient_error is not None:
            return True
        parts = self.parts(subject, names)
        return not parts or not all(part.correct for part in parts)


def seen_in(
    cases: Sequence[Case], answers: Sequence[Answer | Exception], *, passed: bool
) -> list[Seen]:
    """The recorded calls of a check with the answers to them, as far as there are any."""
    recorded = [one for case in cases for one in case.student]
    pairs = zip(recorded, answers, strict=False)
    return [Seen(one, answer, passed) for one, answer in pairs if isinstance(answer, Answer)]


def parameters_of(function: Callable[..., Any] | None) -> list[str]:
    """The names of a function's parameters, in order."""
    if function is None:
        return []
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a student's callable may have no signature
        return []


def _quantities(call: Call, names: Sequence[str]) -> dict[str, float]:
    """The numbers of a call: those given, and the sizes of its first tensor argument."""
    found: dict[str, float] = {}
    sized = False
    for place, value in enumerate(call.args):
        name = names[place] if place < len(names) else f"argument {place + 1}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = float(value)
        elif isinstance(value, Ref | Array) and not sized:
            sized = True
            shape = call.tensors[value.index].shape
            found |= {f"{name}.shape[{d}]": float(size) for d, size in enumerate(shape)}
            if shape:
                found[f"{name}.numel()"] = float(torch.Size(shape).numel())
    return found


def _results(seen: Seen, names: Sequence[str]) -> Iterator[Part]:
    call, magnitude = seen.recorded.call, magnitude_of(seen.recorded.call)
    got, expected = (_tensors(answer, call) for answer in (seen.answer, seen.recorded.answer))
    if len(got) != len(expected):
        return
    quantities = _quantities(call, names)
    for index, (one, other) in enumerate(zip(got, expected, strict=True)):
        if one is not None and other is not None:
            place = Place(index, len(expected))
            yield Part(call, place, one, other, magnitude, quantities=quantities)


def _tensors(answer: Answer, call: Call) -> list[Tensor | None]:
    """The tensors of a result, in order; None for a part that is no tensor and no number."""
    value = answer.value
    values: list[Value] = value.items if isinstance(value, Listed) else [value]
    return [_tensor(one, answer, call) for one in values]


def _tensor(value: Value, answer: Answer, call: Call) -> Tensor | None:
    if isinstance(value, Ref | Array):
        after = answer.tensors[value.index]
        packed = call.tensors[value.index] if after is None else after
        return unpack(packed).detach()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return torch.tensor(value)
    return None


def _updates(seen: Seen, names: Sequence[str]) -> Iterator[Part]:
    call, magnitude = seen.recorded.call, magnitude_of(seen.recorded.call)
    places = _places(call)
    quantities = _quantities(call, names)
    data = _of_batches(call)
    for index, given in enumerate(call.tensors):
        if index in data:
            continue
        got, expected = (
            _after(seen.answer, given, index),
            _after(seen.recorded.answer, given, index),
        )
        before = unpack(given).detach()
        place = places.get(index) or _beside(places, index, len(call.tensors) - len(data))
        sizes = {"w.numel()": float(before.numel())} if before.dim() else {}
        if place.decay:
            sizes["weight_decay"] = place.decay
        yield Part(
            call, place, unpack(got).detach(), unpack(expected).detach(), magnitude, before,
            quantities | sizes,
        )  # fmt: skip


def _grads(seen: Seen, names: Sequence[str]) -> Iterator[Part]:
    """The `.grad` of every argument afterwards; None is zero."""
    call, magnitude = seen.recorded.call, magnitude_of(seen.recorded.call)
    places = _places(call)
    for index, given in enumerate(call.tensors):
        if given.grad is None:
            continue
        before = unpack(given.grad).detach()
        after = _after(seen.answer, given, index).grad
        got = torch.zeros_like(before) if after is None else unpack(after).detach()
        place = places.get(index) or _beside(places, index, len(call.tensors))
        yield Part(call, place, got, torch.zeros_like(before), magnitude, before)


def _scaled(seen: Seen, names: Sequence[str]) -> Iterator[Part]:
    """The `.grad` of every argument afterwards, beside the reference's."""
    call, magnitude = seen.recorded.call, magnitude_of(seen.recorded.call)
    places, quantities = _places(call), _quantities(call, names)
    for index, given in enumerate(call.tensors):
        got, expected = (
            _after(one, given, index).grad for one in (seen.answer, seen.recorded.answer)
        )
        if got is not None and expected is not None:
            place = places.get(index) or _beside(places, index, len(call.tensors))
            mine, theirs = unpack(got).detach(), unpack(expected).detach()
            yield Part(call, place, mine, theirs, magnitude, quantities=quantities)


def _after(answer: Answer, given: Packed, index: int) -> Packed:
    after = answer.tensors[index] if index < len(answer.tensors) else None
    return given if after is None else after


def _places(call: Call) -> dict[int, Place]:
    """Where each tensor stands in a list of parameters, or in groups of them."""
    first = call.args[0] if call.args else None
    if not isinstance(first, Listed):
        return {}
    found: dict[int, Place] = {}
    for group, item in enumerate(first.items):
        entries = dict(item.items) if isinstance(item, Mapping) else {}
        held = entries.get("params") if isinstance(item, Mapping) else None
        refs = held.items if isinstance(held, Listed) else [item]
        decay = entries.get("weight_decay")
        decays = (decay is not None) if isinstance(item, Mapping) else None
        number = float(decay) if isinstance(decay, int | float) else 0.0
        for in_group, ref in enumerate(refs):
            if isinstance(ref, Ref):
                index = len(found)
                found[ref.index] = Place(index, 0, group, in_group, decays, number)
    return {
        at: Place(p.index, len(found), p.group, p.in_group, p.decays, p.decay)
        for at, p in found.items()
    }


def _beside(places: dict[int, Place], index: int, count: int) -> Place:
    """The place of one of some tensors that are in no list of parameters."""
    return Place(index, count, state=bool(places))


def _of_batches(call: Call) -> set[int]:
    """The tensors of a list of minibatches, where a function trains the parameters that come before it."""
    if not call.args or isinstance(call.args[0], Listed):
        return set()
    lists = (argument for argument in call.args if isinstance(argument, Listed))
    pairs = (item for one in lists for item in one.items if isinstance(item, Listed))
    return {part.index for pair in pairs for part in pair.items if isinstance(part, Ref)}


def _gradients(seen: Seen, names: Sequence[str]) -> Iterator[Part]:
    call, magnitude = seen.recorded.call, magnitude_of(seen.recorded.call)
    got, expected = seen.answer.gradients or [], seen.recorded.answer.gradients or []
    if len(got) != len(expected):
        return
    quantities = _quantities(call, names)
    for index, (one, other) in enumerate(zip(got, expected, strict=True)):
        if one is not None and other is not None:
            place = Place(index, len(expected))
            mine, theirs = unpack(one).detach(), unpack(other).detach()
            yield Part(call, place, mine, theirs, magnitude, quantities=quantities)


_PARTS: dict[Subject, Callable[[Seen, Sequence[str]], Iterator[Part]]] = {
    "result": _results,
    "update": _updates,
    "grad": _grads,
    "scaled": _scaled,
    "gradient": _gradients,
}
