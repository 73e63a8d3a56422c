"""Counts and random orders: bounds that hold, and what they must let through or stop."""

import math
import random
from itertools import pairwise, permutations

import pytest
import torch

from autograder.checking import (
    CheckFailure,
    assert_count,
    assert_orders_differ,
    assert_shuffled,
    counts,
)
from autograder.checking.randomness import PER_COUNT

N = 600


def shuffled(seed: int) -> list[int]:
    order = list(range(N))
    random.Random(seed).shuffle(order)
    return order


@pytest.mark.parametrize("n", [3, 5, 7])
def test_the_bound_on_coincidences_holds_for_every_order(n: int) -> None:
    orders = list(permutations(range(n)))
    for j in range(1, n + 1):
        staying = sum(sum(i == x for i, x in enumerate(o)) >= j for o in orders)
        following = sum(sum(b - a == 1 for a, b in pairwise(o)) >= j for o in orders)
        assert staying / len(orders) <= 1 / math.factorial(j)
        assert following / len(orders) <= 1 / math.factorial(j)


def test_the_limits_spend_what_a_count_may() -> None:
    most = counts.most_coincidences()
    assert 1 / math.factorial(most + 1) <= PER_COUNT < 1 / math.factorial(most)
    far = counts.farthest_from_half(300)
    assert 2 * math.exp(-2 * far**2 / 300) == pytest.approx(PER_COUNT)


def test_random_orders_pass() -> None:
    for seed in range(30):
        assert_shuffled(shuffled(seed))
        assert_orders_differ(shuffled(seed), shuffled(seed + 1000))


def blocks(size: int) -> list[list[int]]:
    return [list(range(i, i + size)) for i in range(0, N, size)]


def mixed_blocks() -> list[int]:
    parts = blocks(30)
    random.Random(1).shuffle(parts)
    return [i for part in parts for i in part]


def mixed_within() -> list[int]:
    parts = blocks(30)
    for part in parts:
        random.Random(1).shuffle(part)
    return [i for part in parts for i in part]


def reversed_blocks() -> list[int]:
    return [i for part in blocks(30)[::-1] for i in part[::-1]]


@pytest.mark.parametrize(
    "order",
    [
        list(range(N)),
        list(range(N))[::-1],
        [*range(9, N), *range(9)],
        mixed_blocks(),
        mixed_within(),
        reversed_blocks(),
    ],
)
def test_orders_that_are_hardly_mixed_fail(order: list[int]) -> None:
    with pytest.raises(CheckFailure):
        assert_shuffled(order)


def test_the_same_order_again_fails() -> None:
    with pytest.raises(CheckFailure, match="same order"):
        assert_orders_differ(shuffled(3), shuffled(3))


def test_a_count_that_is_off_fails() -> None:
    assert_count(torch.arange(4000) % 2 == 0, 0.5, what="a number is even")
    with pytest.raises(CheckFailure, match="a number is below 1400"):
        assert_count(torch.arange(4000) < 1400, 0.5, what="a number is below 1400")
