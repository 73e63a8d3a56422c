"""The checks of an exercise as data: its pytest functions with points, read once, in order."""

import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checking.worth import Points
from autograder.notebooks.exercises import Exercise, load_module

FIXTURES = ("student", "reference")


class ChecksNotLoaded(Exception):
    """Raised when a file of checks cannot be used; the text says where and why."""


@dataclass(frozen=True)
class Check:
    """One check of an exercise.

    title: the sentence that the student reads: the first line of its docstring.
    points: the points that it gives.
    needs: the name of the check that has to pass before, if there is one.
    function: the pytest function, with or without Hypothesis.
    """

    exercise: Exercise
    name: str
    title: str
    points: float
    needs: str | None
    function: Callable[..., Any]

    @property
    def id(self) -> str:
        """Unique in a course: `softmax/test_values`."""
        return f"{self.exercise.name}/{self.name}"


def collect(exercise: Exercise) -> tuple[Check, ...]:
    """The checks of an exercise in the order of their files.

    They are read as pytest collects them, by the name of the function, but without a pytest session:
    students need no pytest, and grading doesn't pay for its start.

    Raises:
        ChecksNotLoaded: when a file cannot be run, or a check has no points.
    """
    checks: list[Check] = []
    for path in exercise.check_files():
        with _own_settings(), _blaming(path):
            module = load_module(path, f"checks_of_{exercise.name}.{path.stem}")
        for name, function in vars(module).items():
            own = getattr(function, "__module__", None) == module.__name__
            if name.startswith("test_") and callable(function) and own:
                checks.append(_check(exercise, name, function))
    return tuple(checks)


def _check(exercise: Exercise, name: str, function: Callable[..., Any]) -> Check:
    worth = getattr(function, "points", None)
    number, needs = (worth.number, worth.needs) if isinstance(worth, Points) else (0.0, None)
    title = (function.__doc__ or name).strip().splitlines()[0]
    return Check(exercise, name, title, number, needs, function)


@contextmanager
def _own_settings() -> Any:
    """Give the checks that are loaded their Hypothesis settings; a notebook's own stay as they are."""
    from hypothesis import settings

    from autograder.grading.battery.driving import PROFILE

    before = settings.get_current_profile_name()
    settings.load_profile(PROFILE)
    try:
        yield
    finally:
        settings.load_profile(before)


@contextmanager
def _blaming(path: Path) -> Any:
    try:
        yield
    except Exception as error:  # an instructor's code may raise any kind
        raise ChecksNotLoaded(blame(error, path)) from error


def blame(error: BaseException, path: Path) -> str:
    """An error with the last place in a file (or in a notebook's cell) that it went through."""
    if isinstance(error, SyntaxError) and str(error.filename).startswith(str(path)):
        place, line, text = str(error.filename), error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith(str(path))]
        place, line = (own[-1].filename, own[-1].lineno) if own else (str(path), None)
        text = str(error)
    where = place.rstrip(":") + (f", line {line}" if line else "")
    return f"{where}: {type(error).__name__}: {text}"
