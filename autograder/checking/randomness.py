"""Exact tests of random functions: each has a stated bound on its false alarms.

A count of independent events with a known probability has a binomial distribution; the accepted interval
leaves at most PER_COUNT outside, computed exactly from the binomial coefficients. By the union bound a
correct function is rejected by any of the counts of a grading with a probability of at most FALSE_ALARM,
whatever its source of randomness.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called
from autograder.checking.failures import CheckFailure, Kind
from autograder.checking.tolerances import Tolerance

FALSE_ALARM = 1e-9
"""Probability that a correct function is rejected by any of an exercise's counts, together."""
COUNTS = 5_000
"""A grading of an exercise makes fewer counts than this; tests/test_randomness.py counts them."""
PER_COUNT = FALSE_ALARM / COUNTS
"""Probability that one count of a correct function falls outside of its interval."""

KEPT = Tolerance(1e-5, 1e-7)
"""For x / (1 - p) in float32: a quotient by 1 - p, which has its own rounding up to 1e-6 near p = 0.95."""


def accepted(trials: int, probability: float, false_alarm: float | None = None) -> tuple[int, int]:
    """The interval that a binomial count leaves with a probability of at most `false_alarm`.

    Args:
        trials: number of independent events.
        probability: of each event, between 0 and 1.
        false_alarm: half of it is spent on each side; None for PER_COUNT.
    """
    return _accepted(trials, probability, PER_COUNT if false_alarm is None else false_alarm)


@lru_cache(maxsize=8192)
def _accepted(trials: int, probability: float, false_alarm: float) -> tuple[int, int]:
    low = _tail(trials, probability, false_alarm / 2)
    high = trials - _tail(trials, 1 - probability, false_alarm / 2)
    return low, high


def _tail(trials: int, probability: float, mass: float) -> int:
    """The greatest k with P(count < k) <= mass."""
    if probability <= 0:
        return 0
    if probability >= 1:
        return trials
    counts = torch.arange(trials + 1, dtype=torch.float64)
    log_choose = (
        math.lgamma(trials + 1) - torch.lgamma(counts + 1) - torch.lgamma(trials - counts + 1)
    )
    log_mass = (
        log_choose + counts * math.log(probability) + (trials - counts) * math.log1p(-probability)
    )
    below = log_mass.exp().cumsum(0)  # P(count <= k)
    return min(int((below <= mass).sum()), trials)


def binomial(trials: int, count: int, probability: float) -> float:
    """The probability of exactly `count` events."""
    return math.comb(trials, count) * probability**count * (1 - probability) ** (trials - count)


def assert_drop_rate(dropped: Tensor, p: float, *, where: str = "") -> None:
    """Check the number of dropped entries of a boolean tensor of any shape."""
    total, got = dropped.numel(), int(dropped.sum())
    low, high = accepted(total, p)
    if not low <= got <= high:
        text = messages.DROP_RATE.format(
            p=p, got=got, total=total, where=called(where), share=got / total, low=low, high=high,
            odds=1 / FALSE_ALARM,
        )  # fmt: skip
        raise CheckFailure(text, kind="random", aspect="rate", p=p, share=got / total, mask=dropped)


def assert_independent(first: Tensor, second: Tensor, p: float, *, what: str) -> None:
    """Check how often two masks agree, entry by entry, that should have nothing to do with each other."""
    total, got = first.numel(), int((first == second).sum())
    low, high = accepted(total, p * p + (1 - p) * (1 - p))
    if not low <= got <= high:
        text = messages.AGREEMENT.format(
            p=p, what=called(what), got=got, total=total, low=low, high=high, odds=1 / FALSE_ALARM
        )
        raise CheckFailure(text, kind="random", aspect=what, p=p)


def assert_rows_independent(mask: Tensor, p: float, *, what: str) -> None:
    """Check every pair of neighbouring rows of a mask on its own: (0, 1), (2, 3), ..."""
    pairs = mask[: len(mask) - len(mask) % 2]
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        assert_independent(first, second, p, what=what)


def assert_counts_vary(dropped: Tensor, p: float, *, what: str) -> None:
    """Check that the drop counts of the rows of a (groups, entries) mask are not all alike."""
    groups, entries = dropped.shape
    usual = round(entries * p)
    chance = sum(binomial(entries, count, p) for count in (usual - 1, usual, usual + 1))
    got = int(((dropped.sum(1) - usual).abs() <= 1).sum())
    _, high = accepted(groups, chance)
    if got > high:
        text = messages.SAME_COUNT.format(
            p=p, got=got, total=groups, what=called(what), count=usual, entries=entries, high=high,
            odds=1 / FALSE_ALARM,
        )  # fmt: skip
        raise CheckFailure(text, kind="random", aspect=f"count of {what}", p=p, mask=dropped)


def assert_kept_or_dropped(
    result: Tensor, X: Tensor, p: float, *, tolerance: Tolerance = KEPT
) -> Tensor:
    """Check that every entry became 0 or x / (1 - p).

    Args:
        result: of the shape of X, detached; float32 or float64.
        X: the input.
        p: the probability to drop, 0 <= p < 1.
        tolerance: the allowed difference.

    Returns:
        Which entries are 0, as a boolean tensor.
    """
    exact = X.detach().double() / (1 - p)
    close = torch.isclose(result.double(), exact, rtol=tolerance.rtol, atol=tolerance.atol)
    strange = ~(close | (result == 0))
    if strange.any():
        index = tuple(torch.nonzero(strange)[0].tolist())
        value = X[index].item()
        text = messages.NOT_KEPT_OR_DROPPED.format(
            p=p,
            index=list(index),
            value=f"{value:.6g}",
            got=f"{result[index].item():.6g}",
            scaled=f"{exact[index].item():.6g}",
        )
        kind: Kind = "values" if torch.isfinite(result).all() else "finite"
        raise CheckFailure(text, kind=kind, got=result, expected=exact, p=p, input=X)
    return result == 0
