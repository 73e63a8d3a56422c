"""Sentences that would be untrue of some answers: what is said of these instead."""

import ast

import msgspec
import pytest
import torch

from autograder.checking.closeness import assert_close
from autograder.checking.failures import CheckFailure
from autograder.checking.randomness import assert_counts_vary
from autograder.checking.state import assert_structure
from autograder.grading.battery.cases import Recorded
from autograder.grading.feedback.advice import _stub
from autograder.grading.feedback.formulas import constant, formula_of
from autograder.grading.feedback.observations import Seen
from autograder.grading.feedback.places import inputs_that_fail
from autograder.grading.feedback.properties import Facts, describe
from autograder.grading.feedback.sentences import explain, why_undefined
from autograder.notebooks.cells import Code
from autograder.sandbox.cells import Cell
from autograder.sandbox.session import CellRun
from autograder.sandbox.student import FunctionRaised
from autograder.sandbox.wire.messages import Answer, Call, CellOutput, Raised
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import pack
from tests.one_class import OneClass
from tests.test_relations import Function, call, matrices, told


def test_a_small_factor_is_not_zero() -> None:
    """What is multiplied by a learning rate of 0.0005 is not zero on every input."""
    assert told("values", lambda X: X, lambda X: 0.0005 * X, matrices()) == "property:factor"
    assert told("values", lambda X: X, lambda X: 0 * X, matrices()) == "property:factor_zero"
    assert formula_of([(0.0005, {})] * 3) == "0.0005"
    assert formula_of([(1e-9, {}), (0.0, {}), (-1e-9, {})]) == "0"


def test_a_factor_near_one_is_that_of_all_answers() -> None:
    """A cosine that is clamped to 0.9985 is correct where it is smaller."""
    cosines = [torch.tensor(c) for c in (1.0, 1.0, 1.0, 0.5, 0.25)]
    given = [matrices()[0] for _ in cosines]
    assert told("values", lambda X: X, lambda X: 0.9985 * X, given) == "property:factor"
    inputs = [torch.full((2, 2), float(c)) for c in cosines]
    said = told("values", lambda X: X, lambda X: X.clamp(max=0.9985), inputs)
    assert said != "property:factor"


@pytest.mark.parametrize(
    ("value", "said"),
    [(5e-4, "0.0005"), (1e-4, "0.0001"), (0.0103, "0.0103"), (0.5004, "0.5"), (1 / 3, "0.333"),
     (-1.0, "-1"), (2.0005, "2"), (0.0, "0")],
)  # fmt: skip
def test_a_number_is_rounded_to_what_it_is(value: float, said: str) -> None:
    """An epsilon that is added everywhere is not 0."""
    assert constant(value) == said


def test_nan_beside_infinity_is_not_all_nan() -> None:
    for strange, said in (
        ([torch.nan, torch.inf, 1.0], "2 of 3 elements of the result are nan or infinite;"),
        ([torch.inf, torch.nan, 1.0], "2 of 3 elements of the result are nan or infinite;"),
        ([torch.nan, torch.nan, 1.0], "2 of 3 elements of the result are nan;"),
        ([torch.inf, -torch.inf, 1.0], "2 of 3 elements of the result are infinite;"),
    ):
        with pytest.raises(CheckFailure, match=said):
            assert_close(torch.tensor(strange), torch.ones(3))


@pytest.mark.parametrize(
    ("id", "correct", "wrong"),
    [
        ("transposed", lambda X: X.sum(1, keepdim=True), lambda X: X.sum(1, keepdim=True).T),
        ("same_entries", lambda X: X[None, None], lambda X: X[None]),
        ("extra", lambda X: X.sum(1), lambda X: X.sum(1, keepdim=True)),
    ],
)
def test_a_dimension_too_many_is_one_more(id: str, correct, wrong) -> None:  # type: ignore[no-untyped-def]
    assert told("shape", correct, wrong, matrices()) == f"property:shape:{id}"


def test_one_value_for_several_results_is_no_number_for_a_tensor() -> None:
    asked, given = Packing(), Packing()
    arguments = [asked.value(torch.ones(2))]
    right = given.value((torch.ones(2), torch.ones(2)))
    one = Call("f", arguments, [], [pack(tensor) for tensor in asked.tensors])
    due = Answer(right, [pack(tensor) for tensor in given.tensors], None, True)
    seen = [Seen(Recorded(one, due), Answer(1.5, [None], None, True), passed=False)]
    found = describe(Facts(CheckFailure("wrong", kind="results"), seen))
    assert found.title == "returns a Python float instead of a tuple of results"


