"""The checks of max_pool2d(X, size, stride): the maximum of each window of each channel."""

from itertools import product

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import Values, assert_dtype_kept, assert_same, assert_same_gradient, points
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds, transposed, with_step
from autograder.checking.together import tensors_together

ENTRIES = Values(-4, 4)
CASES = 50
"""Half of the default: one case has dozens of windows."""
NAMES = "X size stride"
LOW = -5000
"""Below every number that a maximum might start from, such as 0 or -1000."""


def _shapes(strides, *, exact, n=(2, 3), c=(2, 3), extents=(4, 5, 6), least=2):
    """Shapes of X with a size and a stride: `exact` where the last windows end at the border."""
    found = []
    for some, channels, h, w, (size, stride) in product(n, c, extents, extents, strides):
        rows, columns = ((extent - size) // stride + 1 for extent in (h, w))
        ends = all((extent - size) % stride == 0 for extent in (h, w))
        if min(rows, columns) >= least and ends is exact:
            found.append(((some, channels, h, w), size, stride))
    return found


NEIGHBOURS = _shapes([(2, 2), (3, 3)], exact=True)
OVERLAPPING = _shapes([(2, 1), (3, 1), (3, 2)], exact=True)
APART = _shapes([(2, 3), (1, 2), (2, 4)], exact=True, extents=(3, 5, 6))
INCOMPLETE = _shapes([(2, 2), (3, 2), (3, 3), (2, 3)], exact=False)
SINGLE = [
    *_shapes([(2, 2)], exact=True, n=(1,), extents=(4, 6)),
    *_shapes([(2, 2)], exact=True, c=(1,), extents=(4, 6)),
    *[((1, 1, 2, 2), 2, 2), ((2, 2, 3, 3), 3, 3), ((2, 3, 2, 3), 1, 1), ((1, 1, 1, 1), 1, 1)],
    *[((2, 2, 2, 4), 2, 2), ((2, 2, 6, 3), 3, 3)],
]
"""One example or channel, one window or one row of them, windows of one entry."""


def _distinct(shapes, change=lambda X: X):
    """Cases in which no two entries are equal: at ties gradients are free.

    change: what is made of multiples of 1/8 around 0.
    """

    def made(case, order):
        shape, size, stride = case
        generator = torch.Generator().manual_seed(order)
        places = torch.randperm(torch.Size(shape).numel(), generator=generator)
        return change((places - places.median()).reshape(shape) / 8), size, stride

    return st.builds(made, st.sampled_from(shapes), seeds())


@points(1)
@settings(max_examples=CASES)
@given(case=tensors_together(NEIGHBOURS, ENTRIES))
def test_values(student, reference, case):
    """Gives the maximum of each window, where size and stride are the same."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES)


@points(0.375, needs=test_values)
@settings(max_examples=CASES)
@given(case=_distinct([*OVERLAPPING, *APART]), seed=seeds())
def test_stride(student, reference, case, seed):
    """Moves the window by stride, whatever its size: windows overlap, or leave gaps."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_distinct(NEIGHBOURS), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Sends the gradient of each window to its maximum."""
    assert_same_gradient(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_distinct(INCOMPLETE), seed=seeds())
def test_incomplete_windows(student, reference, case, seed):
    """Leaves out a last window that is not complete."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_distinct(NEIGHBOURS, lambda X: X + LOW), seed=seeds())
def test_low_values(student, reference, case, seed):
    """Is correct where all entries are far below zero."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_distinct(SINGLE), seed=seeds())
def test_single_extents(student, reference, case, seed):
    """Is correct for one example, channel or window, and for windows of one entry."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.0625, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_distinct(NEIGHBOURS, transposed) | _distinct(NEIGHBOURS, with_step), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)


@points(0.0625, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    case=_distinct(NEIGHBOURS, lambda X: X.to(FLOAT64) / 3) | _distinct(NEIGHBOURS), seed=seeds()
)
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and loses no digits of them."""
    assert_dtype_kept(student.max_pool2d, reference.max_pool2d, *case, names=NAMES, seed=seed)
