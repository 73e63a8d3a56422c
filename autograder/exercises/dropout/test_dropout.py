"""The checks of dropout(X, p, training=True): exact properties first, then exact binomial tests."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    CheckFailure,
    Values,
    assert_close,
    assert_counts_vary,
    assert_drop_rate,
    assert_independent,
    assert_input_unchanged,
    assert_kept_or_dropped,
    assert_rows_independent,
    assert_tensor,
    cotangent_like,
    gradient,
    leaf,
    messages,
    points,
    tolerances,
)
from autograder.checking.samples import (
    FEW_ENTRIES,
    SMALL,
    large_shapes,
    made_of,
    many_small,
    recipes,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds, shapes, tensors

NONZERO, SOME_ZEROS = Values(-8, 8, zero=False), Values(-8, 8)
EVERYDAY = shapes(min_dims=2, max_dims=2, least=2)
ANY_SHAPE = shapes(min_dims=1, max_dims=1) | shapes(min_dims=3, max_dims=4) | st.just((1, 1))
MATRICES = tensors(EVERYDAY, NONZERO)
PROBABILITIES = st.sampled_from([0.3, 0.1, 0.8, 0.5, 0.37, 0.62])
TWENTIETHS = st.sampled_from([0.3, 0.1, 0.8, 0.5, 0.15, 0.25, 0.35, 0.45, 0.65, 0.85])
"""Tenths, and what is as far from them as can be."""
ANY_PROBABILITY = TWENTIETHS | st.floats(0.05, 0.95)
"""From a continuous range: a rate that is correct for tabled p alone fails."""
MIDDLE = st.floats(0.2, 0.45) | st.floats(0.55, 0.8)
"""Not 0.5, where p and 1 - p are the same; not at the ends, where few entries decide."""
ANY_MODE = st.sampled_from([0.37, 0.0, 1.0, 0.8])
CROWD = large_shapes(entries=400, min_dims=2, max_dims=2)
"""At p = 0.1 a correct dropout keeps all of 400 entries once in 10^18 calls."""
CROWD_CALLS = 8
"""At most, until one of them drops some entries and keeps others. A dropout of 20 whole rows or columns
needs more once in 10^7 cases: this check passes it, whatever the secret, and the checks of rates and of
independence fail it."""
EVERYDAY_CROWD = {"magnitude": 1.0, "float64": False, "layout": "contiguous"}
MANY = 2_500
"""Entries of one of four tensors: at p = 0.35, the rate of 0.3 or 0.4 is outside of the four's interval."""
FOR_PAIRS = 3_000
"""Entries for pairs: half of them are enough to see a twelfth of the pairs agree too often."""
LARGE = st.tuples(
    *(recipes(large_shapes(entries=MANY, min_dims=dims, max_dims=dims)) for dims in (1, 2, 3, 4))
)
"""One of each number of dimensions in every case, so that none is left to chance."""
RATE_CASES, INDEPENDENCE_CASES = 12, 8
SMALL_CALLS, REPEATED_CALLS = 16, 60
TRIES_AT_ZERO = 3
"""`rand() > 0` is false once in 2^24 draws of float32: allowed, but not three times running."""


@points(2)
@given(X=MATRICES | MATRICES | MATRICES | recipes(CROWD, grad=st.just(False)), p=PROBABILITIES)
def test_outputs(student, X, p):
    """Drops some entries and divides the others by 1 - p."""
    crowd = isinstance(X, dict)
    X = made_of(X | EVERYDAY_CROWD) if crowd else X
    for _ in range(CROWD_CALLS if crowd else 1):
        dropped = _dropped(student.dropout(X, p), X, p)
        if dropped.any() and not dropped.all():
            return
    if crowd:
        text = messages.NOTHING_KEPT if dropped.all() else messages.NOTHING_DROPPED
        share = float(dropped.all())
        text = text.format(p=p, total=X.numel(), calls=CROWD_CALLS)
        raise CheckFailure(text, kind="random", aspect="rate", p=p, share=share)


