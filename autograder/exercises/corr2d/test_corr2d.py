"""The checks of corr2d(X, K): the cross-correlation of an image with a kernel."""

from itertools import product

from hypothesis import given, settings

from autograder.checking import (
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds
from autograder.checking.together import tensors_together

ENTRIES = Values(-4, 4)
CASES = 50
"""Half of the default: one case has dozens of windows."""
SIZES = [
    ((h, w), (kh, kw))
    for h, w, kh, kw in product([3, 4, 5, 6], [3, 4, 5, 6], [2, 3], [2, 3])
    if h > kh and w > kw
]
"""Images and kernels, square and not; there are at least two positions each way."""
NARROW = [
    *[((h, w), (1, 1)) for h, w in ((2, 3), (3, 2), (1, 1), (1, 4))],
    *[((h, w), (h, w)) for h, w in ((2, 3), (3, 2), (3, 3), (1, 2))],
    *[((4, 5), (1, 3)), ((5, 4), (3, 1)), ((3, 5), (3, 2)), ((5, 3), (2, 3)), ((1, 5), (1, 2))],
]
"""Kernels of a single entry, row or column, and those that fit in one way only."""


@points(1.5)
@settings(max_examples=CASES)
@given(case=tensors_together(SIZES, ENTRIES))
def test_values(student, reference, case):
    """Gives the sum of the products of kernel and window, at each of its (h-kh+1)(w-kw+1) places."""
    assert_same(student.corr2d, reference.corr2d, *case, names="X K")


@points(0.5, needs=test_values)
@settings(max_examples=CASES)
@given(case=tensors_together(SIZES, ENTRIES), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the image and to the kernel."""
    assert_same_gradient(student.corr2d, reference.corr2d, *case, names="X K", seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(NARROW, ENTRIES), seed=seeds())
def test_kernel_sizes(student, reference, case, seed):
    """Is correct for kernels of one entry, row or column, and for those as large as the image."""
    assert_same(student.corr2d, reference.corr2d, *case, names="X K", seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    case=tensors_together(SIZES, ENTRIES, dtype=FLOAT64) | tensors_together(SIZES, ENTRIES),
    seed=seeds(),
)
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.corr2d, reference.corr2d, *case, names="X K", seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(SIZES, ENTRIES, strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.corr2d, reference.corr2d, *case, names="X K", seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(SIZES, ENTRIES), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves image and kernel as they were, forward and backward."""
    assert_input_unchanged(student.corr2d, *case, names="X K", seed=seed)
