"""The checks of softmax(X) in NumPy: those of the exercise in PyTorch, without gradients."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, logits
from autograder.checking.tolerances import EXTREME_FLOAT32

EXTREME = 1e4
"""The greatest magnitude of a logit that is graded."""
LARGE_CASES = 50
"""Twice those of an edge: overflow above and below."""


@points(5)
@given(X=logits())
def test_values(student, reference, X):
    """Gives exp(x_ij) divided by the sum over its row."""
    assert_same_arrays(student.softmax, reference.softmax, X)


@points(1.5, needs=test_values)
@settings(max_examples=LARGE_CASES)
@given(X=logits(max_magnitude=EXTREME))
def test_large_logits(student, reference, X):
    """Stays finite and correct for logits as large as 10,000."""
    assert_same_arrays(student.softmax, reference.softmax, X, tolerance=EXTREME_FLOAT32)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(n=1) | logits(q=1))
def test_one_row_or_class(student, reference, X):
    """Is correct for a single example and for a single class."""
    assert_same_arrays(student.softmax, reference.softmax, X)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(strided=True))
def test_noncontiguous(student, reference, X):
    """Is correct for a transpose and for a slice with a step."""
    assert_same_arrays(student.softmax, reference.softmax, X)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(dtype=FLOAT64) | logits())
def test_dtype(student, reference, X):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.softmax, reference.softmax, X)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits())
def test_input_unchanged(student, X):
    """Leaves its input as it was."""
    assert_arrays_unchanged(student.softmax, X, names="X")
