"""Whether two functions gave the same answer, up to rounding.

The tolerance follows the numbers that take part: everyday inputs are compared closely, so that two
different mistakes are told apart; at the extremes two correct ways to compute differ by more.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from autograder.checking.tolerances import FLOAT32, Tolerance
from autograder.grading.feedback.exceptions import same_exception
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import (
    DTYPES,
    Array,
    Dtype,
    Mapping,
    Named,
    Packed,
    Ref,
    Size,
    unpack,
)
from autograder.sandbox.wire.values import Sequence as Listed

EVERYDAY = {
    "float32": Tolerance(FLOAT32.rtol / 4, FLOAT32.atol / 4),
    "float64": Tolerance(1e-8, 1e-10),
}
"""The difference by rounding of numbers of everyday size. In float32 a quarter of what the checks allow, so
an answer that fails a check differs here. In float64 so close that a result computed in float32 differs."""
COARSE = Tolerance(1e-2, 1e-2)
"""For half precision, which holds two or three digits."""
PLAIN = ("float32", "float64")
"""Dtypes in which NumPy computes as torch does."""
KEPT_MAGNITUDES = 20_000
"""Calls; more than the batteries of ten exercises have."""
ROUNDINGS = 4
"""Roundings of the greatest number that takes part. `exp` passes the absolute error of what it is given on
as a relative one: for logits of 1e4 in float32, 4 * 1.2e-7 * 1e4 = 5e-3, as the checks allow there
(EXTREME_FLOAT32_GRADIENT)."""


def tolerance_for(dtype: str, magnitude: float) -> Tolerance:
    """The allowed difference of two computations of the same thing.

    Args:
        dtype: of the results, such as "float32".
        magnitude: the greatest finite magnitude among the arguments.
    """
    everyday = EVERYDAY.get(dtype, COARSE)
    rounding = ROUNDINGS * torch.finfo(DTYPES[dtype]).eps * magnitude
    return Tolerance(everyday.rtol + rounding, everyday.atol + rounding)


def magnitude_of(call: Call) -> float:
    """The greatest finite magnitude among a call's floating-point tensors and their grads."""
    given = chain(call.tensors, (t.grad for t in call.tensors if t.grad is not None))
    return max(map(_magnitude, given), default=0.0)


