"""The checks of sample(probs, n): draws from categories, judged by exact binomial tests."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    assert_category_counts,
    assert_category_counts_vary,
    assert_draws,
    assert_draws_independent,
    assert_input_unchanged,
    assert_never_impossible,
    assert_tensor,
    leaf,
    points,
    same_layout,
)
from autograder.checking.categories import probabilities
from autograder.checking.strategies import EDGE_CASES, FLOAT64

MANY = st.integers(700, 1000)
"""Draws of a call: with five categories as many multiplications as a case may take."""
RARE = 0.005
RARE_CALLS, REPEATED_CALLS = 8, 60
"""8,000 draws find a category of probability 0.005, which a table of a hundred entries has not."""
COUNT_CASES, ZERO_CASES, ODD_CASES, FEW_CASES, RARE_CASES = 20, 16, 16, 6, 3
"""Together about 100,000 draws, for answers that loop: two seconds of the slowest."""
UNEVEN = st.permutations([0.6, 0.1, 0.1, 0.1, 0.1]).map(torch.tensor)
"""Bent probabilities show most where one stands out: of 0.6 the wrong sign of Gumbel noise makes 0.72, and
the power 0.8 makes 0.51."""
UNEVEN_CALLS = 3
ODD = (
    probabilities(strided=True)
    | probabilities(dtype=FLOAT64)
    | probabilities(dtype=FLOAT64, strided=True)
    | probabilities().map(leaf)
)
"""Not contiguous, float64, or requiring grad."""


@points(3.5)
@settings(max_examples=COUNT_CASES)
@given(
    case=st.tuples(probabilities(), st.just(1)) | st.tuples(UNEVEN, st.just(UNEVEN_CALLS)), n=MANY
)
def test_counts(student, case, n):
    """Draws every category with its probability."""
    probs, calls = case
    draws = torch.cat([_draws(student, probs, n) for _ in range(calls)])
    assert_category_counts(draws, probs)


@points(1.5, needs=test_counts)
@settings(max_examples=FEW_CASES)
@given(probs=probabilities(most=4), n=MANY)
def test_independence(student, probs, n):
    """Makes every draw on its own: in a call, from call to call, and in the count of a category."""
    first, second = _draws(student, probs, n), _draws(student, probs, n)
    half = n // 2
    pairs = first[: 2 * half].reshape(half, 2)
    assert_draws_independent(first, second, probs, what="two calls")
    assert_draws_independent(pairs[:, 0], pairs[:, 1], probs, what="neighbours")
    assert_draws_independent(
        second[:half], second[half : 2 * half], probs, what="the halves of a call"
    )
    few = torch.stack([_draws(student, probs, 60) for _ in range(REPEATED_CALLS)])
    assert_category_counts_vary(few, probs)


@points(0.75, needs=test_counts)
@settings(max_examples=ZERO_CASES)
@given(probs=probabilities(most=3, zeros=1) | probabilities(most=3, zeros=2), n=MANY)
def test_zero_probabilities(student, probs, n):
    """Never draws a category of probability 0, wherever it stands."""
    draws = _draws(student, probs, n)
    assert_never_impossible(draws, probs)
    assert_category_counts(draws, probs)


@points(0.25, needs=test_counts)
@settings(max_examples=RARE_CASES)
@given(probs=probabilities(most=3, rare=RARE))
def test_rare_category(student, probs):
    """Draws a category of probability 0.005 as seldom as it should, and not more seldom."""
    draws = torch.stack([_draws(student, probs, 1000) for _ in range(RARE_CALLS)])
    assert_category_counts(draws, probs)


@points(0.5, needs=test_counts)
@settings(max_examples=EDGE_CASES)
@given(probs=probabilities() | probabilities(dtype=FLOAT64), n=st.integers(2, 20))
def test_dtype(student, probs, n):
    """Returns int64 numbers."""
    expected = torch.zeros(n, dtype=torch.int64)
    assert_tensor(student.sample(same_layout(probs), n), expected, function="sample")


@points(0.25, needs=test_counts)
@settings(max_examples=FEW_CASES)
@given(probs=probabilities())
def test_one_category_or_draw(student, probs):
    """Is correct for a single category, and for a single draw."""
    assert_never_impossible(_draws(student, torch.ones(1), 5), torch.ones(1))
    alone = torch.cat([_draws(student, probs, 1) for _ in range(REPEATED_CALLS)])
    assert_category_counts(alone, probs)


@points(0.125, needs=test_counts)
@settings(max_examples=ODD_CASES)
@given(probs=ODD, n=MANY)
def test_odd_tensors(student, probs, n):
    """Is correct for a slice with a step, for float64, and where probs requires grad."""
    assert_category_counts(_draws(student, probs, n), probs.detach())


@points(0.125, needs=test_counts)
@settings(max_examples=EDGE_CASES)
@given(probs=probabilities(), n=st.integers(2, 20))
def test_input_unchanged(student, probs, n):
    """Leaves probs as it was."""
    assert_input_unchanged(student.sample, probs, n, names="probs n")


def _draws(student, probs, n):
    """The draws of one call, once all are known to be categories."""
    given_probs = leaf(probs) if probs.requires_grad else same_layout(probs)
    return assert_draws(student.sample(given_probs, n), n, len(probs), function="sample")
