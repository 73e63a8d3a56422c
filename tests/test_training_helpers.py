"""Helpers for functions that train and for functions that give numbers, and their strategies."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from autograder import adapting
from autograder.authoring.audit import _scaled_values
from autograder.checking import (
    CheckFailure,
    Tolerance,
    assert_batches_unchanged,
    assert_number,
    assert_parameters_kept,
    assert_same_training,
    assert_training_keeps_dtype,
    trained,
)
from autograder.checking.batches import classification_cases, regression_cases, scored_labels

FEW = settings(max_examples=20, database=None, deadline=None)


def parameters() -> dict[str, Tensor]:
    return {
        "w": torch.tensor([[1.0], [2.0]], requires_grad=True),
        "b": torch.ones(1, requires_grad=True),
    }


def batches() -> list[tuple[Tensor, Tensor]]:
    return [(torch.eye(2), torch.ones(2, 1)), (torch.ones(1, 2), torch.zeros(1, 1))]


def shift(w: Tensor, b: Tensor, batches: Any, lr: float) -> float:
    """Subtracts lr from every parameter, once a batch."""
    with torch.no_grad():
        for _ in batches:
            w -= lr
            b -= lr
    return 0.5


def test_training_leaves_what_was_drawn_alone() -> None:
    given = parameters()
    copies, result = trained(shift, given, batches(), 0.5)
    assert result == 0.5
    assert copies["w"].tolist() == [[0.0], [1.0]]
    assert given["w"].tolist() == [[1.0], [2.0]]
    exact, _ = trained(shift, given, batches(), 0.5, exact=True)
    assert exact["b"].dtype is torch.float64


def test_a_parameter_that_differs_is_named() -> None:
    def half(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        shift(w, b, batches[:1], lr)
        w.data.sub_(lr)

    assert_same_training(shift, shift, parameters(), batches(), 0.5)
    with pytest.raises(CheckFailure, match=r"the updated b is 0\.5; it should be 0"):
        assert_same_training(half, shift, parameters(), batches(), 0.5)


def test_float64_in_float32_is_seen() -> None:
    def coarse(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        shift(w, b, batches, lr)
        w.data.copy_(w.data.float().double())

    precise = {name: weight.detach().double() / 3 for name, weight in parameters().items()}
    for weight in precise.values():
        weight.requires_grad_()
    assert_training_keeps_dtype(shift, shift, precise, batches(), 0.5)
    with pytest.raises(CheckFailure):
        assert_training_keeps_dtype(coarse, shift, precise, batches(), 0.5)


def test_parameters_stay_leaves() -> None:
    def freezes(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        b.requires_grad_(False)

    def switches_off(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        torch.set_grad_enabled(False)

    assert_parameters_kept(shift, parameters(), batches(), 0.5)
    with pytest.raises(CheckFailure, match="b no longer requires grad"):
        assert_parameters_kept(freezes, parameters(), batches(), 0.5)
    with pytest.raises(CheckFailure, match="autograd is switched off"):
        assert_parameters_kept(switches_off, parameters(), batches(), 0.5)
    assert torch.is_grad_enabled()


def test_batches_that_change_are_named() -> None:
    def writes(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        batches[1][0].mul_(2)

    def pops(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        batches.pop()

    def replaces(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        batches[0] = (batches[0][0].clone(), batches[0][1])

    def makes_a_list(w: Tensor, b: Tensor, batches: Any, lr: float) -> None:
        batches[0] = list(batches[0])

    assert_batches_unchanged(shift, parameters(), batches(), 0.5)
    for function, words in (
        (makes_a_list, "the list batches"),
        (writes, r"argument batches\[1\]\[0\]"),
        (pops, "the list batches"),
        (replaces, "the list batches"),
    ):
        with pytest.raises(CheckFailure, match=words):
            assert_batches_unchanged(function, parameters(), batches(), 0.5)


@pytest.mark.parametrize(
    "result",
    [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), torch.tensor(2), torch.tensor(2.0)],
)
def test_a_number_may_be_held_by_anything(result: Any) -> None:
    assert_number(result, 2, what="count", function="f")
    assert adapting.number(result) == 2.0
    assert type(adapting.number(result)) is float


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "`f` returned None"),
        (torch.ones(1), r"the count is one tensor of shape \(1,\); it should be a number"),
        ([2.0], "the count is a Python list"),
        ("2", "the count is the Python str 2"),
        (3, "the count is 3; it should be 2"),
        (math.nan, "the count is nan; it should be 2"),
    ],
)
def test_what_is_no_number_or_another_one(result: Any, words: str) -> None:
    with pytest.raises(CheckFailure, match=words):
        assert_number(result, 2, what="count", function="f")


def test_numbers_within_a_tolerance() -> None:
    assert_number(2.01, 2, what="loss", function="f", tolerance=Tolerance(0.01, 0.0))
    with pytest.raises(CheckFailure, match=r"allowed difference: 0\.02"):
        assert_number(2.03, 2, what="loss", function="f", tolerance=Tolerance(0.01, 0.0))


def test_an_adapter_converts_the_items_of_a_tuple_and_nothing_else() -> None:
    assert adapting.number((torch.tensor(1), True)) == (1.0, 1.0)
    assert adapting.number([np.float32(0.5), None]) == [0.5, None]
    kept = torch.ones(1)
    assert adapting.number(kept) is kept
    assert adapting.number("1") == "1"


def test_the_audit_scales_numbers_and_floating_point_state() -> None:
    def function(w: Tensor, y: Tensor) -> tuple[float, int]:
        return 2.0, 3

    w, y = torch.ones(2), torch.ones(2, dtype=torch.int64)
    assert _scaled_values(function, 0.5)(w, y) == (3.0, 4.5)
    assert (w.tolist(), y.tolist()) == ([1.5, 1.5], [1, 1])


@FEW
@given(regression_cases(), regression_cases(even=False, bias=(), strided=True))
def test_regression_cases(everyday: Any, odd: Any) -> None:
    w, b, pairs = everyday
    assert w.is_leaf and w.requires_grad and b.is_leaf and b.requires_grad and b.shape == (1,)
    assert len({len(X) for X, _ in pairs}) == 1 and len(pairs) >= 2
    assert all(X.shape == (len(y), len(w)) and y.shape[1] == 1 for X, y in pairs)
    w, b, pairs = odd
    assert b.dim() == 0 and len({len(X) for X, _ in pairs}) > 1
    assert not any(X.is_contiguous() for X, _ in pairs)


@FEW
@given(classification_cases(), classification_cases(last_class=False, q=3))
def test_classification_cases(everyday: Any, odd: Any) -> None:
    W, b, pairs = everyday
    assert W.requires_grad and b.shape == (W.shape[1],)
    assert all(int(y.max()) == W.shape[1] - 1 and len(X) == len(y) for X, y in pairs)
    assert all(int(y.max()) < 2 for _, y in odd[2])


@FEW
@given(scored_labels(), scored_labels(share=0.0), scored_labels(close=True, dtype=torch.float64))
def test_scored_labels(everyday: Any, wrong: Any, close: Any) -> None:
    for y_hat, y in (everyday, wrong, close):
        first, second = y_hat.topk(2, dim=1).values.unbind(1)
        assert bool((first > second).all()) and y.dtype is torch.int64
    assert not bool((wrong[0].argmax(1) == wrong[1]).any())
    first, second = close[0].float().topk(2, dim=1).values.unbind(1)
    assert bool((first - second < 1e-6).all())


@FEW
@given(scored_labels(gap=2e-4, dtype=torch.float64), scored_labels(whole=True, gap=1))
def test_gaps_between_scores(small: Any, whole: Any) -> None:
    first, second = small[0].topk(2, dim=1).values.unbind(1)
    assert bool((first - second - 2e-4).abs().max() < 1e-9)
    assert bool((whole[0] == whole[0].round()).all())


@pytest.mark.parametrize(
    "make",
    [
        lambda: regression_cases(bias=(2,)),
        lambda: regression_cases(n=0),
        lambda: regression_cases(even=False, n=3),
        lambda: classification_cases(scale=0),
        lambda: scored_labels(share=0.3),
        lambda: scored_labels(q=1, share=0.0),
        lambda: scored_labels(gap=0),
        lambda: scored_labels(gap=0.5, whole=True),
    ],
)
def test_cases_that_cannot_be_drawn(make: Any) -> None:
    with pytest.raises(ValueError, match=r"needed|even=False|only score"):
        make()


def test_dtypes_that_cannot_be_drawn() -> None:
    with pytest.raises(TypeError, match="float32"):
        scored_labels(close=True)
    with pytest.raises(TypeError, match="is needed"):
        regression_cases(dtype=torch.float16)
