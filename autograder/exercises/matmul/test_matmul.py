"""The checks of matmul(A, B): the matrix product by elementwise products and sums."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds, tensors

ENTRIES = Values(-3, 3)
"""Five products are at most 45 together: added up in any order, they round within the default tolerance."""
EXTENTS = st.sampled_from([2, 3, 4, 5])


@st.composite
def factors(
    draw: st.DrawFn,
    /,
    n: int | None = None,
    k: int | None = None,
    m: int | None = None,
    **options: Any,
) -> Any:
    """A: (n, k) and B: (k, m), square or not."""
    rows, inner, columns = (given or draw(EXTENTS) for given in (n, k, m))
    A = draw(tensors((rows, inner), ENTRIES, **options))
    return A, draw(tensors((inner, columns), ENTRIES, **options))


@points(2)
@given(pair=factors())
def test_values(student, reference, pair):
    """Gives the sum over k of a_ik times b_kj as entry (i, j)."""
    assert_same(student.matmul, reference.matmul, *pair, names="A B")


@points(0.5, needs=test_values)
@given(pair=factors(), seed=seeds())
def test_gradient(student, reference, pair, seed):
    """Lets gradients flow back to both factors."""
    assert_same_gradient(student.matmul, reference.matmul, *pair, names="A B", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=factors(n=1) | factors(k=1) | factors(m=1) | factors(n=1, m=1), seed=seeds())
def test_single_row_or_column(student, reference, pair, seed):
    """Is correct for a single row, a single column, and a sum of a single product."""
    assert_same(student.matmul, reference.matmul, *pair, names="A B", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=factors(strided=True), seed=seeds())
def test_noncontiguous(student, reference, pair, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.matmul, reference.matmul, *pair, names="A B", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=factors(dtype=FLOAT64) | factors(), seed=seeds())
def test_dtype(student, reference, pair, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.matmul, reference.matmul, *pair, names="A B", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=factors(), seed=seeds())
def test_input_unchanged(student, pair, seed):
    """Leaves both factors as they were, forward and backward."""
    assert_input_unchanged(student.matmul, *pair, names="A B", seed=seed)
