"""Several results, and numbers: compared, or described in a sentence when they are of another kind."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called
from autograder.checking.closeness import describe, number
from autograder.checking.failures import CheckFailure
from autograder.checking.tolerances import Tolerance

EXACT = Tolerance(0.0, 0.0)
"""For counts."""


def assert_results(result: Any, names: int | Sequence[str], *, function: str) -> tuple[Any, ...]:
    """The items of a tuple or list of results; unpacking by hand would show Python's message.

    Args:
        result: what the student's function gave.
        names: how many results there should be, or what each is called.
        function: the function's name, for messages.

    Returns:
        The items; of any type, to be compared by `assert_close` under their names.

    Raises:
        CheckFailure: with kind `results` when it is no tuple or list, or holds more or fewer.
    """
    count = names if isinstance(names, int) else len(names)
    listed = "" if isinstance(names, int) else f" ({', '.join(names)})"
    if isinstance(result, list | tuple) and len(result) == count:
        return tuple(result)
    if result is None:
        text = messages.RETURNED_NONE.format(function=function)
    elif isinstance(result, list | tuple):
        text = messages.RESULTS_COUNT.format(
            function=function, got=len(result), count=count, names=listed
        )
    else:
        text = messages.RESULTS_TYPE.format(
            function=function, got=describe(result), count=count, names=listed
        )
    given = len(result) if isinstance(result, list | tuple) else None
    raise CheckFailure(text, kind="results", got=result, count=given, due=count)


def assert_number(
    result: Any, expected: float, *, what: str, function: str, tolerance: Tolerance = EXACT
) -> None:
    """Compare a number, whatever holds it: Python, NumPy, or a tensor without dimensions.

    Args:
        result: what the student's function gave, or an item of it.
        expected: the number that it should be.
        what: what the message calls it: "mean loss".
        function: the function's name, for messages.
        tolerance: the allowed difference; without one, none.

    Raises:
        CheckFailure: with kind `type` when it is no number, else `finite` or `values`.
    """
    if result is None:
        text = messages.RETURNED_NONE.format(function=function)
        raise CheckFailure(text, kind="type", state="number", got=None)
    given = _number_in(result)
    if given is None:
        text = messages.NOT_A_NUMBER.format(what=called(what), got=describe(result))
        raise CheckFailure(text, kind="type", state="number", got=result)
    figures = {"what": called(what), "got": number(given), "expected": number(expected)}
    if not math.isfinite(given):
        kind = "nan" if math.isnan(given) else messages.INFINITE
        text = messages.ONE_NOT_FINITE.format(
            what=called(what), kind=kind, expected=number(expected)
        )
        raise CheckFailure(text, kind="finite", **figures)
    allowed = tolerance.atol + tolerance.rtol * abs(expected)
    if abs(given - expected) <= allowed:
        return
    if figures["got"] == figures["expected"]:
        figures["got"], figures["expected"] = repr(given), repr(expected)
    template = messages.ONE_VALUE if allowed else messages.ONE_NUMBER
    text = template.format(**figures, allowed=number(allowed))
    raise CheckFailure(text, kind="values", **figures)


def _number_in(result: Any) -> float | None:
    """A result as a number; None where it isn't a number."""
    if isinstance(result, Tensor | np.ndarray):
        dims = result.dim() if isinstance(result, Tensor) else result.ndim
        result = result.item() if dims == 0 else result
    if isinstance(result, bool | int | float | np.bool_ | np.integer | np.floating):
        return float(result)
    return None
