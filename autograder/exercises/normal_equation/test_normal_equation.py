"""The checks of normal_equation(X, y): the weights with the least squared error."""

import torch
from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_tensor,
    points,
    same_layout,
)
from autograder.checking.linear_models import (
    SOLVED,
    SOLVED_FLOAT64,
    ill_conditioned,
    least_squares,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64


@points(1.5)
@given(problem=least_squares())
def test_values(student, reference, problem):
    """Gives the weights with the least squared error."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(problem=ill_conditioned())
def test_ill_conditioned(student, reference, problem):
    """Is correct in float64 for inputs with a condition number of up to 10,000."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y",
        tolerance=SOLVED_FLOAT64,
    )  # fmt: skip


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(one_feature=True))
def test_one_feature(student, reference, problem):
    """Is correct for a single feature, and for a single example of it."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(square=True))
def test_as_many_features_as_examples(student, reference, problem):
    """Is correct for as many features as examples."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(strided=True))
def test_noncontiguous(student, reference, problem):
    """Is correct for a transpose and for slices with a step."""
    assert_same(
        student.normal_equation, reference.normal_equation, *problem, names="X y", tolerance=SOLVED
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(dtype=FLOAT64) | least_squares())
def test_dtype(student, reference, problem):
    """Keeps float32 and float64, and computes float64 in float64."""
    if problem[0].dtype is FLOAT64:
        assert_dtype_kept(student.normal_equation, reference.normal_equation, *problem, names="X y")
    else:
        X, y = (same_layout(part) for part in problem)
        expected = torch.empty(X.shape[1], 1)
        assert_tensor(student.normal_equation(X, y), expected, function="normal_equation")


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares())
def test_input_unchanged(student, problem):
    """Leaves its inputs as they were."""
    assert_input_unchanged(student.normal_equation, *problem, names="X y")
