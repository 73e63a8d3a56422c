"""The checks of softmax(X): probabilities of (n, q) logits, row by row."""

from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, logits, seeds
from autograder.checking.tolerances import EXTREME_FLOAT32, EXTREME_FLOAT32_GRADIENT

EXTREME = 1e4
"""The greatest magnitude of a logit that is graded."""
LARGE_CASES = 50
"""Twice those of an edge: overflow above and below, in values and in gradients."""


@points(5)
@given(X=logits())
def test_values(student, reference, X):
    """Gives exp(x_ij) divided by the sum over its row."""
    assert_same(student.softmax, reference.softmax, X, names="X")


@points(1.5, needs=test_values)
@given(X=logits(), seed=seeds())
def test_gradient(student, reference, X, seed):
    """Lets gradients flow back to the logits."""
    assert_same_gradient(student.softmax, reference.softmax, X, names="X", seed=seed)


@points(1.5, needs=test_values)
@settings(max_examples=LARGE_CASES)
@given(X=logits(max_magnitude=EXTREME), seed=seeds())
def test_large_logits(student, reference, X, seed):
    """Stays finite and correct, with its gradient, for logits as large as 10,000."""
    assert_same(
        student.softmax, reference.softmax, X, names="X", seed=seed,
        tolerance=EXTREME_FLOAT32, gradient_tolerance=EXTREME_FLOAT32_GRADIENT,
    )  # fmt: skip


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(n=1) | logits(q=1), seed=seeds())
def test_one_row_or_class(student, reference, X, seed):
    """Is correct for a single example and for a single class."""
    assert_same(student.softmax, reference.softmax, X, names="X", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(strided=True), seed=seeds())
def test_noncontiguous(student, reference, X, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.softmax, reference.softmax, X, names="X", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(dtype=FLOAT64) | logits(), seed=seeds())
def test_dtype(student, reference, X, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.softmax, reference.softmax, X, names="X", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(X=logits(), seed=seeds())
def test_input_unchanged(student, X, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.softmax, X, names="X", seed=seed)
