"""The checks of detached_product(x): the values of x**3 with the gradient x**2."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Values,
    assert_close,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    cotangent_like,
    gradients,
    leaf,
    messages,
    points,
    same_layout,
    tolerances,
)
from autograder.checking.closeness import assert_is_tensor
from autograder.checking.strategies import (
    EDGE_CASES,
    EVERYDAY_SHAPES,
    FLOAT64,
    seeds,
    shapes,
    tensors,
)

ENTRIES = Values(-4, 4)
EVERYDAY = tensors(EVERYDAY_SHAPES, ENTRIES)
UNUSUAL = st.sampled_from([(), (1,), (1, 1), (1, 3), (3, 1)]) | shapes(min_dims=3, max_dims=3)
"""Without dimensions, with one entry in a dimension, and with three dimensions."""

SUMMANDS = 20
"""Magnitude of two gradients that may cancel when they are added: 16 and 8 times a cotangent."""


@points(1)
@given(x=EVERYDAY, seed=seeds())
def test_value_and_gradient(student, reference, x, seed):
    """Has the values x**3 and the gradient x**2."""
    ask, expected = student.detached_product, reference.detached_product
    assert_same(ask, expected, x, names="x", seed=seed)


@points(0.25, needs=test_value_and_gradient)
@settings(max_examples=EDGE_CASES)
@given(x=tensors(UNUSUAL, ENTRIES), seed=seeds())
def test_any_shape(student, reference, x, seed):
    """Is correct without dimensions, for one row, one column, one entry and three dimensions."""
    ask, expected = student.detached_product, reference.detached_product
    assert_same(ask, expected, x, names="x", seed=seed)


@points(0.25, needs=test_value_and_gradient)
@settings(max_examples=EDGE_CASES)
@given(x=tensors(EVERYDAY_SHAPES, ENTRIES, strided=True), seed=seeds())
def test_noncontiguous(student, reference, x, seed):
    """Is correct for a transpose and for a slice with a step."""
    ask, expected = student.detached_product, reference.detached_product
    assert_same(ask, expected, x, names="x", seed=seed)


@points(0.25, needs=test_value_and_gradient)
@settings(max_examples=EDGE_CASES)
@given(x=tensors(EVERYDAY_SHAPES, ENTRIES, dtype=FLOAT64) | EVERYDAY, seed=seeds())
def test_dtype(student, reference, x, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    ask, expected = student.detached_product, reference.detached_product
    assert_dtype_kept(ask, expected, x, names="x", seed=seed)


@points(0.25, needs=test_value_and_gradient)
@settings(max_examples=EDGE_CASES)
@given(x=EVERYDAY, seed=seeds())
def test_other_uses(student, reference, x, seed):
    """Leaves x alone: unchanged, its other uses keep their gradients, and it need not require grad."""
    ask = student.detached_product
    assert_same(ask, reference.detached_product, same_layout(x), names="x")
    mine = leaf(x)
    result = ask(mine)
    assert_is_tensor(result, function="detached_product")
    assert_input_unchanged(ask, x, names="x", seed=seed)
    cotangents = [cotangent_like(x, seed), cotangent_like(x, seed + 1)]
    uses, function = [result, mine * mine], "detached_product"
    [got] = gradients(uses, [mine], cotangents, names=["x"], function=function)
    expected = cotangents[0] * x * x + 2 * cotangents[1] * x
    what = messages.GRADIENT.format(argument="x")
    tolerance = tolerances.FLOAT32.scaled(SUMMANDS)
    assert_close(
        got, expected, what=what, kind="gradient", tolerance=tolerance, same_dtype=False,
        shows="x.grad",
    )  # fmt: skip
