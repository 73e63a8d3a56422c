"""The checks of cross_entropy(y_hat, y): one loss for each row of (n, q) probabilities."""

import torch
from hypothesis import given

from autograder.checking import (
    assert_close,
    assert_same_gradient,
    assert_unchanged,
    cotangent_like,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import FLOAT32, predictions, seeds

SMALLEST = 1e-30
"""The smallest probability of a label that is graded; float32 holds it."""
SMALLEST_FOR_GRADIENTS = 1e-6


@points(2)
@given(case=predictions(smallest=1e-3))
def test_values(student, reference, case):
    """Gives -ln of the probability of each example's label: one loss per example."""
    y_hat, y = case
    assert_close(student.cross_entropy(y_hat, y), reference.cross_entropy(y_hat, y),
                 function="cross_entropy")  # fmt: skip


@points(1, needs=test_values)
@given(case=predictions(smallest=SMALLEST_FOR_GRADIENTS, zeros=False), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the probabilities."""
    y_hat, y = case
    mine, theirs = leaf(y_hat), leaf(y_hat)
    losses, expected = student.cross_entropy(mine, y), reference.cross_entropy(theirs, y)
    cotangent = cotangent_like(expected, seed)
    assert_same_gradient(
        losses, mine, expected, theirs, cotangent, name="y_hat", function="cross_entropy"
    )


@points(1, needs=test_values)
@given(case=predictions(smallest=SMALLEST))
def test_tiny_probabilities(student, reference, case):
    """Is exact for label probabilities as small as 1e-30: nothing is added or clamped."""
    y_hat, y = case
    assert_close(student.cross_entropy(y_hat, y), reference.cross_entropy(y_hat, y),
                 function="cross_entropy")  # fmt: skip


@points(0.5, needs=test_values)
@given(case=predictions(smallest=SMALLEST, dtype=FLOAT32))
def test_float32(student, reference, case):
    """Keeps float32, down to label probabilities of 1e-30."""
    y_hat, y = case
    exact = reference.cross_entropy(y_hat.double(), y).to(torch.float32)
    assert_close(student.cross_entropy(y_hat, y), exact, rtol=1e-5, atol=1e-5,
                 function="cross_entropy")  # fmt: skip


@points(0.5, needs=test_values)
@given(case=predictions(smallest=SMALLEST))
def test_input_unchanged(student, case):
    """Leaves the probabilities and the labels as they were."""
    y_hat, y = case
    probabilities, labels = same_layout(y_hat), y.clone()
    student.cross_entropy(probabilities, labels)
    assert_unchanged(probabilities, y_hat, name="y_hat", function="cross_entropy")
    assert_unchanged(labels, y, name="y", function="cross_entropy")
