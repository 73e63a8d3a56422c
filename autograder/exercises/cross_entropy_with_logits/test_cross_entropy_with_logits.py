"""The checks of cross_entropy_with_logits(logits, y): one loss for each row of (n, q) logits."""

from hypothesis import given, settings

from autograder.checking import (
    Tolerance,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, labeled_logits, seeds
from autograder.checking.tolerances import EXTREME_FLOAT32_GRADIENT

EXTREME = 1e4
"""The greatest magnitude of a logit that is graded."""
LARGE_CASES = 50
"""Twice those of an edge: overflow above and below, in values and in gradients."""
SPACING = 5e-7
"""Allowed absolute difference in float32 per unit of the greatest logit: about four roundings."""
NAMES = "logits y"


@points(2.5)
@given(case=labeled_logits())
def test_values(student, reference, case):
    """Gives logsumexp(o) - o_y for each example: one loss per example."""
    assert_same(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case, names=NAMES
    )


@points(0.5, needs=test_values)
@given(case=labeled_logits(), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the logits: softmax minus one-hot."""
    assert_same_gradient(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
    )  # fmt: skip


@points(0.75, needs=test_values)
@settings(max_examples=LARGE_CASES)
@given(case=labeled_logits(max_magnitude=EXTREME), seed=seeds())
def test_large_logits(student, reference, case, seed):
    """Stays finite and correct, with its gradient, for logits as large as 10,000."""
    logits, _ = case
    assert_same(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
        tolerance=Tolerance(rtol=1e-5, atol=max(1e-5, SPACING * logits.abs().max().item())),
        gradient_tolerance=EXTREME_FLOAT32_GRADIENT,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=labeled_logits(n=1) | labeled_logits(q=1), seed=seeds())
def test_one_row_or_class(student, reference, case, seed):
    """Is correct for a single example and for a single class."""
    assert_same(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=labeled_logits(last_class=False), seed=seeds())
def test_missing_class(student, reference, case, seed):
    """Is correct where no example has the last class as its label."""
    assert_same(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=labeled_logits(strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=labeled_logits(dtype=FLOAT64) | labeled_logits(), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(
        student.cross_entropy_with_logits, reference.cross_entropy_with_logits, *case,
        names=NAMES, seed=seed,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=labeled_logits(), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves the logits and the labels as they were, forward and backward."""
    assert_input_unchanged(student.cross_entropy_with_logits, *case, names=NAMES, seed=seed)
