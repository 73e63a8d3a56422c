"""The checks of l2_penalty(w): half the sum of squares, as a 0-dim tensor."""

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
    EVERYDAY_SHAPES,
    FLOAT64,
    seeds,
    shapes,
    tensors,
)

ENTRIES = Values(-8, 8)
WEIGHTS = tensors(EVERYDAY_SHAPES, ENTRIES)
ONE_ENTRY = st.sampled_from([(), (1,), (1, 1), (1, 3), (3, 1)])
"""Without dimensions, or with one entry in a dimension."""


@points(1.5)
@given(w=WEIGHTS)
def test_values(student, reference, w):
    """Gives sum(w**2) / 2 as a tensor without dimensions."""
    assert_same(student.l2_penalty, reference.l2_penalty, w, names="w")


@points(0.25, needs=test_values)
@given(w=WEIGHTS, seed=seeds())
def test_gradient(student, reference, w, seed):
    """Has the gradient w, at w = 0 too."""
    assert_same_gradient(student.l2_penalty, reference.l2_penalty, w, names="w", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(w=tensors(shapes(min_dims=3, max_dims=4), ENTRIES), seed=seeds())
def test_more_dimensions(student, reference, w, seed):
    """Is correct for tensors of three and four dimensions."""
    assert_same(student.l2_penalty, reference.l2_penalty, w, names="w", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(w=tensors(ONE_ENTRY, ENTRIES), seed=seeds())
def test_single_entries(student, reference, w, seed):
    """Is correct for a tensor without dimensions, and for dimensions of a single entry."""
    assert_same(student.l2_penalty, reference.l2_penalty, w, names="w", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(w=tensors(EVERYDAY_SHAPES, ENTRIES, strided=True), seed=seeds())
def test_noncontiguous(student, reference, w, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.l2_penalty, reference.l2_penalty, w, names="w", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(w=tensors(EVERYDAY_SHAPES, ENTRIES, dtype=FLOAT64) | WEIGHTS, seed=seeds())
def test_dtype(student, reference, w, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.l2_penalty, reference.l2_penalty, w, names="w", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(w=WEIGHTS, seed=seeds())
def test_input_unchanged(student, w, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.l2_penalty, w, names="w", seed=seed)
