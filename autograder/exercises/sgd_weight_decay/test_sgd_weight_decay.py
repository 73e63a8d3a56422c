"""The checks of sgd_weight_decay(param_groups, lr, batch_size): one in-place step with decay."""

from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import (
    FLOAT32_SLACK,
    CheckFailure,
    assert_autograd_enabled,
    assert_grads_cleared,
    assert_same_parameters,
    assert_updated,
    copy_parameter,
    messages,
    points,
    set_parameter,
)
from autograder.checking.strategies import (
    FLOAT32,
    batch_sizes,
    learning_rates,
    parameter_groups,
)


@points(1)
@given(groups=parameter_groups(decays=False), lr=learning_rates(), batch_size=batch_sizes())
def test_step_without_decay(student, reference, groups, lr, batch_size):
    """Is a plain SGD step for groups without a weight_decay."""
    _compare(student, reference, groups, lr, batch_size)


@points(2, needs=test_step_without_decay)
@given(groups=parameter_groups(), lr=learning_rates(), batch_size=batch_sizes())
def test_decay(student, reference, groups, lr, batch_size):
    """Adds weight_decay times the old value to the gradient, in the groups that have it."""
    _compare(student, reference, groups, lr, batch_size)


@points(1, needs=test_step_without_decay)
@given(groups=parameter_groups(), lr=learning_rates(), batch_size=batch_sizes())
def test_grads_cleared(student, groups, lr, batch_size):
    """Leaves every grad at zero, ready for the next backward pass."""
    mine = _copy(groups)
    student.sgd_weight_decay(mine, lr, batch_size)
    assert_autograd_enabled()
    assert_grads_cleared(_all(mine))


@points(1, needs=test_step_without_decay)
@given(groups=parameter_groups(), lr=learning_rates(), batch_size=batch_sizes())
def test_in_place(student, groups, lr, batch_size):
    """Updates the tensors it was given, and leaves the groups as they were."""
    mine = _copy(groups)
    held = [list(group["params"]) for group in mine]
    student.sgd_weight_decay(mine, lr, batch_size)
    assert_autograd_enabled()
    if len(mine) != len(groups):
        text = messages.STATE_LIST.format(
            place="param_groups", got=f"{len(mine)} groups instead of", expected=len(groups)
        )
        raise CheckFailure(text, kind="state", state="list")
    for place, (group, before, original) in enumerate(zip(mine, held, groups, strict=True)):
        assert_same_parameters(group.get("params", []), before)
        decay, expected = group.get("weight_decay", 0), original.get("weight_decay", 0)
        if decay != expected or ("weight_decay" in original and "weight_decay" not in group):
            text = messages.STATE_DECAY.format(
                place=f"param_groups[{place}]", got=group.get("weight_decay"), expected=expected
            )
            raise CheckFailure(text, kind="state", state="weight_decay")


@points(1, needs=test_step_without_decay)
@given(groups=parameter_groups(), steps=st.lists(learning_rates(), min_size=2, max_size=3))
def test_several_steps(student, reference, groups, steps):
    """Does the same at every call: nothing is kept from one step to the next."""
    mine, theirs = _copy(groups), _copy(groups)
    updated, wanted = _all(mine), _all(theirs)
    for lr, swapped in zip(steps, (False, True, False), strict=False):
        for original, *copies in zip(_all(groups), updated, wanted, strict=True):
            value, grad = (original.grad, original) if swapped else (original, original.grad)
            for weight in copies:
                set_parameter(weight, value, grad)
        reference.sgd_weight_decay(theirs, lr, 4)
        student.sgd_weight_decay(mine, lr, 4)
        assert_updated(updated, wanted)


@points(1, needs=test_step_without_decay)
@given(groups=parameter_groups(dtype=FLOAT32), lr=learning_rates(), batch_size=st.integers(1, 16))
def test_float32(student, reference, groups, lr, batch_size):
    """Keeps float32 parameters in float32."""
    _compare(student, reference, groups, lr, batch_size, tolerances=FLOAT32_SLACK)


def _copy(groups):
    """Groups of copies of the parameters."""
    return [
        group | {"params": [copy_parameter(weight) for weight in group["params"]]}
        for group in groups
    ]


def _all(groups):
    """The parameters of all groups."""
    return [weight for group in groups for weight in group["params"]]


def _compare(student, reference, groups, lr, batch_size, tolerances=(None, None)):
    """Make one step with both and compare."""
    mine, theirs = _copy(groups), _copy(groups)
    updated, expected = _all(mine), _all(theirs)
    reference.sgd_weight_decay(theirs, lr, batch_size)
    student.sgd_weight_decay(mine, lr, batch_size)
    assert_updated(updated, expected, rtol=tolerances[0], atol=tolerances[1])
