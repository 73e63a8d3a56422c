"""The checks of linreg(X, w, b): the predictions of a linear model."""

from hypothesis import given, settings

from autograder.checking import (
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.linear_models import regressions
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds

NAMES = "X w b"


@points(1)
@given(model=regressions())
def test_values(student, reference, model):
    """Gives the product of X and w, plus b."""
    assert_same(student.linreg, reference.linreg, *model, names=NAMES)


@points(0.25, needs=test_values)
@given(model=regressions(), seed=seeds())
def test_gradient(student, reference, model, seed):
    """Lets gradients flow back to the inputs, the weights and the bias."""
    assert_same_gradient(student.linreg, reference.linreg, *model, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(bias=()), seed=seeds())
def test_bias_without_dimensions(student, reference, model, seed):
    """Is correct for a bias without dimensions, too."""
    assert_same(student.linreg, reference.linreg, *model, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(single=True), seed=seeds())
def test_one_row_or_feature(student, reference, model, seed):
    """Is correct for a single example and for a single feature."""
    assert_same(student.linreg, reference.linreg, *model, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(strided=True), seed=seeds())
def test_noncontiguous(student, reference, model, seed):
    """Is correct for a transpose and for slices with a step."""
    assert_same(student.linreg, reference.linreg, *model, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(dtype=FLOAT64) | regressions(), seed=seeds())
def test_dtype(student, reference, model, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.linreg, reference.linreg, *model, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(model=regressions(), seed=seeds())
def test_input_unchanged(student, model, seed):
    """Leaves its inputs as they were, forward and backward."""
    assert_input_unchanged(student.linreg, *model, names=NAMES, seed=seed)
