"""A number that is the same in all calls, or a formula of the numbers that the calls were made with."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

LEAST = 3
"""Factors in which a formula has to be seen; two may agree by chance."""
SAME_FACTOR = 2e-3
"""Relative difference under which two factors are one: twenty times the rounding of everyday float32."""
VARIES = 1e-2
"""Relative difference between the values of a formula that must be seen, to tell it from a constant."""

_OF_ONE: dict[str, Callable[[float], float]] = {
    "{a}": lambda a: a,
    "1 / {a}": lambda a: 1 / a,
    "1 - {a}": lambda a: 1 - a,
    "1 / (1 - {a})": lambda a: 1 / (1 - a),
    "{a} ** 2": lambda a: a**2,
    "1 / {a} ** 2": lambda a: a**-2,
    "{a} ** 0.5": lambda a: a**0.5,
    "1 / {a} ** 0.5": lambda a: a**-0.5,
    "(1 - {a}) ** 2": lambda a: (1 - a) ** 2,
    "1 / (1 - {a}) ** 2": lambda a: (1 - a) ** -2,
    "{a} - 1": lambda a: a - 1,
    "{a} / ({a} - 1)": lambda a: a / (a - 1),
    "({a} - 1) / {a}": lambda a: (a - 1) / a,
    "{a} / (1 - {a})": lambda a: a / (1 - a),
    "2 * {a}": lambda a: 2 * a,
    "{a} / 2": lambda a: a / 2,
    "2 / {a}": lambda a: 2 / a,
    "1 / (2 * {a})": lambda a: 1 / (2 * a),
    "-{a}": lambda a: -a,
    "-1 / {a}": lambda a: -1 / a,
}
_OF_TWO: dict[str, Callable[[float, float], float]] = {
    "{a} * {b}": lambda a, b: a * b,
    "{a} / {b}": lambda a, b: a / b,
    "{b} / {a}": lambda a, b: b / a,
    "1 / ({a} * {b})": lambda a, b: 1 / (a * b),
    "{a} ** 2 / {b}": lambda a, b: a**2 / b,
    "{b} ** 2 / {a}": lambda a, b: b**2 / a,
    "{a} ** 2 * {b}": lambda a, b: a**2 * b,
    "{b} ** 2 * {a}": lambda a, b: b**2 * a,
}
"""Formulas as Python writes them, the simplest first."""

Numbers = dict[str, float]
"""Numbers of a call, by their names in the student's code: `lr`, `X.shape[0]`."""


def formula_of(factors: Sequence[tuple[float, Numbers]]) -> str | None:
    """A constant, or the simplest formula of named numbers, that all factors are; None where there is none.

    Args:
        factors: each with the numbers of its call.
    """
    if len(factors) < LEAST:
        return None
    values = [factor for factor, _ in factors]
    if all(_alike(value, values[0]) for value in values):
        return "0" if _alike(values[0], 0.0) else constant(values[0])
    for formula, computed in _formulas([numbers for _, numbers in factors]):
        varies = max(computed) - min(computed) > VARIES * max(map(abs, computed))
        if varies and all(map(_alike, values, computed)):
            return formula
    return None


def constant(value: float) -> str:
    """A number with the digits that matter: 2, 0.5, 0.333, 0.0005."""
    near = round(value, 2)
    same = abs(value - near) <= SAME_FACTOR * min(0.5, abs(value))
    return f"{near:g}" if same else f"{value:.3g}"


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_FACTOR * max(abs(one), abs(other), SAME_FACTOR)


def _formulas(calls: Sequence[Numbers]) -> Iterator[tuple[str, list[float]]]:
    """Every formula with its values, where it has one in all calls."""
    columns = {name: [numbers.get(name, 0.0) for numbers in calls] for name in calls[0]}
    positive = {name: column for name, column in columns.items() if min(column) > 0}
    for template, of_one in _OF_ONE.items():
        for name, column in positive.items():
            try:
                computed = [of_one(value) for value in column]
            except ZeroDivisionError:  # a size of 1 in a formula with `- 1`
                continue
            yield template.format(a=name), computed
    for (a, first), (b, second) in combinations(positive.items(), 2):
        for template, of_two in _OF_TWO.items():
            yield template.format(a=a, b=b), list(map(of_two, first, second))
