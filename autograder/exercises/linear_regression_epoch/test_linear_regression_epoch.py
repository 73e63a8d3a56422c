"""The checks of linear_regression_epoch(w, b, batches, lr): one pass of minibatch SGD over all batches."""

from hypothesis import given, settings

from autograder.checking import (
    Tolerance,
    assert_batches_unchanged,
    assert_number,
    assert_parameters_kept,
    assert_same_training,
    assert_training_keeps_dtype,
    points,
    trained,
)
from autograder.checking.batches import regression_cases
from autograder.checking.strategies import FLOAT64, learning_rates
from autograder.checking.tolerances import FLOAT32

NAME = "linear_regression_epoch"
CASES, FEW = 30, 12
"""Of everyday inputs, and of one thing odd: fewer than elsewhere, since each is some steps of training."""
STEPS = Tolerance(FLOAT32.rtol, 1e-4)
"""With lr = 1 an error may triple at every step: what cancels in the end was some hundred before it."""

SMALL = 0.125
"""A learning rate with which no error grows, so that every digit can be compared."""


def _parameters(model):
    w, b, batches = model
    return {"w": w, "b": b}, batches


def _assert_same_loss(student, reference, model, *arguments):
    _, expected = trained(
        reference.linear_regression_epoch, *_parameters(model), *arguments, exact=True
    )
    _, result = trained(student.linear_regression_epoch, *_parameters(model), *arguments)
    assert_number(result, expected, what="mean loss", function=NAME, tolerance=STEPS)


def _assert_same_training(student, reference, model, *arguments, **options):
    assert_same_training(
        student.linear_regression_epoch, reference.linear_regression_epoch,
        *_parameters(model), *arguments, tolerance=STEPS, **options,
    )  # fmt: skip


@points(5)
@settings(max_examples=CASES)
@given(model=regression_cases())
def test_parameters(student, reference, model):
    """Moves w and b after every batch against its mean gradient: by all of it when lr is 1."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.75, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(), lr=learning_rates())
def test_learning_rate(student, reference, model, lr):
    """Multiplies every step by lr."""
    _assert_same_training(student, reference, model, lr)


@points(1, needs=test_parameters)
@settings(max_examples=CASES)
@given(model=regression_cases())
def test_loss(student, reference, model):
    """Returns the mean over all examples of (y_hat - y)² / 2, each before the step of its batch."""
    _assert_same_loss(student, reference, model, 1.0)


@points(0.5, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(even=False), lr=learning_rates())
def test_uneven_batches(student, reference, model, lr):
    """Takes the mean over the examples that a batch has, where batches differ in size."""
    _assert_same_training(student, reference, model, lr)


@points(0.5, needs=test_loss)
@settings(max_examples=FEW)
@given(model=regression_cases(even=False), lr=learning_rates())
def test_uneven_loss(student, reference, model, lr):
    """Counts every example once in the loss, where batches differ in size."""
    _assert_same_loss(student, reference, model, lr)


@points(0.75, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(), lr=learning_rates())
def test_several_epochs(student, reference, model, lr):
    """Goes on when it is called again: no gradient is left over from the call before."""
    _assert_same_training(student, reference, model, lr, epochs=3)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(n=1) | regression_cases(count=1) | regression_cases(d=1))
def test_one_of_a_kind(student, reference, model):
    """Is correct for batches of one example, for a single batch and for a single feature."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(bias=()))
def test_bias_without_dimensions(student, reference, model):
    """Takes a bias without dimensions."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(strided=True))
def test_noncontiguous(student, reference, model):
    """Takes weights and batches that are transposed, or sliced with a step."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases(dtype=FLOAT64) | regression_cases())
def test_dtype(student, reference, model):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_training_keeps_dtype(
        student.linear_regression_epoch, reference.linear_regression_epoch,
        *_parameters(model), SMALL,
    )  # fmt: skip


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases())
def test_leaves(student, model):
    """Leaves w and b as leaves that require grad, and autograd switched on."""
    assert_parameters_kept(student.linear_regression_epoch, *_parameters(model), 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=regression_cases())
def test_batches_unchanged(student, model):
    """Leaves the batches as they were."""
    assert_batches_unchanged(student.linear_regression_epoch, *_parameters(model), 1.0)
