"""For which inputs an answer goes wrong: constant ones show little, being correct by chance."""

from typing import Any

import pytest
import torch

from autograder.grading.battery.cases import Recorded
from autograder.grading.feedback.observations import Seen
from autograder.grading.feedback.places import LEAST, MANY_OTHERS, OTHERS, inputs_that_fail
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import pack

NEGATIVE = torch.tensor([[1.0, -2.0, 0.5], [3.0, 1.5, -0.25]])
VARIED = NEGATIVE.abs()
CONSTANT = torch.full((2, 3), 2.0)


def seen(*arguments: Any) -> Seen:
    """A call with these arguments; what was answered plays no part."""
    packing = Packing()
    values = [packing.value(argument) for argument in arguments]
    call = Call("f", values, [], [pack(tensor) for tensor in packing.tensors])
    answer = Answer(None, [], None, True)
    return Seen(Recorded(call, answer), answer, passed=False)


@pytest.mark.parametrize(
    ("others", "name"), [(VARIED, "negative"), (CONSTANT, None)], ids=["varied", "constant"]
)
def test_a_kind_is_told_where_others_that_vary_are_correct(others, name):
    calls = [NEGATIVE + 0.1 * n for n in range(4)] + [others + n for n in range(OTHERS + 1)]
    wrong = [bool((X < 0).any()) for X in calls]
    assert inputs_that_fail([seen(X) for X in calls], wrong) == name


@pytest.mark.parametrize(
    ("usual", "name"), [([1e-5], None), ([1e-5, 0.1], "float64")], ids=["another", "the same"]
)
def test_another_number_may_be_the_reason(usual, name):
    """An eps of 0.1 that float64 inputs alone came with says nothing about float64."""
    wrong = [seen(VARIED.double() + n, 0.1) for n in range(4)]
    others = [seen(VARIED + n, eps) for n in range(OTHERS + 1) for eps in usual]
    assert inputs_that_fail([*wrong, *others], [True] * 4 + [False] * len(others)) == name


def test_a_layout_in_some_of_whose_forms_it_goes_wrong_is_told():
    """Where many others are all correct, a few of its kind are enough."""
    transposed = [(torch.rand(3, 4) + n).T for n in range(20)]
    others = [torch.rand(4, 3) + n for n in range(MANY_OTHERS)]
    wrong = [n < LEAST for n in range(20)]
    assert inputs_that_fail(
        [seen(X) for X in transposed + others], wrong + [False] * len(others)
    ) == ("strided")
    assert inputs_that_fail(
        [seen(X) for X in transposed + others[:OTHERS]], wrong + [False] * OTHERS
    ) != ("strided")


def test_columns_that_are_nearly_dependent_are_told():
    everyday = [torch.eye(4, 3) + 0.1 * n for n in range(OTHERS + 1)]
    dependent = [torch.tensor([[1.0, 1.0], [1.0, 1.001], [2.0 + n, 2.0 + n]]) for n in range(4)]
    wrong = [True] * 4 + [False] * len(everyday)
    assert inputs_that_fail([seen(X) for X in dependent + everyday], wrong) == "nearly_dependent"


def test_labels_of_minibatches_that_miss_the_last_class_are_told():
    def trained(labels: list[int]) -> Seen:
        W, X = torch.tensor([[1.0, 2.0, -1.0]] * 2), torch.tensor([[1.0, 0.5], [-2.0, 1.5]])
        batches = [(X, torch.tensor(labels[:2])), (X, torch.tensor(labels[2:]))]
        return seen(W, W[0], batches, 0.5)

    all_there, missing = [trained([0, 1, 2, n % 3]) for n in range(6)], [trained([0, 1, 1, 0])] * 4
    wrong = [True] * 4 + [False] * 6
    assert inputs_that_fail(missing + all_there, wrong) == "missing_class"
