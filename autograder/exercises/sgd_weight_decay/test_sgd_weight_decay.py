"""The checks of sgd_weight_decay(param_groups, lr, batch_size): one in-place step with decay."""

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
    parameter_groups,
    shapes,
)

USUAL = (0.5, 0.125, 0.01, 0.1)
UNUSUAL = (0.0, 2.0, 20.0, 0.5)
"""An explicit 0.0 means 0, and lr * weight_decay may exceed 1."""
UNUSUAL_SHAPES = st.sampled_from([(), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
"""Without dimensions, with a single entry in one, or with three and more of them."""
GROUPS = parameter_groups(decays=USUAL)
NAME = "param_groups"


@points(1.5)
@given(groups=parameter_groups())
def test_step_without_decay(student, reference, groups):
    """Is a plain SGD step for groups without a weight_decay."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, 1.0, 1, name=NAME
    )


@points(0.5, needs=test_step_without_decay)
@given(groups=parameter_groups(), lr=learning_rates())
def test_learning_rate(student, reference, groups, lr):
    """Multiplies the step by lr."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, lr, 1, name=NAME
    )


@points(0.75, needs=test_step_without_decay)
@given(groups=parameter_groups(), lr=learning_rates(), batch_size=batch_sizes())
def test_batch_size(student, reference, groups, lr, batch_size):
    """Divides the grad, which is a sum over the batch, by the batch size."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, lr, batch_size, name=NAME
    )


@points(1.5, needs=test_step_without_decay)
@given(groups=GROUPS, lr=learning_rates(), batch_size=batch_sizes())
def test_decay(student, reference, groups, lr, batch_size):
    """Adds weight_decay times the old value to the gradient, in the groups that have it."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, lr, batch_size, name=NAME
    )


@points(0.5, needs=test_step_without_decay)
@given(groups=parameter_groups(decays=UNUSUAL), lr=learning_rates())
def test_unusual_decay(student, reference, groups, lr):
    """Takes an explicit 0.0 as no decay, and a large weight_decay as it is."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, lr, 1, name=NAME
    )


@points(0.5, needs=test_step_without_decay)
@given(groups=GROUPS, lr=learning_rates(), batch_size=batch_sizes())
def test_grads_cleared(student, groups, lr, batch_size):
    """Leaves every grad at zero, ready for the next backward pass."""
    assert_grads_cleared(student.sgd_weight_decay, groups, lr, batch_size, name=NAME)


@points(0.5, needs=test_step_without_decay)
@given(groups=GROUPS, lr=learning_rates(), batch_size=batch_sizes())
def test_in_place(student, groups, lr, batch_size):
    """Updates the tensors it was given, and leaves the groups as they were."""
    assert_state_kept(student.sgd_weight_decay, groups, lr, batch_size, name=NAME)


@points(0.5, needs=test_step_without_decay)
@settings(max_examples=EDGE_CASES)
@given(groups=GROUPS, rates=st.lists(learning_rates(), min_size=2, max_size=3))
def test_several_steps(student, reference, groups, rates):
    """Does the same at every call: nothing is kept from one step to the next."""
    steps = [(lr, 4) for lr in rates]
    assert_same_updates(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, steps, name=NAME
    )


@points(0.25, needs=test_step_without_decay)
@settings(max_examples=EDGE_CASES)
@given(groups=parameter_groups(decays=USUAL, shape=UNUSUAL_SHAPES))
def test_any_shape(student, reference, groups):
    """Updates tensors of any shape, also without dimensions."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, 1.0, 1, name=NAME
    )


@points(0.25, needs=test_step_without_decay)
@settings(max_examples=EDGE_CASES)
@given(groups=parameter_groups(decays=USUAL, strided=True))
def test_noncontiguous(student, reference, groups):
    """Updates a transpose and a slice with a step."""
    assert_same_update(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, 1.0, 1, name=NAME
    )


@points(0.25, needs=test_step_without_decay)
@settings(max_examples=EDGE_CASES)
@given(groups=parameter_groups(decays=USUAL, dtype=FLOAT64) | GROUPS, lr=learning_rates())
def test_dtype(student, reference, groups, lr):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_updates_keep_dtype(
        student.sgd_weight_decay, reference.sgd_weight_decay, groups, lr, 1, name=NAME
    )
