"""How a known wrong implementation is written down."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

PAIRS = "PAIRS"
"""The name in misconceptions.py of the pairs of ids that are made at once; see `mistake`."""
AT_ONCE = "two mistakes at once"
"""Where a pair was seen, when PAIRS doesn't say."""


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
        title: completes “Your function …”; true of any code that behaves the same.
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


def mistake(
    body: Callable[..., Any],
    *,
    source: str,
    title: str = "",
    hint: str = "",
    combines: tuple[str, ...] = (),
    trivial: bool = False,
    **settings: Any,
) -> Callable[..., Any]:
    """A wrong implementation as a setting of a body that many mistakes share.

    The body is a correct implementation with keyword-only switches, whose defaults are correct:

        def _softmax(X, *, dim=1, shift=True): ...

        over_the_batch = mistake(_softmax, dim=0, title=..., hint=..., source=...)

    The variable's name is the misconception's id. `PAIRS = [("over_the_batch", "overflows")]` in the same
    file makes two at once, with the switches of both; a third text says where the pair was seen. A dict
    of such pairs gives them ids of their own, `PAIRS = {"book": ("over_the_batch", "overflows")}`.

    Args:
        body: called with the student's arguments and the settings.
        source, title, hint, trivial: as for `misconception`.
        combines: as for `misconception`, where two at once are more than the switches of both.
        settings: what the mistake sets in the body.

    Raises:
        ValueError: without settings, or as `misconception` does.
    """
    if not settings:
        raise ValueError("a mistake sets a switch of its body")
    mark = misconception(source=source, title=title, hint=hint, combines=combines, trivial=trivial)
    return mark(partial(body, **settings))


def add_pairs(namespace: dict[str, Any]) -> None:
    """Add the pairs that a module's PAIRS names, as `<one>_and_<other>` or under ids of their own.

    Raises:
        ValueError: for a pair that is not of two mistakes of one body, or that sets one switch twice.
    """
    pairs: dict[str, tuple[str, ...]] | Iterable[tuple[str, ...]] = namespace.get(PAIRS, ())
    if not isinstance(pairs, dict):
        pairs = {"_and_".join(pair[:2]): pair for pair in pairs}
    for id, (*ids, source) in ((id, (*pair, AT_ONCE)[:3]) for id, pair in pairs.items()):
        one, other = (namespace.get(part) for part in ids)
        if not (isinstance(one, partial) and isinstance(other, partial) and one.func is other.func):
            raise ValueError(f"{PAIRS}: {ids} are not two mistakes of one body")
        if one.keywords.keys() & other.keywords.keys():
            raise ValueError(f"{PAIRS}: {ids} set the same switch")
        both = partial(one, **other.keywords)
        both.misconception = Misconception("", "", source, tuple(ids))  # type: ignore[attr-defined]
        namespace[id] = both
