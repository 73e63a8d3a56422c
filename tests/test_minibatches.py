"""What came as minibatches: each wrong form has its sentence."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.checking import (
    CheckFailure,
    assert_batch_sizes,
    assert_labels,
    assert_order,
    assert_pairs,
    messages,
)

X = torch.tensor([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0]])
Y = torch.tensor([[10.0], [20.0], [30.0]])
ORDER = torch.tensor([2, 0, 1])
BATCHES = [(X[ORDER[:2]], Y[ORDER[:2]]), (X[ORDER[2:]], Y[ORDER[2:]])]


def test_a_correct_pass() -> None:
    batches = assert_pairs(BATCHES, function="data_iter")
    assert_batch_sizes(batches, [2, 1])
    assert assert_order(batches, X) == [2, 0, 1]
    assert_labels(batches, [2, 0, 1], Y)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "returned None"),
        (X, r"one tensor of shape \(3, 2\)"),
        ([X], r"one tensor of shape \(3, 2\) as batch 0"),
        ([(X, Y, Y)], "a tuple of 3"),
        ([(X, 3)], "the Python int 3"),
    ],
)
def test_what_is_no_list_of_pairs(result: Any, said: str) -> None:
    with pytest.raises(CheckFailure, match=said):
        assert_pairs(result, function="data_iter")


def test_wrong_sizes() -> None:
    with pytest.raises(CheckFailure, match=r"hold \[2, 1\] examples; they should hold \[3\]"):
        assert_batch_sizes(BATCHES, [3])


def test_each_wrong_form_has_its_state() -> None:
    """By which it has a sentence of its own."""

    def state(check: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        with pytest.raises(CheckFailure) as raised:
            check(*arguments, **options)
        return f"{raised.value.kind}:{raised.value.facts['state']}"

    states = [
        state(assert_pairs, X, function="data_iter"),
        state(assert_pairs, [(X, Y, Y)], function="data_iter"),
        state(assert_batch_sizes, BATCHES, [3]),
        state(assert_order, [(X[:, :1], Y)], X),
        state(assert_labels, [(X[ORDER], Y[ORDER].flatten())], ORDER.tolist(), Y),
    ]
    assert states == ["type:batches", "results:pair", "shape:batches", "shape:batch", "shape:batch"]
    assert set(states) <= messages.PROPERTIES.keys()


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (X[[0, 0, 1]], "example 0 comes 2 times"),
        (X + 1, r"holds \[2.0, 6.0\]|holds \[4.0, 8.0\]"),
        (X[:, :1], r"has shape \(3, 1\)"),
    ],
)
def test_wrong_examples(features: torch.Tensor, said: str) -> None:
    with pytest.raises(CheckFailure, match=said):
        assert_order([(features, Y)], X)


def test_wrong_labels() -> None:
    with pytest.raises(CheckFailure, match=r"example 2 comes with the label 10\.0"):
        assert_labels([(X[ORDER], Y)], ORDER.tolist(), Y)
    with pytest.raises(CheckFailure, match=r"shape \(3,\)"):
        assert_labels([(X[ORDER], Y[ORDER].flatten())], ORDER.tolist(), Y)