@points(2, needs=test_outputs)
@settings(max_examples=RATE_CASES)
@given(
    large=LARGE,
    groups=st.tuples(
        many_small(FEW_ENTRIES, count=SMALL_CALLS), many_small(SMALL, count=SMALL_CALLS)
    ),
    crowd=recipes(CROWD, grad=st.just(True)),
    p=ANY_PROBABILITY,
    seed=seeds(),
)
def test_drop_rate(student, large, groups, crowd, p, seed):
    """Drops with probability p, and the gradient with it: whatever the shape, dtype and magnitude."""
    masks, sizes = [], []
    for X in map(made_of, large):
        result = student.dropout(X, p)
        dropped = _dropped(result, X, p)
        assert_drop_rate(dropped, p)
        if X.requires_grad:
            _assert_gradient(result, X, dropped, p, seed)
        masks.append(dropped.flatten())
        sizes.append(X.detach().flatten() / X.detach().abs().median())
    together, size = torch.cat(masks), torch.cat(sizes)
    parts = {
        "": torch.ones_like(together),
        " that are positive": size > 0,
        " that are negative": size < 0,
        " that are small": size.abs() < 1,
        " that are large": size.abs() > 1,
    }
    for where, part in parts.items():
        assert_drop_rate(together[part], p, where=where)
    for small in groups:
        dropped = torch.stack([_dropped(student.dropout(one, p), one, p) for one in small])
        assert_drop_rate(dropped, p, where=f" in {SMALL_CALLS} calls")
    zeros = _assert_one_call(student, _half_zeros(crowd), p, seed)
    assert_drop_rate(zeros, p, where=" that are 0 in X")


@points(1, needs=test_outputs)
@settings(max_examples=INDEPENDENCE_CASES)
@given(
    recipe=recipes(large_shapes(entries=FOR_PAIRS)),
    flat=recipes(large_shapes(entries=FOR_PAIRS, min_dims=2, max_dims=2)),
    few=recipes(large_shapes(entries=60)),
    p=MIDDLE,
)
def test_independence(student, recipe, flat, few, p):
    """Decides for every entry on its own, and anew at every call."""
    for X in (made_of(recipe | {"grad": False}), made_of(recipe | {"grad": True})):
        first, second = (_dropped(student.dropout(X, p), X, p) for _ in range(2))
        assert_independent(first, second, p, what="the masks of two calls")
        _assert_places_independent(first, p)
        before, after = first.flatten(), second.flatten()
        what = "a mask and the next, moved by one,"
        assert_independent(before[1:], after[:-1], p, what=what)
        assert_independent(before[:-1], after[1:], p, what=f"{what} back")
    X = made_of(flat)
    mask = _dropped(student.dropout(X, p), X, p)
    _assert_places_independent(mask, p)
    assert_rows_independent(mask, p, what="two rows")
    assert_rows_independent(mask.T, p, what="two columns")
    assert_counts_vary(mask, p, what="rows")
    assert_counts_vary(mask.T, p, what="columns")
    X = made_of(few)
    calls = [_dropped(student.dropout(X, p), X, p).flatten() for _ in range(REPEATED_CALLS)]
    masks = torch.stack(calls)
    assert_counts_vary(masks, p, what="calls")
    assert_independent(masks[::2], masks[1::2], p, what="the masks of consecutive calls")
    for place in range(masks.shape[1]):
        where = f" at place {place}, one in each of {REPEATED_CALLS} calls,"
        assert_drop_rate(masks[:, place], p, where=where)


@points(1.5, needs=test_outputs)
@given(X=MATRICES | tensors(EVERYDAY, SOME_ZEROS) | recipes(CROWD, grad=st.just(True)),
       p=PROBABILITIES, seed=seeds())  # fmt: skip
def test_gradient(student, X, p, seed):
    """Lets gradients through where entries were kept, times 1 / (1 - p), zeros among them."""
    if not isinstance(X, dict):
        _assert_one_call(student, X, p, seed)
        return
    X = _half_zeros(X)
    for _ in range(CROWD_CALLS):
        zeros = _assert_one_call(student, X, p, seed)
        if zeros.any() and not zeros.all():
            return
    assert_drop_rate(zeros, p, where=" that are 0 in X")


@points(2, needs=test_outputs)
@settings(max_examples=2 * EDGE_CASES)
@given(X=MATRICES, p=ANY_MODE, seed=seeds())
def test_evaluation(student, X, p, seed):
    """Returns the values of X, and their gradients, when not training."""
    mine = leaf(X)
    result = student.dropout(mine, p, False)
    what = f"result with training=False and p = {p:g}"
    assert_close(result, X, function="dropout", what=what, same_dtype=False)
    cotangent = cotangent_like(X, seed)
    got = gradient(result, mine, cotangent, name="X", function="dropout")
    assert_close(
        got, cotangent, what="gradient with training=False", kind="gradient", same_dtype=False
    )


