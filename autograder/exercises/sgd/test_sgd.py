"""The checks of sgd(params, lr, batch_size): one in-place step of minibatch SGD."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    assert_grads_cleared,
    assert_same_update,
    assert_same_updates,
    assert_state_kept,
    assert_updates_keep_dtype,
    points,
)
from autograder.checking.strategies import (
    EDGE_CASES,
    FLOAT64,
    batch_sizes,
    learning_rates,
    parameters,
    shapes,
)

UNUSUAL_SHAPES = st.sampled_from([(), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
"""Without dimensions, with a single entry in one, or with three and more of them."""


@points(3)
@given(params=parameters())
def test_step(student, reference, params):
    """Moves every parameter against its grad: by all of it when lr and batch size are 1."""
    assert_same_update(student.sgd, reference.sgd, params, 1.0, 1, name="params")


@points(1.5, needs=test_step)
@given(params=parameters(), lr=learning_rates())
def test_learning_rate(student, reference, params, lr):
    """Multiplies the step by lr."""
    assert_same_update(student.sgd, reference.sgd, params, lr, 1, name="params")


@points(2, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_batch_size(student, reference, params, lr, batch_size):
    """Divides the grad, which is a sum over the batch, by the batch size."""
    assert_same_update(student.sgd, reference.sgd, params, lr, batch_size, name="params")


@points(1, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_grads_cleared(student, params, lr, batch_size):
    """Leaves every grad at zero, ready for the next backward pass."""
    assert_grads_cleared(student.sgd, params, lr, batch_size, name="params")


@points(1, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_in_place(student, params, lr, batch_size):
    """Updates the tensors it was given: the same objects, leaves that require grad."""
    assert_state_kept(student.sgd, params, lr, batch_size, name="params")


@points(0.5, needs=test_step)
@settings(max_examples=EDGE_CASES)
@given(params=parameters(), rates=st.lists(learning_rates(), min_size=2, max_size=3))
def test_several_steps(student, reference, params, rates):
    """Does the same at every call: nothing is kept from one step to the next."""
    steps = [(lr, 4) for lr in rates]
    assert_same_updates(student.sgd, reference.sgd, params, steps, name="params")


@points(0.5, needs=test_step)
@settings(max_examples=EDGE_CASES)
@given(params=parameters(shape=UNUSUAL_SHAPES))
def test_any_shape(student, reference, params):
    """Updates tensors of any shape, also without dimensions."""
    assert_same_update(student.sgd, reference.sgd, params, 1.0, 1, name="params")


@points(0.25, needs=test_step)
@settings(max_examples=EDGE_CASES)
@given(params=parameters(strided=True))
def test_noncontiguous(student, reference, params):
    """Updates a transpose and a slice with a step."""
    assert_same_update(student.sgd, reference.sgd, params, 1.0, 1, name="params")


@points(0.25, needs=test_step)
@settings(max_examples=EDGE_CASES)
@given(params=parameters(dtype=FLOAT64) | parameters(), lr=learning_rates())
def test_dtype(student, reference, params, lr):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_updates_keep_dtype(student.sgd, reference.sgd, params, lr, 1, name="params")
