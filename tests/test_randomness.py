"""The bound on false alarms: exact tails, few enough counts, and what must not slip through."""

import math
from functools import partial
from typing import Any

import pytest
import torch

from autograder.authoring.audit import InProcessGrader
from autograder.checking import CheckFailure, randomness
from autograder.checking.tolerances import Tolerance
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import Course
from tests.clone import ROOT
from tests.test_proportion import grader


def exact_tail(trials: int, probability: float, below: int) -> float:
    """P(count < below), by summing in exact order."""
    return math.fsum(
        math.comb(trials, k) * probability**k * (1 - probability) ** (trials - k)
        for k in range(below)
    )


@pytest.mark.parametrize("trials", [1, 7, 60, 400, 900])
@pytest.mark.parametrize("probability", [0.05, 0.3, 0.5, 0.85])
@pytest.mark.parametrize("mass", [1e-2, 1e-6, randomness.PER_COUNT])
def test_the_interval_is_exact(trials: int, probability: float, mass: float) -> None:
    low, high = randomness.accepted(trials, probability, mass)
    assert exact_tail(trials, probability, low) <= mass / 2
    assert exact_tail(trials, probability, low + 1) > mass / 2
    above = trials - high
    assert exact_tail(trials, 1 - probability, above) <= mass / 2
    assert exact_tail(trials, 1 - probability, above + 1) > mass / 2


@pytest.mark.parametrize(("trials", "probability"), [(20_000, 0.5), (90_000, 0.3)])
def test_the_interval_of_many_trials_is_exact(trials: int, probability: float) -> None:
    """Sums of logarithms of 10^5 and more need float64."""

    def tail(below: int) -> float:
        return math.fsum(
            math.exp(
                math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
                + k * math.log(probability) + (trials - k) * math.log1p(-probability)
            )
            for k in range(max(below - 2_000, 0), below)
        )  # fmt: skip

    for mass in (1e-2, 1e-3, randomness.PER_COUNT):
        low, _ = randomness.accepted(trials, probability, mass)
        assert tail(low) <= mass / 2 < tail(low + 1)


def test_an_interval_of_certainties_is_a_point() -> None:
    assert randomness.accepted(50, 0.0) == (0, 0)
    assert randomness.accepted(50, 1.0) == (50, 50)
    assert randomness.accepted(0, 0.3) == (0, 0)


def test_a_binomial_probability_is_exact() -> None:
    found = [randomness.binomial(12, count, 0.3) for count in range(13)]
    assert math.fsum(found) == pytest.approx(1)
    assert found[2] == pytest.approx(66 * 0.3**2 * 0.7**10)


def first(total: int, count: int) -> torch.Tensor:
    return torch.arange(total) < count


@pytest.mark.parametrize("p", [0.1, 0.5, 0.85])
def test_a_drop_rate_is_accepted_up_to_its_bounds(p: float) -> None:
    low, high = randomness.accepted(400, p)
    for got in (low, high):
        randomness.assert_drop_rate(first(400, got).reshape(20, 20), p)
    for got in (low - 1, high + 1):
        with pytest.raises(CheckFailure) as raised:
            randomness.assert_drop_rate(first(400, got).reshape(20, 20), p)
        facts = raised.value.facts
        assert (raised.value.kind, facts["aspect"], facts["p"]) == ("random", "rate", p)
        assert facts["share"] == pytest.approx(got / 400)
        sentence = f"with p = {p}, {got} of 400 entries were dropped ("
        assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.7])
def test_masks_agree_as_often_as_independent_ones(p: float) -> None:
    low, high = randomness.accepted(400, p * p + (1 - p) ** 2)
    one = first(400, 130)
    for got in (low, high):
        randomness.assert_independent(one, one ^ ~first(400, got), p, what="rows")
    for got in (low - 1, high + 1):
        with pytest.raises(CheckFailure) as raised:
            randomness.assert_independent(one, one ^ ~first(400, got), p, what="rows")
        assert (raised.value.kind, raised.value.facts["aspect"]) == ("random", "rows")


