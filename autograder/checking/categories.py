"""Exact tests of draws from categories: how often each comes up, and that no draw depends on another.

Every test spends PER_COUNT of the false alarms that an exercise may raise, so the bound of `randomness`
holds for all of them together.
"""

from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import messages, randomness
from autograder.checking.called import called
from autograder.checking.closeness import assert_is_tensor, number
from autograder.checking.failures import CheckFailure
from autograder.checking.randomness import FALSE_ALARM, binomial
from autograder.checking.strategies import FLOAT32, with_step

BEYOND = 1e-6
"""Probability of a number beyond the last cumulative sum, or of exactly 0, which isn't judged: the
probabilities add up to 1 up to rounding only, and a uniform number in float32 is 0 once in 2**24 draws."""
_MOST_PARTS = 9


@st.composite
def probabilities(
    draw: st.DrawFn,
    *,
    most: int = 5,
    zeros: int = 0,
    rare: float | None = None,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> Tensor:
    """(q,) probabilities, all of them different: whole parts of their sum.

    Args:
        most: categories at the most, from 2; zeros not counted.
        zeros: how many categories of probability 0 there are beside them, at any place.
        rare: the probability of one more category, at any place.
        strided: whether they are not contiguous in memory.
        dtype: torch.float32 or torch.float64.
    """
    parts = draw(st.lists(st.integers(1, _MOST_PARTS), min_size=2, max_size=most, unique=True))
    shares = [part / sum(parts) for part in parts]
    if rare is not None:
        shares = [share * (1 - rare) for share in shares]
        shares.insert(draw(st.integers(0, len(shares))), rare)
    for _ in range(zeros):
        shares.insert(draw(st.integers(0, len(shares))), 0.0)
    found = torch.tensor(shares, dtype=dtype)
    return with_step(found) if strided else found


def assert_draws(result: Any, n: int, q: int, *, function: str) -> Tensor:
    """Check that a result is n numbers of categories, in any dtype.

    Args:
        result: what the student's function gave.
        n: the number of draws.
        q: the number of categories, 0 to q - 1.
        function: the function's name, for messages.

    Returns:
        The draws as int64, (n,); rare ones may be q.

    Raises:
        CheckFailure: with kind `type`, `shape` or `values`.
    """
    assert_is_tensor(result, function=function)
    if tuple(result.shape) != (n,):
        shapes: dict[str, Any] = {"got": tuple(result.shape), "expected": (n,)}
        raise CheckFailure(
            messages.SHAPE.format(what=messages.RESULT, **shapes), kind="shape", **shapes
        )
    values: Tensor = result.detach().double()
    strange = (values != values.round()) | (values < 0) | (values > q)
    beyond = strange | (values == q)
    if strange.any() or int(beyond.sum()) > randomness.accepted(n, BEYOND)[1]:
        text = messages.NO_CATEGORY.format(
            got=int(beyond.sum()), total=n, value=number(values[beyond][0].item()), last=q - 1
        )
        raise CheckFailure(text, kind="values", got=result)
    return values.long()


def assert_category_counts(draws: Tensor, probs: Tensor) -> None:
    """Check how often each category of a positive probability comes up.

    Args:
        draws: independent draws, int64, of any shape.
        probs: (q,), the probabilities.

    Raises:
        CheckFailure: with kind `random`.
    """
    total = draws.numel()
    for category, probability in enumerate(probs.double().tolist()):
        if probability == 0:
            continue
        got = int((draws == category).sum())
        low, high = randomness.accepted(total, probability)
        if not low <= got <= high:
            text = messages.CATEGORY_COUNT.format(
                category=category, probability=number(probability), got=got, total=total,
                share=got / total, low=low, high=high, odds=1 / FALSE_ALARM,
            )  # fmt: skip
            raise CheckFailure(
                text, kind="random", aspect="category", p=probability, share=got / total
            )


def assert_never_impossible(draws: Tensor, probs: Tensor) -> None:
    """Check that categories of probability 0 don't come up, up to BEYOND.

    Args:
        draws, probs: as for `assert_category_counts`.

    Raises:
        CheckFailure: with kind `random`.
    """
    inside = draws[draws < len(probs)]
    impossible = inside[probs[inside] == 0]
    if len(impossible) > randomness.accepted(draws.numel(), BEYOND)[1]:
        text = messages.IMPOSSIBLE_CATEGORY.format(
            category=int(impossible[0]), got=len(impossible), total=draws.numel()
        )
        raise CheckFailure(text, kind="random", aspect="impossible category")


def assert_draws_independent(first: Tensor, second: Tensor, probs: Tensor, *, what: str) -> None:
    """Check how often draws agree, place by place, that should have nothing to do with each other.

    Args:
        first, second: draws, int64, of one shape, none in both.
        probs: as for `assert_category_counts`.
        what: what they are: "neighbours".

    Raises:
        CheckFailure: with kind `random`.
    """
    total, got = first.numel(), int((first == second).sum())
    probability = float((probs.double() ** 2).sum())
    low, high = randomness.accepted(total, probability)
    if not low <= got <= high:
        text = messages.DRAWS_AGREE.format(
            what=called(what), got=got, total=total, low=low, high=high, odds=1 / FALSE_ALARM
        )
        raise CheckFailure(text, kind="random", aspect=f"{what} among draws")


def assert_category_counts_vary(calls: Tensor, probs: Tensor) -> None:
    """Check that a category's count isn't the same in most calls.

    Args:
        calls: (calls, n) draws, int64, a call a row.
        probs: as for `assert_category_counts`; the most likely category is looked at.

    Raises:
        CheckFailure: with kind `random`.
    """
    groups, n = calls.shape
    category = int(probs.argmax())
    probability = float(probs[category])
    usual = round(n * probability)
    chance = sum(binomial(n, count, probability) for count in (usual - 1, usual, usual + 1))
    got = int((((calls == category).sum(1) - usual).abs() <= 1).sum())
    _, high = randomness.accepted(groups, chance)
    if got > high:
        text = messages.SAME_CATEGORY_COUNT.format(
            got=got, total=groups, category=category, count=usual, n=n, high=high,
            odds=1 / FALSE_ALARM,
        )  # fmt: skip
        raise CheckFailure(text, kind="random", aspect="count of a category")
