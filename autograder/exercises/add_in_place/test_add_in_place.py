"""The checks of add_in_place(X, Y): X becomes X + Y, in the memory that it has."""

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import Values, assert_close, assert_unchanged, points, same_layout
from autograder.checking.state import assert_updated
from autograder.checking.strategies import EDGE_CASES, FLOAT64, shapes, tensors
from autograder.checking.tolerances import COMPUTED_IN_FLOAT64

ENTRIES = Values(-8, 8)
MATRICES = shapes(min_dims=2, max_dims=2, least=2)
OTHER_SHAPES = st.sampled_from([(1,), (1, 1), (1, 3), (3, 1)]) | shapes(min_dims=3, max_dims=4)
VECTORS = shapes(min_dims=1, max_dims=1, least=2)


@st.composite
def summands(draw: st.DrawFn, /, shape: Any = MATRICES, **options: Any) -> Any:
    """X and Y of one shape."""
    size = draw(shape)
    return [draw(tensors(size, ENTRIES, **options)) for _ in range(2)]


@st.composite
def broadcasting(draw: st.DrawFn) -> Any:
    """X of two or three dimensions, and a Y that is smaller and broadcasts to its shape."""
    size = draw(shapes(min_dims=2, max_dims=3, least=2))
    smaller = [size[1:], size[-1:], (), (1,), (*size[:-1], 1), (1, *size[1:]), (1,) * len(size)]
    return draw(tensors(size, ENTRIES)), draw(tensors(draw(st.sampled_from(smaller)), ENTRIES))


def called(add: Any, pair: Any) -> Any:
    """X and Y after a call, and a view of X that was taken before it."""
    X, Y = map(same_layout, pair)
    return X, Y, add(X, Y)


def assert_added(student: Any, reference: Any, pair: Any, **options: Any) -> None:
    """Compare X after the call, whatever memory it has."""
    wanted, _, _ = called(reference.add_in_place, pair)
    X, _, _ = called(student.add_in_place, pair)
    assert_updated([("X", X)], [wanted], **options)


@points(2)
@given(pair=summands())
def test_values(student, reference, pair):
    """Makes X the sum of X and Y."""
    assert_added(student, reference, pair)


@points(1, needs=test_values)
@given(pair=summands())
def test_same_memory(student, reference, pair):
    """Writes into X's own memory: a view of X that was taken before sees the sum."""
    _, _, wanted = called(reference.add_in_place, pair)
    _, _, view = called(student.add_in_place, pair)
    assert_close(view, wanted, what="view of X, taken before the call", same_dtype=False)


@points(0.25, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=broadcasting())
def test_broadcasting(student, reference, pair):
    """Adds a smaller Y as broadcasting does, and leaves its shape."""
    wanted, _, _ = called(reference.add_in_place, pair)
    X, Y, _ = called(student.add_in_place, pair)
    assert_updated([("X", X)], [wanted])
    before, after = torch.zeros_like(pair[1]), torch.zeros_like(Y)  # values are another promise
    assert_unchanged(after, before, name="Y", function="add_in_place")


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=summands())
def test_y_unchanged(student, pair):
    """Leaves Y as it was."""
    _, Y, _ = called(student.add_in_place, pair)
    assert_unchanged(Y, pair[1], name="Y", function="add_in_place")


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=summands(strided=True))
def test_noncontiguous(student, reference, pair):
    """Is correct for a transpose and for a slice with a step."""
    assert_added(student, reference, pair)


@points(0.125, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(pair=summands(VECTORS) | summands(OTHER_SHAPES))
def test_any_shape(student, reference, pair):
    """Is correct for one dimension, for three and more, and for a single entry in one of them."""
    assert_added(student, reference, pair)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(pair=summands(dtype=FLOAT64) | summands())
def test_dtype(student, reference, pair):
    """Keeps X's dtype, and computes float64 in float64."""
    tolerance = COMPUTED_IN_FLOAT64 if pair[0].dtype is FLOAT64 else None
    assert_added(student, reference, pair, tolerance=tolerance, same_dtype=True)
