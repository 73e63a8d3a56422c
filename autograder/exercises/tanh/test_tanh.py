"""The checks of tanh(X): the hyperbolic tangent, entry by entry."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import (
    EDGE_CASES,
    FLOAT64,
    seeds,
    shapes,
    tensors,
)

ENTRIES = Values(-8, 8)
NOT_ZERO = Values(-8, 8, zero=False)
"""Where a gradient is compared: formulas with |x| are correct but for autograd's slope of |x| at 0."""
EXTREMES = Values(-1e4, 1e4, zero=False)
LARGE_CASES = 50
"""Twice those of an edge: overflow above and below, in values and in gradients."""
MATRICES = shapes(min_dims=2, max_dims=2, least=2)
ODD_SHAPES = (
    st.just(()) | st.sampled_from([(4,), (1,), (1, 3), (3, 1)]) | shapes(min_dims=3, max_dims=4)
)
"""Without dimensions, vectors, single rows and columns, and of three or four dimensions."""


@points(1.5)
@given(X=tensors(MATRICES, ENTRIES))
def test_values(student, reference, X):
    """Gives (exp(x) - exp(-x)) / (exp(x) + exp(-x)) for every entry x."""
    assert_same(student.tanh, reference.tanh, X, names="X")


@points(0.25, needs=test_values)
@given(X=tensors(MATRICES, NOT_ZERO), seed=seeds())
def test_gradient(student, reference, X, seed):
    """Has the slope 1 - y², where y is the result."""
    assert_same_gradient(student.tanh, reference.tanh, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=LARGE_CASES)
@given(X=tensors(MATRICES, EXTREMES), seed=seeds())
def test_extremes(student, reference, X, seed):
    """Stays finite and correct, with its gradient, for entries as large as 10,000."""
    assert_same(student.tanh, reference.tanh, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(ODD_SHAPES, NOT_ZERO), seed=seeds())
def test_any_shape(student, reference, X, seed):
    """Is correct without dimensions, for vectors, single rows and columns, three and four dimensions."""
    assert_same(student.tanh, reference.tanh, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(MATRICES, NOT_ZERO, strided=True), seed=seeds())
def test_noncontiguous(student, reference, X, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.tanh, reference.tanh, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    X=tensors(MATRICES, NOT_ZERO, dtype=FLOAT64) | tensors(MATRICES, NOT_ZERO),
    seed=seeds(),
)
def test_dtype(student, reference, X, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.tanh, reference.tanh, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(MATRICES, NOT_ZERO) | tensors(MATRICES, EXTREMES), seed=seeds())
def test_input_unchanged(student, X, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.tanh, X, names="X", seed=seed)
