"""The entries of a drawn tensor: numbers of a range, in several kinds of tensors."""

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

CODES = 2**16
"""Numbers that a range is drawn from: an entry is two bytes."""
_EIGHTHS = 8
_WIDE = 100


class Kind(Enum):
    """How the entries of a tensor are drawn from their range."""

    SHORT = auto()
    """Numbers that are short to write."""
    TIED = auto()
    """0, 1 and the ends of the range: some entries are equal."""
    CONSTANT = auto()
    """One number for all entries."""
    LOW = auto()
    """Numbers not above the middle: where `exp` overflows for others, it underflows for them."""
    ANY = auto()


@dataclass(frozen=True)
class Values:
    """The finite numbers of a range, as entries of `tensors`.

    Hypothesis draws a tensor's entries as one string of two bytes each, which is ten times as fast as
    drawing numbers, and shrinks it towards zeros.

    minimum, maximum: the range, both included.
    zero: whether 0 is among them.
    whole: whether there are only whole numbers.

    Raises:
        ValueError: for a range that holds no such number.
    """

    minimum: float
    maximum: float
    zero: bool = True
    whole: bool = False

    def __post_init__(self) -> None:
        """Check the range."""
        given = f"Values({self.minimum}, {self.maximum})"
        if not (math.isfinite(self.minimum) and math.isfinite(self.maximum)):
            raise ValueError(f"{given}: both ends have to be finite")
        if self.minimum > self.maximum:
            raise ValueError(f"{given}: the minimum is above the maximum")
        if not self._ends():
            asked = ", ".join(
                text
                for text, is_asked in (("zero=False", not self.zero), ("whole=True", self.whole))
                if is_asked
            )
            raise ValueError(f"{given}: with {asked} there is no number in the range")

    def number(self, code: int, kind: Kind = Kind.ANY) -> float:
        """The number of a code below 2**16; denser around the middle of the range.

        The lower the code, the nearer to the middle; for every kind about as near, so that a
        shrinker can pass from one to a simpler one.
        """
        middle, reach = (self.maximum + self.minimum) / 2, (self.maximum - self.minimum) / 2
        below = kind is Kind.LOW or code % 2 == 1
        distance = reach * (code // 2 / (CODES // 2 - 1)) ** 3
        number = max(middle - distance, self.minimum) if below else middle + distance
        if kind is Kind.TIED:
            return _nearest(number, self._tied)
        if kind is Kind.SHORT or self.whole or not (number or self.zero):
            return _nearest(number, self._short)
        return min(number, self.maximum)

    @cached_property
    def _short(self) -> list[float]:
        """Multiples of 1/8 up to 8 in magnitude; in a wide range whole ones, and 10, 20, 50, ..."""
        wide = max(abs(self.minimum), abs(self.maximum)) >= _WIDE
        step = _EIGHTHS if self.whole or wide else 1
        numbers = {n / _EIGHTHS for n in range(-8 * _EIGHTHS, 8 * _EIGHTHS + 1, step)}
        if wide:
            large = {digit * 10.0**power for digit in (1, 2, 5) for power in range(1, 7)}
            numbers |= large | {-number for number in large}
        return self._usable(numbers)

    @cached_property
    def _tied(self) -> list[float]:
        return self._usable({0.0, 1.0} | self._ends())

    def _usable(self, numbers: set[float]) -> list[float]:
        inside = {x for x in numbers if self.minimum <= x <= self.maximum and (x or self.zero)}
        return sorted(inside or self._ends())

    def _ends(self) -> set[float]:
        """The least and the greatest number; none where the range holds no number that is asked for."""
        low, high = self.minimum, self.maximum
        if self.whole:
            low, high = float(math.ceil(low)), float(math.floor(high))
            if not self.zero:  # the nearest whole numbers beside 0
                low, high = low or 1.0, high or -1.0
        return {x for x in (low, high) if self.minimum <= x <= self.maximum and (x or self.zero)}


def _nearest(number: float, known: list[float]) -> float:
    place = bisect_left(known, number)
    return min(known[max(place - 1, 0) : place + 1], key=lambda x: abs(x - number))
