"""Exact tests of random functions: each has a stated bound on its false alarms.

A count of independent events with a known probability has a binomial distribution; the accepted
interval leaves at most FALSE_ALARM outside, computed exactly from the binomial coefficients, so a right
function is rejected at most that often, whatever its source of randomness.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.failures import CheckFailure

FALSE_ALARM = 1e-12
"""Probability that one count of a right function falls outside; a check makes fewer than 1,000."""


@lru_cache(maxsize=1024)
def accepted(trials: int, probability: float, false_alarm: float = FALSE_ALARM) -> tuple[int, int]:
    """The interval of counts that a binomial count leaves with at most `false_alarm`.

    Args:
        trials: number of independent events.
        probability: of each event, between 0 and 1.
        false_alarm: half of it is spent on each side.
    """
    low = _tail(trials, probability, false_alarm / 2)
    high = trials - _tail(trials, 1 - probability, false_alarm / 2)
    return low, high


def _tail(trials: int, probability: float, mass: float) -> int:
    """The greatest k with P(count < k) <= mass."""
    if probability <= 0:
        return 0
    if probability >= 1:
        return trials
    log_p, log_q = math.log(probability), math.log1p(-probability)
    total = 0.0
    for k in range(trials + 1):
        log_choose = math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        total += math.exp(log_choose + k * log_p + (trials - k) * log_q)
        if total > mass:
            return k
    return trials


def binomial(trials: int, count: int, probability: float) -> float:
    """The probability of exactly `count` events."""
    return math.comb(trials, count) * probability**count * (1 - probability) ** (trials - count)


def assert_drop_rate(dropped: Tensor, p: float, *, where: str = "") -> None:
    """Check the number of dropped entries of a boolean tensor of any shape."""
    total, got = dropped.numel(), int(dropped.sum())
    low, high = accepted(total, p)
    if not low <= got <= high:
        text = messages.DROP_RATE.format(
            p=p, got=got, total=total, where=where, share=got / total, low=low, high=high,
            odds=1 / FALSE_ALARM,
        )  # fmt: skip
        raise CheckFailure(text, kind="random", aspect="rate", p=p, share=got / total)


def assert_independent(first: Tensor, second: Tensor, p: float, *, what: str) -> None:
    """Check how often two masks agree, entry by entry, that should have nothing to do with each other."""
    total, got = first.numel(), int((first == second).sum())
    low, high = accepted(total, p * p + (1 - p) * (1 - p))
    if not low <= got <= high:
        text = messages.AGREEMENT.format(
            p=p, what=what, got=got, total=total, low=low, high=high, odds=1 / FALSE_ALARM
        )
        raise CheckFailure(text, kind="random", aspect=what, p=p)


def assert_rows_independent(mask: Tensor, p: float, *, what: str) -> None:
    """Check every pair of neighbouring rows of a mask on its own: (0, 1), (2, 3), ..."""
    for first, second in zip(mask[::2], mask[1::2], strict=True):
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
            p=p, got=got, total=groups, what=what, count=usual, entries=entries, high=high,
            odds=1 / FALSE_ALARM,
        )  # fmt: skip
        raise CheckFailure(text, kind="random", aspect=f"count of {what}", p=p)


def assert_kept_or_dropped(result: Tensor, X: Tensor, p: float) -> Tensor:
    """Check that every entry became 0 or x / (1 - p), for 0 <= p < 1; returns which were dropped."""
    scaled = X / (1 - p)
    close = torch.isclose(result, scaled, rtol=1e-5, atol=1e-7)
    strange = ~(close | (result == 0))
    if strange.any():
        index = tuple(torch.nonzero(strange)[0].tolist())
        value = X[index].item()
        text = messages.NOT_KEPT_OR_DROPPED.format(
            p=p,
            index=list(index),
            value=f"{value:.6g}",
            got=f"{result[index].item():.6g}",
            scaled=f"{scaled[index].item():.6g}",
        )
        kind = "finite" if not torch.isfinite(result).all() else "values"
        raise CheckFailure(text, kind=kind, got=result, expected=scaled, p=p, input=X)
    return result == 0
