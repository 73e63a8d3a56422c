"""The checks of accuracy(y_hat, y): how many rows have their largest entry at the label."""

from hypothesis import given, settings

from autograder.checking import (
    assert_input_unchanged,
    assert_number,
    leaf,
    points,
    same_layout,
)
from autograder.checking.batches import scored_labels
from autograder.checking.strategies import EDGE_CASES, FLOAT64

EXTREME = 1e4
"""A factor of the scores: `exp` of most of them is 0 or infinite."""

SMALL = 2e-4
"""A difference of scores that float32 keeps, and rounding to three digits does not."""


def _assert_same_count(student, reference, case, prepare=same_layout):
    y_hat, y = case
    expected = reference.accuracy(y_hat, y)
    count = student.accuracy(prepare(y_hat), same_layout(y))
    assert_number(count, expected, what="count", function="accuracy")


@points(6)
@given(case=scored_labels() | scored_labels(whole=True, gap=1))
def test_count(student, reference, case):
    """Counts the rows whose largest entry is at the label."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels(share=0.0) | scored_labels(share=1.0))
def test_none_or_all(student, reference, case):
    """Gives 0 where no row is correct, and n where all are."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels(n=1))
def test_one_row(student, reference, case):
    """Is correct for a single example."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels(q=1))
def test_one_class(student, reference, case):
    """Is correct for a single class, which is always the largest."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels(scale=EXTREME))
def test_large_scores(student, reference, case):
    """Compares scores of any magnitude."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(
    case=scored_labels(close=True, dtype=FLOAT64)
    | scored_labels(gap=SMALL, dtype=FLOAT64)
    | scored_labels(dtype=FLOAT64)
)
def test_float64(student, reference, case):
    """Takes float64, and tells scores apart that are equal in float32."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels(strided=True))
def test_noncontiguous(student, reference, case):
    """Takes scores and labels that are transposed, or sliced with a step."""
    _assert_same_count(student, reference, case)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels())
def test_requires_grad(student, reference, case):
    """Takes scores that require grad."""
    _assert_same_count(student, reference, case, leaf)


@points(0.5, needs=test_count)
@settings(max_examples=EDGE_CASES)
@given(case=scored_labels())
def test_input_unchanged(student, case):
    """Leaves scores and labels as they were."""
    assert_input_unchanged(student.accuracy, *case, names="y_hat y")
