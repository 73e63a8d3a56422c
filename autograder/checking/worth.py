"""The points of a check, and the check that has to pass before it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Check = TypeVar("Check", bound=Callable[..., Any])


@dataclass(frozen=True)
class Points:
    """The points of a check, which `@points` keeps as its attribute `points`.

    number: what the check is worth; above 0.
    needs: the name of the check without which this one isn't run, if there is one.
    """

    number: float
    needs: str | None = None


def points(number: float, *, needs: Callable[..., Any] | None = None) -> Callable[[Check], Check]:
    """Say what a check is worth; stands above `@given`.

    Example:
        @points(2, needs=test_values)
        @given(X=logits())
        def test_gradient(student, reference, X): ...

    Args:
        number: the points, a number above 0.
        needs: a check further up in the same file, the function itself. Where it fails, this check is
            skipped and earns nothing.

    Raises:
        TypeError: for a number or a `needs` of another type.
        ValueError: for a number that is not above 0, or a `needs` that is no check.
    """
    if callable(number):
        raise TypeError("@points stands here without its number; a number is needed: @points(2)")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f"@points({number!r}): a number is needed, such as @points(2)")
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"@points({number!r}): a check is worth more than 0 points")
    name = None if needs is None else _name_of_check(needs)

    def mark(function: Check) -> Check:
        if not callable(function):
            raise TypeError(f"@points({number:g}) stands above a check, not above {function!r}")
        function.points = Points(float(number), name)  # type: ignore[attr-defined]
        return function

    return mark


def _name_of_check(needs: Any) -> str:
    """The name of a check, given as the function.

    The name is what is kept: `@given` makes a function whose module is a temporary one.
    """
    if isinstance(needs, str):
        raise TypeError(
            f"needs={needs!r}: the check itself is needed, without quotes: needs={needs}"
        )
    if not callable(needs):
        raise TypeError(f"needs={needs!r}: a check further up in the file is needed")
    name = str(getattr(needs, "__name__", needs))
    if not isinstance(getattr(needs, "points", None), Points):
        raise ValueError(f"needs={name}: that is no check, since it has no @points")
    return name
