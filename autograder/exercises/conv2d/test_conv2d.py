"""The checks of conv2d(X, W, b, stride=1, padding=0): cross-correlation over channels."""

from functools import wraps
from itertools import product
from math import prod

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
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds
from autograder.checking.together import tensors_together

ENTRIES = Values(-4, 4)
NAMES = "X W b"
OPTIONS = f"{NAMES} stride padding"
CASES = 30
"""Fewer than the default: one case has hundreds of products of all kinds."""


def _shapes(
    n=(2, 3), c=(2, 3), o=(2, 3, 4), image=(3, 4, 5, 6), kernel=(2, 3), options=((1, 0),), most=700
):
    """Shapes of X, W and b with a stride and a padding; the window moves at least once each way.

    most: products of a case, so that loops over single numbers end soon.
    """
    found = []
    for some, channels, out, h, w, kh, kw in product(n, c, o, image, image, kernel, kernel):
        for stride, padding in options:
            rows, columns = (
                (extent + 2 * padding - size) // stride + 1 for extent, size in ((h, kh), (w, kw))
            )
            products = prod((some, out, rows, columns, channels, kh, kw))
            if min(rows, columns) > 1 and products <= most:
                shapes = (some, channels, h, w), (out, channels, kh, kw), (out,)
                found.append((*shapes, stride, padding))
    return found


EVERYDAY = _shapes()
EXACT = [
    (X, W, b, stride, padding)
    for X, W, b, stride, padding in _shapes(n=(2,), options=((2, 0), (3, 0)))
    if all((X[d] - W[d]) % stride == 0 for d in (2, 3))
]
"""Where the last window ends at the border."""
LEFT_OVER = [
    (X, W, b, stride, padding)
    for X, W, b, stride, padding in _shapes(n=(2,), options=((2, 0), (2, 1), (3, 1), (3, 2)))
    if padding or any((X[d] - W[d]) % stride for d in (2, 3))
]
ALL_PADDED = _shapes(n=(2,), o=(2, 3), image=(2, 3, 4), options=((1, 1), (1, 2)), most=1500)
PADDED = [shapes for shapes in ALL_PADDED if all(shapes[0][d] >= shapes[1][d] for d in (2, 3))]
"""Where the kernel fits without padding, too: what comes without it has many ways to fail elsewhere."""
LARGER = [shapes for shapes in ALL_PADDED if shapes not in PADDED]
SINGLE = [
    *_shapes(n=(1,), image=(3, 4)), *_shapes(c=(1,), image=(3, 4)), *_shapes(o=(1,), image=(3, 4)),
    *_shapes(image=(2, 3), kernel=(1, 2)),
    ((1, 1, 2, 3), (1, 1, 2, 3), (1,), 1, 0), ((2, 2, 3, 2), (3, 2, 3, 2), (3,), 1, 0),
    ((1, 1, 1, 1), (1, 1, 1, 1), (1,), 1, 0), ((2, 1, 2, 3), (2, 1, 3, 3), (2,), 2, 1),
]  # fmt: skip
"""One example, channel, output or window; kernels of one row, column or entry."""


def _with(function, **options):
    """The function with options by name; the helpers hand over what is by position."""

    @wraps(function)
    def call(*arguments):
        return function(*arguments, **options)

    return call


@points(2.5)
@settings(max_examples=CASES)
@given(case=tensors_together(EVERYDAY, ENTRIES))
def test_values(student, reference, case):
    """Adds up each output's products over its window and all input channels, and its bias."""
    assert_same(student.conv2d, reference.conv2d, *case[:3], names=NAMES)


@points(0.4375, needs=test_values)
@settings(max_examples=CASES)
@given(case=tensors_together(PADDED, ENTRIES), seed=seeds())
def test_padding(student, reference, case, seed):
    """Pads zeros on all four sides of every channel."""
    _judge_padding(student, reference, case, seed)


@points(0.0625, needs=test_padding)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(LARGER, ENTRIES), seed=seeds())
def test_larger_kernel(student, reference, case, seed):
    """Is correct for a kernel that fits only with the padding."""
    _judge_padding(student, reference, case, seed)


def _judge_padding(student, reference, case, seed):
    X, W, b, _, padding = case
    ours, theirs = (_with(one.conv2d, padding=padding) for one in (student, reference))
    assert_same(ours, theirs, X, W, b, names=NAMES, seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=CASES)
@given(case=tensors_together(EXACT, ENTRIES), seed=seeds())
def test_stride(student, reference, case, seed):
    """Moves the window by stride, both ways."""
    X, W, b, stride, _ = case
    ours, theirs = (_with(one.conv2d, stride=stride) for one in (student, reference))
    assert_same(ours, theirs, X, W, b, names=NAMES, seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=CASES)
@given(case=tensors_together(LEFT_OVER, ENTRIES), seed=seeds())
def test_stride_and_padding(student, reference, case, seed):
    """Combines stride and padding, and leaves out a last window that is not complete."""
    assert_same(student.conv2d, reference.conv2d, *case, names=OPTIONS, seed=seed)


@points(0.5, needs=test_values)
@settings(max_examples=CASES)
@given(case=tensors_together(EVERYDAY, ENTRIES), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the images, the kernels and the biases."""
    assert_same_gradient(student.conv2d, reference.conv2d, *case[:3], names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(SINGLE, ENTRIES), seed=seeds())
def test_single_extents(student, reference, case, seed):
    """Is correct for one example, channel, output or window, and for a kernel of one entry."""
    stride, padding = case[3:]
    ours, theirs = (
        _with(one.conv2d, stride=stride, padding=padding) if stride > 1 else one.conv2d
        for one in (student, reference)
    )
    assert_same(ours, theirs, *case[:3], names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    first=tensors_together(EVERYDAY, ENTRIES),
    then=st.lists(tensors_together(EXACT, ENTRIES), min_size=1, max_size=2),
    seed=seeds(),
)
def test_several_calls(student, reference, first, then, seed):
    """Remembers nothing: each call goes by its own images, kernels and stride."""
    for case in (first, *then, first):
        arguments = case[:3] if case is first else case[:4]
        names = " ".join(OPTIONS.split()[: len(arguments)])
        assert_same(student.conv2d, reference.conv2d, *arguments, names=names, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(EVERYDAY, ENTRIES, strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    assert_same(student.conv2d, reference.conv2d, *case[:3], names=NAMES, seed=seed)


@points(0.0625, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(
    case=tensors_together(EVERYDAY, ENTRIES, dtype=FLOAT64) | tensors_together(EVERYDAY, ENTRIES),
    seed=seeds(),
)
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.conv2d, reference.conv2d, *case[:3], names=NAMES, seed=seed)


@points(0.0625, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=tensors_together(EVERYDAY, ENTRIES), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves images, kernels and biases as they were, forward and backward."""
    assert_input_unchanged(student.conv2d, *case[:3], names=NAMES, seed=seed)