def test_every_pair_of_rows_is_looked_at_and_a_row_left_over_is_not() -> None:
    rows = torch.rand(5, 300, generator=torch.Generator().manual_seed(1)) < 0.5
    randomness.assert_rows_independent(rows, 0.5, what="rows")
    randomness.assert_rows_independent(rows[[0, 1, 2, 3, 3]], 0.5, what="rows")
    randomness.assert_rows_independent(rows[[0, 1, 1, 2]], 0.5, what="rows")
    for same in ([0, 0, 2, 3], [0, 1, 3, 3], [0, 1, 2, 2, 4]):
        with pytest.raises(CheckFailure):
            randomness.assert_rows_independent(rows[same], 0.5, what="rows")


@pytest.mark.parametrize(("entries", "p"), [(40, 0.25), (40, 0.1), (60, 0.5)])
def test_rows_that_drop_equally_many_fail(entries: int, p: float) -> None:
    usual = round(entries * p)
    chance = sum(randomness.binomial(entries, count, p) for count in range(usual - 1, usual + 2))
    _, high = randomness.accepted(100, chance)
    assert high < 100

    def rows(alike: int) -> torch.Tensor:
        """So many rows within 1 of the usual count, and the others just beyond."""
        near, beyond = [usual - 1, usual, usual + 1], [usual - 2, usual + 2]
        given = [near[row % 3] if row < alike else beyond[row % 2] for row in range(100)]
        return torch.stack([first(entries, count) for count in given])

    randomness.assert_counts_vary(rows(high), p, what="a row")
    with pytest.raises(CheckFailure) as raised:
        randomness.assert_counts_vary(rows(high + 1), p, what="a row")
    assert (raised.value.kind, raised.value.facts["aspect"]) == ("random", "count of a row")


@pytest.mark.parametrize("p", [0.0, 0.25, 0.9])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_an_entry_is_kept_and_scaled_or_dropped(p: float, dtype: torch.dtype) -> None:
    X = torch.tensor([[3.0, -2.0], [0.5, 4.0]], dtype=dtype)
    keep = torch.tensor([[True, False], [True, True]])
    result = X * keep / (1 - p)
    assert torch.equal(randomness.assert_kept_or_dropped(result, X, p), ~keep)
    randomness.assert_kept_or_dropped(result * (1 + 5e-6), X, p)
    for wrong in (
        result * (1 + 2e-5),
        result + 1e-3,
        X * keep * (1 - p) + 0.01,
        result.where(keep, torch.tensor(1e-3, dtype=dtype)),
        result.index_fill(1, torch.tensor([1]), 2.0),
    ):
        with pytest.raises(CheckFailure) as raised:
            randomness.assert_kept_or_dropped(wrong, X, p)
        assert raised.value.kind == "values"
    with pytest.raises(CheckFailure) as raised:
        randomness.assert_kept_or_dropped(result.where(keep, torch.tensor(torch.nan)), X, p)
    assert raised.value.kind == "finite"


def test_what_counts_as_kept_is_the_tolerances() -> None:
    X = torch.tensor([1.0, 0.0])
    wide = Tolerance(1e-2, 1e-3)
    randomness.assert_kept_or_dropped(torch.tensor([2.01, 5e-4]), X, 0.5, tolerance=wide)
    for wrong in ([2.03, 0.0], [2.0, 2e-3]):
        with pytest.raises(CheckFailure):
            randomness.assert_kept_or_dropped(torch.tensor(wrong), X, 0.5, tolerance=wide)


@pytest.mark.slow
def test_a_grading_makes_fewer_counts_than_the_bound_allows(monkeypatch: Any) -> None:
    counts = 0
    exact = randomness.accepted

    def counting(*arguments: Any) -> tuple[int, int]:
        nonlocal counts
        counts += 1
        return exact(*arguments)

    monkeypatch.setattr(randomness, "accepted", counting)
    drops = lambda X, p, training=True: dropout(X, p, training)  # noqa: E731
    unused = grader.__wrapped__(
        "dropout"
    )  # one that was used doesn't count again for equal answers
    assert unused.failed(partial(dict, {"dropout": drops})) == {}
    assert 1_000 < counts < randomness.COUNTS


