"""Draws from categories: few enough counts for the bound on false alarms; what must not slip through."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from autograder.checking import assert_tensor, categories, randomness
from autograder.checking.failures import CheckFailure
from autograder.grading.feedback.shapes import dtype_of_result
from tests.test_proportion import grader

PROBS = torch.tensor([0.5, 0.0, 0.3, 0.2])
PROMISES: dict[str, Callable[[torch.Tensor], None]] = {
    "counts": lambda draws: categories.assert_category_counts(draws, PROBS),
    "zeros": lambda draws: categories.assert_never_impossible(draws, PROBS),
    "independence": lambda draws: categories.assert_draws_independent(
        draws[::2], draws[1::2], PROBS, what="neighbours"
    ),
    "spread": lambda draws: categories.assert_category_counts_vary(draws.reshape(50, 60), PROBS),
}


def drawn(uniform: torch.Tensor) -> torch.Tensor:
    """The draws of uniform numbers."""
    return torch.searchsorted(PROBS.double().cumsum(0), uniform.double(), right=True).clamp(max=3)


def fresh(seed: int = 0) -> torch.Tensor:
    """3,000 uniform numbers, the same in every run."""
    return torch.rand(3000, generator=torch.Generator().manual_seed(seed))


def even() -> torch.Tensor:
    """60 evenly spaced numbers, in a random order, 50 times."""
    generator = torch.Generator().manual_seed(1)
    orders = [torch.randperm(60, generator=generator) for _ in range(50)]
    return torch.cat([(order + 0.5) / 60 for order in orders])


@pytest.mark.parametrize("name", PROMISES)
def test_correct_draws_pass(name: str) -> None:
    for seed in range(20):
        PROMISES[name](drawn(fresh(seed)))


@pytest.mark.parametrize(
    ("name", "draws"),
    [
        ("counts", drawn(fresh() ** 2)),
        ("zeros", torch.where(torch.arange(3000) % 300 == 0, 1, drawn(fresh()))),
        ("independence", drawn(fresh().sort().values)),
        ("spread", drawn(even())),
    ],
)
def test_other_draws_fail(name: str, draws: torch.Tensor) -> None:
    with pytest.raises(CheckFailure):
        PROMISES[name](draws)


def test_one_impossible_draw_is_no_failure() -> None:
    draws = drawn(fresh())
    draws[7] = 1  # a uniform number that is exactly 0, or beyond the last cumulative sum
    PROMISES["zeros"](draws)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (None, "type"),
        ([0, 1, 2], "type"),
        (torch.tensor([[0], [1], [2]]), "shape"),
        (torch.tensor([0.5, 1, 2]), "values"),
        (torch.tensor([-1, 0, 1]), "values"),
        (torch.tensor([4, 4, 4]), "values"),
    ],
)
def test_what_is_no_draw(result: Any, kind: str) -> None:
    with pytest.raises(CheckFailure) as failure:
        categories.assert_draws(result, 3, 3, function="sample")
    assert failure.value.kind == kind


@pytest.mark.slow
def test_a_grading_makes_fewer_counts_than_the_bound_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = 0
    exact = randomness.accepted

    def counting(*arguments: Any) -> tuple[int, int]:
        nonlocal counts
        counts += 1
        return exact(*arguments)

    monkeypatch.setattr(randomness, "accepted", counting)
    assert grader("sample").failed(partial(dict, {"sample": sample})) == {}
    assert 300 < counts < randomness.COUNTS


def sample(probs: Any, n: int, *, even: bool = False) -> Any:
    """A correct sampler, or one that draws all categories alike."""
    if even:
        return torch.randint(len(probs), (n,))
    edges = probs.detach().double().cumsum(0)
    return torch.searchsorted(edges, torch.rand(n).double() * edges[-1], right=True)


def unless(condition: Callable[[Any, int], bool]) -> Callable[[Any, int], Any]:
    """A sampler that ignores the probabilities where a condition holds."""
    return lambda probs, n: sample(probs, n, even=condition(probs, n))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (unless(lambda probs, n: n > 100), "test_counts"),
        (unless(lambda probs, n: len(probs) == 5), "test_counts"),
        (unless(lambda probs, n: not probs.is_contiguous()), "test_odd_tensors"),
        (unless(lambda probs, n: probs.requires_grad), "test_odd_tensors"),
        (unless(lambda probs, n: probs.dtype is torch.float64), "test_odd_tensors"),
        (unless(lambda probs, n: bool((probs == 0).any())), "test_zero_probabilities"),
    ],
)
def test_a_sampler_that_behaves_only_sometimes_loses(wrong: Any, check: str) -> None:
    assert check in grader("sample").failed(partial(dict, {"sample": wrong}))


def test_a_dtype_that_is_not_the_inputs_is_not_called_so() -> None:
    with pytest.raises(CheckFailure, match="is float32; it should be int64"):
        assert_tensor(torch.zeros(2), torch.zeros(2, dtype=torch.int64))
    assert "asked for" in dtype_of_result("float32", "int64").title
    assert "input" in dtype_of_result("float32", "float64").title
    assert "asked for" in dtype_of_result("float64", "float32", named=True).title
