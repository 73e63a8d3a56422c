"""The checks of normal_equation in NumPy: those of the exercise in PyTorch."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.linear_models import (
    SOLVED,
    SOLVED_FLOAT64,
    ill_conditioned,
    least_squares,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64


def _assert_weights(student, reference, problem, tolerance=SOLVED):
    assert_same_arrays(
        student.normal_equation, reference.normal_equation, *problem, tolerance=tolerance
    )


@points(1.5)
@given(problem=least_squares())
def test_values(student, reference, problem):
    """Gives the weights with the least squared error."""
    _assert_weights(student, reference, problem)


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(problem=ill_conditioned())
def test_ill_conditioned(student, reference, problem):
    """Is correct in float64 for inputs with a condition number of up to 10,000."""
    _assert_weights(student, reference, problem, SOLVED_FLOAT64)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(one_feature=True))
def test_one_feature(student, reference, problem):
    """Is correct for a single feature, and for a single example of it."""
    _assert_weights(student, reference, problem)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(square=True))
def test_as_many_features_as_examples(student, reference, problem):
    """Is correct for as many features as examples."""
    _assert_weights(student, reference, problem)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(strided=True))
def test_noncontiguous(student, reference, problem):
    """Is correct for a transpose and for slices with a step."""
    _assert_weights(student, reference, problem)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares(dtype=FLOAT64) | least_squares())
def test_dtype(student, reference, problem):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(
        student.normal_equation, reference.normal_equation, *problem, tolerance=SOLVED
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(problem=least_squares())
def test_input_unchanged(student, problem):
    """Leaves its inputs as they were."""
    assert_arrays_unchanged(student.normal_equation, *problem, names="X y")
