"""The checks of layer_norm(X, gamma, beta, eps): normalization over the last dimension."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds
from autograder.checking.together import spread_out, tensors_together

NAMES = "X gamma beta eps"
CASES = 50
"""Half of the default: one case has several rows."""
EPS = 1e-5
"""The default of PyTorch."""
RANGES = [Values(-4, 4), Values(-2, 2), Values(-4, 4)]
ROUNDED = Tolerance(rtol=1e-3, atol=1e-3)
"""For float32. An eps of 1e-5 is up to 4e-5 of a variance of 0.25, and results are differences of numbers
of up to 32: where it goes is judged by `test_eps` alone. For gradients per unit of the cotangent."""


def _cases(shapes, *, spread=True, strided=False, dtype=None):
    """X, gamma and beta."""
    together = [(shape, shape[-1:], shape[-1:]) for shape in shapes]
    dtypes = {} if dtype is None else {"dtype": dtype}
    drawn = tensors_together(together, RANGES, strided=strided, **dtypes)
    if not spread:
        return drawn

    def with_spread(case):
        spread_out(case[0], [-1])
        return case

    return drawn.map(with_spread)


MATRICES = list(product([2, 3, 4, 5], [3, 4, 5, 6]))
THREE_DIMS = list(product([2, 3], [2, 3, 4], [3, 4, 5]))
OTHER_DIMS = [*[(d,) for d in (3, 4, 6)], *[(2, 2, 3, 4), (2, 3, 2, 3), (3, 2, 2, 5)]]
ONE_ROW = [*[(1, d) for d in (3, 5)], *[(1, 1, 4), (2, 1, 3), (1, 3, 4)]]
TWO_FEATURES = [(3, 2), (2, 3, 2)]
ONE_FEATURE = [(3, 1), (1, 1), (1,), (2, 3, 1)]


@points(1.5)
@settings(max_examples=CASES)
@given(case=_cases([*MATRICES, *THREE_DIMS]))
def test_values(student, reference, case):
    """Normalizes each row by its own mean and biased variance; gamma scales, beta shifts."""
    assert_same(
        student.layer_norm, reference.layer_norm, *case, EPS, names=NAMES, tolerance=ROUNDED
    )


@points(0.5, needs=test_values)
@settings(max_examples=CASES)
@given(case=_cases([*MATRICES, *THREE_DIMS]), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow to X, through mean and variance too, and to gamma and beta."""
    assert_same_gradient(
        student.layer_norm, reference.layer_norm, *case, EPS,
        names=NAMES, seed=seed, tolerance=ROUNDED,
    )  # fmt: skip


@points(0.375, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(
    case=_cases(MATRICES, spread=False, dtype=FLOAT64),
    eps=st.sampled_from([0.1, 0.5, 1e-2]),
    seed=seeds(),
)
def test_eps(student, reference, case, eps, seed):
    """Adds eps to the variance, inside the root; a constant row becomes beta."""
    assert_same(student.layer_norm, reference.layer_norm, *case, eps, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(TWO_FEATURES) | _cases(ONE_FEATURE, spread=False, dtype=FLOAT64), seed=seeds())
def test_few_features(student, reference, case, seed):
    """Is correct for two features and for one, where the result is beta."""
    assert_same(
        student.layer_norm, reference.layer_norm, *case, EPS,
        names=NAMES, seed=seed, tolerance=ROUNDED, gradient_tolerance=ROUNDED,
    )  # fmt: skip


@points(0.1875, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*OTHER_DIMS, *ONE_ROW]), seed=seeds())
def test_other_dimensions(student, reference, case, seed):
    """Is correct for one, two, three and four dimensions, and for one row."""
    assert_same(
        student.layer_norm, reference.layer_norm, *case, EPS,
        names=NAMES, seed=seed, tolerance=ROUNDED, gradient_tolerance=ROUNDED,
    )  # fmt: skip


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(MATRICES, dtype=FLOAT64) | _cases(MATRICES), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.layer_norm, reference.layer_norm, *case, EPS, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*MATRICES, *THREE_DIMS], strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(
        student.layer_norm, reference.layer_norm, *case, EPS,
        names=NAMES, seed=seed, tolerance=ROUNDED, gradient_tolerance=ROUNDED,
    )  # fmt: skip


@points(0.0625, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*MATRICES, *THREE_DIMS]), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves X, gamma and beta as they were, forward and backward."""
    assert_input_unchanged(student.layer_norm, *case, EPS, names=NAMES, seed=seed)
