"""What holds between wrong answers and the correct ones: the most particular fact, never an untrue one."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from autograder.checking.closeness import assert_close
from autograder.checking.closeness import describe as described
from autograder.checking.failures import CheckFailure
from autograder.grading.battery.cases import Recorded
from autograder.grading.battery.file import Mistake, Naming, ReleasedExercise
from autograder.grading.feedback.naming import name_of
from autograder.grading.feedback.observations import Seen
from autograder.grading.feedback.properties import Facts, describe
from autograder.sandbox.student import LocalBackend
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import NamedItems, pack

Function = Callable[[Tensor], Tensor]


def told(kind: str, correct: Function, wrong: Function, inputs: list[Tensor]) -> str:
    """What is said of a function where another is correct, on a check that failed in this way."""
    seen = [Seen(Recorded(*call(X, correct)), call(X, wrong)[1], passed=False) for X in inputs]
    return describe(Facts(CheckFailure("wrong", kind=kind), seen, parameters=["X"])).id


def call(X: Tensor, function: Function) -> tuple[Call, Answer]:
    """A call with that argument, and the answer."""
    asked, given = Packing(), Packing()
    value = asked.value(X)
    answer = given.value(function(X))
    return (
        Call("f", [value], [], [pack(t) for t in asked.tensors]),
        Answer(answer, [pack(t) for t in given.tensors], None, True),
    )


def matrices() -> list[Tensor]:
    """Six matrices of 3 rows and 4 columns, of everyday values, each greater than the last."""
    generator = torch.Generator().manual_seed(1)
    return [torch.rand(3, 4, generator=generator) + n + 1 for n in range(6)]


def without_last(X: Tensor) -> Tensor:
    """The last column never filled."""
    return torch.cat([X[:, :-1], torch.zeros(3, 1)], dim=1)


def columns_scaled(X: Tensor) -> Tensor:
    """Each column divided by its sum."""
    return X / X.sum(0)


def losses(X: Tensor) -> Tensor:
    """Between 0 and 6, not in the order of X."""
    return (7 * X).sin().square() + X[..., :1] - 1


WRONG: dict[str, tuple[str, Function, Function]] = {
    "last_column": ("values", lambda X: X, without_last),
    "column_factor": ("values", lambda X: X, columns_scaled),
    "answer_factor": ("values", lambda X: X, lambda X: X / X.max()),
    "answer_offset": ("values", lambda X: X, lambda X: X - X.mean()),
    "epsilon": ("values", losses, lambda X: -((-losses(X)).exp() + 1e-2).log()),
    "capped": ("values", losses, lambda X: losses(X).clamp(max=2.0)),
    "floored": ("values", losses, lambda X: losses(X).clamp(min=2.0)),
    "angle": ("values", lambda X: (X / 10).cos(), lambda X: (X / 10).cos().acos()),
    "shape:mean": ("shape", lambda X: X.sum(1), lambda X: X.sum(1).mean()),
    "shape:first_row": ("shape", lambda X: X, lambda X: X[0]),
    "shape:pairs_of_rows": ("shape", lambda X: X[:, :1], lambda X: X[:, :1] + X[:, 0]),
    "shape:extra": ("shape", lambda X: X.sum(), lambda X: X.sum().reshape(1, 1)),
}


@pytest.mark.parametrize("id", WRONG)
def test_the_most_particular_fact_is_told(id: str) -> None:
    assert told(*WRONG[id], matrices()) == f"property:{id}"


def test_inputs_are_called_small_where_all_others_are_greater() -> None:
    small = [X * 1e-6 for X in matrices()]

    def floored(X: Tensor) -> Tensor:
        return X.sum() / X.norm().clamp(min=1e-3)

    found = told("values", lambda X: X.sum() / X.norm(), floored, matrices() + small)
    assert found == "property:tiny"


def test_a_gradient_that_is_not_finite_is_no_result_that_is_not() -> None:
    with pytest.raises(CheckFailure) as failure:
        assert_close(torch.tensor([torch.nan]), torch.ones(1), kind="gradient", what="gradient")
    assert describe(Facts(failure.value, [])).id == "property:finite:gradient"


def test_what_torch_max_gives_is_a_tuple() -> None:
    assert described(NamedItems((1, 2), ("values", "indices"))) == "a Python tuple"


def test_at_home_a_mistake_that_everyday_inputs_would_show_is_not_named() -> None:
    everyday, odd = torch.ones(2, 2), torch.ones(2, 2).T[:1]
    doubles = LocalBackend({"f": lambda X: 2 * X})
    tables = []
    for name, X in (("everyday", everyday), ("odd", odd)):
        asked, _ = call(X, torch.clone)
        tables.append(Naming(name, [asked], [[doubles.call(asked)[1]]], [0]))
    released = ReleasedExercise("f", 1.0, [], [Mistake("doubles", "doubles", "Halve.")], tables)
    student = LocalBackend({"f": lambda X: X if len(X) > 1 else 2 * X})
    assert name_of(released, student, ["odd"], []) is not None
    assert name_of(released, student, ["odd"], [], ["everyday"]) is None
