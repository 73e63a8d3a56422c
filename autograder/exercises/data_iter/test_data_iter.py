"""The checks of data_iter(batch_size, features, labels): minibatches in a random order.

What is checked of the order has exact bounds (autograder.checking.counts); a pass through the data calls
the function once.
"""

from itertools import combinations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    assert_batch_sizes,
    assert_ends_vary,
    assert_labels,
    assert_order,
    assert_orders_differ,
    assert_pairs,
    assert_shuffled,
    assert_tensor,
    assert_unchanged,
    points,
    same_layout,
)
from autograder.checking.strategies import (
    EDGE_CASES,
    FLOAT32,
    FLOAT64,
    seeds,
    transposed,
    with_step,
)

MANY, MANY_IN_BATCH = 600, 30
"""Examples for the tests of the order: enough of them for halves to mean something."""
CALLS = 6
"""As many as `assert_ends_vary` needs."""
ORDER_CASES = 2
FULL = st.sampled_from([(4, 2), (6, 2), (6, 3), (8, 4), (9, 3), (12, 3), (15, 5), (20, 10)])
"""Examples and batch size: at least two full batches."""
SHORT = st.sampled_from([(3, 2), (5, 2), (5, 3), (7, 3), (10, 4), (11, 5), (13, 6)])
"""With a last batch that is smaller."""
LAYOUTS = {"contiguous": same_layout, "with a step": with_step, "transposed": transposed}
UNUSUAL = st.sampled_from([(1, 1), (3, 1), (4, 4), (3, 5), (2, 10), (1, 3)])
"""Batches of one, or one batch of everything, full or not."""


@st.composite
def examples(draw, sizes=FULL, *, shape=(2,), of_label=(1,), dtype=FLOAT32, label_dtype=FLOAT32):
    """A batch size, features no two of which are equal, and as many different labels."""
    n, batch_size = draw(sizes)
    generator = torch.Generator().manual_seed(draw(seeds()))
    features = _distinct(n, shape, generator).to(dtype)
    labels = _distinct(n, of_label, generator).to(label_dtype)
    return batch_size, features, labels


def _distinct(n, shape, generator):
    """Whole numbers below 10 n, all of them different, in a tensor of shape (n, *shape)."""
    count = n * torch.Size(shape).numel()
    return torch.randperm(10 * count, generator=generator)[:count].reshape(n, *shape) - count


@points(5)
@given(data=examples())
def test_batches(student, data):
    """Gives the features of every example exactly once, in batches of the asked size."""
    _pass(student, *data)


@points(1.5, needs=test_batches)
@given(data=examples())
def test_labels(student, data):
    """Gives every example together with its own label."""
    batches, order = _pass(student, *data)
    assert_labels(batches, order, data[2])


@points(2, needs=test_batches)
@settings(max_examples=ORDER_CASES)
@given(data=examples(st.just((MANY, MANY_IN_BATCH))))
def test_random_order(student, data):
    """Mixes all examples, anew at every call."""
    orders = [_pass(student, *data)[1] for _ in range(CALLS)]
    for order in orders:
        assert_shuffled(order)
    for first, second in combinations(orders, 2):
        assert_orders_differ(first, second)
    assert_ends_vary(orders)


@points(0.75, needs=test_batches)
@given(data=examples(SHORT))
def test_last_batch(student, data):
    """Keeps what is left over as a smaller last batch."""
    _pass(student, *data)


@points(0.25, needs=test_batches)
@settings(max_examples=EDGE_CASES)
@given(data=examples(UNUSUAL))
def test_batches_of_one_or_all(student, data):
    """Is correct for batches of one, and for a batch size that is as large as the data or larger."""
    batches, order = _pass(student, *data)
    assert_labels(batches, order, data[2])


@points(0.25, needs=test_batches)
@settings(max_examples=EDGE_CASES)
@given(
    data=examples(shape=(2, 3), label_dtype=torch.int64, of_label=())
    | examples(shape=(), of_label=(2,))
    | examples(dtype=FLOAT64)
    | examples(shape=(1, 2, 2), dtype=FLOAT64, label_dtype=FLOAT64, of_label=()),
    layout=st.sampled_from(list(LAYOUTS)),
)
def test_shapes_and_dtypes(student, data, layout):
    """Keeps the shape and the dtype of features and labels, whatever they are."""
    batch_size, features, labels = data
    batches, order = _pass(student, batch_size, LAYOUTS[layout](features), labels)
    assert_labels(batches, order, labels)
    for mine, whole, what in (*((b[0], features, "features") for b in batches),
                              *((b[1], labels, "labels") for b in batches)):  # fmt: skip
        assert_tensor(mine, whole[: len(mine)], what=f"tensor of {what}", function="data_iter")


@points(0.25, needs=test_batches)
@settings(max_examples=EDGE_CASES)
@given(data=examples(), layout=st.sampled_from(list(LAYOUTS)))
def test_data_unchanged(student, data, layout):
    """Leaves the data as it was, and takes data that is not contiguous in memory."""
    batch_size, features, labels = data
    mine = [LAYOUTS[layout](part) for part in (features, labels)]
    _order(student.data_iter(batch_size, *mine), batch_size, features)
    for name, part, before in zip(("features", "labels"), mine, (features, labels), strict=True):
        assert_unchanged(part, before, name=name, function="data_iter")


def _pass(student, batch_size, features, labels):
    """The batches of one call and the order of its examples, each of which has to come once."""
    result = student.data_iter(batch_size, same_layout(features), same_layout(labels))
    return _order(result, batch_size, features)


def _order(result, batch_size, features):
    batches = assert_pairs(result, function="data_iter")
    n = len(features)
    assert_batch_sizes(batches, [min(batch_size, n - i) for i in range(0, n, batch_size)])
    return batches, assert_order(batches, features)