@points(0.5, needs=test_outputs)
@settings(max_examples=EDGE_CASES)
@given(X=MATRICES, p=st.sampled_from([0.0, 1.0]), seed=seeds())
def test_always_or_never(student, X, p, seed):
    """Returns the values of X, and their gradients, when p = 0, and zeros when p = 1."""
    for tries_left in reversed(range(TRIES_AT_ZERO)):
        mine = leaf(X)
        result = student.dropout(mine, p)
        unlucky = isinstance(result, torch.Tensor) and bool((result == 0).any())
        if p == 1 or not (unlucky and tries_left):
            break
    expected = torch.zeros_like(X) if p == 1 else X
    what = f"result with p = {p:g}"
    assert_close(result, expected, function="dropout", what=what, same_dtype=False)
    if p == 0:
        cotangent = cotangent_like(X, seed)
        got = gradient(result, mine, cotangent, name="X", function="dropout")
        what = "gradient with p = 0"
        assert_close(got, cotangent, what=what, kind="gradient", same_dtype=False)


@points(0.25, needs=test_outputs)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(ANY_SHAPE, NONZERO), p=PROBABILITIES, seed=seeds())
def test_any_shape(student, X, p, seed):
    """Is correct for tensors of one, three and four dimensions, and for a single entry."""
    _assert_one_call(student, X, p, seed)


@points(0.25, needs=test_outputs)
@settings(max_examples=EDGE_CASES)
@given(X=tensors(EVERYDAY, NONZERO, strided=True), p=PROBABILITIES, seed=seeds())
def test_noncontiguous(student, X, p, seed):
    """Is correct for a transpose and for a slice with a step."""
    _assert_one_call(student, X, p, seed)


@points(0.25, needs=test_outputs)
@settings(max_examples=EDGE_CASES)
@given(
    X=tensors(EVERYDAY, NONZERO, dtype=FLOAT64) | MATRICES,
    p=PROBABILITIES,
    training=st.booleans(),
    seed=seeds(),
)
def test_dtype(student, X, p, training, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    mine = leaf(X)
    result = student.dropout(mine, p, training)
    assert_tensor(result, X, function="dropout")
    exact = X.dtype is FLOAT64
    tolerance = tolerances.COMPUTED_IN_FLOAT64 if exact else tolerances.FLOAT32
    if training:
        dropped = assert_kept_or_dropped(result.detach(), X, p, tolerance=tolerance)
        _assert_gradient(result, mine, dropped, p, seed, tolerance)
    else:
        assert_close(result, X, tolerance=tolerance)


@points(0.25, needs=test_outputs)
@settings(max_examples=EDGE_CASES)
@given(X=MATRICES, p=PROBABILITIES, training=st.booleans(), seed=seeds())
def test_input_unchanged(student, X, p, training, seed):
    """Leaves its input as it was, forward and backward."""
    assert_input_unchanged(student.dropout, X, p, training, names="X p training", seed=seed)


def _dropped(result, X, p):
    """The entries that became 0, once all are known to be 0 or x / (1 - p)."""
    assert_tensor(result, X, function="dropout", same_dtype=False)
    return assert_kept_or_dropped(result.detach(), X.detach(), p)


def _half_zeros(recipe):
    """A crowd of which every second entry is 0."""
    X = made_of(recipe | EVERYDAY_CROWD).detach()
    X.flatten()[::2] = 0
    return X


def _assert_one_call(student, X, p, seed):
    """Check the values and the gradient of one call; returns which zeros of X get no gradient."""
    mine = leaf(X)
    result = student.dropout(mine, p)
    return _assert_gradient(result, mine, _dropped(result, X, p), p, seed)


def _assert_gradient(result, X, dropped, p, seed, tolerance=tolerances.FLOAT32):
    """Check the gradient of a call; returns which zeros of X get none."""
    cotangent = cotangent_like(X.detach(), seed)
    got = gradient(result, X, cotangent, name="X", function="dropout")
    if_kept = cotangent / (1 - p)
    zeros = X.detach() == 0
    stopped = torch.where(zeros, got.abs() < if_kept.abs() / 2, dropped)
    expected = torch.where(stopped, torch.zeros_like(if_kept), if_kept)
    assert_close(
        got, expected, what=messages.KEPT_GRADIENT, kind="gradient",
        tolerance=tolerance, same_dtype=False,
    )  # fmt: skip
    return stopped[zeros]


def _assert_places_independent(mask, p):
    """Compare neighbours, and halves, along every dimension of a mask."""
    for dim, extent in enumerate(mask.shape):
        along = mask.movedim(dim, 0)[: extent - extent % 2]
        name = f"neighbours along dimension {dim}"
        assert_independent(along[::2], along[1::2], p, what=name)
        name = f"the halves along dimension {dim}"
        assert_independent(along[: extent // 2], along[extent // 2 : extent // 2 * 2], p, what=name)
