"""The checks of p_norm(x, p): the p-norm of all entries of a tensor."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import (
    Values,
    assert_close,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    gradients,
    leaf,
    points,
)
from autograder.checking.signed import signed
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds, shapes

MAGNITUDES = Values(0.125, 4)
"""The tenth power of each, and of all together, is far from the ends of float32: nobody has to scale."""
LARGE = Values(1e18, 1e20)
OTHER_ORDERS = st.sampled_from([3, 1.5, 2.5, 5, 10])
"""The checks of edges keep to p = 2: an answer that takes every p for 2 loses those of other p alone."""
ANY_ORDER = st.sampled_from([2, 1, 3, 1.5])
"""A root of order 3 has an exponent that float32 rounds."""
ORDERS_OF_LARGE = st.sampled_from([2, 3, 1])
INFINITY = float("inf")
VECTORS = shapes(min_dims=1, max_dims=1, least=2)
OTHER_SHAPES = st.sampled_from([(), (1,), (1, 1), (1, 3), (3, 1)]) | shapes(min_dims=2)


@st.composite
def with_one_largest(draw: st.DrawFn) -> Tensor:
    """A vector of which one entry alone has the largest magnitude."""
    x = draw(signed(VECTORS, MAGNITUDES))
    place = draw(st.integers(0, len(x) - 1))
    x[place] = x[place].sign() * (x.abs().max() + 0.5)
    return x


@points(0.75)
@given(x=signed(VECTORS, MAGNITUDES, zeros=True))
def test_values(student, reference, x):
    """Gives the root of the sum of squares, as a tensor without dimensions, for p = 2."""
    assert_same(student.p_norm, reference.p_norm, x, 2, names="x p")


@points(0.75)
@given(x=signed(VECTORS, MAGNITUDES, zeros=True))
def test_sum_of_magnitudes(student, reference, x):
    """Gives the sum of the magnitudes for p = 1."""
    assert_same(student.p_norm, reference.p_norm, x, 1, names="x p")


@points(0.25, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(x=signed(VECTORS, MAGNITUDES), p=OTHER_ORDERS, seed=seeds())
def test_other_orders(student, reference, x, p, seed):
    """Gives the p-th root of the sum of |x_i|**p, with its gradient, for p = 3, 1.5 and others."""
    assert_same(student.p_norm, reference.p_norm, x, p, names="x p", seed=seed)


@points(0.375, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(x=with_one_largest(), seed=seeds())
def test_infinity(student, reference, x, seed):
    """Gives the largest magnitude, with its gradient, for p = float("inf")."""
    assert_same(student.p_norm, reference.p_norm, x, INFINITY, names="x p", seed=seed)
    # Equal magnitudes, where a large p isn't large enough. Whose gradient it is then isn't judged.
    equal = x.sign() * x.abs().max()
    assert_same(student.p_norm, reference.p_norm, equal, INFINITY, names="x p")


@points(0.25, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(x=signed(VECTORS, LARGE), p=ORDERS_OF_LARGE)
def test_large_entries(student, reference, x, p):
    """Stays finite and correct for entries as large as 1e20, without leaving autograd."""
    mine = leaf(x)
    result = student.p_norm(mine, p)
    wanted = reference.p_norm(x.double(), p).to(x.dtype)
    assert_close(result, wanted, function="p_norm", same_dtype=False)
    # A gradient has to arrive. Its values are judged where no power is beyond float32 on the way.
    gradients([result], [mine], [torch.ones(())], names=["x"], function="p_norm")


@points(0.125, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(x=signed(VECTORS, MAGNITUDES), seed=seeds())
def test_gradient(student, reference, x, seed):
    """Lets gradients flow back where no entry is 0."""
    assert_same_gradient(student.p_norm, reference.p_norm, x, 2, names="x p", seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(x=signed(OTHER_SHAPES, MAGNITUDES), seed=seeds())
def test_any_shape(student, reference, x, seed):
    """Takes all entries of a tensor of any shape, also without dimensions; only zeros have the norm 0."""
    assert_same(student.p_norm, reference.p_norm, x, 2, names="x p", seed=seed)
    assert_same(student.p_norm, reference.p_norm, torch.zeros_like(x), 2, names="x p")


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(x=signed(shapes(min_dims=1, max_dims=2, least=2), MAGNITUDES, strided=True), seed=seeds())
def test_noncontiguous(student, reference, x, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.p_norm, reference.p_norm, x, 2, names="x p", seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    x=signed(VECTORS, MAGNITUDES, dtype=FLOAT64) | signed(VECTORS, MAGNITUDES),
    p=ANY_ORDER,
    seed=seeds(),
)
def test_dtype(student, reference, x, p, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.p_norm, reference.p_norm, x, p, names="x p", seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(x=signed(VECTORS, MAGNITUDES), seed=seeds())
def test_input_unchanged(student, x, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.p_norm, x, 2, names="x p", seed=seed)
