"""Judges of a check that a test has written, without an exercise's folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.grading.checks import Check
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.exercises import Exercise


class _Notebook:
    """A notebook that is nothing but its functions."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self._functions = functions

    def namespace(self) -> dict[str, Any]:
        return self._functions


def judge_of(
    function: Callable[..., Any], namespace: dict[str, Any], folder: Path
) -> tuple[GradingJudge, Check]:
    """A judge where the solutions are, and its only check; the exercise is the folder."""
    exercise = Exercise(folder)
    notebook: Any = _Notebook(namespace)
    check = Check(exercise.name, "test", "It is correct.", 1.0, None, function)
    return GradingJudge(exercise, (check,), Reference(notebook), "secret", telling={}), check
