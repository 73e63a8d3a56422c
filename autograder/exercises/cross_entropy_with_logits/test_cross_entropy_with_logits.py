"""The checks of cross_entropy_with_logits(logits, y): one loss for each row of (n, q) logits."""

import torch
from hypothesis import given

from autograder.checking import (
    assert_close,
    assert_same_gradient,
    assert_unchanged,
    cotangent_like,
    gradient,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import FLOAT32, labeled_logits, seeds

EXTREME = 1e4
"""The greatest magnitude of a logit that is graded."""
FLOAT32_SPACING = 5e-7
"""Allowed absolute difference in float32 per unit of the greatest logit: about four roundings."""
FLOAT32_GRADIENT = 4e-3
"""float32 rounds logsumexp by up to 5e-4 at 1e4; exp makes that a relative error of the gradient."""


@points(2)
@given(case=labeled_logits())
def test_values(student, reference, case):
    """Gives logsumexp(o) - o_y for each example: one loss per example."""
    logits, y = case
    assert_close(
        student.cross_entropy_with_logits(logits, y),
        reference.cross_entropy_with_logits(logits, y),
        function="cross_entropy_with_logits",
    )


@points(1, needs=test_values)
@given(case=labeled_logits(), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the logits: softmax minus one-hot."""
    _compare(student, reference, case, seed)


@points(1, needs=test_values)
@given(case=labeled_logits(max_magnitude=EXTREME), seed=seeds())
def test_large_logits(student, reference, case, seed):
    """Stays finite and right, with its gradient, for logits as large as 10,000."""
    _compare(student, reference, case, seed)


@points(0.5, needs=test_values)
@given(case=labeled_logits(max_magnitude=EXTREME, dtype=FLOAT32), seed=seeds())
def test_float32(student, reference, case, seed):
    """Keeps float32, and is numerically stable in it."""
    logits, y = case
    mine, theirs = leaf(logits), leaf(logits.double())
    losses = student.cross_entropy_with_logits(mine, y)
    exact = reference.cross_entropy_with_logits(theirs, y)
    atol = max(1e-5, FLOAT32_SPACING * logits.abs().max().item())
    function = "cross_entropy_with_logits"
    assert_close(losses, exact.to(torch.float32), rtol=1e-5, atol=atol, function=function)
    cotangent = cotangent_like(losses, seed)
    expected = gradient(exact, theirs, cotangent.double(), name="logits")
    assert_close(
        gradient(losses, mine, cotangent, name="logits", function=function),
        expected.to(torch.float32),
        rtol=FLOAT32_GRADIENT,
        atol=FLOAT32_GRADIENT * max(1.0, cotangent.abs().max().item()),
        what="gradient with respect to logits",
        kind="gradient",
    )


@points(0.5, needs=test_values)
@given(case=labeled_logits())
def test_input_unchanged(student, case):
    """Leaves the logits and the labels as they were."""
    logits, y = case
    argument, labels = same_layout(logits), y.clone()
    student.cross_entropy_with_logits(argument, labels)
    assert_unchanged(argument, logits, name="logits", function="cross_entropy_with_logits")
    assert_unchanged(labels, y, name="y", function="cross_entropy_with_logits")


def _compare(student, reference, case, seed):
    """Compare losses and gradients in float64."""
    logits, y = case
    mine, theirs = leaf(logits), leaf(logits)
    losses = student.cross_entropy_with_logits(mine, y)
    expected = reference.cross_entropy_with_logits(theirs, y)
    function = "cross_entropy_with_logits"
    assert_close(losses, expected, function=function)
    cotangent = cotangent_like(expected, seed)
    assert_same_gradient(
        losses, mine, expected, theirs, cotangent, name="logits", function=function
    )
    assert_unchanged(mine, theirs, name="logits", function=function)
