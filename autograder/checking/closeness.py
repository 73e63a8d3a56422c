"""Comparing tensors, with the reason when they differ."""

import math
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.failures import CheckFailure

DEFAULT_TOLERANCES = {torch.float32: (1.3e-6, 1e-5), torch.float64: (1e-7, 1e-7)}
"""(rtol, atol) for a dtype: the defaults of torch.testing.assert_close."""
FLOAT32_SLACK = (1e-4, 1e-5)
"""(rtol, atol) for float32 where a check looks at logic: a sum of a few float32 roundings."""


def assert_close(
    actual: Any,
    expected: Tensor,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    what: str = "result",
    function: str = "",
    kind: str = "values",
) -> None:
    """Compare an answer with what is expected: type, shape, dtype, and every element.

    Args:
        actual: what the student's function gave.
        expected: a float32 or float64 tensor of any shape.
        rtol, atol: the allowed relative and absolute difference; None for torch.testing's defaults.
        what: what is compared, as the message calls it.
        function: the function's name, for messages about a result that is no tensor.
        kind: the property that is broken when elements differ.

    Raises:
        CheckFailure: with kind `type`, `shape`, `dtype`, `finite` or the given one.
    """
    assert_tensor(actual, expected, what=what, function=function)
    defaults = DEFAULT_TOLERANCES.get(expected.dtype, (0.0, 0.0))
    rtol = defaults[0] if rtol is None else rtol
    atol = defaults[1] if atol is None else atol
    actual, expected = actual.detach(), expected.detach()
    if torch.allclose(actual, expected, rtol=rtol, atol=atol):
        return
    _explain(actual, expected, rtol, atol, what, kind)


def assert_tensor(
    actual: Any, expected: Tensor, *, what: str = "result", function: str = ""
) -> None:
    """Compare type, shape and dtype alone."""
    if not isinstance(actual, Tensor):
        if actual is None:
            text = messages.RETURNED_NONE.format(function=function or what)
        else:
            text = messages.NOT_A_TENSOR.format(function=function or what, got=describe(actual))
        raise CheckFailure(text, kind="type", got=actual)
    if actual.shape != expected.shape:
        text = messages.SHAPE.format(got=tuple(actual.shape), expected=tuple(expected.shape))
        if what != "result":
            text = text.replace("the result", f"the {what}", 1)
        raise CheckFailure(
            text, kind="shape", got=tuple(actual.shape), expected=tuple(expected.shape)
        )
    if actual.dtype != expected.dtype:
        got, wanted = short_dtype(actual.dtype), short_dtype(expected.dtype)
        raise CheckFailure(
            messages.DTYPE.format(got=got, expected=wanted), kind="dtype", got=got, expected=wanted
        )


def short_dtype(dtype: torch.dtype) -> str:
    """`float32` for torch.float32."""
    return str(dtype).removeprefix("torch.")


def describe(value: Any) -> str:
    """A value that is no tensor, as a sentence calls it."""
    if isinstance(value, bool | int | float | str):
        return f"the Python {type(value).__name__} {str(value)[:60]}"
    if isinstance(value, list | tuple | dict):
        return f"a Python {type(value).__name__}"
    return str(getattr(value, "description", type(value).__name__))


def number(value: float) -> str:
    """A figure with the digits that matter to a reader."""
    return f"{value:.6g}"


def _explain(
    actual: Tensor, expected: Tensor, rtol: float, atol: float, what: str, kind: str
) -> None:
    total = expected.numel()
    strange = ~torch.isfinite(actual) & torch.isfinite(expected)
    if strange.any():
        index = tuple(torch.nonzero(strange)[0].tolist())
        name = "nan" if math.isnan(actual[index].item()) else "infinite"
        text = messages.NOT_FINITE.format(
            bad=int(strange.sum()),
            total=total,
            what=what,
            kind=name,
            index=_index(index),
            expected=number(expected[index].item()),
        )
        raise CheckFailure(text, kind="finite", got=actual, expected=expected, what=what)
    difference = (actual.double() - expected.double()).abs()
    wrong = ~torch.isclose(actual, expected, rtol=rtol, atol=atol)
    place = int(torch.where(wrong, difference, -torch.ones_like(difference)).argmax())
    index = tuple(int(i) for i in torch.unravel_index(torch.tensor(place), expected.shape))
    allowed = atol + rtol * abs(expected[index].item())
    figures = {
        "what": what,
        "got": number(actual[index].item()),
        "expected": number(expected[index].item()),
        "allowed": number(allowed),
    }
    if figures["got"] == figures["expected"]:
        figures["got"], figures["expected"] = (
            repr(actual[index].item()),
            repr(expected[index].item()),
        )
    if total == 1:
        text = messages.ONE_VALUE.format(**figures)
    else:
        text = messages.VALUES.format(
            bad=int(wrong.sum()),
            total=total,
            difference=number(difference[index].item()),
            index=_index(index),
            **figures,
        )
    raise CheckFailure(text, kind=kind, got=actual, expected=expected, what=what)


def _index(index: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, index)) + "]"
