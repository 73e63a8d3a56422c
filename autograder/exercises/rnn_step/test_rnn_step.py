"""The checks of rnn_step(X, H, W_xh, W_hh, b_h): one step of a recurrent layer."""

from itertools import product

from hypothesis import given, settings

from autograder.checking import (
    Tolerance,
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.closeness import assert_is_tensor
from autograder.checking.strategies import EDGE_CASES, FLOAT32, FLOAT64, seeds
from autograder.checking.together import tensors_together

NAMES = "X H W_xh W_hh b_h"
RANGES = [Values(-2, 2), Values(-2, 2), Values(-1, 1), Values(-1, 1), Values(-1, 1)]
"""Of X, H, W_xh, W_hh and b_h: most sums stay where tanh is steep."""
STEPS = 6
THROUGH_TIME = Tolerance(rtol=1e-3, atol=1e-3)
"""For gradients through six steps, drawn in float64: each step may enlarge the rounding of an answer that
computes in float32, which loses the check of dtypes alone."""
SATURATED = [Values(-1000, 1000, whole=True), *[Values(-4, 4, whole=True)] * 4]
"""Whole numbers: their sums are exact, so that tanh gets the same number in whatever order."""
FLAT = Tolerance(rtol=1e-3, atol=1e-3)
"""The slope of tanh is known to 6e-8 where it comes of 1 - tanh²; here it is multiplied by up to 1000."""


def _cases(sizes, ranges=RANGES, *, inputs=1, strided=False, dtype=FLOAT32):
    """X (or several, for as many steps), H, and the parameters; sizes holds triples n, d, h."""
    shapes = [(*[(n, d)] * inputs, (n, h), (d, h), (h, h), (h,)) for n, d, h in sizes]
    of_all = [*ranges[:1] * inputs, *ranges[1:]]
    return tensors_together(shapes, of_all, strided=strided, dtype=dtype)


EVERYDAY = list(product([2, 3, 4], repeat=3))
SINGLE = [(1, 3, 2), (3, 1, 2), (3, 2, 1), (1, 1, 1)]


def _unrolled(function):
    """The states of six steps, as a function of six inputs, the first state and the parameters."""

    def steps(*arguments):
        inputs, (H, W_xh, W_hh, b_h) = arguments[:STEPS], arguments[STEPS:]
        states = []
        for X in inputs:
            result = function(X, H, W_xh, W_hh, b_h)
            assert_is_tensor(result, function="rnn_step")
            H = result.to(X.dtype)  # another check judges the dtype
            states.append(H)
        return states

    steps.__name__ = "rnn_step"
    return steps


@points(1.5)
@given(case=_cases(EVERYDAY))
def test_values(student, reference, case):
    """Gives tanh(X W_xh + H W_hh + b_h)."""
    assert_same(student.rnn_step, reference.rnn_step, *case, names=NAMES)


@points(0.75, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, inputs=STEPS, dtype=FLOAT64), seed=seeds())
def test_gradients_through_time(student, reference, case, seed):
    """Lets gradients flow back through six steps: to every input, the first state and the parameters."""
    names = " ".join([*(f"X{step}" for step in range(1, STEPS + 1)), *NAMES.split()[1:]])
    assert_same_gradient(
        _unrolled(student.rnn_step), _unrolled(reference.rnn_step), *case,
        names=names, seed=seed, tolerance=THROUGH_TIME,
    )  # fmt: skip


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(SINGLE), seed=seeds())
def test_single(student, reference, case, seed):
    """Is correct for a single example, input or hidden unit."""
    assert_same(student.rnn_step, reference.rnn_step, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, SATURATED), seed=seeds())
def test_saturated(student, reference, case, seed):
    """Stays finite and correct, with its gradient, where tanh is flat."""
    assert_same(
        student.rnn_step, reference.rnn_step, *case,
        names=NAMES, seed=seed, gradient_tolerance=FLAT,
    )  # fmt: skip


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for transposes and for slices with a step."""
    assert_same(student.rnn_step, reference.rnn_step, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, dtype=FLOAT64) | _cases(EVERYDAY), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.rnn_step, reference.rnn_step, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves its inputs as they were, forward and backward."""
    assert_input_unchanged(student.rnn_step, *case, names=NAMES, seed=seed)
