"""Running a check's function: its inner function on given arguments, or Hypothesis with another body."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed

from autograder.sandbox.student import Student

PROFILE = "autograder"
settings.register_profile(
    PROFILE,
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=False,
    report_multiple_bugs=False,
    print_blob=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

FIXTURES = ("student", "reference")


def run_with(
    function: Callable[..., Any],
    body: Callable[[Callable[..., Any], dict[str, Any]], None],
    seed: int,
) -> None:
    """Let Hypothesis draw for a check, with `body(inner, drawn)` in place of its inner function."""
    from autograder.grading.battery.hypothesis_internals import own_draws_only

    handle = getattr(function, "hypothesis", None)
    if handle is None:
        body(function, {})
        return
    inner = handle.inner_test

    def substitute(**kwargs: Any) -> None:
        body(inner, {name: value for name, value in kwargs.items() if name not in FIXTURES})

    handle.inner_test = substitute
    before = settings.get_current_profile_name()
    settings.load_profile(PROFILE)
    try:
        with own_draws_only():
            with_seed(seed)(function)(**dict.fromkeys(fixtures_of(function)))
    finally:
        settings.load_profile(before)
        handle.inner_test = inner


def inner_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function below @given, or the function itself."""
    inner: Callable[..., Any] = getattr(
        getattr(function, "hypothesis", None), "inner_test", function
    )
    return inner


@cache
def fixtures_of(function: Callable[..., Any]) -> list[str]:
    """The fixtures that a check asks for: `student`, `reference` or both."""
    return [name for name in FIXTURES if name in inspect.signature(function).parameters]


def call_check(
    inner: Callable[..., Any], drawn: dict[str, Any], student: Student, reference: Student
) -> None:
    """Call a check's inner function with drawn arguments and the fixtures that it asks for."""
    fixtures = {"student": student, "reference": reference}
    inner(**drawn, **{name: fixtures[name] for name in fixtures_of(inner)})
