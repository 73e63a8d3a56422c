"""The checks of softmax(X): probabilities of (n, q) logits, row by row."""

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
from autograder.checking.strategies import FLOAT32, logits, seeds

EXTREME = 1e4
"""The greatest magnitude of a logit that is graded."""
FLOAT32_RTOL, FLOAT32_ATOL = 2e-3, 2e-4
"""float32 has a spacing of about 1e-3 at 1e4, and exp passes it on as a relative error."""
FLOAT32_GRADIENT = 4e-3
"""Twice that for values: the error of a row's sum comes on top; per unit of the cotangent."""


@points(4)
@given(X=logits())
def test_values(student, reference, X):
    """Gives exp(x_ij) divided by the sum over its row."""
    assert_close(student.softmax(X), reference.softmax(X), function="softmax")


@points(2, needs=test_values)
@given(X=logits(), seed=seeds())
def test_gradient(student, reference, X, seed):
    """Lets gradients flow back to the logits."""
    mine, theirs = leaf(X), leaf(X)
    cotangent = cotangent_like(X, seed)
    assert_same_gradient(
        student.softmax(mine), mine, reference.softmax(theirs), theirs, cotangent,
        name="X", function="softmax",
    )  # fmt: skip


@points(1, needs=test_values)
@given(X=logits())
def test_input_unchanged(student, X):
    """Leaves its input as it was."""
    argument = same_layout(X)
    student.softmax(argument)
    assert_unchanged(argument, X, name="X", function="softmax")


@points(2, needs=test_values)
@given(X=logits(max_magnitude=EXTREME), seed=seeds())
def test_large_logits(student, reference, X, seed):
    """Stays finite and right for logits as large as 10,000."""
    mine, theirs = leaf(X), leaf(X)
    probabilities, expected = student.softmax(mine), reference.softmax(theirs)
    assert_close(probabilities, expected, function="softmax")
    assert_same_gradient(
        probabilities, mine, expected, theirs, cotangent_like(X, seed), name="X", function="softmax"
    )
    assert_unchanged(mine, theirs, name="X", function="softmax")


@points(1, needs=test_values)
@given(X=logits(max_magnitude=EXTREME, dtype=FLOAT32), seed=seeds())
def test_float32(student, reference, X, seed):
    """Keeps float32, and is numerically stable in it."""
    mine, theirs = leaf(X), leaf(X.double())
    probabilities, exact = student.softmax(mine), reference.softmax(theirs)
    rounded = exact.to(torch.float32)
    assert_close(probabilities, rounded, function="softmax", rtol=FLOAT32_RTOL, atol=FLOAT32_ATOL)
    cotangent = cotangent_like(probabilities, seed)
    expected = gradient(exact, theirs, cotangent.double(), name="X")
    assert_close(
        gradient(probabilities, mine, cotangent, name="X", function="softmax"),
        expected.to(torch.float32),
        rtol=FLOAT32_GRADIENT,
        atol=FLOAT32_GRADIENT * max(1.0, cotangent.abs().max().item()),
        what="gradient with respect to X",
        kind="gradient",
    )