class _Magnitudes:
    """The magnitudes of calls that are compared again and again: those of a battery."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Call, float]] = {}
        """By id of a call, which is kept: no other call gets its id."""

    def of(self, call: Call) -> float:
        """As `magnitude_of`."""
        found = self._known.get(id(call))
        if found is None:
            if len(self._known) == KEPT_MAGNITUDES:
                self._known.clear()
            found = self._known[id(call)] = (call, magnitude_of(call))
        return found[1]


_magnitudes = _Magnitudes()


def _magnitude(packed: Packed) -> float:
    if packed.dtype in PLAIN:
        numbers = np.abs(_numbers(packed))
        return float(numbers.max(initial=0.0, where=np.isfinite(numbers)))
    tensor = unpack(packed).detach()
    if not tensor.is_floating_point():
        return 0.0
    finite = tensor[torch.isfinite(tensor)]
    return float(finite.abs().max()) if finite.numel() else 0.0


def _numbers(packed: Packed) -> Any:
    """The elements of a tensor of a dtype in PLAIN, without a copy."""
    return np.frombuffer(packed.values, packed.dtype)


def close(got: Tensor, expected: Tensor, magnitude: float) -> bool:
    """Whether two tensors of one shape and dtype are equal up to rounding, infinities and NaN alike."""
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    if not got.is_floating_point():
        return torch.equal(got, expected)
    finite = torch.isfinite(got)
    if not torch.equal(finite, torch.isfinite(expected)):
        return False
    allowed = tolerance_for(str(got.dtype).removeprefix("torch."), magnitude)
    return torch.allclose(got[finite], expected[finite], rtol=allowed.rtol, atol=allowed.atol)


def _close_numbers(got: Packed, expected: Packed, magnitude: float) -> bool:
    """As `close`, for two tensors of one shape and one dtype in PLAIN: sooner, as they are small."""
    a, b = _numbers(got), _numbers(expected)
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    allowed = tolerance_for(got.dtype, magnitude)
    if not finite.all():
        a, b = a[finite], b[finite]
    with np.errstate(over="ignore"):  # torch doesn't warn either
        difference = np.abs(a - b)
        within = difference <= allowed.atol + np.abs(allowed.rtol * b)
    return bool(((a == b) | (np.isfinite(difference) & within)).all())


def same_answer(call: Call, one: Answer, other: Answer | Exception) -> bool:
    """Whether two answers to a call are the same up to rounding and the wording of an exception."""
    if isinstance(other, Exception):
        return False
    if one.grad_enabled != other.grad_enabled:
        return False
    return same_exception(one.raised, other.raised) and _Comparison(call, one, other).same()


class _Comparison:
    """Two answers to one call."""

    def __init__(self, call: Call, one: Answer, other: Answer) -> None:
        self._one = one
        self._other = other
        self._call = call

    def same(self) -> bool:
        """Whether values, arguments afterwards and gradients are the same."""
        one, other = self._one, self._other
        if one.raised is None and not self._same_value(one.value, other.value):
            return False
        return self._same_arguments() and self._same_gradients()

    def _same_arguments(self) -> bool:
        """Whether the caller finds the same: state may be written, or replaced where it is found."""
        one, other, call = self._one, self._other, self._call
        replaced = one.args is not None or other.args is not None
        # Tensors beyond these are new ones, compared by the place where they are found.
        for given, mine, theirs in zip(call.tensors, one.tensors, other.tensors, strict=False):
            if replaced and not given.requires_grad:
                continue  # it is compared where it is found
            if not self._same_tensor(mine, theirs):
                return False
        if not replaced:
            return True
        before = [*call.args, *(value for _, value in call.kwargs)]
        after = (before if answer.args is None else answer.args for answer in (one, other))
        return all(self._same_found(a, b) for a, b in zip(*after, strict=False))

    def _same_found(self, a: Any, b: Any) -> bool:
        """As `_same_value`, for arguments afterwards: a parameter has to be the same object in both."""
        if isinstance(a, Listed | Mapping) and type(a) is type(b):
            if len(a.items) != len(b.items):
                return False
            pairs = zip(_items(a), _items(b), strict=True)
            return all(self._same_found(x, y) for x, y in pairs)
        if isinstance(a, Ref | Array) and type(a) is type(b):
            if self._parameter(a) != self._parameter(b):
                return False
            return self._same_tensor(self._found(self._one, a), self._found(self._other, b))
        return self._same_value(a, b)

    def _parameter(self, ref: Ref | Array) -> int | None:
        """Its number among the arguments that require grad; None for any other tensor."""
        given = self._call.tensors
        is_one = ref.index < len(given) and given[ref.index].requires_grad
        return ref.index if is_one else None

    def _found(self, answer: Answer, ref: Ref | Array) -> Packed | None:
        given, found = self._call.tensors, answer.tensors[ref.index]
        return given[ref.index] if found is None and ref.index < len(given) else found

    def _same_value(self, a: Any, b: Any) -> bool:
        if isinstance(a, Ref | Array) and isinstance(b, Ref | Array) and type(a) is type(b):
            # An argument that is returned as it came in is the same answer as a copy of it.
            return self._same_tensor(self._found(self._one, a), self._found(self._other, b))
        if isinstance(a, Listed | Mapping) and type(a) is type(b):
            if len(a.items) != len(b.items):
                return False
            pairs = zip(_items(a), _items(b), strict=True)
            return all(self._same_value(x, y) for x, y in pairs)
        if isinstance(a, float) and isinstance(b, float):
            return bool(torch.isclose(torch.tensor(a), torch.tensor(b), rtol=1e-5, equal_nan=True))
        compared = isinstance(a, bool | int | str | Size | Dtype | Named)
        return bool(type(a) is type(b) and (a == b or not compared))

    def _same_tensor(self, a: Packed | None, b: Packed | None) -> bool:
        if a is None or b is None:
            return a is b
        if (a.requires_grad, a.leaf) != (b.requires_grad, b.leaf):
            return False
        if not self._same_numbers(a, b):
            return False
        if _zero(a.grad) or _zero(b.grad):
            return _zero(a.grad) == _zero(b.grad)
        return self._same_tensor(a.grad, b.grad)

    def _same_numbers(self, a: Packed, b: Packed) -> bool:
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        if a.values == b.values:
            return True
        magnitude = _magnitudes.of(self._call)
        if a.dtype in PLAIN:
            return _close_numbers(a, b, magnitude)
        # Without grads: a function may have left one of another shape.
        x, y = (unpack(msgspec.structs.replace(packed, grad=None)).detach() for packed in (a, b))
        return close(x, y, magnitude)

    def _same_gradients(self) -> bool:
        one, other = self._one, self._other
        if not same_exception(one.gradient_error, other.gradient_error):
            return False
        if (one.gradients is None) is not (other.gradients is None):
            return False
        mine, theirs = one.gradients or [], other.gradients or []
        return len(mine) == len(theirs) and all(
            a is b if a is None or b is None else self._same_numbers(a, b)
            for a, b in zip(mine, theirs, strict=True)
        )


def _items(value: Listed | Mapping) -> list[Any]:
    items: Iterable[Any] = value.items
    return [item[1] if isinstance(item, tuple) else item for item in items]


def _zero(grad: Packed | None) -> bool:
    return grad is None or not any(grad.values)