def test_no_input_of_one_row_was_seen_to_be_correct() -> None:
    """Those that are correct have no dimensions."""
    right, wrong = [torch.tensor(float(n)) for n in range(6)], matrices()

    def kind(good: list[torch.Tensor]) -> str | None:
        inputs = [*good, *wrong]
        seen = [Seen(Recorded(*call(X, torch.exp)), call(X, torch.exp)[1], False) for X in inputs]
        return inputs_that_fail(seen, [False] * len(good) + [True] * len(wrong))

    assert kind(right) != "many_rows"
    assert kind([X.reshape(1, 1).expand(1, 4) for X in right]) == "many_rows"


def test_a_cell_that_defines_another_function_is_no_reason() -> None:
    raised = Raised("NameError", "name 'y' is not defined", "2: y")
    source = "def softmax_naive(X):\n    pass\ny"
    output = CellOutput("", 0, None, [], raised)
    run = CellRun(Cell(1, source), output)
    code = Code([Cell(1, source)])
    assert why_undefined("softmax", [run], code).id == "not_defined"
    assert why_undefined("softmax_naive", [run], code).id == "cell_raised"


def test_a_line_that_a_library_raised_is_no_stub() -> None:
    def said(line: str) -> str:
        return explain(FunctionRaised("f", Raised("NotImplementedError", "", line)), "f").id

    assert said("3: raise NotImplementedError()") == "stub_left"
    assert said("3: return module.extra_repr_of(X)") == "raised"


def test_a_case_that_was_left_out_with_a_reason_is_no_stub() -> None:
    def lines(raised: str) -> list[str]:
        source = f"def f(X):\n    if X.dim() == 2:\n        return X\n    {raised}"
        assert ast.parse(source)
        return [note.text for note in _stub("f", Code([Cell(1, source)]), cells=True)]

    assert lines("raise NotImplementedError('only matrices')") == []
    assert len(lines("raise NotImplementedError()")) == len(lines("raise NotImplementedError")) == 1


def test_what_stands_in_the_place_of_a_list_or_a_tensor_is_said() -> None:
    w = torch.ones(2, requires_grad=True)
    before = [{"params": [w]}]
    with pytest.raises(
        CheckFailure, match=r"params\"\] is a Python tuple; it should still be a list"
    ):
        assert_structure([{"params": (w,)}], before, "groups")
    with pytest.raises(CheckFailure, match=r"params\[0\] is None; it should still be a tensor"):
        assert_structure([None], [w], "params")
    with pytest.raises(CheckFailure, match=r"params\[0\] is another tensor"):
        assert_structure([w + 1], [w], "params")


def test_counts_within_one_are_not_called_exactly_the_same() -> None:
    counts = torch.tensor([4, 5, 6] * 400)
    dropped = torch.arange(10) < counts[:, None]
    with pytest.raises(CheckFailure, match="have 5 of 10 entries dropped, give or take one"):
        assert_counts_vary(dropped, 0.5, what="rows")


def test_an_exception_of_another_failed_check_was_raised_for_its_inputs_too() -> None:
    """One row fails one check, one column another: it isn't raised for inputs with one row alone."""

    def squeezed(inputs: list[torch.Tensor], *, passed: bool) -> list[Seen]:
        found = []
        for X in inputs:
            asked, due = call(X, lambda X: X.sum(1))
            raised = None if passed else Raised("IndexError", "Dimension out of range", "1")
            found.append(
                Seen(Recorded(asked, due), msgspec.structs.replace(due, raised=raised), passed)
            )
        return found

    one_row = squeezed([X[:1] for X in matrices()], passed=False)
    one_column = squeezed([X[:, :1] for X in matrices()], passed=False)
    others = squeezed(matrices(), passed=True)
    error = FunctionRaised("f", Raised("IndexError", "Dimension out of range", "1"))
    assert "one row" in describe(Facts(error, one_row, others)).hint
    assert "one row" not in describe(Facts(error, one_row, others, one_column)).hint


def test_a_first_row_is_not_alone_where_a_column_is_correct_throughout() -> None:
    def all_but(column: bool) -> str:
        return told(
            "values",
            lambda X: X,
            lambda X: torch.cat([X[:1], torch.cat([X[1:, :1] + (not column), X[1:, 1:] * 3], 1)]),
            matrices(),
        )

    assert all_but(column=False) == "property:not_first_row"
    assert all_but(column=True) != "property:not_first_row"


