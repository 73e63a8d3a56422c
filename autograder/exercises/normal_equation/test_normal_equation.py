"""The checks of normal_equation(X, y): the weights with the least squared error."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_tensor,
    points,
    same_layout,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT32, FLOAT64, tensors
from autograder.checking.values import Values

ENTRIES = Values(-4, 4)
EVERYDAY = st.sampled_from([(n, d) for d in (2, 3) for n in (d + 1, d + 2, d + 4)])
ONE_FEATURE = st.sampled_from([(n, 1) for n in (1, 2, 4)])
SQUARE = st.sampled_from([(2, 2), (3, 3)])
MOST = 10.0
"""The greatest condition number of X in float32: that of X'X is its square, 100."""
LEAST_SINGULAR = 0.5
"""Keeps the weights below about 50, so that the absolute tolerance means something."""
SOLVED = Tolerance(rtol=1e-3, atol=5e-4)
"""Float32 rounds to 6e-8; times 100, the condition of X'X, and weights up to 50 it is 3e-4."""
NEARLY_EQUAL = st.sampled_from([2.0**-9, 2.0**-10, 2.0**-11])
"""By how much two columns differ: X's condition number becomes about a thousand to ten thousand."""
ILL = 1e4
SOLVED_FLOAT64 = Tolerance(rtol=1e-5, atol=1e-5)
"""Float64 rounds to 1e-16; times 1e8, the condition of X'X, and weights of some thousands."""


def condition(X):
    """The greatest and the least singular value."""
    values = torch.linalg.svdvals(X.double())
    return values[0].item(), values[-1].item()


def is_well_conditioned(X):
    """Whether X may be graded in float32; with a column of ones, too, where there is room for one.

    So that a bias that nobody asked for gives an answer of its own, and no division by zero.
    """
    greatest, least = condition(X)
    with_ones = torch.cat([torch.ones(len(X), 1), X], 1)
    has_room = X.shape[0] > X.shape[1]
    return (
        least >= LEAST_SINGULAR
        and greatest <= MOST * least
        and (not has_room or condition(with_ones)[1] >= LEAST_SINGULAR / 2)
    )


@st.composite
def problems(draw, sizes=EVERYDAY, *, strided=False, dtype=FLOAT32):
    """(n, d) inputs of full rank, well conditioned, and (n, 1) labels."""
    n, d = draw(sizes)
    entries = Values(1, 4) if d == 1 else ENTRIES
    X = draw(tensors((n, d), entries, strided=strided, dtype=dtype).filter(is_well_conditioned))
    return X, draw(tensors((n, 1), ENTRIES, strided=strided, dtype=dtype))


@st.composite
def ill_conditioned(draw):
    """Float64 inputs with a last column that is nearly the first, and labels."""
    X, y = draw(problems(dtype=FLOAT64))
    X[:, -1] = X[:, 0] + draw(NEARLY_EQUAL) * X[:, -1]
    return X, y


@points(1.5)
@given(problem=problems())
def test_values(student, reference, problem):
    """Gives the weights with the least squared error."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(problem=ill_conditioned().filter(lambda problem: _ratio(problem[0]) <= ILL))
def test_ill_conditioned(student, reference, problem):
    """Is correct in float64 for inputs with a condition number of up to 10,000."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y",
        tolerance=SOLVED_FLOAT64,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=problems(ONE_FEATURE))
def test_one_feature(student, reference, problem):
    """Is correct for a single feature, and for a single example of it."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=problems(SQUARE))
def test_as_many_features_as_examples(student, reference, problem):
    """Is correct for as many features as examples."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=problems(strided=True))
def test_noncontiguous(student, reference, problem):
    """Is correct for a transpose and for slices with a step."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=problems(dtype=FLOAT64) | problems())
def test_dtype(student, reference, problem):
    """Keeps float32 and float64, and computes float64 in float64."""
    if problem[0].dtype is FLOAT64:
        assert_dtype_kept(student.normal_equation, reference.normal_equation, *problem, names="X y")
    else:
        X, y = (same_layout(part) for part in problem)
        expected = torch.empty(X.shape[1], 1)
        assert_tensor(student.normal_equation(X, y), expected, function="normal_equation")


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=problems())
def test_input_unchanged(student, problem):
    """Leaves its inputs as they were."""
    assert_input_unchanged(student.normal_equation, *problem, names="X y")


def _ratio(X):
    greatest, least = condition(X)
    return greatest / least if least else float("inf")
