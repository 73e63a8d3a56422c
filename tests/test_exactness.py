"""Values that are as exact as float32: told from those of float64, and from something that is added."""

import pytest
import torch
from torch import Tensor

from autograder.grading.feedback.observations import Part
from autograder.grading.feedback.properties import _exactness
from autograder.language import speaking
from autograder.sandbox.wire.messages import Call

X = torch.linspace(-3, 4, 60, dtype=torch.float64).reshape(5, 12).cos()
E = (X - X.amax(1, True)).exp()
CORRECT = E / E.sum(1, True)
WRONG = {
    "a sum in float32": E / E.float().sum(1, True).double(),
    "a result in float32 that goes on": (CORRECT.float().double() + 1) - 1,
    "a constant of seven digits": CORRECT + 3e-8 * torch.tensor([1.0, -1.0] * 6).double(),
}
OTHER = {
    "correct": CORRECT.clone(),
    "an epsilon": E / (E.sum(1, True) + 1e-7),
    "float16": CORRECT.half().double(),
    "float32": CORRECT.float(),
    "other values": CORRECT.flip(1),
    "a last digit": CORRECT * (1 + 1e-13 * X),
}


def parts(got: Tensor) -> list[Part]:
    call = Call("softmax", [], [], [])
    right = Part(call, "result", CORRECT.float(), CORRECT.float(), 1.0)
    return [right, Part(call, "result", got, CORRECT, 1.0)]


@pytest.mark.parametrize("name", WRONG)
def test_what_float32_leaves_is_told(name: str) -> None:
    found = _exactness(parts(WRONG[name]), "result")
    assert found is not None and found.id == "property:exact_as_float32"
    assert (
        found.title == "gives values that are only as exact as float32 where the input is float64"
    )
    with speaking("zh"):
        chinese = _exactness(parts(WRONG[name]), "gradient")
    assert chinese is not None and "float32 的精度" in chinese.title


@pytest.mark.parametrize("name", OTHER)
def test_what_has_other_causes_is_not(name: str) -> None:
    assert _exactness(parts(OTHER[name]), "result") is None
