"""Comparing tensors, with the reason when they differ."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called, object_called
from autograder.checking.failures import CheckFailure, Kind
from autograder.checking.tolerances import Tolerance, default_tolerance


def assert_close(
    actual: Any,
    expected: Tensor,
    *,
    tolerance: Tolerance | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    what: str = "result",
    function: str = "",
    kind: Kind = "values",
    same_dtype: bool = True,
    shows: str | None = None,
) -> None:
    """Compare an answer with what is expected: type, shape, dtype, and every element.

    Args:
        actual: what the student's function gave.
        expected: a tensor of any shape.
        tolerance: the allowed difference; None for the default of the dtype (of the coarser one of two).
        rtol, atol: replace one part of the tolerance.
        what: what is compared, as the message calls it.
        function: the function's name, for messages about a result that is no tensor.
        kind: the property that is broken when elements differ.
        same_dtype: whether float64 in the place of float32, or the other way round, is a failure. Where
            it isn't, another check judges the dtype.
        shows: an expression that shows what is compared, as CheckFailure has it; None for a result.

    Raises:
        CheckFailure: with kind `type`, `shape`, `dtype`, `finite` or the given one.
        ValueError: for an expected tensor of a dtype without a tolerance.
    """
    default = default_tolerance(expected.dtype)
    shows = _shown(what) if shows is None else shows
    assert_tensor(
        actual, expected, what=what, function=function, same_dtype=same_dtype, shows=shows
    )
    if tolerance is None:
        coarser = actual.dtype is torch.float32
        tolerance = default_tolerance(actual.dtype) if coarser else default
    rtol = tolerance.rtol if rtol is None else rtol
    atol = tolerance.atol if atol is None else atol
    actual, expected = actual.detach(), expected.detach()
    if actual.dtype != expected.dtype:
        actual, expected = actual.double(), expected.double()
    if torch.allclose(actual, expected, rtol=rtol, atol=atol):
        return
    _explain(actual, expected, rtol, atol, what, kind, shows)


def _shown(what: str) -> str:
    """The expression of what a message calls a result, or a part of it."""
    if what.startswith("result["):
        return what
    return "result" if what.startswith("result") else ""


def assert_tensor(
    actual: Any,
    expected: Tensor,
    *,
    what: str = "result",
    function: str = "",
    same_dtype: bool = True,
    shows: str | None = None,
) -> None:
    """Compare type, shape and dtype alone.

    Args:
        actual, expected, what, function, shows: as for `assert_close`.
        same_dtype: whether float64 in the place of float32, or the other way round, is a failure.

    Raises:
        CheckFailure: with kind `type`, `shape` or `dtype`.
    """
    assert_is_tensor(actual, function=function or what, what=what if function else "result")
    shows = _shown(what) if shows is None else shows
    if actual.shape != expected.shape:
        shapes = {"got": tuple(actual.shape), "expected": tuple(expected.shape)}
        text = messages.SHAPE.format(what=called(what), **shapes)
        should = str(tuple(expected.shape))
        raise CheckFailure(
            text, kind="shape", shows=shows and f"{shows}.shape", should=should, **shapes
        )
    graded = {actual.dtype, expected.dtype} <= {torch.float32, torch.float64}
    if actual.dtype != expected.dtype and (same_dtype or not graded):
        got, wanted = short_dtype(actual.dtype), short_dtype(expected.dtype)
        template = messages.DTYPE if graded else messages.OTHER_DTYPE
        text = template.format(what=called(what), got=got, expected=wanted)
        raise CheckFailure(
            text,
            kind="dtype",
            shows=shows and f"{shows}.dtype",
            should=f"torch.{wanted}",
            got=got,
            expected=wanted,
        )


def is_one_of_several(what: str) -> bool:
    """Whether a compared thing is one of several results, by its name or its place."""
    name = what.removeprefix("result ")
    return what.startswith("result[") or (name.isidentifier() and what != "result")


def assert_is_tensor(actual: Any, *, function: str, what: str = "result") -> None:
    """Check that a function returned a tensor; raises CheckFailure with kind `type`.

    Args:
        actual: what the student's function gave.
        function: its name, for messages.
        what: what is looked at, as for `assert_close`.
    """
    if not isinstance(actual, Tensor) and is_one_of_several(what):
        text = messages.NO_TENSOR_AMONG_RESULTS.format(
            what=called(what), function=function, got=describe(actual)
        )
        raise CheckFailure(text, kind="type", state="part", got=actual)
    if actual is None:
        text = messages.RETURNED_NONE.format(function=function)
        raise CheckFailure(text, kind="type", shows="result", should=messages.A_TENSOR, got=None)
    if not isinstance(actual, Tensor):
        text = messages.NOT_A_TENSOR.format(function=function, got=describe(actual))
        raise CheckFailure(text, kind="type", shows="result", should=messages.A_TENSOR, got=actual)


def short_dtype(dtype: torch.dtype) -> str:
    """`float32` for torch.float32."""
    return str(dtype).removeprefix("torch.")


def describe(value: Any) -> str:
    """A value that came in the place of another, as a sentence calls it."""
    if value is None:
        return "None"
    if isinstance(value, Tensor):
        return messages.ONE_TENSOR.format(shape=tuple(value.shape))
    if isinstance(value, bool | int | float | str):
        kind = type(value).__name__
        return messages.PYTHON_VALUE.format(kind=kind, value=str(value)[:60])
    for container in (list, tuple, dict):  # what torch.max gives is a tuple, however ours is called
        if isinstance(value, container):
            return messages.PYTHON_CONTAINER.format(kind=container.__name__)
    return object_called(str(getattr(value, "description", type(value).__name__)))


def number(value: float) -> str:
    """A figure with the digits that matter to a reader."""
    return f"{value:.6g}"


def _explain(
    actual: Tensor,
    expected: Tensor,
    rtol: float,
    atol: float,
    what: str,
    kind: Kind,
    shows: str,
) -> None:
    total = expected.numel()
    strange = ~torch.isfinite(actual) & torch.isfinite(expected)
    if strange.any():
        index = tuple(torch.nonzero(strange)[0].tolist())
        nans = actual[strange].isnan()
        name = messages.INFINITE if not nans.any() else messages.NAN_OR_INFINITE
        name = "nan" if nans.all() else name
        template = messages.ONE_NOT_FINITE if total == 1 else messages.NOT_FINITE
        text = template.format(
            bad=int(strange.sum()),
            total=total,
            what=called(what),
            kind=name,
            index=_index(index),
            expected=number(expected[index].item()),
        )
        shows, should = _comment(shows, expected, index)
        raise CheckFailure(
            text,
            kind="finite",
            shows=shows,
            should=should,
            got=actual,
            expected=expected,
            what=what,
            wrong=strange,
            state="gradient" if kind == "gradient" else None,
        )
    difference = (actual.double() - expected.double()).abs()
    wrong = ~torch.isclose(actual, expected, rtol=rtol, atol=atol)
    place = int(torch.where(wrong, difference, -torch.ones_like(difference)).argmax())
    index = tuple(int(i) for i in np.unravel_index(place, expected.shape))
    allowed = atol + rtol * abs(expected[index].item())
    figures = {
        "what": called(what),
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
    shows, should = _comment(shows, expected, index)
    raise CheckFailure(
        text,
        kind=kind,
        shows=shows,
        should=should,
        got=actual,
        expected=expected,
        what=what,
        wrong=wrong,
    )


MAX_SHOWN = 12
"""Elements of a tensor that a comment writes down; of a larger one the element that is furthest off."""


def _comment(shows: str, expected: Tensor, index: tuple[int, ...]) -> tuple[str, str]:
    """An expression that shows what was compared, and its correct value."""
    if not shows:
        return "", ""
    digits = 12 if expected.dtype is torch.float64 else 6
    if expected.numel() > MAX_SHOWN and index:
        return f"{shows}{_index(index)}", _written(expected[index].item(), digits)
    return shows, _written(expected.tolist(), digits)


def _written(value: Any, digits: int) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_written(item, digits) for item in value) + "]"
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def _index(index: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, index)) + "]"
