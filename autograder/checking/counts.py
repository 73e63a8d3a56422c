"""Exact tests of counts and of random orders, beside those that `randomness` makes of a dropout.

Every test spends PER_COUNT of the false alarms that an exercise may raise, so the bound of `randomness`
holds: a correct function is rejected at most once in 10^9 gradings by all of them together.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called
from autograder.checking.failures import CheckFailure
from autograder.checking.randomness import FALSE_ALARM, PER_COUNT, accepted


def assert_count(happened: Tensor, probability: float, *, what: str) -> None:
    """Check how often something happened that should happen with a known probability, independently.

    Args:
        happened: a boolean tensor of any shape, an entry for each of the independent occasions.
        probability: of each of them, between 0 and 1.
        what: completes "in so many of so many cases ...", such as "an input is positive".

    Raises:
        CheckFailure: with kind `random`.
    """
    total, got = happened.numel(), int(happened.sum())
    low, high = accepted(total, probability)
    if not low <= got <= high:
        text = messages.COUNT.format(
            what=called(what), got=got, total=total, low=low, high=high, odds=1 / FALSE_ALARM
        )
        raise CheckFailure(text, kind="random", aspect=what)


def most_coincidences(mass: float = PER_COUNT) -> int:
    """The most coincidences of a random order, exceeded with a probability of at most `mass`.

    Of n places in a random order, j given ones all coincide with another order with probability
    (n - j)! / n!, and so the expected number of ways to choose j coincidences is at most 1 / j!, for
    every n. By Markov's inequality there are j of them with a probability of at most 1 / j!.
    """
    return next(j for j in range(1, 171) if 1 / math.factorial(j) <= mass) - 1


def farthest_from_half(draws: int, mass: float = PER_COUNT) -> float:
    """The greatest distance of a count from half of its draws, where half of them should be hits.

    Hoeffding's bound, 2 exp(-2 t^2 / draws); it holds for drawing without replacement as well (Hoeffding,
    1963, section 6).
    """
    return math.sqrt(draws * math.log(2 / mass) / 2)


def assert_shuffled(order: Sequence[int]) -> None:
    """Check that an order of 0, 1, 2, ... is a random one, and not a sorted one that was hardly changed.

    Args:
        order: every number below its length once; of at least 200, for the tests to mean something.

    Raises:
        CheckFailure: with kind `random`: too many are where they were, follow each other as before, or
            are in the same half.
    """
    total = len(order)
    stay = sum(place == number for place, number in enumerate(order))
    _assert_few(stay, total, what="stay in place")
    steps = [after - before for before, after in pairwise(order)]
    _assert_few(steps.count(1), total, what="come right after their neighbour in the data")
    _assert_few(steps.count(-1), total, what="come right before their neighbour in the data")
    half = total // 2
    got = sum(number < half for number in order[:half])
    _assert_about_half(got, half, messages.SAME_HALF, aspect="half")


def assert_orders_differ(first: Sequence[int], second: Sequence[int]) -> None:
    """Check that the orders of two calls have nothing to do with each other.

    Raises:
        CheckFailure: with kind `random`: too many are in the same place in both, or in the same half.
    """
    same = int((torch.tensor(first) == torch.tensor(second)).sum())
    if same == len(first):
        raise CheckFailure(messages.SAME_ORDER, kind="random", aspect="calls")
    _assert_few(same, len(first), what="are in the same place in both of two calls")
    half = len(first) // 2
    got = len(set(first[:half]) & set(second[:half]))
    _assert_about_half(got, half, messages.SAME_HALVES, aspect="halves of two calls")


def assert_ends_vary(orders: Sequence[Sequence[int]]) -> None:
    """Check that neither the first nor the last place holds the same number in the orders of all calls.

    Args:
        orders: of enough calls that chance does so at most once in 10^9 gradings: six of 600 numbers.

    Raises:
        CheckFailure: with kind `random`.
        ValueError: for too few orders, or too short ones.
    """
    calls, total = len(orders), len(orders[0])
    if 2 * total ** (1 - calls) > PER_COUNT:
        raise ValueError(f"{calls} orders of {total} numbers: chance may keep an end in its place")
    for place in (0, -1):
        [*ends] = {order[place] for order in orders}
        if len(ends) == 1:
            where = 0 if place == 0 else total - 1
            text = messages.SAME_END.format(
                index=ends[0], place=where, calls=calls, odds=1 / FALSE_ALARM
            )
            raise CheckFailure(text, kind="random", aspect="ends")


def _assert_about_half(got: int, half: int, template: str, *, aspect: str) -> None:
    far = farthest_from_half(half)
    if abs(got - half / 2) > far:
        low, high = math.ceil(half / 2 - far), math.floor(half / 2 + far)
        text = template.format(got=got, half=half, low=low, high=high, odds=1 / FALSE_ALARM)
        raise CheckFailure(text, kind="random", aspect=aspect)


def _assert_few(got: int, total: int, *, what: str) -> None:
    most = most_coincidences()
    if got > most:
        text = messages.COINCIDENCES.format(
            got=got, total=total, what=called(what), most=most, odds=1 / FALSE_ALARM
        )
        raise CheckFailure(text, kind="random", aspect=what)
