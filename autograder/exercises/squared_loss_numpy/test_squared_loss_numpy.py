"""The checks of squared_loss in NumPy: those of the exercise in PyTorch, without gradients."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.linear_models import predictions_and_labels
from autograder.checking.strategies import EDGE_CASES, FLOAT64


@points(1.5)
@given(pair=predictions_and_labels())
def test_values(student, reference, pair):
    """Gives half the squared error of every example."""
    assert_same_arrays(student.squared_loss, reference.squared_loss, *pair)


@points(0.5, needs=test_values)
@given(pair=predictions_and_labels(flat=True))
def test_flat_labels(student, reference, pair):
    """Compares each prediction with its own label when the labels have shape (n,), too."""
    assert_same_arrays(student.squared_loss, reference.squared_loss, *pair)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(single=True))
def test_one_example(student, reference, pair):
    """Is correct for a single example."""
    assert_same_arrays(student.squared_loss, reference.squared_loss, *pair)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(strided=True))
def test_noncontiguous(student, reference, pair):
    """Is correct for columns of a larger matrix."""
    assert_same_arrays(student.squared_loss, reference.squared_loss, *pair)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(dtype=FLOAT64) | predictions_and_labels())
def test_dtype(student, reference, pair):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.squared_loss, reference.squared_loss, *pair)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels() | predictions_and_labels(flat=True))
def test_input_unchanged(student, pair):
    """Leaves predictions and labels as they were."""
    assert_arrays_unchanged(student.squared_loss, *pair, names="y_hat y")
