"""The checks of masked_softmax(X, valid_lens): attention weights that end where a sequence ends."""

from itertools import product

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    CheckFailure,
    Tolerance,
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_tensor,
    messages,
    points,
    same_layout,
)
from autograder.checking.closeness import number
from autograder.checking.strategies import (
    EDGE_CASES,
    FLOAT32,
    FLOAT64,
    seeds,
    tensors,
    transposed,
    with_step,
)
from autograder.checking.tolerances import EXTREME_FLOAT32, EXTREME_FLOAT32_GRADIENT

NAMES = "X valid_lens"
SCORES = Values(-4, 4)
EXTREME = 1e4
"""The greatest magnitude of a score that is graded."""
EVERYDAY = list(product([2, 3], [2, 3, 4], [3, 4, 5]))
SINGLE = [(1, 3, 4), (3, 1, 4), (3, 2, 1), (1, 1, 3), (1, 1, 1)]
FAR = Tolerance(rtol=1e-3, atol=1e-4)
"""Where scores above the others don't count; these are at most 4 in magnitude."""


def _draw_lengths(draw, shape, k):
    """Lengths from 1 to k; one of them below k where there is room."""
    count = int(torch.Size(shape).numel())
    lengths = draw(st.lists(st.integers(1, k), min_size=count, max_size=count))
    if k > 1 and min(lengths) == k:
        lengths[draw(st.integers(0, count - 1))] = k - 1
    return torch.tensor(lengths, dtype=torch.int64).reshape(shape)


@st.composite
def _cases(draw, *, sizes=EVERYDAY, each=None, scores=SCORES, dtype=FLOAT32):
    """X (n, m, k), and a length for each example or, if each, for each query; None for one of both."""
    n, m, k = draw(st.sampled_from(sizes))
    of_query = draw(st.booleans()) if each is None else each
    X = draw(tensors((n, m, k), scores, dtype=dtype))
    return X, _draw_lengths(draw, (n, m) if of_query else (n,), k)


def _beyond(X, valid_lens):
    """Return whether an entry lies beyond its row's length; the shape of X."""
    return torch.arange(X.shape[-1]) >= valid_lens.reshape(
        *valid_lens.shape, *[1] * (3 - valid_lens.dim())
    )


def _inside_a_graph(function, layout=lambda X: X):
    """The function of an X that is no leaf: in an attention layer it comes out of a product."""

    def call(X, valid_lens):
        return function(layout(X + 0), valid_lens)

    call.__name__ = "masked_softmax"
    return call


def _both(student, reference, layout=lambda X: X):
    return [_inside_a_graph(one.masked_softmax, layout) for one in (student, reference)]


@points(1)
@given(case=_cases(each=False))
def test_one_length_an_example(student, reference, case):
    """Gives the softmax of each row's first entries, with one length for all queries of an example."""
    assert_same(student.masked_softmax, reference.masked_softmax, *case, names=NAMES)


@points(0.5, needs=test_one_length_an_example)
@given(case=_cases(each=True))
def test_one_length_a_query(student, reference, case):
    """Gives the same with a length for each query."""
    assert_same(student.masked_softmax, reference.masked_softmax, *case, names=NAMES)


@points(0.25, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to the scores that count, and to no others."""
    assert_same(*_both(student, reference), *case, names=NAMES, seed=seed)


@points(0.25, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False))
def test_zero_beyond(student, case):
    """Gives exactly 0 beyond the length, not only something small."""
    X, valid_lens = case
    result = student.masked_softmax(same_layout(X), valid_lens.clone())
    assert_tensor(result, X, function="masked_softmax", same_dtype=False)
    outside = result.detach()[_beyond(X, valid_lens).expand_as(X)]
    if outside.count_nonzero():
        largest = number(float(outside.abs().max()))
        text = messages.NOT_ZERO_BEYOND.format(largest=largest)
        raise CheckFailure(text, kind="values")


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False, scores=Values(-EXTREME, EXTREME)), seed=seeds())
def test_large_scores(student, reference, case, seed):
    """Stays finite and correct, with its gradient, for scores as large as 10,000."""
    assert_same(
        *_both(student, reference), *case, names=NAMES, seed=seed,
        tolerance=EXTREME_FLOAT32, gradient_tolerance=EXTREME_FLOAT32_GRADIENT,
    )  # fmt: skip


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False), above=st.sampled_from([200.0, 10.0, 1e3, 9e3, -9e3]), seed=seeds())
def test_large_beyond(student, reference, case, above, seed):
    """Is correct where what lies beyond the length is far above, or below, what counts."""
    X, valid_lens = case
    X = torch.where(_beyond(X, valid_lens), X + above, X)
    assert_same(
        *_both(student, reference), X, valid_lens, names=NAMES, seed=seed,
        tolerance=FAR, gradient_tolerance=FAR,
    )  # fmt: skip


@points(0.25, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves the scores and the lengths as they were."""
    assert_input_unchanged(student.masked_softmax, *case, names=NAMES, seed=seed)


@st.composite
def _extreme_lengths(draw):
    X, valid_lens = draw(_cases(each=False))
    return X, torch.full_like(valid_lens, draw(st.sampled_from([1, X.shape[-1]])))


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_extreme_lengths(), seed=seeds())
def test_shortest_and_longest(student, reference, case, seed):
    """Is correct where all lengths are 1, and where nothing lies beyond them."""
    assert_same(*_both(student, reference), *case, names=NAMES, seed=seed)


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(sizes=SINGLE, each=False), seed=seeds())
def test_single(student, reference, case, seed):
    """Is correct for a single example, query or key."""
    assert_same(*_both(student, reference), *case, names=NAMES, seed=seed)


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False), layout=st.sampled_from(["transposed", "with step"]), seed=seeds())
def test_noncontiguous(student, reference, case, layout, seed):
    """Is correct for a transpose and for slices with a step."""
    X, valid_lens = case
    change = transposed if layout == "transposed" else with_step
    functions = _both(student, reference, change)
    assert_same(*functions, X, with_step(valid_lens), names=NAMES, seed=seed)


@points(0.125, needs=test_one_length_an_example)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(each=False, dtype=FLOAT64) | _cases(each=False), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(*_both(student, reference), *case, names=NAMES, seed=seed)
