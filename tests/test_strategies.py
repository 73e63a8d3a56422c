"""Strategies draw everyday inputs unless asked for one odd thing, and refuse what makes none."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograder.checking import Values
from autograder.checking.signed import signed
from autograder.checking.strategies import (
    FLOAT64,
    labeled_logits,
    logits,
    parameter_groups,
    parameters,
    predictions,
    shapes,
    tensors,
)

REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a range upside down": (lambda: Values(5, -5), r"Values\(5, -5\): the minimum is above"),
    "an endless range": (lambda: Values(0, float("inf")), "both ends have to be finite"),
    "zero alone, without zero": (lambda: Values(0, 0, zero=False), "zero=False there is no number"),
    "whole numbers in between": (lambda: Values(0.2, 0.8, whole=True), "whole=True there is no number"),
    "zero alone among the whole": (
        lambda: Values(-0.5, 0.5, zero=False, whole=True), "zero=False, whole=True there is no"),
    "more dimensions at least than at most": (
        lambda: shapes(min_dims=2, max_dims=1), r"shapes\(min_dims=2, max_dims=1\)"),
    "five dimensions": (lambda: shapes(max_dims=5), "max_dims <= 4"),
    "no entries": (lambda: shapes(least=0), r"shapes\(least=0\)"),
    "more entries than are drawn": (lambda: shapes(max_dims=2, least=5), r"shapes\(least=5\)"),
    "integers": (lambda: tensors((2,), Values(0, 1), dtype=torch.int64), "dtype=torch.int64"),
    "half precision": (lambda: logits(dtype=torch.float16), "dtype=torch.float16"),
    "numbers in the place of a range": (lambda: tensors((2,), 3), r"elements=3\): Values"),  # type: ignore[arg-type]
    "no rows": (lambda: logits(n=0), "n=0: a whole number"),
    "half a column": (lambda: labeled_logits(q=1.5), "q=1.5: a whole number"),  # type: ignore[arg-type]
    "no magnitude": (lambda: logits(max_magnitude=0), "max_magnitude=0: a finite number above 0"),
    "a probability of 0": (lambda: predictions(smallest=0), "smallest=0"),
    "a probability that is not small": (lambda: predictions(smallest=0.9), "smallest=0.9"),
    "parameters of integers": (lambda: parameters(dtype=torch.int32), "dtype=torch.int32"),
    "magnitudes that may be 0": (lambda: signed((2,), Values(0, 1)), "a minimum above 0"),
    "magnitudes that are no range": (lambda: signed((2,), 3), r"elements=3\): Values"),  # type: ignore[arg-type]
    "a negative decay": (lambda: parameter_groups(decays=(-1.0,)), "every decay is a number"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_inputs_is_refused_early(name: str) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=sentence):
        make()


def a_few(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Sixty cases, the same in every run."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        return settings(max_examples=60, derandomize=True, deadline=None, database=None)(
            given(**drawn)(test)
        )

    return decorate


@a_few(X=logits(), case=labeled_logits(), other=predictions())
def test_everyday_inputs_are_everyday(X: torch.Tensor, case: Any, other: Any) -> None:
    for matrix in (X, case[0], other[0]):
        assert matrix.dtype is torch.float32
        assert matrix.is_contiguous()
        assert min(matrix.shape) >= 2
    for matrix, labels in (case, other):
        assert labels.dtype is torch.int64
        assert int(labels.max()) == matrix.shape[1] - 1
    y_hat, labels = other
    assert torch.allclose(y_hat.sum(1), torch.ones(len(y_hat)))
    assert float(y_hat.min()) > 0
    assert float(y_hat[torch.arange(len(labels)), labels].min()) >= 0.99e-3


@a_few(
    strided=logits(strided=True),
    missing=labeled_logits(last_class=False),
    double=logits(dtype=FLOAT64),
    zeros=predictions(smallest=1e-30, zeros=True),
    row=logits(n=1),
)
def test_an_option_makes_one_thing_odd(
    strided: Any, missing: Any, double: Any, zeros: Any, row: Any
) -> None:
    assert not strided.is_contiguous()
    assert int(missing[1].max()) < missing[0].shape[1] - 1
    assert double.dtype is torch.float64
    assert float(zeros[0][torch.arange(len(zeros[1])), zeros[1]].min()) >= 0.99e-30
    assert row.shape[0] == 1


def test_whole_and_nonzero_numbers_are_what_they_say() -> None:
    whole = Values(-2.5, 3.5, zero=False, whole=True)
    numbers = {whole.number(code) for code in range(0, 2**16, 97)}
    assert all(number and number == round(number) and -2.5 <= number <= 3.5 for number in numbers)


def test_logits_shrink_to_short_numbers() -> None:
    found = find(logits(), lambda X: bool((X > 1.5).any()), random=__import__("random").Random(0))
    assert found.shape == (2, 2)
    assert all(number == round(number * 8) / 8 for number in found.flatten().tolist())


@a_few(
    x=signed(shapes(), Values(0.125, 4)),
    some=signed(shapes(min_dims=1), Values(1, 2), zeros=True),
    strided=signed((3, 2), Values(1, 2), strided=True, dtype=FLOAT64),
)
def test_signed_numbers_keep_away_from_0(
    x: torch.Tensor, some: torch.Tensor, strided: torch.Tensor
) -> None:
    assert (x.abs() >= 0.125).all() and (x.abs() <= 4).all()
    assert some.any() and ((some == 0) | (some.abs() >= 1)).all()
    assert not strided.is_contiguous() and strided.dtype is FLOAT64 and strided.all()


def test_signed_numbers_are_of_both_signs_and_shrink_to_positive_ones() -> None:
    drawn = signed((3,), Values(1, 3), zeros=True)
    for wanted in (lambda x: (x < 0).any(), lambda x: (x > 0).all(), lambda x: not x.all()):
        assert wanted(find(drawn, wanted))
    assert find(drawn, lambda x: True).tolist() == [2.0, 2.0, 2.0]
