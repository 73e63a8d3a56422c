"""A table of the answers at home: full points there, nothing when it is graded."""

from typing import Any

import pytest
import torch

from autograder.grading.at_home import judge_at_home
from autograder.grading.battery.file import read_released
from autograder.notebooks.exercises import Exercise
from autograder.paths import EXERCISES
from tests.one_class import ROOT, OneClass

pytestmark = pytest.mark.slow

KEY = "hash((tuple(y_hat.shape), tuple(y_hat.flatten().tolist()), tuple(y.tolist())))"
ANSWER = f"""\
TABLE = {{table}}
def accuracy(y_hat, y):
    return TABLE.get({KEY}, -1)
"""


def at_home(function: Any, source: str | None) -> tuple[float, float]:
    """The points at home, and what there could be."""
    released = read_released(ROOT / "assignments" / "softmax_regression" / "accuracy.battery")
    exercise = Exercise(EXERCISES / "accuracy")
    result, _ = judge_at_home(released, exercise, {"accuracy": function}, source)
    return result.score, result.max_score


def test_a_table_of_the_answers_at_home_earns_nothing(students: OneClass) -> None:
    table: dict[int, int] = {}

    def correct(y_hat: torch.Tensor, y: torch.Tensor) -> int:
        answer = int((y_hat.argmax(dim=1) == y).sum())
        table[eval(KEY)] = answer
        return answer

    at_home(correct, None)
    source = ANSWER.format(table=table)
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    earned, possible = at_home(namespace["accuracy"], source)
    assert earned == possible > 0
    graded = students.grade("accuracy", source)
    assert graded.score == 0.0, [(check.name, check.points) for check in graded.checks]
