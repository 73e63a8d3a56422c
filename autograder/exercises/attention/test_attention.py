"""The checks of attention(Q, K, V, mask=None): values, averaged by how well their keys fit a query."""

from itertools import product

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_same,
    assert_same_gradient,
    points,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT32, FLOAT64, seeds
from autograder.checking.together import tensors_together

NAMES = "Q K V"
MASKED = "Q K V mask"
RANGES = [Values(-3, 3), Values(-3, 3), Values(-4, 4)]
"""Of Q, K and V."""
EVERYDAY = [
    (n, m, k, d, v)
    for n, m, k, d, v in product([2, 3], [2, 3, 4], [2, 3, 4], [2, 3, 5], [2, 3])
    if (n + m + k + d + v) % 3  # a part of them, among them equal and different extents
]
SINGLE = [
    (1, 3, 4, 2, 2),
    (2, 1, 3, 2, 3),
    (2, 3, 1, 2, 2),
    (2, 2, 3, 1, 2),
    (2, 2, 3, 2, 1),
    (1,) * 5,
]
LARGE = [Values(-50, 50, whole=True), Values(-50, 50, whole=True), Values(-4, 4)]
"""Whole numbers, and d = 4, whose root is exact: all correct answers get the same scores, of up to 5000."""
LARGE_SIZES = [(n, m, k, 4, v) for n, m, k, v in product([2], [2, 3], [2, 3, 4], [2, 3])]
ROOT_EXACT = LARGE_SIZES
"""For float64: torch.sqrt(torch.tensor(d)) is float32, which is no matter where the root is exact."""
LARGE_GRADIENT = Tolerance(rtol=1e-3, atol=2e-3)
"""Weights are known to 1e-7, and their errors are multiplied by entries of K and Q, of up to 50."""


def _cases(sizes=EVERYDAY, ranges=RANGES, *, strided=False, dtype=FLOAT32):
    """Q (n, m, d), K (n, k, d), V (n, k, v)."""
    shapes = [((n, m, d), (n, k, d), (n, k, v)) for n, m, k, d, v in sizes]
    return tensors_together(shapes, ranges, strided=strided, dtype=dtype)


@st.composite
def _masked(draw, cases, *, one=False):
    """Q, K, V and a mask that allows at least one key of each query, and forbids at least one in all."""
    Q, K, V = draw(cases)
    n, m, k = Q.shape[0], Q.shape[1], K.shape[1]
    bits = draw(st.binary(min_size=n * m * (k + 1), max_size=n * m * (k + 1)))
    allowed = torch.tensor([byte % 2 == 1 for byte in bits[: n * m * k]]).reshape(n, m, k)
    sure = torch.tensor([byte % k for byte in bits[n * m * k :]]).reshape(n, m, 1)
    only = torch.arange(k) == sure
    mask = only if one else allowed | only
    if bool(mask.all()):
        mask[0, 0] = only[0, 0]
    return Q, K, V, mask


@st.composite
def _far_apart(draw):
    """Large scores; in the first row the only allowed key scores -5000, and the forbidden ones 5000."""
    Q, K, V, mask = draw(_masked(_cases(LARGE_SIZES, LARGE)))
    mask[0, 0] = torch.arange(mask.shape[2]) == int(mask[0, 0].int().argmax())
    Q[0, 0] = 50.0
    K[0] = torch.where(mask[0, 0], -50.0, 50.0)[:, None]
    return Q, K, V, mask


def _by_name(function):
    def call(Q, K, V, mask):
        return function(Q, K, V, mask=mask)

    call.__name__ = "attention"
    return call


@points(1.75)
@given(case=_cases())
def test_values(student, reference, case):
    """Gives softmax(Q Kᵀ / √d) V, without a mask."""
    assert_same(student.attention, reference.attention, *case, names=NAMES)


@points(0.75, needs=test_values)
@given(case=_masked(_cases()))
def test_mask(student, reference, case):
    """Looks only at keys where the mask is True."""
    assert_same(student.attention, reference.attention, *case, names=MASKED)


@points(0.75, needs=test_values)
@settings(max_examples=2 * EDGE_CASES)
@given(case=_cases(), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow back to queries, keys and values."""
    assert_same_gradient(student.attention, reference.attention, *case, names=NAMES, seed=seed)


@points(0.25, needs=test_mask)
@settings(max_examples=EDGE_CASES)
@given(case=_masked(_cases()), seed=seeds())
def test_gradient_with_mask(student, reference, case, seed):
    """Does so with a mask, too, handed over by its name."""
    assert_same(
        _by_name(student.attention), _by_name(reference.attention), *case, names=MASKED, seed=seed
    )


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(LARGE_SIZES, LARGE), seed=seeds())
def test_large_scores(student, reference, case, seed):
    """Stays finite and correct, with its gradient, for scores of thousands."""
    assert_same(
        student.attention, reference.attention, *case,
        names=NAMES, seed=seed, gradient_tolerance=LARGE_GRADIENT,
    )  # fmt: skip


@points(0.25, needs=test_mask)
@settings(max_examples=EDGE_CASES)
@given(case=_far_apart(), seed=seeds())
def test_large_scores_with_mask(student, reference, case, seed):
    """Does so where forbidden scores are far above, or below, the others."""
    assert_same(
        student.attention, reference.attention, *case,
        names=MASKED, seed=seed, gradient_tolerance=LARGE_GRADIENT,
    )  # fmt: skip


@points(0.25, needs=test_mask)
@settings(max_examples=EDGE_CASES)
@given(case=_masked(_cases(), one=True), seed=seeds())
def test_one_allowed_key(student, reference, case, seed):
    """Gives the value of the only key that a query may look at."""
    assert_same(student.attention, reference.attention, *case, names=MASKED, seed=seed)


@points(0.25, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(SINGLE), seed=seeds())
def test_single(student, reference, case, seed):
    """Is correct for a single example, query, key or feature."""
    assert_same(student.attention, reference.attention, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_masked(_cases()), seed=seeds())
def test_mask_then_none(student, reference, case, seed):
    """Forgets the mask of one call in the next."""
    student.attention(*(one.clone() for one in case))
    assert_same(student.attention, reference.attention, *case[:3], names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for transposes and for slices with a step."""
    assert_same(student.attention, reference.attention, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(ROOT_EXACT, dtype=FLOAT64) | _cases(ROOT_EXACT), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    assert_dtype_kept(student.attention, reference.attention, *case, names=NAMES, seed=seed)


@points(0.125, needs=test_values)
@settings(max_examples=EDGE_CASES)
@given(case=_masked(_cases()), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves queries, keys, values and the mask as they were, forward and backward."""
    assert_input_unchanged(student.attention, *case, names=MASKED, seed=seed)
