"""The checks of lstm_step(X, H, C, W_x, W_h, b): one step of a long short-term memory."""

from itertools import product

from hypothesis import given, settings

from autograder.checking import (
    Tolerance,
    Values,
    assert_close,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_results,
    assert_same,
    assert_same_gradient,
    points,
    same_layout,
)
from autograder.checking.closeness import assert_is_tensor
from autograder.checking.strategies import EDGE_CASES, FLOAT32, FLOAT64, seeds
from autograder.checking.together import tensors_together

NAMES = "X H C W_x W_h b"
RESULTS = ("H", "C")
RANGES = [Values(-2, 2), Values(-2, 2), Values(-3, 3), *[Values(-1, 1)] * 3]
"""Of X, H, C, W_x, W_h and b: most gates are neither open nor closed."""
ZERO_STATE = [RANGES[0], Values(0, 0), Values(0, 0), *RANGES[3:]]
STEPS = 6
THROUGH_TIME = Tolerance(rtol=1e-3, atol=1e-3)
"""For gradients through six steps, drawn in float64: each step may enlarge the rounding of an answer that
computes in float32, which loses the check of dtypes alone."""


def _cases(sizes, ranges=RANGES, *, inputs=1, strided=False, dtype=FLOAT32):
    """X (or several, for as many steps), H, C, and the parameters; sizes holds triples n, d, h."""
    shapes = [
        (*[(n, d)] * inputs, (n, h), (n, h), (d, 4 * h), (h, 4 * h), (4 * h,)) for n, d, h in sizes
    ]
    of_all = [*ranges[:1] * inputs, *ranges[1:]]
    return tensors_together(shapes, of_all, strided=strided, dtype=dtype)


EVERYDAY = [*product([2, 3, 4], [2, 3], [2, 3]), (2, 2, 5), (3, 2, 6)]
"""Some with five or six units: blocks of another number of columns are then told from those of h."""
SINGLE = [(1, 3, 2), (3, 1, 2), (3, 2, 1), (1, 1, 1)]


def _compare(student, reference, case, place):
    """One of the two results; the other is judged elsewhere."""
    expected = reference.lstm_step(*(one.double() for one in case))[place]
    results = student.lstm_step(*map(same_layout, case))
    result = assert_results(results, RESULTS, function="lstm_step")[place]
    assert_close(result, expected.float(), what=f"result[{place}]", same_dtype=False)


def _unrolled(function):
    """The states of six steps, as a function of six inputs, the first state and the parameters."""

    def steps(*arguments):
        inputs, (H, C, *parameters) = arguments[:STEPS], arguments[STEPS:]
        states = []
        for X in inputs:
            results = function(X, H, C, *parameters)
            for one in assert_results(results, RESULTS, function="lstm_step"):
                assert_is_tensor(one, function="lstm_step")
            H, C = (one.to(X.dtype) for one in results)  # another check judges the dtype
            states.append(H)
        return [*states, C]

    steps.__name__ = "lstm_step"
    return steps


@points(1.25)
@given(case=_cases(EVERYDAY))
def test_state(student, reference, case):
    """Gives the new H as the first of two results: the output gate times tanh of the new C."""
    _compare(student, reference, case, 0)


@points(0.75, needs=test_state)
@given(case=_cases(EVERYDAY))
def test_memory(student, reference, case):
    """Gives the new C as the second result: what is kept of the old one, plus what is let in."""
    _compare(student, reference, case, 1)


@points(1.25, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, inputs=STEPS, dtype=FLOAT64), seed=seeds())
def test_gradients_through_time(student, reference, case, seed):
    """Lets gradients flow back through six steps: to every input, both first states and the parameters."""
    names = " ".join([*(f"X{step}" for step in range(1, STEPS + 1)), *NAMES.split()[1:]])
    assert_same_gradient(
        _unrolled(student.lstm_step), _unrolled(reference.lstm_step), *case,
        names=names, seed=seed, tolerance=THROUGH_TIME,
    )  # fmt: skip


@points(0.125, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(SINGLE), seed=seeds())
def test_single(student, reference, case, seed):
    """Is correct for a single example, input or hidden unit."""
    assert_same(student.lstm_step, reference.lstm_step, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, ZERO_STATE), seed=seeds())
def test_first_step(student, reference, case, seed):
    """Is correct for the first step of a sequence, where H and C are 0."""
    assert_same(student.lstm_step, reference.lstm_step, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for transposes and for slices with a step."""
    assert_same(student.lstm_step, reference.lstm_step, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY, dtype=FLOAT64) | _cases(EVERYDAY), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.lstm_step, reference.lstm_step, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_state)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(EVERYDAY), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves H, C and the other inputs as they were, forward and backward."""
    assert_input_unchanged(student.lstm_step, *case, names=NAMES, seed=seed)
