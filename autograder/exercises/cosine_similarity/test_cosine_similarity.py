"""The checks of cosine_similarity(x, y): the cosine of the angle between two vectors."""

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

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
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds

MAGNITUDES = Values(0.125, 4)
"""Lengths of at least 0.17: a small constant in the denominator costs less than the tolerance."""
ENDS = st.sampled_from([2.5e9, 8e-10])
"""Factors that bring the largest magnitude, 4, to 1e10, and the smallest, 0.125, to 1e-10."""

LONGER = 32
"""A constant of 1e-8 in the denominator is another check's mistake: beside the product of lengths of at
least 5 it is less than float64's tolerance."""


@st.composite
def vectors(draw: st.DrawFn, /, d: int | None = None, *, zeros: bool = True, **options: Any) -> Any:
    """Two vectors of as many entries each."""
    shape = (d or draw(st.integers(2, 5)),)
    return [draw(signed(shape, MAGNITUDES, zeros=zeros, **options)) for _ in range(2)]


@st.composite
def parallel(draw: st.DrawFn) -> Any:
    """A vector and a multiple of it, in the same direction or against it."""
    x, _ = draw(vectors())
    return x, x * draw(st.sampled_from([2.0, -1.0, -3.0, 1.0]))


@points(1.5)
@given(pair=vectors())
def test_values(student, reference, pair):
    """Gives the inner product divided by the product of the lengths, without dimensions."""
    assert_same(student.cosine_similarity, reference.cosine_similarity, *pair, names="x y")


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=vectors(), factor=ENDS, other=ENDS)
def test_large_and_small(student, reference, pair, factor, other):
    """Is correct for entries as large as 1e10 and as small as 1e-10, without leaving autograd."""
    scaled = [v * f for v, f in zip(pair, (factor, other), strict=True)]
    x, y = map(leaf, scaled)
    result = student.cosine_similarity(x, y)
    wanted = reference.cosine_similarity(*(v.double() for v in scaled)).to(x.dtype)
    assert_close(result, wanted, function="cosine_similarity", same_dtype=False)
    # Gradients have to arrive. Their values are judged where they are of moderate size.
    ones, function = [torch.ones(())], "cosine_similarity"
    gradients([result], [x, y], ones, names=["x", "y"], function=function)


@points(0.5, needs=test_values)
@given(pair=vectors(), seed=seeds())
def test_gradient(student, reference, pair, seed):
    """Lets gradients flow back to both vectors."""
    assert_same_gradient(
        student.cosine_similarity, reference.cosine_similarity, *pair, names="x y", seed=seed
    )


@points(0.125, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=parallel() | vectors(d=1, zeros=False), seed=seeds())
def test_parallel(student, reference, pair, seed):
    """Gives 1 for parallel vectors and -1 for opposite ones, also of a single entry."""
    assert_same(
        student.cosine_similarity, reference.cosine_similarity, *pair, names="x y", seed=seed
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=vectors(strided=True), seed=seeds())
def test_noncontiguous(student, reference, pair, seed):
    """Is correct for slices with a step."""
    assert_same(
        student.cosine_similarity, reference.cosine_similarity, *pair, names="x y", seed=seed
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=vectors(dtype=FLOAT64) | vectors(), seed=seeds())
def test_dtype(student, reference, pair, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    long = [v * LONGER for v in pair]
    assert_dtype_kept(
        student.cosine_similarity, reference.cosine_similarity, *long, names="x y", seed=seed
    )


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=vectors(), seed=seeds())
def test_input_unchanged(student, pair, seed):
    """Leaves both vectors as they were, forward and backward."""
    assert_input_unchanged(student.cosine_similarity, *pair, names="x y", seed=seed)
