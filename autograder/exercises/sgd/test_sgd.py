"""The checks of sgd(params, lr, batch_size): one in-place step of minibatch SGD."""

from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import (
    FLOAT32_SLACK,
    assert_autograd_enabled,
    assert_grads_cleared,
    assert_same_parameters,
    assert_updated,
    copy_parameter,
    points,
    set_parameter,
)
from autograder.checking.strategies import FLOAT32, batch_sizes, learning_rates, parameters


@points(2)
@given(params=parameters(), lr=learning_rates())
def test_step(student, reference, params, lr):
    """Moves every parameter by -lr times its grad when the batch has one example."""
    _compare(student, reference, params, lr, 1)


@points(3, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_batch_size(student, reference, params, lr, batch_size):
    """Divides the grad, which is a sum over the batch, by the batch size."""
    _compare(student, reference, params, lr, batch_size)


@points(2, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_grads_cleared(student, params, lr, batch_size):
    """Leaves every grad at zero, ready for the next backward pass."""
    mine = [copy_parameter(weight) for weight in params]
    student.sgd(list(mine), lr, batch_size)
    assert_autograd_enabled()
    assert_grads_cleared(mine)


@points(2, needs=test_step)
@given(params=parameters(), lr=learning_rates(), batch_size=batch_sizes())
def test_in_place(student, params, lr, batch_size):
    """Updates the tensors it was given: the same objects, leaves that require grad."""
    mine = [copy_parameter(weight) for weight in params]
    given_list = list(mine)
    student.sgd(given_list, lr, batch_size)
    assert_autograd_enabled()
    assert_same_parameters(given_list, mine)


@points(0.5, needs=test_step)
@given(params=parameters(), steps=st.lists(learning_rates(), min_size=2, max_size=3))
def test_several_steps(student, reference, params, steps):
    """Does the same at every call: nothing is kept from one step to the next."""
    mine = [copy_parameter(weight) for weight in params]
    theirs = [copy_parameter(weight) for weight in params]
    for lr, swapped in zip(steps, (False, True, False), strict=False):
        for original, *copies in zip(params, mine, theirs, strict=True):
            value, grad = (original.grad, original) if swapped else (original, original.grad)
            for weight in copies:
                set_parameter(weight, value, grad)
        reference.sgd(list(theirs), lr, 4)
        student.sgd(list(mine), lr, 4)
        assert_updated(mine, theirs)


@points(0.5, needs=test_step)
@given(params=parameters(dtype=FLOAT32), lr=learning_rates(), batch_size=st.integers(1, 16))
def test_float32(student, reference, params, lr, batch_size):
    """Keeps float32 parameters in float32."""
    _compare(student, reference, params, lr, batch_size, tolerances=FLOAT32_SLACK)


def _compare(student, reference, params, lr, batch_size, tolerances=(None, None)):
    """Make one step with both and compare."""
    mine = [copy_parameter(weight) for weight in params]
    theirs = [copy_parameter(weight) for weight in params]
    reference.sgd(list(theirs), lr, batch_size)
    student.sgd(list(mine), lr, batch_size)
    assert_updated(mine, theirs, rtol=tolerances[0], atol=tolerances[1])
