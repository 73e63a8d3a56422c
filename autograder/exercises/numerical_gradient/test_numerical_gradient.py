"""The checks of numerical_gradient(f, x, eps=1e-5): central differences, entry by entry."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import functions
from autograder.checking import (
    Tolerance,
    Values,
    assert_close,
    assert_input_unchanged,
    assert_same,
    assert_tensor,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import (
    EDGE_CASES,
    EVERYDAY_SHAPES,
    FLOAT64,
    shapes,
    tensors,
)

ENTRIES = Values(-2, 2)
"""Moderate: the product of twelve such numbers has eight digits left after a difference at 1e-5."""
EVERYDAY = tensors(EVERYDAY_SHAPES, ENTRIES, dtype=FLOAT64)
STRIDED = tensors(shapes(min_dims=2, max_dims=2, least=2), ENTRIES, dtype=FLOAT64, strided=True)
FEW = st.sampled_from([(), (1,), (1, 1), (1, 3), (3, 1)]) | shapes(min_dims=3, max_dims=3)
"""Without dimensions, with one entry in a dimension, and with three dimensions."""
FUNCTIONS = st.sampled_from(
    [
        functions.sum_of_squares,
        functions.sum_of_cubes,
        functions.sum_of_sines,
        functions.product,
        functions.log_sum_exp,
    ]
)
CURVED = st.sampled_from([functions.sum_of_cubes, functions.product, functions.log_sum_exp])
"""Of a large step their differences show where it was made, and what else was moved."""
LARGE_STEPS = st.sampled_from([0.5, 0.25, 0.3])
STEPS = st.sampled_from([1e-5, 0.3])
SLOPES = Tolerance(rtol=1e-4, atol=1e-4)
"""At 1e-5 the error is about 1e-10 times the third derivative, and rounding 1e-11 times f. Wide enough
for a one-sided difference, too: the check of a large step judges which it is."""


@points(2)
@given(f=FUNCTIONS, x=EVERYDAY)
def test_slopes(student, reference, f, x):
    """Gives the slope of f along every entry of a vector or a matrix."""
    assert_same(
        student.numerical_gradient, reference.numerical_gradient, f, x,
        names="f x", tolerance=SLOPES,
    )  # fmt: skip


@points(0.75, needs=test_slopes)
@settings(max_examples=2 * EDGE_CASES)
@given(f=CURVED, x=EVERYDAY, eps=LARGE_STEPS, by_name=st.booleans())
def test_large_step(student, reference, f, x, eps, by_name):
    """Is (f(x + eps e_i) - f(x - eps e_i)) / (2 eps) for a large eps as well."""
    ask = student.numerical_gradient
    result = ask(f, x, eps=eps) if by_name else ask(f, x, eps)
    expected = reference.numerical_gradient(f, x, eps)
    assert_close(result, expected, function="numerical_gradient", same_dtype=False)


@points(0.25, needs=test_slopes)
@settings(max_examples=EDGE_CASES)
@given(f=FUNCTIONS, x=EVERYDAY, eps=STEPS)
def test_input_unchanged(student, f, x, eps):
    """Leaves x as it was, to the last bit."""
    assert_input_unchanged(student.numerical_gradient, f, x, eps, names="f x eps")


@points(0.25, needs=test_slopes)
@settings(max_examples=EDGE_CASES)
@given(x=EVERYDAY)
def test_argument_of_f(student, reference, x):
    """Hands tensors of x's shape to f, which may treat rows and columns differently."""
    f = functions.sum_of_mean_squares
    assert_same(
        student.numerical_gradient, reference.numerical_gradient, f, x,
        names="f x", tolerance=SLOPES,
    )  # fmt: skip


@points(0.25, needs=test_slopes)
@settings(max_examples=EDGE_CASES)
@given(f=FUNCTIONS, x=tensors(FEW, ENTRIES, dtype=FLOAT64))
def test_any_shape(student, reference, f, x):
    """Is correct without dimensions, for one row, one column, one entry and three dimensions."""
    assert_same(
        student.numerical_gradient, reference.numerical_gradient, f, x,
        names="f x", tolerance=SLOPES,
    )  # fmt: skip


@points(0.25, needs=test_slopes)
@settings(max_examples=2 * EDGE_CASES)
@given(f=FUNCTIONS, x=STRIDED | EVERYDAY.map(leaf))
def test_layout_and_flag(student, reference, f, x):
    """Is correct for a transpose, for a slice with a step, and where x requires grad."""
    mine = leaf(x) if x.requires_grad else same_layout(x)
    result = student.numerical_gradient(f, mine)
    expected = reference.numerical_gradient(f, x.detach())
    assert_close(
        result, expected, tolerance=SLOPES, function="numerical_gradient", same_dtype=False
    )


@points(0.25, needs=test_slopes)
@settings(max_examples=EDGE_CASES)
@given(f=FUNCTIONS, x=EVERYDAY)
def test_dtype(student, reference, f, x):
    """Returns float64, like x."""
    result = student.numerical_gradient(f, x)
    assert_tensor(result, reference.numerical_gradient(f, x), function="numerical_gradient")
