"""The pytest session that collects checks, and hands them to what judges or records them."""

import os
from collections.abc import Callable, Iterable
from typing import Protocol

import pytest

from autograder.grading.plugin import Checks
from autograder.paths import CHECKOUT, EXERCISES

RunItems = Callable[[Iterable[pytest.Item]], None]


class CheckRunner(Protocol):
    """What a pytest session with collected checks is for: judging them, or recording them."""

    def run(self, checks: dict[str, list[pytest.Item]], run_items: RunItems) -> None:
        """Do the work; `checks` are the collected ones by exercise."""

    def judge(self, item: pytest.Function) -> None:
        """Called for a check that `run_items` was asked to run, in place of its function."""


def run_checks(runner: CheckRunner, exercises: Iterable[str]) -> int:
    """Run a runner over the checks of some exercises, quietly; returns pytest's exit code.

    Raises what the runner raised, and ChecksNotLoaded.
    """
    files = [str(path) for name in exercises for path in (EXERCISES / name).glob("test_*.py")]
    if not files:  # pytest would look for tests of its own choice
        runner.run({}, lambda items: None)
        return int(pytest.ExitCode.NO_TESTS_COLLECTED)
    quiet = (
        "terminal cacheprovider logging junitxml capture faulthandler unraisableexception "
        "threadexception"
    )
    options = [word for plugin in quiet.split() for word in ("-p", f"no:{plugin}")]
    # Whatever else is installed must not reorder, repeat or time the checks.
    options += ["--disable-plugin-autoload", "-p", "autograder.grading.plugin"]
    # With this root a check's module is called autograder.exercises..., and is never mistaken for
    # a student's own module `softmax`.
    options += ["-c", os.devnull, "--rootdir", str(CHECKOUT)]
    options += ["--confcutdir", str(EXERCISES), "--import-mode=importlib"]
    checks = Checks(runner)
    code = int(pytest.main([*files, *options], plugins=[checks]))
    if checks.error is not None:
        raise checks.error
    return code


def points_of(item: pytest.Item) -> float:
    """What a check is worth."""
    marker = item.get_closest_marker("points")
    return float(marker.args[0]) if marker is not None else 0.0


def needs_of(item: pytest.Item) -> str | None:
    """The check that has to pass before, if there is one."""
    marker = item.get_closest_marker("points")
    return marker.kwargs.get("needs") if marker is not None else None


def title_of(item: pytest.Function) -> str:
    """What a check is called in reports: the first line of its docstring."""
    text = (item.obj.__doc__ or item.name).strip()
    return text.splitlines()[0]
