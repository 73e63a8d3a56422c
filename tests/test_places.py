"""For which inputs an answer goes wrong: constant ones show little, being correct by chance."""

import pytest
import torch
from torch import Tensor

from autograder.grading.battery.cases import Recorded
from autograder.grading.feedback.observations import Seen
from autograder.grading.feedback.places import OTHERS, inputs_that_fail
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import pack

NEGATIVE = torch.tensor([[1.0, -2.0, 0.5], [3.0, 1.5, -0.25]])
VARIED = NEGATIVE.abs()
CONSTANT = torch.full((2, 3), 2.0)


def seen(X: Tensor, *numbers: float) -> Seen:
    """A call with these arguments; what was answered plays no part."""
    packing = Packing()
    values = [packing.value(X), *numbers]
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
