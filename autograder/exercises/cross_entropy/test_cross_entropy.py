"""The checks of cross_entropy(y_hat, y): one loss for each row of (n, q) probabilities."""

from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, predictions, seeds

SMALLEST = 1e-30
"""The smallest probability of a label that is graded; float32 holds it."""
SMALLEST_FOR_GRADIENTS = 1e-6
TINY_CASES = 50
"""Twice those of an edge: tiny probabilities, and those that are 0."""
NAMES = "y_hat y"


@points(2.5)
@given(case=predictions())
def test_values(student, reference, case):
    """Gives -ln of the probability of each example's label: one loss per example."""
    assert_same(student.cross_entropy, reference.cross_entropy, *case, names=NAMES)


@points(0.5, needs=test_values)
@given(case=predictions(), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the probabilities."""
    assert_same_gradient(
        student.cross_entropy, reference.cross_entropy, *case, names=NAMES, seed=seed
    )


@points(0.75, needs=test_values)
@settings(max_examples=TINY_CASES)
@given(
    case=predictions(smallest=SMALLEST, zeros=True),
    smaller=predictions(smallest=SMALLEST_FOR_GRADIENTS),
    seed=seeds(),
)
def test_tiny_probabilities(student, reference, case, smaller, seed):
    """Is exact for label probabilities down to 1e-30 and beside zeros: nothing is added or clamped."""
    assert_same(student.cross_entropy, reference.cross_entropy, *case, names=NAMES)
    assert_same_gradient(
        student.cross_entropy, reference.cross_entropy, *smaller, names=NAMES, seed=seed
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(n=1) | predictions(q=1), seed=seeds())
def test_one_row_or_class(student, reference, case, seed):
    """Is correct for a single example and for a single class."""
    assert_same(student.cross_entropy, reference.cross_entropy, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(last_class=False), seed=seeds())
def test_missing_class(student, reference, case, seed):
    """Is correct where no example has the last class as its label."""
    assert_same(student.cross_entropy, reference.cross_entropy, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.cross_entropy, reference.cross_entropy, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(dtype=FLOAT64) | predictions(), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.cross_entropy, reference.cross_entropy, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=predictions(), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves the probabilities and the labels as they were, forward and backward."""
    assert_input_unchanged(student.cross_entropy, *case, names=NAMES, seed=seed)
