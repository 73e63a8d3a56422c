"""What a diagnosis compares and says, on single answers made here."""

import math

import pytest
import torch
from msgspec.structs import replace
from torch import Tensor

from autograder.checking import assert_input_unchanged, assert_same_gradient
from autograder.checking.derivatives import gradients
from autograder.checking.failures import CheckFailure
from autograder.checking.forbidden import ACTIVATIONS, MATRIX_PRODUCTS, SOFTMAX, Forbidden
from autograder.checking.results import assert_results
from autograder.grading.battery.cases import Recorded
from autograder.grading.battery.file import Mistake, Naming, ReleasedExercise
from autograder.grading.battery.recording import Recorder
from autograder.grading.feedback.comparison import same_answer
from autograder.grading.feedback.exceptions import describe_exception
from autograder.grading.feedback.live import seen_live
from autograder.grading.feedback.naming import name_of
from autograder.grading.feedback.nearest import Names
from autograder.grading.feedback.observations import Part, Place
from autograder.grading.feedback.properties import Facts, describe
from autograder.grading.feedback.shapes import shape_of_result
from autograder.notebooks.cells import Code
from autograder.sandbox.cells import Cell
from autograder.sandbox.student import LocalBackend, Student
from autograder.sandbox.wire.messages import Call, Raised
from autograder.sandbox.wire.values import Ref, pack
from autograder.sandbox.worker.forbidden_names import NameGuard


@pytest.mark.parametrize(("is_leaf", "same"), [(False, True), (True, False)])
def test_an_argument_that_is_returned_is_as_good_as_its_copy(is_leaf: bool, same: bool) -> None:
    """Where it requires grad, it is not: its gradient goes elsewhere."""

    def itself(X: Tensor) -> tuple[Tensor, Tensor]:
        return X, X + 1

    def copy(X: Tensor) -> tuple[Tensor, Tensor]:
        return X.detach().clone(), X + 1

    call = Call("f", [Ref(0)], [], [pack(torch.ones(2).requires_grad_(is_leaf))], seed=0)
    answers = [LocalBackend({"f": function}).call(call)[1] for function in (itself, copy)]
    assert same_answer(call, *answers) is same


def test_a_wrong_number_of_results_is_told_as_that() -> None:
    with pytest.raises(CheckFailure) as failed:
        assert_results((1, 2, 3), ("dW1", "db1", "dW2", "db2"), function="f")
    found = describe(Facts(failed.value, []))
    assert found.id == "property:results:count"
    assert "3 where 4" in found.title
    with pytest.raises(CheckFailure) as failed:
        assert_results({}, 2, function="f")
    assert describe(Facts(failed.value, [])).id == "property:results"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("_amax() got an unexpected keyword argument 'keepdim'", "3", "it passes `keepdim=` to `_amax`"),
        ("f() got an unexpected keyword argument 'training'", "", "`f` is called with other arguments"),
        ("f() takes 1 positional argument but 2 were given", "3", "`f` is called with other arguments"),
    ],
)  # fmt: skip
def test_an_argument_too_many_is_named(text: str, line: str, said: str) -> None:
    raised = Raised("TypeError", text, line)
    assert said in describe_exception(raised, "every", Names()).title


def test_gradients_of_an_argument_that_no_longer_requires_grad_are_told_as_that() -> None:
    x, y = torch.ones(2).requires_grad_(), torch.ones(2).requires_grad_()
    result = x * y
    y.requires_grad_(False)
    with pytest.raises(CheckFailure, match=r"`f` changed `y.requires_grad`") as failed:
        gradients([result], [x, y], [result.detach()], names=["x", "y"], function="f")
    assert describe(Facts(failed.value, [])).id == "property:input"


def test_gradients_of_an_argument_of_another_shape_are_told_as_that() -> None:
    def reshapes(x: Tensor) -> Tensor:
        result = x * x
        x.data = x.data.reshape(-1)
        return result

    with pytest.raises(CheckFailure, match=r"changed its argument x"):
        assert_same_gradient(reshapes, lambda x: x * x, torch.ones(2, 1), names="x", seed=0)
    with pytest.raises(CheckFailure, match=r"changed its argument x"):
        assert_input_unchanged(reshapes, torch.ones(2, 1), names="x", seed=0)


def test_the_gradient_check_counts_an_argument_that_was_switched_off() -> None:
    """Its gradient isn't there to be compared: that is no reason to leave it out."""

    def wrong(x: Tensor, y: Tensor) -> Tensor:
        result = x * y * y
        y.requires_grad_(False)
        return result

    with pytest.raises(CheckFailure, match=r"y.requires_grad"):
        assert_same_gradient(
            wrong, lambda x, y: x * y, torch.ones(2), torch.ones(2), names="x y", seed=0
        )


def test_a_misspelt_function_of_numpy_has_a_neighbour() -> None:
    raised = Raised("AttributeError", "module 'numpy' has no attribute 'maximun'", "1")
    assert "it has `maximum`" in describe_exception(raised, "every", Names()).title


