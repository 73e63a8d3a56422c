"""Makes an exercise's telling cases: the known mistakes' own smallest counterexamples."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from autograder.authoring import slips
from autograder.authoring.slips import AuthoringError
from autograder.grading.backends import InProcessBackend
from autograder.grading.battery import telling
from autograder.grading.battery.cases import Drawn
from autograder.grading.checks import Check, collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import Course

SECRET = "telling"
"""Telling cases are public, so the secret that they are drawn from may be public, too."""


def make(course: Course, name: str) -> dict[str, list[Drawn]]:
    """The telling cases of an exercise, the smallest first; none where results are random.

    Where results are random a failure is a matter of counts, which have no small counterexample.

    Raises:
        AuthoringError: when the exercise has no notebook or no reference.
        ChecksNotLoaded: when a file of its checks cannot be used.
    """
    exercise = course.exercise(name)
    if exercise.is_random:
        return {}
    source = course.home_of(name)
    if source is None:
        raise AuthoringError(f"no source notebook has a cell check_{name}")
    slips.reference_of(source, exercise.function)
    judge = GradingJudge(
        exercise, collect(exercise), Reference(source, course.exercise_folders), SECRET, telling={}
    )
    found: Mapping[str, list[Drawn]] = {check.name: [] for check in judge.checks}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a known mistake's own making
        for known in judge.diagnostician.known:
            for check in judge.checks:
                _add(judge, check, found[check.name], known.namespace)
    return {name: sorted(cases, key=lambda drawn: drawn.size) for name, cases in found.items()}


def _add(
    judge: GradingJudge, check: Check, cases: list[Drawn], namespace: Callable[[], dict[str, Any]]
) -> None:
    """Add a mistake's smallest counterexample, unless it fails on a case that is there."""
    if len(cases) == telling.MOST:
        return
    if any(judge.fails(check, drawn, InProcessBackend(namespace())) for drawn in cases):
        return
    failure = judge.verdict(check, InProcessBackend(namespace())).failure
    if failure is not None and failure.drawn not in cases:
        cases.append(failure.drawn)
