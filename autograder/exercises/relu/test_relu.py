"""The checks of relu(X): the greater of 0 and the entry, everywhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    Values,
    assert_close,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    cotangent_like,
    gradient,
    leaf,
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
NO_KINK = Values(-8, 8, zero=False)
"""Where a gradient is compared: at exactly 0 any slope within [0, 1] is correct."""
MATRICES = shapes(min_dims=2, max_dims=2, least=2)
ODD_SHAPES = (
    st.just(()) | st.sampled_from([(4,), (1,), (1, 3), (3, 1)]) | shapes(min_dims=3, max_dims=4)
)
"""Without dimensions, vectors, single rows and columns, and of three or four dimensions."""


def _is_active(X):
    """Return whether an entry is above 0: zeros without a graph would be correct where none is."""
    return bool((X > 0).any())


DIFFERENTIABLE = tensors(MATRICES, NO_KINK).filter(_is_active)
ROUNDING = Tolerance(1e-6, 1e-6)
"""A slope at 0 may be this far outside of [0, 1]: float32 rounds to 1.2e-7."""
SLOPE = "slope where X is 0 (anything from 0 to 1 is correct)"


@points(1.5)
@given(X=tensors(MATRICES, ENTRIES))
def test_values(student, reference, X):
    """Gives the greater of 0 and x for every entry x."""
    assert_same(student.relu, reference.relu, X, names="X")


@points(0.25, needs=test_values)
@given(X=DIFFERENTIABLE, seed=seeds())
def test_gradient(student, reference, X, seed):
    """Has the slope 1 above 0, and 0 below."""
    assert_same_gradient(student.relu, reference.relu, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(MATRICES, Values(-1, 1, whole=True)).filter(_is_active), seed=seeds())
def test_slope_at_zero(student, X, seed):
    """Has a slope between 0 and 1 at exactly 0."""
    X = leaf(X)
    cotangent = cotangent_like(X, seed)
    found = gradient(student.relu(X), X, cotangent, name="X", function="relu")
    slopes = (found.double() / cotangent.double())[X.detach() == 0]
    allowed = slopes.nan_to_num(0.5).clamp(0, 1)
    assert_close(slopes, allowed, tolerance=ROUNDING, what=SLOPE, kind="gradient")


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(ODD_SHAPES, NO_KINK).filter(_is_active), seed=seeds())
def test_any_shape(student, reference, X, seed):
    """Is correct without dimensions, for vectors, single rows and columns, three and four dimensions."""
    assert_same(student.relu, reference.relu, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(MATRICES, NO_KINK, strided=True).filter(_is_active), seed=seeds())
def test_noncontiguous(student, reference, X, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.relu, reference.relu, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    X=tensors(MATRICES, NO_KINK, dtype=FLOAT64).filter(_is_active) | DIFFERENTIABLE,
    seed=seeds(),
)
def test_dtype(student, reference, X, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.relu, reference.relu, X, names="X", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=DIFFERENTIABLE, seed=seeds())
def test_input_unchanged(student, X, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.relu, X, names="X", seed=seed)
