"""What a message about a wrong tensor says: its name, its place, its figures, and what shows it."""

from typing import Any

import pytest
import torch

from autograder.checking import CheckFailure, assert_close
from autograder.checking.closeness import MAX_SHOWN, assert_tensor, describe

ONES = torch.ones(2)


def failure(actual: Any, expected: torch.Tensor, **options: Any) -> CheckFailure:
    with pytest.raises(CheckFailure) as raised:
        assert_close(actual, expected, **options)
    return raised.value


def test_a_tensor_alone_is_held_to_its_dtype() -> None:
    assert_tensor(ONES, ONES)
    with pytest.raises(CheckFailure, match=r"^the result is float64; for float32 input") as raised:
        assert_tensor(ONES.double(), ONES)
    assert (raised.value.shows, raised.value.should) == ("result.dtype", "torch.float32")
    with pytest.raises(CheckFailure, match=r"^the result has shape \(2,\)"):
        assert_tensor(ONES, torch.ones(3))
    with pytest.raises(CheckFailure, match=r"^`result` returned None"):
        assert_tensor(None, ONES)


@pytest.mark.parametrize("function", [assert_close, assert_tensor])
def test_the_function_that_returned_no_tensor_is_named(function: Any) -> None:
    with pytest.raises(CheckFailure, match=r"^`softmax` returned None"):
        function(None, ONES, function="softmax")
    with pytest.raises(CheckFailure, match=r"^the loss of `softmax` is None; it should be a"):
        function(None, ONES, function="softmax", what="loss")
    with pytest.raises(CheckFailure, match=r"^`loss` returned the Python float 0.5;"):
        function(0.5, ONES, what="loss")


@pytest.mark.parametrize("function", [assert_close, assert_tensor])
@pytest.mark.parametrize(
    ("options", "name", "shown"),
    [
        ({}, "result", "result"),
        ({"what": "result[1]"}, "result[1]", "result[1]"),
        ({"what": "result with p = 0.5"}, "result with p = 0.5", "result"),
        ({"what": "gradient"}, "gradient", ""),
        ({"what": "gradient", "shows": "X.grad"}, "gradient", "X.grad"),
        ({"what": "result", "shows": ""}, "result", ""),
    ],
)
def test_a_message_names_what_is_compared_and_shows_it(
    function: Any, options: dict[str, Any], name: str, shown: str
) -> None:
    with pytest.raises(CheckFailure) as raised:
        function(torch.ones(3), ONES, **options)
    assert str(raised.value) == f"the {name} has shape (3,); it should have shape (2,)"
    assert (raised.value.shows, raised.value.should) == (shown and f"{shown}.shape", "(2,)")
    with pytest.raises(CheckFailure) as raised:
        function(ONES.half(), ONES, **options)
    assert str(raised.value) == f"the {name} is float16; it should be float32"
    assert (raised.value.shows, raised.value.should) == (
        shown and f"{shown}.dtype",
        "torch.float32",
    )
    if function is assert_close:
        wrong = failure(ONES * 2, ONES, **options)
        assert (wrong.shows, wrong.should) == (shown, "[1, 1]" if shown else "")


class Strange:
    """Any object, as a worker's answer holds it."""

    description = "a set"


DESCRIBED: dict[str, tuple[Any, str]] = {
    "a number": (2, "the Python int 2"),
    "a text": ("x" * 99, "the Python str " + "x" * 60),
    "a list": ([1], "a Python list"),
    "a tuple of torch's": (torch.max(torch.ones(1, 2), 1), "a Python tuple"),
    "what a worker describes": (Strange(), "a set"),
    "another object": ({1, 2}, "set"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_value_that_is_no_tensor_is_described(name: str) -> None:
    value, sentence = DESCRIBED[name]
    assert describe(value) == sentence


def test_the_figures_are_those_of_the_element_that_is_furthest_off() -> None:
    """Off is not large: of numbers far from 0, too; and the tolerance decides which are counted."""
    expected = torch.tensor([1000.0, -3.0, 1.0, 0.0])
    actual = expected + torch.tensor([0.0, 0.25, -0.5, 0.0])
    assert str(failure(actual, expected, rtol=1e-3, atol=1e-2)) == (
        "2 of 4 elements of the result differ; the greatest difference is 0.5 at index [2]: "
        "it is 0.5, it should be 1 (allowed: 0.011)"
    )


def test_only_what_is_beyond_the_tolerance_is_counted() -> None:
    fine = torch.tensor([1.0, 1e6, 1.0], dtype=torch.float64)
    near = fine * torch.tensor([1.0, 1 + 0.9e-7, 1 + 3e-6], dtype=torch.float64)
    message = str(failure(near, fine))
    assert message.startswith("1 of 3 elements of the result differ;")
    assert "at index [2]: it is 1, " not in message
    wide = failure(torch.tensor([1.005, 1.05]), ONES, rtol=1e-2, atol=0.0)
    assert str(wide).startswith("1 of 2 elements of the result differ;")


def test_figures_that_look_alike_are_written_out() -> None:
    expected = torch.tensor([1.0], dtype=torch.float64)
    assert str(failure(expected + 2**-22, expected)) == (
        "the result is 1.000000238418579; it should be 1.0 (allowed difference: 2e-07)"
    )


def test_the_first_element_that_is_not_finite_is_shown() -> None:
    actual = torch.tensor([[1.0, 2.0], [torch.nan, torch.nan]])
    assert str(failure(actual, torch.tensor([[1.0, 2.0], [0.25, 4.0]]))) == (
        "2 of 4 elements of the result are nan; the first, at index [1, 0], should be 0.25"
    )


THIRD = torch.tensor(1 / 3, dtype=torch.float64)
WRITTEN: dict[str, tuple[torch.Tensor, tuple[str, str]]] = {
    "float32": (THIRD.float(), ("result", "0.333333")),
    "float64": (THIRD, ("result", "0.333333333333")),
    "a matrix": (torch.tensor([[1.0, 0.5], [2.5, 4.0]]), ("result", "[[1, 0.5], [2.5, 4]]")),
    "whole numbers": (torch.tensor([1, 10**8]), ("result", "[1, 100000000]")),
    "truth": (torch.tensor([True, False]), ("result", "[True, False]")),
    "as many as are shown": (
        torch.zeros(MAX_SHOWN), ("result", "[" + ", ".join(["0"] * MAX_SHOWN) + "]")),
    "one more": (torch.zeros(MAX_SHOWN + 1), ("result[0]", "0")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_a_correct_value_is_written_with_the_digits_of_its_dtype(name: str) -> None:
    expected, comment = WRITTEN[name]
    wrong = failure(~expected if expected.dtype is torch.bool else expected + 1, expected)
    assert (wrong.shows, wrong.should) == comment


@pytest.mark.parametrize("got", [None, [1.0]])
def test_one_of_several_results_that_is_no_tensor_is_named(got: Any) -> None:
    """The function did return something: no `return` is missing."""
    with pytest.raises(CheckFailure, match=r"^the dW1 of `f` is (None|a Python list); it should"):
        assert_close(got, torch.ones(1), what="dW1", function="f")
    with pytest.raises(
        CheckFailure, match=r"^the result X of `f` is (None|a Python list); it should"
    ):
        assert_tensor(got, torch.ones(1), what="result X", function="f")
    with pytest.raises(CheckFailure, match=r"^`f` returned (None|a Python list)"):
        assert_close(got, torch.ones(1), function="f")
