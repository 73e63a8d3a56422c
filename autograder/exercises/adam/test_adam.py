"""The checks of adam(params, states, t, lr, beta1, beta2, eps), in place, over several calls."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import Tolerance, Values, assert_grads_cleared, points
from autograder.checking.steps import assert_same_steps, assert_state_plain, copy_kept, models
from autograder.checking.strategies import EDGE_CASES, FLOAT64, learning_rates, shapes
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64

NAMES = ("params", "states")
CALLS = 6
"""With the same states: the first, from zeros, is lr times the sign of the grad, whatever the betas."""
CASES = 25
"""A quarter of the default, as every case holds several calls."""
BETAS = 0.9, 0.999
EPS = 1e-8
"""Everyday values: those of the paper and of PyTorch. Grads are not small enough for eps to show."""
OTHER_BETAS = st.sampled_from([(0.5, 0.75), (0.8, 0.5), (0.95, 0.9), (0.0, 0.5)])
AVERAGES = Values(-4, 4), Values(0.25, 16)
PAIR: dict[str, Any] = {"each": AVERAGES}
WARM: dict[str, Any] = {"each": AVERAGES, "warm": AVERAGES[0]}
LATE = 101
ROUNDED = Tolerance(1e-4, 1e-4)
"""For float32: 1 - beta2**t is 0.001 in the first step, and rounded to 6e-5 of itself where the power was
taken in float32; the root and a step of lr below 1 make less than 5e-5 of it."""
UNUSUAL_SHAPES = st.sampled_from([(), (), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
"""Without dimensions, with a single entry in one, or with three and more of them."""


def _steps(lr, betas=BETAS, eps=EPS, *, first=1, calls=CALLS):
    """The arguments of each call: t counts from the first."""
    return [(first + call, lr, *betas, eps) for call in range(calls)]


def _judge(student, reference, drawn, steps, tolerance=ROUNDED, **options):
    assert_same_steps(
        student.adam, reference.adam, drawn, steps, names=NAMES, tolerance=tolerance, **options
    )


@points(3)
@settings(max_examples=CASES)
@given(model=models(calls=CALLS, **PAIR), lr=learning_rates())
def test_parameters(student, reference, model, lr):
    """Moves every parameter by the corrected averages, in each of six steps from zero states."""
    _judge(student, reference, [model], _steps(lr))


@points(0.75, needs=test_parameters)
@settings(max_examples=CASES)
@given(model=models(calls=CALLS, **PAIR), lr=learning_rates())
def test_states(student, reference, model, lr):
    """Leaves the new averages of grads and of their squares, uncorrected, where the caller finds them."""
    _judge(student, reference, [model], _steps(lr), tolerance=None, kept=True)


@points(0.5, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=CALLS, **PAIR), lr=learning_rates())
def test_eps(student, reference, model, lr):
    """Adds eps to the root of the corrected average of squares: here an eps of 0.1."""
    _judge(student, reference, [model], _steps(lr, eps=0.1))


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=CALLS, **PAIR), lr=learning_rates(), betas=OTHER_BETAS)
def test_other_betas(student, reference, model, lr, betas):
    """Uses the beta1 and the beta2 that it is given, a beta1 of 0 too."""
    _judge(student, reference, [model], _steps(lr, betas))


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(
    drawn=st.lists(models(calls=CALLS, **WARM), min_size=2, max_size=2),
    first=st.sampled_from([1, 2, LATE]),
    rates=st.lists(learning_rates(), min_size=CALLS, max_size=CALLS, unique=True),
)
def test_resumed(student, reference, drawn, first, rates):
    """Goes on from the states and the t that it is given, as lr changes; two models take turns."""
    steps = [(first + call, lr, *BETAS, EPS) for call, lr in enumerate(rates)]
    _judge(student, reference, drawn, steps)


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(
    model=models(calls=CALLS, zero_grads=True, **PAIR)
    | models(calls=CALLS, zero_grads=True, **WARM),
    lr=learning_rates(),
)
def test_zero_grads(student, reference, model, lr):
    """Takes a grad of zero as a grad: the state still moves the parameter."""
    _judge(student, reference, [model], _steps(lr))


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=1, **PAIR), lr=learning_rates())
def test_grads_cleared(student, model, lr):
    """Leaves every grad at zero, ready for the next backward pass."""
    params, states, _ = model
    rest = copy_kept(states), 1, lr, *BETAS, EPS
    assert_grads_cleared(student.adam, params, *rest, name="params")


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=2, **WARM), lr=learning_rates())
def test_in_place(student, model, lr):
    """Leaves the same parameters, leaves that require grad, and states that don't."""
    assert_state_plain(student.adam, model, (LATE, lr, *BETAS, EPS), names=NAMES)


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, shape=UNUSUAL_SHAPES, **PAIR), lr=learning_rates())
def test_any_shape(student, reference, model, lr):
    """Updates tensors of any shape, also without dimensions."""
    _judge(student, reference, [model], _steps(lr, calls=3))


@points(0.125, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, strided=True, **PAIR), lr=learning_rates())
def test_noncontiguous(student, reference, model, lr):
    """Updates a transpose and a slice with a step."""
    _judge(student, reference, [model], _steps(lr, calls=3))


@points(0.125, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, dtype=FLOAT64, **PAIR), lr=learning_rates())
def test_float64(student, reference, model, lr):
    """Keeps float64 in parameters and states, and computes in it."""
    exactly: dict[str, Any] = {"tolerance": COMPUTED_IN_FLOAT64, "same_dtype": True}
    _judge(student, reference, [model], _steps(lr, calls=3), **exactly)
    _judge(student, reference, [model], _steps(lr, calls=3), kept=True, **exactly)
