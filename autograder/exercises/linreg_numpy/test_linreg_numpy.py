"""The checks of linreg in NumPy: those of the exercise in PyTorch, without gradients."""

from hypothesis import given, settings

from autograder.checking import (
    assert_array_dtype_kept,
    assert_arrays_unchanged,
    assert_same_arrays,
    points,
)
from autograder.checking.linear_models import regressions
from autograder.checking.strategies import EDGE_CASES, FLOAT64


@points(1)
@given(model=regressions())
def test_values(student, reference, model):
    """Gives the product of X and w, plus b."""
    assert_same_arrays(student.linreg, reference.linreg, *model)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(bias=()))
def test_bias_without_dimensions(student, reference, model):
    """Is correct for a bias without dimensions, too."""
    assert_same_arrays(student.linreg, reference.linreg, *model)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(single=True))
def test_one_row_or_feature(student, reference, model):
    """Is correct for a single example and for a single feature."""
    assert_same_arrays(student.linreg, reference.linreg, *model)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(strided=True))
def test_noncontiguous(student, reference, model):
    """Is correct for a transpose and for slices with a step."""
    assert_same_arrays(student.linreg, reference.linreg, *model)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(dtype=FLOAT64) | regressions())
def test_dtype(student, reference, model):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_array_dtype_kept(student.linreg, reference.linreg, *model)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions())
def test_input_unchanged(student, model):
    """Leaves its inputs as they were."""
    assert_arrays_unchanged(student.linreg, *model, names="X w b")
