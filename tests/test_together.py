"""Tensors whose shapes go together, and features that have a spread."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import Values
from autograder.checking.strategies import FLOAT64, tensors, transposed
from autograder.checking.together import LEAST_SPREAD, spread_out, tensors_together

SHAPES = [((4, 5), (2, 3), 1), ((6, 6), (3, 3), 3)]


@given(case=tensors_together(SHAPES, [Values(-4, 4), Values(1, 2)], dtype=FLOAT64))
def test_shapes_ranges_and_options_go_together(
    case: tuple[torch.Tensor, torch.Tensor, int],
) -> None:
    X, K, stride = case
    assert (tuple(X.shape), tuple(K.shape), stride) in SHAPES
    assert X.dtype is K.dtype is torch.float64
    assert X.abs().max() <= 4 and K.min() >= 1 and K.max() <= 2


@given(case=tensors_together(SHAPES, Values(-4, 4), strided=True))
def test_all_of_them_can_be_strided(case: tuple[torch.Tensor, torch.Tensor, int]) -> None:
    assert not case[0].is_contiguous() and not case[1].is_contiguous()


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        tensors_together([], Values(0, 1))
    with pytest.raises(ValueError, match=r"\[2\] tensors and 1 ranges"):
        tensors_together(SHAPES, [Values(0, 1)])
    with pytest.raises(ValueError, match=r"\[1, 2\] tensors"):
        tensors_together([((1,),), ((1,), (2,))], Values(0, 1))
    with pytest.raises(TypeError, match=r"dtype=torch\.int64"):
        tensors_together(SHAPES, Values(0, 1), dtype=torch.int64)


BATCHES = st.sampled_from([(2, 3), (5, 2), (2, 2, 2, 2), (3, 3, 3, 3)])


@given(X=tensors(BATCHES, Values(-4, 4)))
def test_every_feature_has_a_spread(X: torch.Tensor) -> None:
    dims = [0, *range(2, X.dim())]
    before = X.clone()
    varied = before.var(dim=dims, correction=0, keepdim=True).sqrt() >= LEAST_SPREAD
    assert spread_out(X, dims) is X
    deviation = X.var(dim=dims, correction=0).sqrt()
    assert deviation.min() >= LEAST_SPREAD
    assert (X.mean(dim=dims).abs() <= 10 * deviation).all()
    assert X.abs().max() <= 4
    assert torch.equal(torch.where(varied, X, 0), torch.where(varied, before, 0))


def test_spreading_keeps_the_layout() -> None:
    X = spread_out(transposed(torch.ones(3, 4)), [-1])
    assert X.stride() == (1, 3) and X.tolist() == [[-3, 1, 1, 1]] * 3