def test_a_dtype_is_not_compared_with_that_of_an_input_that_is_not_there() -> None:
    asked = Call("f", [3, 4], [], [])
    answer = Answer(None, [], None, True)
    error = CheckFailure("wrong", kind="dtype", got="int64", expected="float32")
    seen = [Seen(Recorded(asked, answer), answer, passed=False)]
    assert describe(Facts(error, seen)).title == "returns int64 where float32 is asked for"


def test_rounding_is_not_called_a_slight_error() -> None:
    assert told("values", lambda X: X, lambda X: X * (1 + 1e-7), matrices()) == "property:values"


def test_a_wrong_state_is_no_wrong_parameter() -> None:
    """Velocities come after the parameters: they are none of the others."""
    asked, given = Packing(), Packing()
    params, velocities = torch.ones(2, 3), torch.ones(2, 3)
    values = [asked.value(list(one)) for one in (params, velocities)]
    call = Call("f", values, [], [pack(tensor) for tensor in asked.tensors])
    given.value([*params, *velocities * 5])
    due = Answer(None, [pack(tensor) for tensor in asked.tensors], None, True)
    got = Answer(None, [pack(tensor) for tensor in given.tensors], None, True)
    seen = [Seen(Recorded(call, due), got, passed=False) for _ in range(4)]
    assert describe(Facts(CheckFailure("wrong", kind="values"), seen)).id == "property:values"


BELOW_AND_RIGHT = """\
def conv2d(X, W, b, stride=1, padding=0):
    P = torch.nn.functional.pad(X, (0, 2 * padding, 0, 2 * padding))
    windows = P.unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    return torch.einsum("ncijab,ocab->noij", windows, W) + b.reshape(1, -1, 1, 1)
"""


@pytest.mark.slow
def test_wrong_values_are_shown_before_wrong_gradients(students: OneClass) -> None:
    """An image of zeros shows only the gradient; on others the values are wrong, too."""
    result = students.grade("conv2d", BELOW_AND_RIGHT)
    [check] = [check for check in result.checks if check.name == "test_padding"]
    assert "of the result differ" in check.message
    assert result.diagnosis is not None
    assert result.diagnosis.id == "pads_twice_on_one_side"


def test_wrong_gradients_of_wrong_values_are_no_constants() -> None:
    assert told("gradient", lambda X: X, lambda X: X.flip(1) ** 2, matrices()) == "property:values"
    assert told("gradient", lambda X: X, lambda X: X, matrices()) == "property:gradient"


def seen_of(inputs: list[torch.Tensor], wrong: Function, *, passed: bool = False) -> list[Seen]:
    """Calls of a function that should return its argument."""
    return [Seen(Recorded(*call(X, torch.clone)), call(X, wrong)[1], passed) for X in inputs]


def test_zeros_for_some_inputs_are_not_called_zeros_for_every_input() -> None:
    def zero_where_large(X: torch.Tensor) -> torch.Tensor:
        return X * (X.max() < 50)

    failed = seen_of([100 * X for X in matrices()], zero_where_large)
    passed = seen_of(matrices(), zero_where_large, passed=True)
    error = CheckFailure("wrong", kind="values")
    assert describe(Facts(error, failed)).title == "gives values of zero on every input"
    found = describe(Facts(error, failed, passed))
    assert found.title == "goes wrong only for inputs of great magnitude"
    found = describe(Facts(error, failed, elsewhere=seen_of(matrices(), torch.neg)))
    assert found.title == "gives values of zero on every input of the first check that fails"


def test_only_some_inputs_are_told_where_no_other_check_failed_elsewhere() -> None:
    def wrong_where_large(X: torch.Tensor) -> torch.Tensor:
        return X if X.max() < 50 else X.flip(0) - X

    failed = seen_of([-100 * X for X in matrices()], torch.sin)
    passed = seen_of(matrices(), wrong_where_large, passed=True)
    too = seen_of([100 * X for X in matrices()], wrong_where_large)
    error = CheckFailure("wrong", kind="values")
    assert describe(Facts(error, failed, passed)).id == "property:negative"
    assert describe(Facts(error, failed, passed, too)).id != "property:negative"


def test_a_dtype_that_no_input_has_is_not_called_the_input_s() -> None:
    error = CheckFailure("wrong", kind="dtype", got="int64", expected="float32")
    inputs = [torch.arange(6).reshape(2, 3) + n for n in range(4)]
    found = describe(Facts(error, seen_of(inputs, torch.clone)))
    assert "input" not in found.title
    assert "int64" in found.title
    assert "input" in describe(Facts(error, seen_of(matrices(), torch.clone))).title
