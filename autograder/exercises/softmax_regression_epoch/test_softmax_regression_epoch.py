"""The checks of softmax_regression_epoch(W, b, batches, lr): one pass of minibatch SGD over all batches."""

from hypothesis import given, settings

from autograder.checking import (
    Tolerance,
    assert_batches_unchanged,
    assert_number,
    assert_parameters_kept,
    assert_results,
    assert_same_training,
    assert_training_keeps_dtype,
    points,
    trained,
)
from autograder.checking.batches import classification_cases
from autograder.checking.strategies import FLOAT64, learning_rates
from autograder.checking.tolerances import FLOAT32

NAME = "softmax_regression_epoch"
CASES, FEW = 30, 12
"""Of everyday inputs, and of one thing odd: fewer than elsewhere, since each is some steps of training."""
FIGURES = ("mean loss", "accuracy")
STEPS = Tolerance(FLOAT32.rtol, 1e-4)
"""The roundings of some steps come together, and parts of a parameter cancel."""
LARGE = Tolerance(2e-3, 2e-3)
"""Logits of 1,200 are rounded to 1e-4; `exp` passes that on as a relative error, and steps add up."""
LARGE_SCALE = 100.0
"""A factor of W, with which logits are some hundreds, and 1,200 at most."""
SMALL = 0.125
"""A learning rate with which no error grows."""
TIE = 1e-3
"""Logits that are nearer to each other than this may change places by rounding."""


def _parameters(model):
    W, b, batches = model
    return {"W": W, "b": b}, batches


def _assert_same_training(student, reference, model, *arguments, tolerance=STEPS, **options):
    assert_same_training(
        student.softmax_regression_epoch, reference.softmax_regression_epoch,
        *_parameters(model), *arguments, tolerance=tolerance, **options,
    )  # fmt: skip


def _figures(student, model, *arguments):
    _, result = trained(student.softmax_regression_epoch, *_parameters(model), *arguments)
    return assert_results(result, FIGURES, function=NAME)


def _expected(reference, model, *arguments):
    _, result = trained(
        reference.softmax_regression_epoch, *_parameters(model), *arguments, exact=True
    )
    return result


def _assert_same_loss(student, reference, model, *arguments, tolerance=STEPS):
    loss, _ = _figures(student, model, *arguments)
    expected, _ = _expected(reference, model, *arguments)
    assert_number(loss, expected, what="mean loss", function=NAME, tolerance=tolerance)


def _assert_same_accuracy(student, reference, model, *arguments):
    _, accuracy = _figures(student, model, *arguments)
    _, expected = _expected(reference, model, *arguments)
    near = _share_of_ties(reference, model, *arguments)
    tolerance = Tolerance(0.0, near + FLOAT32.atol)
    assert_number(accuracy, expected, what="accuracy", function=NAME, tolerance=tolerance)


def _share_of_ties(reference, model, *arguments):
    """The share of examples with two largest logits that rounding could exchange."""
    parameters, batches = _parameters(model)
    near = total = 0
    for place, (X, _) in enumerate(batches):
        now, _ = trained(
            reference.softmax_regression_epoch, parameters, batches[:place], *arguments, exact=True
        ) if place else (parameters, None)  # fmt: skip
        logits = X.double() @ now["W"].detach().double() + now["b"].detach().double()
        total += len(X)
        if logits.shape[1] > 1:
            first, second = logits.topk(2, dim=1).values.unbind(1)
            near += int((first - second < TIE).sum())
    return near / total


@points(5)
@settings(max_examples=CASES)
@given(model=classification_cases())
def test_parameters(student, reference, model):
    """Moves W and b after every batch against its mean gradient: by all of it when lr is 1."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.5, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(), lr=learning_rates())
def test_learning_rate(student, reference, model, lr):
    """Multiplies every step by lr."""
    _assert_same_training(student, reference, model, lr)


@points(0.75, needs=test_parameters)
@settings(max_examples=CASES)
@given(model=classification_cases())
def test_loss(student, reference, model):
    """Returns first the mean cross-entropy of all examples, each before the step of its batch."""
    _assert_same_loss(student, reference, model, 1.0)


@points(0.75, needs=test_parameters)
@settings(max_examples=CASES)
@given(model=classification_cases())
def test_accuracy(student, reference, model):
    """Returns second the share of correct predictions, each before the step of its batch."""
    _assert_same_accuracy(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(even=False), lr=learning_rates())
def test_uneven_batches(student, reference, model, lr):
    """Takes the mean over the examples that a batch has, where batches differ in size."""
    _assert_same_training(student, reference, model, lr)


@points(0.25, needs=test_loss)
@settings(max_examples=FEW)
@given(model=classification_cases(even=False), lr=learning_rates())
def test_uneven_loss(student, reference, model, lr):
    """Counts every example once in the loss, where batches differ in size."""
    _assert_same_loss(student, reference, model, lr)


@points(0.25, needs=test_accuracy)
@settings(max_examples=FEW)
@given(model=classification_cases(even=False), lr=learning_rates())
def test_uneven_accuracy(student, reference, model, lr):
    """Counts every example once in the accuracy, where batches differ in size."""
    _assert_same_accuracy(student, reference, model, lr)


@points(0.5, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(), lr=learning_rates())
def test_several_epochs(student, reference, model, lr):
    """Goes on when it is called again: no gradient is left over from the call before."""
    _assert_same_training(student, reference, model, lr, epochs=3)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(last_class=False), lr=learning_rates())
def test_missing_class(student, reference, model, lr):
    """Is correct where a class is not among the labels."""
    _assert_same_training(student, reference, model, lr)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(
    model=classification_cases(n=1) | classification_cases(count=1)
    | classification_cases(d=1) | classification_cases(q=1)
)  # fmt: skip
def test_one_of_a_kind(student, reference, model):
    """Is correct for one example a batch, and for a single batch, feature or class."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(scale=LARGE_SCALE))
def test_large_logits(student, reference, model):
    """Stays finite and correct for logits of some hundreds."""
    _assert_same_training(student, reference, model, SMALL, tolerance=LARGE)
    _assert_same_loss(student, reference, model, SMALL, tolerance=LARGE)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(strided=True))
def test_noncontiguous(student, reference, model):
    """Takes weights and batches that are transposed, or sliced with a step."""
    _assert_same_training(student, reference, model, 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases(dtype=FLOAT64) | classification_cases())
def test_dtype(student, reference, model):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_training_keeps_dtype(
        student.softmax_regression_epoch, reference.softmax_regression_epoch,
        *_parameters(model), SMALL,
    )  # fmt: skip


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases())
def test_leaves(student, model):
    """Leaves W and b as leaves that require grad, and autograd switched on."""
    assert_parameters_kept(student.softmax_regression_epoch, *_parameters(model), 1.0)


@points(0.25, needs=test_parameters)
@settings(max_examples=FEW)
@given(model=classification_cases())
def test_batches_unchanged(student, model):
    """Leaves the batches as they were."""
    assert_batches_unchanged(student.softmax_regression_epoch, *_parameters(model), 1.0)