@pytest.mark.parametrize(
    ("kind", "text", "forbidden", "code", "suggested"),
    [
        ("NameError", "name 'sigmoid' is not defined", ACTIVATIONS, "", "torch.sigmoid"),
        ("NameError", "name 'softmx' is not defined", SOFTMAX,
         "from torch.nn.functional import softmax", "softmax"),
        ("NameError", "name 'helpr' is not defined", ACTIVATIONS,
         "def helper(X):\n    return torch.tanh(X)", "helper"),
        ("AttributeError", "module 'torch' has no attribute 'sigmod'", ACTIVATIONS, "", "sigmoid"),
        ("AttributeError", "module 'numpy' has no attribute 'matmull'", MATRIX_PRODUCTS, "", "matmul"),
        ("AttributeError", "'Tensor' object has no attribute 'softmx'", SOFTMAX, "", "softmax"),
        ("AttributeError", "'numpy.ndarray' object has no attribute 'dott'", MATRIX_PRODUCTS, "", "dot"),
    ],
)  # fmt: skip
def test_what_an_exercise_forbids_is_not_suggested(
    kind: str, text: str, forbidden: Forbidden, code: str, suggested: str
) -> None:
    notebook = Code([Cell(1, "import torch"), Cell(2, code)])
    raised = Raised(kind, text, "3")
    free = describe_exception(raised, "every", Names(notebook))
    assert f"`{suggested}`" in free.title
    found = describe_exception(raised, "every", Names(notebook, forbidden))
    assert f"`{suggested}`" not in found.title + found.hint
    assert found.id == free.id
    assert "is not allowed in this exercise" in found.hint


def test_of_a_variable_without_a_value_no_forbidden_name_is_said() -> None:
    """Its own hint says why it has no value."""
    raised = Raised(
        "UnboundLocalError", "cannot access local variable 'softmax' where it is not", "3"
    )
    assert "`torch.softmax`" in describe_exception(raised, "every", Names()).title
    found = describe_exception(raised, "every", Names(forbidden=SOFTMAX))
    assert "torch.softmax" not in found.title
    assert "the function's own" in found.hint


def test_what_refuses_looks_like_what_it_stands_for() -> None:
    """torch imports sympy for an error message, sympy mpmath, and that copies `math.tanh.__name__`."""
    refused: list[str] = []
    guard, function = NameGuard(refused.append), math.tanh
    guard.forbid(["math.tanh"])
    try:
        assert math.tanh is not function
        assert math.tanh.__name__ == "tanh"
        assert not hasattr(math.tanh, "__wrapped__")  # no way to the function itself
        math.tanh(1.0)
        assert refused == ["math.tanh"]
    finally:
        guard.release()
    assert math.tanh is function


def test_at_home_skipped_checks_decide_only_where_some_mistake_agrees() -> None:
    """Two mistakes agree with all calls of the failed check, none with the skipped: the first is named."""

    def answering(number: int) -> LocalBackend:
        return LocalBackend({"f": lambda x: number if x else 0})

    calls = [Call("f", [x], [], [], seed=0) for x in (0, 1)]
    given = [[answering(number).call(call)[1] for call in calls] for number in (1, 2)]
    namings = [
        Naming(f"test_{place}", [calls[place]], [[answers[place]] for answers in given], [0, 1])
        for place in (0, 1)
    ]
    mistakes = [Mistake("one", "gives 1", ""), Mistake("two", "gives 2", "")]
    released = ReleasedExercise("f", 1.0, [], mistakes, namings)
    for number, name in ((1, "one"), (2, "two"), (3, "one")):
        found = name_of(released, answering(number), ["test_0"], ["test_1"])
        assert found is not None
        assert found.id == name


def test_a_single_value_without_its_dimension_is_no_mean() -> None:
    call = Call("f", [], [], [])
    parts = [
        Part(call, Place(0, 1), torch.tensor(value), torch.tensor([value]), 1.0)
        for value in (1.0, 2.0)
    ]
    found = shape_of_result(parts)
    assert found is not None
    assert found.id == "property:shape:squeezed"
    parts.append(Part(call, Place(0, 1), torch.tensor(1.5), torch.tensor([1.0, 2.0]), 1.0))
    found = shape_of_result(parts)
    assert found is not None
    assert found.id == "property:shape:mean"


def test_a_live_call_belongs_to_the_recorded_one_with_the_same_numbers() -> None:
    """The reference was asked in float64 and by rows; the student is in float32, through a transpose."""
    X = torch.tensor([[1.0, 2.0], [3.0, 4.0]])

    def call_of(given: Tensor, **kwargs: float) -> Call:
        return Call("f", [Ref(0)], list(kwargs.items()), [pack(given.requires_grad_())], seed=0)

    reference = LocalBackend({"f": lambda X, k=2.0: k * X})
    recorded = []
    for call in (call_of(X.double(), k=3.0), call_of(X.double())):
        _, answer = reference.call(call)
        gradient = pack(torch.full((2, 2), 2.0, dtype=torch.float64))
        recorded.append(Recorded(call, replace(answer, gradients=[gradient])))
    recorder = Recorder(LocalBackend({"f": lambda X, k=2.0: k * X + 1}))
    student = Student(recorder)
    asked = X.T.contiguous().T.requires_grad_()
    student.f(asked).sum().backward()
    student.f(asked + 1)  # the reference was never asked this
    [seen] = seen_live(recorder.recorded(), recorded, passed=False)
    [got], [gradients] = (seen.parts(subject, ["X"]) for subject in ("result", "gradient"))
    assert got.expected.dtype is torch.float32
    assert torch.equal(got.expected, 2 * X)
    assert torch.equal(got.got, 2 * X + 1)
    assert gradients.correct
    assert gradients.got.dtype is gradients.expected.dtype is torch.float32
