"""Results of the wrong kind, shape or dtype: their actual kind, and how it may have come about."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import object_called
from autograder.grading.feedback.comparison import close
from autograder.grading.feedback.observations import Part, Seen
from autograder.grading.results import Diagnosis
from autograder.sandbox.wire.values import Array, Mapping, Opaque, Value
from autograder.sandbox.wire.values import Sequence as Listed


def kind_of_result(seen: Sequence[Seen]) -> Diagnosis | None:
    """The kind of object that a function returned in place of the expected kind."""
    for one in seen:
        expected, got = one.recorded.answer.value, one.answer.value
        if one.answer.raised is not None or _alike(expected, got):
            continue
        id, text = _kind(got)
        asked = messages.RETURNS_FOR_ARRAYS if isinstance(expected, Array) else {}
        asked = messages.RETURNS_FOR_SEVERAL if isinstance(expected, Listed) else asked
        title, hint = asked.get(id) or messages.RETURNS[id]
        return Diagnosis(f"property:returns_{id}", title.format(got=text), hint)
    return None


def _alike(expected: Value, got: Value) -> bool:
    if isinstance(expected, Array) and isinstance(got, Array):
        return expected.is_number == got.is_number
    return type(expected) is type(got)


def _kind(value: Value) -> tuple[str, str]:
    if value is None:
        return "none", ""
    if isinstance(value, Array):
        return "array", messages.NUMPY_NUMBER if value.is_number else messages.NUMPY_ARRAY
    if isinstance(value, Listed):
        return "several", "tuple" if value.is_tuple else "list"
    if isinstance(value, Opaque):
        return ("array" if "numpy" in value.description else "object"), object_called(
            value.description
        )
    if isinstance(value, Mapping):
        return "several", "dict"
    if isinstance(value, bool | int | float | str):
        return "number", type(value).__name__
    return "tensor", ""


def shape_of_result(parts: Sequence[Part]) -> Diagnosis | None:
    """How the results of another shape come from the correct ones, the same way in all of them."""
    wrong = [part for part in parts if part.got.shape != part.expected.shape]
    one_each = all(part.expected.numel() == 1 for part in wrong)
    for id, holds in _SHAPES:
        if one_each and id in ("mean", "sum"):
            continue  # a single value is its own mean: a dimension is lost, and nothing was reduced
        if id == "first_row" and all(
            len(part.expected) == 1 for part in wrong if part.expected.dim()
        ):
            continue
        if wrong and all(holds(part) for part in wrong):
            title, hint = messages.SHAPES[id]
            return Diagnosis(f"property:shape:{id}", title, hint)
    return None


def _is(part: Part, made: Tensor) -> bool:
    got = part.got.to(made.dtype) if part.got.dtype != made.dtype else part.got
    return close(got, made, part.magnitude)


def _one_row_each(part: Part) -> bool:
    return part.expected.dim() == 1 and part.got.dim() == 2 and len(part.got) == len(part.expected)


def _without_ones(part: Part) -> list[int]:
    return [size for size in part.expected.shape if size != 1]


def _same_but_for_ones(part: Part) -> bool:
    return _without_ones(part) == [size for size in part.got.shape if size != 1]


def _is_first_row(part: Part) -> bool:
    if part.expected.dim() == 0 or len(part.expected) == 0:
        return False
    first = part.expected[:1]
    return part.got.shape in (first.shape, first[0].shape) and _is(
        part, first.reshape(part.got.shape)
    )


_SHAPES: tuple[tuple[str, Callable[[Part], bool]], ...] = (
    ("mean", lambda p: p.got.numel() == 1 and _is(p, p.expected.mean().reshape(p.got.shape))),
    ("sum", lambda p: p.got.numel() == 1 and _is(p, p.expected.sum().reshape(p.got.shape))),
    ("first_row", _is_first_row),
    ("squeezed", lambda p: list(p.got.shape) == _without_ones(p)),
    ("extra", lambda p: p.got.dim() > p.expected.dim() and _same_but_for_ones(p)),
    ("transposed", lambda p: p.expected.dim() == 2 and p.got.shape == p.expected.T.shape),
    ("flat", lambda p: p.got.dim() == 1 and p.got.numel() == p.expected.numel()),
    ("same_entries", lambda p: p.got.numel() == p.expected.numel()),
    ("one_number", lambda p: p.got.numel() == 1),
    ("pairs_of_rows", lambda p: p.expected.dim() == 2 and list(p.got.shape) == [len(p.expected)] * 2),
    ("pairs", lambda p: _one_row_each(p) and p.got.shape[1] == len(p.expected)),
    ("each_class", lambda p: _one_row_each(p)),
    ("one_row", lambda p: p.expected.dim() == 2 and p.got.shape == p.expected.shape[1:]),
    ("one_column", lambda p: p.expected.dim() == 2 and p.got.shape == p.expected.shape[:1]),
    ("reduced", lambda p: p.got.dim() < p.expected.dim()),
    ("fewer_rows", lambda p: p.got.dim() > 0 and p.expected.dim() > 0 and len(p.got) < len(p.expected)),
    ("more_dimensions", lambda p: p.got.dim() > p.expected.dim()),
)  # fmt: skip


def dtype_of_result(
    got: str, expected: str, *, named: bool = False, of_arrays: bool = False
) -> Diagnosis:
    """A result of another dtype than the input, or than the one that the contract names."""
    kept = expected.startswith("float") and not named
    title, hint = messages.DTYPES if kept else messages.OTHER_DTYPES
    if kept and of_arrays:
        title, hint = messages.DTYPES_FOR_ARRAYS
    return Diagnosis("property:dtype", title.format(got=got, expected=expected), hint)


FLOAT32_ROUNDING = (1e-8, 1e-6)
"""The greatest relative difference that float32 leaves in a few operations; its rounding is 6e-8."""


def exact_as_float32(parts: Sequence[Part]) -> bool:
    """Whether float64 results are off by float32's rounding, up and down; the others are correct."""
    wrong = [part for part in parts if not part.correct]
    shares, up, down = [], False, False
    for part in wrong:
        got, expected = part.got, part.expected
        if not got.dtype == expected.dtype == torch.float64 or got.shape != expected.shape:
            return False
        size, difference = float(expected.abs().max()), got - expected
        shares.append(float(difference.abs().max()) / size if size else math.inf)
        up, down = up or bool((difference > 0).any()), down or bool((difference < 0).any())
    low, high = FLOAT32_ROUNDING
    # A number that is added or left out, an epsilon say, shifts all results in one direction.
    return up and down and low <= max(shares) <= high


def computed_in_float32(parts: Sequence[Part]) -> bool:
    """Whether float64 results have the digits of float32 alone, and float32 results are correct."""
    wrong = [part for part in parts if not part.correct]
    return len(wrong) > 0 and all(
        part.got.dtype == part.expected.dtype == torch.float64
        and part.got.shape == part.expected.shape
        and torch.allclose(part.got, part.expected, rtol=1e-5, atol=1e-5)
        and torch.equal(part.got, part.got.float().double())
        for part in wrong
    )
