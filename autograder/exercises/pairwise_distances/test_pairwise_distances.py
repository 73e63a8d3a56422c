"""The checks of pairwise_distances(A, B): squared distances between the rows of two matrices."""

from typing import Any

import torch
from hypothesis import assume, given, settings
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
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds, tensors

ROUNDED = Tolerance(rtol=1e-4, atol=1e-4)
"""|a|^2 - 2ab + |b|^2 is as correct as the differences. Its terms are at most 320 (five features of
magnitude 4), so that six roundings of float32 come to 1e-4 where the distance itself is small."""
MODERATE = Values(-4, 4)
SMALL = Values(-1, 1)
"""Where no term is above 20, that formula stays within the default tolerance."""
EXTENTS = st.sampled_from([2, 3, 4, 5])


@st.composite
def points_of(
    draw: st.DrawFn,
    /,
    entries: Values = MODERATE,
    n: int | None = None,
    m: int | None = None,
    d: int | None = None,
    **options: Any,
) -> Any:
    """A: (n, d) and B: (m, d), as many rows in both or not; no point of B is one of A."""
    features = d or draw(EXTENTS)
    sizes = [n or draw(EXTENTS), m or draw(EXTENTS)]
    A, B = (draw(tensors((rows, features), entries, **options)) for rows in sizes)
    assume((A[:, None] != B).any(2).all())
    return A, B


@st.composite
def coinciding(draw: st.DrawFn) -> Any:
    """A and B, where some rows of B are rows of A."""
    A, B = draw(points_of())
    shared = draw(st.integers(1, min(len(A), len(B))))
    return A, torch.cat([B[shared:], A[:shared]])


@points(3)
@given(pair=points_of() | coinciding())
def test_values(student, reference, pair):
    """Gives the squared distance of row i of A and row j of B as entry (i, j)."""
    assert_same(
        student.pairwise_distances, reference.pairwise_distances, *pair, names="A B",
        tolerance=ROUNDED,
    )  # fmt: skip


@points(1, needs=test_values)
@given(pair=points_of() | coinciding(), seed=seeds())
def test_gradient(student, reference, pair, seed):
    """Lets gradients flow back to both, also where two points coincide."""
    assert_same_gradient(
        student.pairwise_distances, reference.pairwise_distances, *pair, names="A B", seed=seed,
        tolerance=ROUNDED,
    )  # fmt: skip


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=points_of(n=1) | points_of(m=1) | points_of(d=1), seed=seeds())
def test_one_row_or_feature(student, reference, pair, seed):
    """Is correct for a single row of A or of B, and for a single feature."""
    assert_same(
        student.pairwise_distances, reference.pairwise_distances, *pair, names="A B", seed=seed,
        tolerance=ROUNDED, gradient_tolerance=ROUNDED,
    )  # fmt: skip


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=points_of(strided=True), seed=seeds())
def test_noncontiguous(student, reference, pair, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(
        student.pairwise_distances, reference.pairwise_distances, *pair, names="A B", seed=seed,
        tolerance=ROUNDED, gradient_tolerance=ROUNDED,
    )  # fmt: skip


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=points_of(dtype=FLOAT64) | points_of(SMALL), seed=seeds())
def test_dtype(student, reference, pair, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(
        student.pairwise_distances, reference.pairwise_distances, *pair, names="A B", seed=seed
    )


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=points_of(), seed=seeds())
def test_input_unchanged(student, pair, seed):
    """Leaves both inputs as they were, forward and backward."""
    assert_input_unchanged(student.pairwise_distances, *pair, names="A B", seed=seed)
