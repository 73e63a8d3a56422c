"""Counts and random orders: bounds that hold, and what they must let through or stop."""

import math
import random
from itertools import pairwise, permutations
from typing import Any

import pytest
import torch

from autograder.checking import (
    CheckFailure,
    assert_count,
    assert_ends_vary,
    assert_orders_differ,
    assert_shuffled,
    counts,
)
from autograder.checking.randomness import PER_COUNT, accepted

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


@pytest.mark.parametrize("mass", [PER_COUNT, 1e-6, 1 / 24, 1e-2, 0.03])
def test_the_limits_spend_what_a_count_may(mass: float) -> None:
    most = counts.most_coincidences(mass)
    assert 1 / math.factorial(most + 1) <= mass < 1 / math.factorial(most)
    far = counts.farthest_from_half(300, mass)
    assert 2 * math.exp(-2 * far**2 / 300) == pytest.approx(mass, rel=1e-9, abs=0)


def test_a_count_spends_its_share() -> None:
    assert counts.most_coincidences() == counts.most_coincidences(PER_COUNT)
    assert counts.farthest_from_half(300) == counts.farthest_from_half(300, PER_COUNT)


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


MOST = counts.most_coincidences()


STRIDED = [(173 * place + 5) % N for place in range(N)]
"""Every number below 600 once: few stay, none follows another."""


def moved_home(order: list[int], count: int) -> list[int]:
    """With so many numbers in their places, by exchanges."""
    order, place = list(order), 0
    while sum(i == x for i, x in enumerate(order)) < count:
        other = order.index(place)
        order[place], order[other] = order[other], order[place]
        place += 7
    return order


def with_runs(order: list[int], count: int, step: int) -> list[int]:
    """With so many numbers that come right after (1) or before (-1) their neighbour."""
    order, number = list(order), 10
    while sum(b - a == step for a, b in pairwise(order)) < count:
        order.remove(number + step)
        order.insert(order.index(number) + 1, number + step)
        number += 9
    return order


@pytest.mark.parametrize(
    ("made", "aspect"),
    [
        (lambda count: moved_home(STRIDED, count), "stay in place"),
        (
            lambda count: with_runs(STRIDED, count, 1),
            "come right after their neighbour in the data",
        ),
        (
            lambda count: with_runs(STRIDED, count, -1),
            "come right before their neighbour in the data",
        ),
    ],
)
def test_as_many_coincidences_as_chance_allows_and_no_more(made: Any, aspect: str) -> None:
    assert sorted(made(MOST)) == sorted(made(MOST + 1)) == list(range(N))
    assert_shuffled(made(MOST))
    with pytest.raises(CheckFailure) as raised:
        assert_shuffled(made(MOST + 1))
    assert raised.value.facts["aspect"] == aspect
    assert str(raised.value).startswith(f"{MOST + 1} of {N} examples {aspect};")
    if aspect == "stay in place":
        assert_orders_differ(made(MOST), list(range(N)))
        same = f"^{MOST + 1} of {N} examples are in the same place in both of two calls;"
        with pytest.raises(CheckFailure, match=same):
            assert_orders_differ(made(MOST + 1), list(range(N)))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_half_that_keeps_too_many_or_too_few_fails(sign: int) -> None:
    half, far = N // 2, math.floor(counts.farthest_from_half(N // 2))
    for kept, fine in ((half // 2 + sign * far, True), (half // 2 + sign * (far + 1), False)):
        small, large = (
            [x for x in STRIDED if x < half],
            [x for x in STRIDED if x >= half],
        )
        if sign < 0:
            large.remove(half)  # comes first: the second half begins with this number
            large.insert(0, half)
        first = small[:kept] + large[: half - kept]
        second = small[kept:] + large[half - kept :]
        random.Random(5).shuffle(first)
        random.Random(6).shuffle(second)
        if fine:
            assert_shuffled(first + second)
        else:
            with pytest.raises(CheckFailure) as raised:
                assert_shuffled(first + second)
            assert raised.value.facts["aspect"] == "half"


def test_the_same_order_again_fails() -> None:
    with pytest.raises(CheckFailure, match="same order"):
        assert_orders_differ(shuffled(3), shuffled(3))


@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_a_count_is_accepted_up_to_its_bounds(probability: float) -> None:
    low, high = accepted(500, probability)
    for got in (low, high):
        assert_count(torch.arange(500) < got, probability, what="a number is small")
    for got in (low - 1, high + 1):
        with pytest.raises(CheckFailure) as raised:
            assert_count(torch.arange(500) < got, probability, what="a number is small")
        assert (raised.value.kind, raised.value.facts["aspect"]) == ("random", "a number is small")


def test_a_count_that_is_off_fails() -> None:
    assert_count(torch.arange(4000) % 2 == 0, 0.5, what="a number is even")
    with pytest.raises(CheckFailure, match="a number is below 1400"):
        assert_count(torch.arange(4000) < 1400, 0.5, what="a number is below 1400")


def parities(seed: int) -> list[int]:
    even, odd = list(range(0, N, 2)), list(range(1, N, 2))
    random.Random(seed).shuffle(even)
    random.Random(seed + 1).shuffle(odd)
    return even + odd


def test_what_always_comes_in_the_same_half_is_seen_in_two_calls() -> None:
    assert_shuffled(parities(1))
    with pytest.raises(CheckFailure) as raised:
        assert_orders_differ(parities(1), parities(3))
    assert raised.value.facts["aspect"] == "halves of two calls"


def first_stays(seed: int) -> list[int]:
    rest = [i for i in shuffled(seed) if i]
    return [0, *rest]


def test_an_end_that_stays_is_seen() -> None:
    assert_ends_vary([shuffled(seed) for seed in range(6)])
    for made, index in ((first_stays, 0), (lambda seed: first_stays(seed)[::-1], 599)):
        with pytest.raises(CheckFailure, match=f"place {index}") as raised:
            assert_ends_vary([made(seed) for seed in range(6)])
        assert raised.value.facts["aspect"] == "ends"
    assert_ends_vary([*(first_stays(seed) for seed in range(5)), shuffled(5)])


def test_too_few_orders_say_nothing_of_an_end() -> None:
    with pytest.raises(ValueError, match="chance"):
        assert_ends_vary([shuffled(seed) for seed in range(4)])
