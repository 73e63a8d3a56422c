"""How a known wrong implementation is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Misconception:
    """A known mistake: what the function does, a hint that leads to it, and where it comes from.

    combines: the ids of two mistakes made at once; title and hint are then theirs.
    trivial: an answer without work, which may earn at most a tenth of the points.
    """

    title: str
    hint: str
    source: str
    combines: tuple[str, ...] = ()
    trivial: bool = False


def misconception(
    *,
    source: str,
    title: str = "",
    hint: str = "",
    combines: tuple[str, ...] = (),
    trivial: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a wrong implementation; its name is the misconception's id.

    Args:
        source: where the mistake was seen.
        title: completes “Your function …”; true of every code that behaves the same.
        hint: leads to the mistake without giving the code.
        combines: for two mistakes at once, their ids; then without title and hint.
        trivial: whether it is an answer without work (the input, zeros, a constant).

    Raises:
        ValueError: when neither a title with a hint nor `combines` is given, or both are.
    """
    if bool(title and hint) is bool(combines):
        raise ValueError("a misconception has either a title and a hint, or `combines`")

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.misconception = Misconception(title, hint, source, combines, trivial)  # type: ignore[attr-defined]
        return function

    return mark