def dropout(X: Any, p: float, training: bool = True, *, rate: float | None = None) -> Any:
    """A correct dropout, or one with another rate."""
    if not training:
        return X * 1
    keep = torch.rand(X.shape) >= (p if rate is None else rate)
    return X * keep / (1 - p) if p < 1 else X * 0


class _ByOutput(torch.autograd.Function):
    """Finds its mask by the output: a kept 0 gets no gradient."""

    @staticmethod
    def forward(ctx: Any, X: Any, keep: Any, p: float) -> Any:
        result = X * keep / (1 - p)
        ctx.save_for_backward(result)
        ctx.p = p
        return result

    @staticmethod
    def backward(ctx: Any, G: Any) -> Any:
        return G * (ctx.saved_tensors[0] != 0) / (1 - ctx.p), None, None


def by_output(X: Any, p: float, training: bool = True) -> Any:
    if not training or p == 1:
        return dropout(X, p, training)
    return _ByOutput.apply(X, torch.rand(X.shape) >= p, p)


def fixed_where_gradients_are_required(X: Any, p: float, training: bool = True) -> Any:
    if training and X.requires_grad and p < 1:
        keep = torch.rand(X.shape, generator=torch.Generator().manual_seed(0)) >= p
        return X * keep / (1 - p)
    return dropout(X, p, training)


def unless(condition: Any) -> Any:
    """A dropout that drops nothing where a condition holds."""
    return lambda X, p, training=True: dropout(
        X, p, training, rate=-1.0 if condition(X, p) else None
    )


WRONG: dict[str, tuple[Any, str]] = {
    "rates of tenths": (
        lambda X, p, training=True: dropout(X, p, training, rate=round(p, 1)), "test_drop_rate"),
    "rates of a table": (
        unless(lambda X, p: round(p, 2) != p), "test_drop_rate"),
    "nothing for float64": (unless(lambda X, p: X.dtype is torch.float64), "test_drop_rate"),
    "nothing for float32 of many entries": (
        unless(lambda X, p: X.dtype is torch.float32 and X.numel() > 1000), "test_drop_rate"),
    "nothing where a gradient is required": (unless(lambda X, p: X.requires_grad), "test_drop_rate"),
    "nothing for few entries": (unless(lambda X, p: X.numel() < 4), "test_drop_rate"),
    "nothing for vectors": (unless(lambda X, p: X.dim() == 1), "test_drop_rate"),
    "nothing for four dimensions": (unless(lambda X, p: X.dim() == 4), "test_drop_rate"),
    "nothing for large entries": (unless(lambda X, p: float(X.abs().max()) > 500), "test_drop_rate"),
    "nothing for small entries": (unless(lambda X, p: float(X.abs().max()) < 0.1), "test_drop_rate"),
    "nothing for transposes": (
        unless(lambda X, p: not X.is_contiguous() and X.numel() > 30), "test_drop_rate"),
    "one mask where a gradient is required": (fixed_where_gradients_are_required, "test_independence"),
    "a mask found by the output": (by_output, "test_gradient"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_dropout_that_behaves_only_sometimes_loses(name: str) -> None:
    function, check = WRONG[name]
    failed = grader("dropout").failed(partial(dict, {"dropout": function}))
    assert check in failed, failed


def whole_rows(X: Any, p: float, training: bool = True) -> Any:
    """Drops whole rows, or their like."""
    if not training:
        return X * 1
    keep = torch.rand_like(X.sum(dim=-1, keepdim=True)) >= p
    return X * keep / (1 - p) if p < 1 else X * 0


@pytest.mark.slow
@pytest.mark.parametrize("secret", [b"1" * 32, b"2" * 32, b"3" * 32])
def test_what_whole_rows_earn_does_not_depend_on_the_secret(secret: bytes) -> None:
    course = Course(ROOT)
    found = course.exercise("dropout")
    source = course.home_of("dropout")
    assert source is not None
    reference = Reference(source, course.exercise_folders)
    marker = InProcessGrader(GradingJudge(found, collect(found), reference, secret))
    failed = marker.failed(partial(dict, {"dropout": whole_rows}))
    assert failed.keys() == {"test_drop_rate", "test_independence"}
