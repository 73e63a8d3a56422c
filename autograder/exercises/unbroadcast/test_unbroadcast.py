"""The checks of unbroadcast(grad, shape): sums over what broadcasting added or stretched."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Values,
    assert_close,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, logits, shapes, tensors

ENTRIES = Values(-8, 8)


@st.composite
def cases(draw, *, grads, targets, kinds=(tuple,)):
    """A gradient, and a shape that broadcasts to its own: drawn from those that `targets` gives."""
    grad = draw(grads)
    shape = draw(st.sampled_from(targets(tuple(grad.shape))))
    return grad, draw(st.sampled_from(kinds))(shape)


def _once(shape):
    """The shapes of a row without or with a first dimension, and of a column, for a matrix."""
    n, q = shape
    return [(q,), (n, 1), (1, q)]


def _several(shape):
    """All shapes of which two or more dimensions were added or stretched, or one of each."""
    found = set()
    for added in range(len(shape)):
        kept = shape[added:]
        for mask in range(2 ** len(kept)):
            stretched = [place for place in range(len(kept)) if mask >> place & 1]
            if added + len(stretched) > 1:
                found.add(tuple(1 if i in stretched else size for i, size in enumerate(kept)))
    return sorted(found, key=lambda one: (-len(one), one))


MATRICES = logits()
LARGE_SHAPES = shapes(min_dims=2, max_dims=4, least=2)
LARGER = tensors(LARGE_SHAPES, ENTRIES) | tensors(LARGE_SHAPES, ENTRIES, strided=True)
"""Some are not contiguous: only two dimensions that were added can be too many for a view as one."""
ONES_TOO = tensors(shapes(min_dims=1, max_dims=3), ENTRIES)
EVERYDAY = cases(grads=MATRICES, targets=_once)


@points(2)
@given(case=EVERYDAY)
def test_rows_and_columns(student, reference, case):
    """Sums a matrix to a vector, to a row or to a column."""
    assert_same(student.unbroadcast, reference.unbroadcast, *case, names="grad shape")


@points(0.5, needs=test_rows_and_columns)
@settings(max_examples=2 * EDGE_CASES)
@given(case=cases(grads=LARGER, targets=_several))
def test_several_dimensions(student, reference, case):
    """Is correct where several dimensions were added or stretched, in any mixture."""
    assert_same(student.unbroadcast, reference.unbroadcast, *case, names="grad shape")


@points(0.5, needs=test_rows_and_columns)
@settings(max_examples=EDGE_CASES)
@given(
    case=cases(grads=MATRICES | ONES_TOO, targets=lambda shape: [shape], kinds=(tuple, torch.Size))
)
def test_nothing_broadcast(student, reference, case):
    """Sums nothing where shape is grad's own, as a tuple or as a torch.Size."""
    assert_same(student.unbroadcast, reference.unbroadcast, *case, names="grad shape")


@points(0.25, needs=test_rows_and_columns)
@settings(max_examples=EDGE_CASES)
@given(case=cases(grads=MATRICES | ONES_TOO, targets=lambda shape: [(), (1,)]))
def test_one_number(student, reference, case):
    """Is correct for the shapes () and (1,)."""
    assert_same(student.unbroadcast, reference.unbroadcast, *case, names="grad shape")


@points(0.25, needs=test_rows_and_columns)
@settings(max_examples=EDGE_CASES)
@given(case=cases(grads=logits(strided=True) | MATRICES.map(leaf), targets=_once))
def test_layout_and_flag(student, reference, case):
    """Is correct for a transpose, for a slice with a step, and where grad requires grad."""
    grad, shape = case
    mine = leaf(grad) if grad.requires_grad else same_layout(grad)
    result = student.unbroadcast(mine, shape)
    expected = reference.unbroadcast(grad.detach(), shape)
    assert_close(result, expected, function="unbroadcast", same_dtype=False)


@points(0.25, needs=test_rows_and_columns)
@settings(max_examples=EDGE_CASES)
@given(case=cases(grads=logits(dtype=FLOAT64), targets=_once) | EVERYDAY)
def test_dtype(student, reference, case):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.unbroadcast, reference.unbroadcast, *case, names="grad shape")


@points(0.25, needs=test_rows_and_columns)
@settings(max_examples=EDGE_CASES)
@given(case=EVERYDAY)
def test_input_unchanged(student, case):
    """Leaves grad as it was."""
    assert_input_unchanged(student.unbroadcast, *case, names="grad shape")
