"""Marks in proportion: one edge costs what is said about it, and no correct answer loses a point."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest
import torch

from autograder.authoring.audit import InProcessGrader
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import Course
from tests import edge_answers, unusual_answers
from tests.clone import ROOT

pytestmark = pytest.mark.slow


@cache
def grader(exercise: str) -> InProcessGrader:
    """Grades in this process: the answers are the tests' own."""
    torch.set_num_threads(1)
    course = Course(ROOT)
    source = course.home_of(exercise)
    assert source is not None
    found = course.exercise(exercise)
    return InProcessGrader(
        GradingJudge(
            found, collect(found), Reference(source, course.exercise_folders), course.secret
        )
    )


def share(exercise: str, function: Callable[..., Any]) -> tuple[float, dict[str, str]]:
    """The share of the points that an answer keeps, and why it lost the others."""
    name = Course(ROOT).function_of(exercise)
    failed = grader(exercise).failed(partial(dict, {name: function}))
    return grader(exercise).share(failed), {name: str(f.error) for name, f in failed.items()}


def answers(module: Any) -> dict[str, Callable[..., Any]]:
    """The answers of a module, by `<exercise>__<what is special>`."""
    return {name: f for name, f in vars(module).items() if callable(f) and "__" in name.strip("_")}


EDGES, UNUSUAL = answers(edge_answers), answers(unusual_answers)


@pytest.mark.parametrize("name", EDGES)
def test_one_edge_costs_less_than_half_and_something(name: str) -> None:
    kept, why = share(name.partition("__")[0], EDGES[name])
    assert 0.5 <= kept < 1, why


def _softened(probs: torch.Tensor, n: int) -> torch.Tensor:
    softer = probs.detach().double() ** 0.8
    shares = (softer / softer.sum()).cumsum(0)
    draws = torch.searchsorted(shares, torch.rand(n, dtype=torch.float64), right=True)
    return draws.clamp(max=len(probs) - 1)


def _three_uniform(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    """With mean 0 and standard deviation 1, as normal numbers have."""
    return (torch.rand(3, *shape, dtype=dtype).sum(0) - 1.5) / 0.5


def _data(
    w: torch.Tensor, b: Any, n: int, *, inputs: Any = torch.randn, noise: Any = torch.randn
) -> tuple[torch.Tensor, torch.Tensor]:
    X = inputs(n, len(w), dtype=w.dtype)
    return X, X @ w.detach() + b + 0.01 * noise(n, 1, dtype=w.dtype)


BENT = {
    "softened probabilities": ("sample", _softened, 0),
    "uniform inputs added up": ("synthetic_data", partial(_data, inputs=_three_uniform), 0),
    "uniform noise added up": ("synthetic_data", partial(_data, noise=_three_uniform), 0.75),
    "normal inputs and noise": ("synthetic_data", _data, 1),
}
"""By what is drawn: the exercise, the answer, and the share of the points that it keeps."""


@pytest.mark.parametrize("name", BENT)
def test_numbers_from_a_distribution_that_is_nearly_correct(name: str) -> None:
    exercise, function, expected = BENT[name]
    kept, why = share(exercise, function)
    assert kept == expected, why


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_correct_answer_keeps_everything(name: str) -> None:
    kept, why = share(name.partition("__")[0], UNUSUAL[name])
    assert kept == 1, why


def without_gradient(exercise: str) -> Callable[..., Any]:
    function = UNUSUAL[next(name for name in UNUSUAL if name.startswith(f"{exercise}__"))]
    return lambda *arguments: function(*arguments).detach()


@pytest.mark.parametrize(
    "exercise",
    ["softmax", "cross_entropy", "cross_entropy_with_logits", "l2_penalty", "dropout"],
)
def test_no_gradient_keeps_at_most_half(exercise: str) -> None:
    kept, why = share(exercise, without_gradient(exercise))
    assert 0 < kept <= 0.5, why


def ignoring(exercise: str, place: int, neutral: Any) -> Callable[..., Any]:
    """A correct answer that takes one of its arguments for its neutral value."""
    function = UNUSUAL[next(name for name in UNUSUAL if name.startswith(f"{exercise}__"))]

    def answer(*arguments: Any) -> Any:
        return function(*arguments[:place], neutral, *arguments[place + 1 :])

    return answer


@pytest.mark.parametrize(
    ("exercise", "place", "neutral"),
    [("sgd", 1, 1.0), ("sgd", 2, 1), ("sgd_weight_decay", 1, 1.0), ("sgd_weight_decay", 2, 1),
     ("dropout", 2, True)],
)  # fmt: skip
def test_an_ignored_argument_costs_a_part(exercise: str, place: int, neutral: Any) -> None:
    kept, why = share(exercise, ignoring(exercise, place, neutral))
    assert 0.2 <= kept <= 0.8, why


def test_ignored_decay_costs_a_part() -> None:
    def plain(groups: list[dict[str, Any]], lr: float, batch_size: int) -> None:
        UNUSUAL["sgd__data_and_none"](
            [w for group in groups for w in group["params"]], lr, batch_size
        )

    kept, why = share("sgd_weight_decay", plain)
    assert 0.2 <= kept <= 0.8, why


LEFT_AS_IT_WAS: dict[str, Callable[..., Any]] = {
    "softmax": lambda X: X,
    "cross_entropy": lambda y_hat, y: torch.zeros(len(y)),
    "cross_entropy_with_logits": lambda logits, y: torch.zeros(len(y)),
    "l2_penalty": lambda w: w,
    "sgd": lambda params, lr, batch_size: None,
    "sgd_weight_decay": lambda groups, lr, batch_size: None,
    "dropout": lambda X, p, training=True: X,
}


@pytest.mark.parametrize("exercise", LEFT_AS_IT_WAS)
def test_doing_nothing_earns_nothing(exercise: str) -> None:
    kept, _ = share(exercise, LEFT_AS_IT_WAS[exercise])
    assert kept <= 0.1
