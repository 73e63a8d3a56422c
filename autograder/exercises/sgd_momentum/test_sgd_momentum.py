"""The checks of sgd_momentum(params, velocities, lr, momentum), in place, over several calls."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import Tolerance, Values, assert_grads_cleared, points
from autograder.checking.steps import assert_same_steps, assert_state_plain, copy_kept, models
from autograder.checking.strategies import EDGE_CASES, FLOAT64, learning_rates, shapes
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64

NAMES = ("params", "velocities")
CALLS = 5
"""With the same velocities: after the first call alone, from zero, most mistakes are correct by chance."""
CASES = 25
"""A quarter of the default, as every case holds several calls."""
WARM = Values(-4, 4)
ROUNDED = Tolerance(1e-4, 1e-4)
"""For float32: a parameter may move by 50 and come back, and 50 is rounded to 4e-6 ten times on the way."""
MOMENTA = st.sampled_from([0.9, 0.5, 0.75])
UNUSUAL_SHAPES = st.sampled_from([(), (), (1,), (1, 1), (1, 3)]) | shapes(min_dims=3, max_dims=4)
"""Without dimensions, with a single entry in one, or with three and more of them."""


def _judge(student, reference, drawn, steps, tolerance=ROUNDED, **options):
    functions = student.sgd_momentum, reference.sgd_momentum
    assert_same_steps(*functions, drawn, steps, names=NAMES, tolerance=tolerance, **options)


@points(2)
@settings(max_examples=CASES)
@given(model=models(calls=CALLS), lr=learning_rates(), momentum=MOMENTA)
def test_parameters(student, reference, model, lr, momentum):
    """Moves every parameter by the new velocity, in each of five steps that start at rest."""
    _judge(student, reference, [model], [(lr, momentum)] * CALLS)


@points(0.5, needs=test_parameters)
@settings(max_examples=CASES)
@given(model=models(calls=CALLS), lr=learning_rates(), momentum=MOMENTA)
def test_velocities(student, reference, model, lr, momentum):
    """Leaves the new velocities, momentum times the old one plus the grad, where the caller finds them."""
    _judge(student, reference, [model], [(lr, momentum)] * CALLS, kept=True)


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(
    drawn=st.lists(models(calls=CALLS, warm=WARM), min_size=2, max_size=2),
    rates=st.lists(learning_rates(), min_size=CALLS, max_size=CALLS, unique=True),
    momenta=st.permutations([0.9, 0.5, 0.0, 0.75, 0.99]),
)
def test_changing_rates(student, reference, drawn, rates, momenta):
    """Uses the lr, the momentum (0 too) and the velocities of this call; two models take turns."""
    _judge(student, reference, drawn, list(zip(rates, momenta, strict=True)))


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=CALLS, zero_grads=True), lr=learning_rates(), momentum=MOMENTA)
def test_zero_grads(student, reference, model, lr, momentum):
    """Keeps rolling where a grad is zero."""
    _judge(student, reference, [model], [(lr, momentum)] * CALLS)


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=1), lr=learning_rates(), momentum=MOMENTA)
def test_grads_cleared(student, model, lr, momentum):
    """Leaves every grad at zero, ready for the next backward pass."""
    params, velocities, _ = model
    rest = copy_kept(velocities), lr, momentum
    assert_grads_cleared(student.sgd_momentum, params, *rest, name="params")


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=2, warm=WARM), lr=learning_rates(), momentum=MOMENTA)
def test_in_place(student, model, lr, momentum):
    """Leaves the same parameters, leaves that require grad, and velocities that don't."""
    assert_state_plain(student.sgd_momentum, model, (lr, momentum), names=NAMES)


@points(0.25, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, shape=UNUSUAL_SHAPES), lr=learning_rates(), momentum=MOMENTA)
def test_any_shape(student, reference, model, lr, momentum):
    """Updates tensors of any shape, also without dimensions."""
    _judge(student, reference, [model], [(lr, momentum)] * 3)


@points(0.125, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, strided=True), lr=learning_rates(), momentum=MOMENTA)
def test_noncontiguous(student, reference, model, lr, momentum):
    """Updates a transpose and a slice with a step."""
    _judge(student, reference, [model], [(lr, momentum)] * 3)


@points(0.125, needs=test_parameters)
@settings(max_examples=EDGE_CASES)
@given(model=models(calls=3, dtype=FLOAT64), lr=learning_rates(), momentum=MOMENTA)
def test_float64(student, reference, model, lr, momentum):
    """Keeps float64 in parameters and velocities, and computes in it."""
    steps, exactly = [(lr, momentum)] * 3, {"tolerance": COMPUTED_IN_FLOAT64, "same_dtype": True}
    _judge(student, reference, [model], steps, **exactly)
    _judge(student, reference, [model], steps, kept=True, **exactly)
