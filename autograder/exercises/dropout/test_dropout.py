"""The checks of dropout(X, p, training=True): exact properties first, then exact binomial tests."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import (
    CheckFailure,
    assert_close,
    assert_counts_vary,
    assert_drop_rate,
    assert_independent,
    assert_kept_or_dropped,
    assert_rows_independent,
    assert_tensor,
    assert_unchanged,
    cotangent_like,
    gradient,
    leaf,
    messages,
    points,
    same_layout,
)
from autograder.checking.strategies import FLOAT32, seeds, shapes, tensors, values

NONZERO = values(-8, 8, zero=False)
WHOLE = values(-8, 8, zero=False, whole=True)
"""Whole numbers: in float32 their quotients by 1 - p are right to the last digit but one."""
INPUTS = tensors(shapes(min_dims=1), NONZERO)
PROBABILITIES = st.sampled_from([0.3, 0.1, 0.8, 0.5, 0.37, 0.62])
SPECIAL = st.sampled_from([(0.37, False), (0.0, True), (1.0, True), (0.0, False), (1.0, False)])
"""Pairs of p and training for which nothing is left to chance."""
RATES = (0.1, 0.3, 0.8, 0.37)
"""Never 0.5 alone, where p and 1 - p are the same; and one that is no multiple of a tenth."""
ENTRIES = 400
"""At p = 0.1 a right dropout keeps all of them once in 10^18 calls."""
TRIES_AT_ZERO = 3
"""`rand() > 0` is false once in 2^24 draws of float32: allowed, but not three times running."""


@points(2)
@given(X=INPUTS, p=PROBABILITIES)
def test_outputs(student, X, p):
    """Drops some entries and divides the others by 1 - p."""
    result = student.dropout(X, p)
    assert_tensor(result, X, function="dropout")
    assert_kept_or_dropped(result, X, p)
    many = _normal(ENTRIES, 1)
    result = student.dropout(many, p, True)
    assert_tensor(result, many, function="dropout")
    dropped = assert_kept_or_dropped(result, many, p)
    if not dropped.any():
        text = messages.NOTHING_DROPPED.format(p=p, total=ENTRIES)
        raise CheckFailure(text, kind="random", aspect="rate", p=p, share=0.0)
    if dropped.all():
        text = messages.NOTHING_KEPT.format(p=p, total=ENTRIES)
        raise CheckFailure(text, kind="random", aspect="rate", p=p, share=1.0)


@points(2, needs=test_outputs)
def test_drop_rate(student):
    """Drops with probability p, small and large, positive and negative entries alike."""
    X = _normal(200, 50)
    parts = {
        "": torch.ones_like(X, dtype=torch.bool),
        " that are positive": X > 0,
        " that are negative": X < 0,
        " that are small": X.abs() < X.abs().median(),
        " that are large": X.abs() > X.abs().median(),
    }
    for p in RATES:
        dropped = assert_kept_or_dropped(_same_shape(student.dropout(X, p), X), X, p)
        for where, part in parts.items():
            assert_drop_rate(dropped[part], p, where=where)


@points(2, needs=test_outputs)
def test_independence(student):
    """Decides for every entry on its own, and anew at every call."""
    X = _normal(120, 80)
    for p in (0.3, 0.8):
        first, second = (
            assert_kept_or_dropped(_same_shape(student.dropout(X, p), X), X, p) for _ in range(2)
        )
        assert_independent(first, second, p, what="the masks of two calls")
        assert_independent(first[::2], first[1::2], p, what="neighbouring rows")
        assert_independent(first[:, ::2], first[:, 1::2], p, what="neighbouring columns")
        assert_independent(first[:60], first[60:], p, what="the upper and the lower half")
        assert_independent(first[:, :40], first[:, 40:], p, what="the left and the right half")
        assert_rows_independent(first, p, what="two rows")
        assert_rows_independent(first.T, p, what="two columns")
        assert_counts_vary(first, p, what="rows")
        assert_counts_vary(first.T, p, what="columns")
        flat, next_flat = first.flatten(), second.flatten()
        assert_independent(flat[1:], next_flat[:-1], p, what="a mask and the next, moved by one,")
        assert_independent(
            flat[:-1], next_flat[1:], p, what="a mask and the next, moved back by one,"
        )
    small = _normal(10, 10)
    for p in (0.3, 0.8):
        calls = [student.dropout(small, p) for _ in range(60)]
        dropped = torch.stack([_same_shape(call, small) == 0 for call in calls]).reshape(60, -1)
        assert_counts_vary(dropped, p, what="calls")
        assert_independent(dropped[::2], dropped[1::2], p, what="the masks of consecutive calls")
        for place in range(100):
            where = f" at [{place // 10}, {place % 10}], one in each of 60 calls,"
            assert_drop_rate(dropped[:, place], p, where=where)
    deep = _normal(4, 10, 10, 6)
    blocks = assert_kept_or_dropped(_same_shape(student.dropout(deep, 0.3), deep), deep, 0.3)
    assert_independent(blocks[:2], blocks[2:], 0.3, what="the halves along the first dimension")
    assert_independent(
        blocks[..., :3], blocks[..., 3:], 0.3, what="the halves along the last dimension"
    )


@points(2, needs=test_outputs)
@given(X=INPUTS, p=PROBABILITIES, seed=seeds())
def test_gradient(student, X, p, seed):
    """Lets gradients through where entries were kept, times 1 / (1 - p)."""
    mine = leaf(X)
    result = student.dropout(mine, p)
    assert_tensor(result, X, function="dropout")
    dropped = assert_kept_or_dropped(result.detach(), X, p)
    cotangent = cotangent_like(X, seed)
    got = gradient(result, mine, cotangent, name="X", function="dropout")
    expected = torch.where(dropped, torch.zeros_like(X), cotangent / (1 - p))
    assert_close(got, expected, what=messages.KEPT_GRADIENT, kind="gradient")


@points(1, needs=test_outputs)
@given(X=INPUTS, special=SPECIAL, seed=seeds())
def test_special_cases(student, X, special, seed):
    """Returns the values of X when p = 0 or when not training, and zeros when p = 1."""
    p, training = special
    if not training:
        evaluated = leaf(X)
        result = student.dropout(evaluated, p, False)
        what = f"result with training=False and p = {p:g}"
        assert_close(result, X, function="dropout", what=what)
        cotangent = cotangent_like(X, seed)
        got = gradient(result, evaluated, cotangent, name="X", function="dropout")
        assert_close(got, cotangent, what="gradient with training=False", kind="gradient")
    elif p == 1:
        result = student.dropout(X, p)
        assert_close(result, torch.zeros_like(X), function="dropout", what="result with p = 1")
    else:
        for tries_left in reversed(range(TRIES_AT_ZERO)):
            result = student.dropout(X, p)
            if tries_left and isinstance(result, torch.Tensor) and bool((result == 0).any()):
                continue
            assert_close(result, X, function="dropout", what="result with p = 0")
            break


@points(1, needs=test_outputs)
@given(
    X=tensors(shapes(min_dims=1), WHOLE, dtype=FLOAT32),
    chosen=SPECIAL | st.tuples(PROBABILITIES, st.just(True)),
)
def test_float32(student, X, chosen):
    """Keeps float32, and leaves its input as it was."""
    p, training = chosen
    argument = same_layout(X)
    result = student.dropout(argument, p, training)
    assert_tensor(result, X, function="dropout")
    if training and p < 1:
        assert_kept_or_dropped(result, X, p)
    assert_unchanged(argument, X, name="X", function="dropout")


def _normal(*shape):
    """Standard normal float64 values, the same in every grading; none of them is 0."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def _same_shape(result, X):
    """The result, once it is known to have the shape and dtype of X."""
    assert_tensor(result, X, function="dropout")
    return result.detach()
