"""The checks of cross_entropy(y_hat, y) in NumPy: those of the exercise in PyTorch, without gradients."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, predictions

SMALLEST = 1e-30
"""The smallest probability of a label that is graded; float32 holds it."""
TINY_CASES = 50
"""Twice those of an edge: tiny probabilities, and those that are 0."""


@points(2.5)
@given(case=predictions())
def test_values(student, reference, case):
    """Gives -ln of the probability of each example's label: one loss per example."""
    assert_same_arrays(student.cross_entropy, reference.cross_entropy, *case)


@points(0.75, needs=test_values)
@settings(max_examples=TINY_CASES)
@given(case=predictions(smallest=SMALLEST, zeros=True))
def test_tiny_probabilities(student, reference, case):
    """Is exact for label probabilities down to 1e-30 and beside zeros: nothing is added or clamped."""
    assert_same_arrays(student.cross_entropy, reference.cross_entropy, *case)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(n=1) | predictions(q=1))
def test_one_row_or_class(student, reference, case):
    """Is correct for a single example and for a single class."""
    assert_same_arrays(student.cross_entropy, reference.cross_entropy, *case)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(last_class=False))
def test_missing_class(student, reference, case):
    """Is correct where no example has the last class as its label."""
    assert_same_arrays(student.cross_entropy, reference.cross_entropy, *case)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(strided=True))
def test_noncontiguous(student, reference, case):
    """Is correct for a transpose and for a slice with a step."""
    assert_same_arrays(student.cross_entropy, reference.cross_entropy, *case)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(dtype=FLOAT64) | predictions())
def test_dtype(student, reference, case):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.cross_entropy, reference.cross_entropy, *case)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions())
def test_input_unchanged(student, case):
    """Leaves the probabilities and the labels as they were."""
    assert_arrays_unchanged(student.cross_entropy, *case, names="y_hat y")
