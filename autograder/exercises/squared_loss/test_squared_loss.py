"""The checks of squared_loss(y_hat, y): one loss for each example."""

from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.linear_models import predictions_and_labels
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds

NAMES = "y_hat y"


@points(1.5)
@given(pair=predictions_and_labels())
def test_values(student, reference, pair):
    """Gives half the squared error of every example."""
    assert_same(student.squared_loss, reference.squared_loss, *pair, names=NAMES)


@points(0.5, needs=test_values)
@given(pair=predictions_and_labels(flat=True), seed=seeds())
def test_flat_labels(student, reference, pair, seed):
    """Compares each prediction with its own label when the labels have shape (n,), too."""
    assert_same(student.squared_loss, reference.squared_loss, *pair, names=NAMES, seed=seed)


@points(0.5, needs=test_values)
@given(pair=predictions_and_labels(), seed=seeds())
def test_gradient(student, reference, pair, seed):
    """Lets gradients flow back to predictions and labels."""
    assert_same_gradient(
        student.squared_loss, reference.squared_loss, *pair, names=NAMES, seed=seed
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(single=True), seed=seeds())
def test_one_example(student, reference, pair, seed):
    """Is correct for a single example."""
    assert_same(student.squared_loss, reference.squared_loss, *pair, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(strided=True), seed=seeds())
def test_noncontiguous(student, reference, pair, seed):
    """Is correct for columns of a larger matrix."""
    assert_same(student.squared_loss, reference.squared_loss, *pair, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels(dtype=FLOAT64) | predictions_and_labels(), seed=seeds())
def test_dtype(student, reference, pair, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.squared_loss, reference.squared_loss, *pair, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=predictions_and_labels() | predictions_and_labels(flat=True), seed=seeds())
def test_input_unchanged(student, pair, seed):
    """Leaves predictions and labels as they were, forward and backward."""
    assert_input_unchanged(student.squared_loss, *pair, names=NAMES, seed=seed)
