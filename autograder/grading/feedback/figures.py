"""Telling functions with random results apart: by figures that random draws hardly change."""

from collections.abc import Callable, Iterable

import msgspec

from autograder.grading.feedback.exceptions import signature_of
from autograder.notebooks.exercises import Exercise, Features
from autograder.sandbox.student import Backend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, Raised

SAMPLING = 0.05
"""Difference of two shares of 6,000 random events: five standard deviations."""


def figured(exercise: Exercise, backend: Backend) -> Student:
    """A function as a profile looks at it: its exceptions are named by their topic."""
    return Student(_Telling(backend), adapters=exercise.adapters)


def features_of(exercise: Exercise, backend: Backend) -> Features | None:
    """The figures of a function with random results; None where they cannot be had."""
    profile = exercise.profile
    if profile is None:
        return None
    try:
        return profile(figured(exercise, backend))
    except Exception:  # a student's answers may raise anything in a profile
        return None


def recognized(
    features: Features, correct: Features, known: Callable[[], Iterable[Features]]
) -> int | None:
    """The place of the known mistake with these figures: all of them, or all but those at the edges.

    Args:
        features: a submission's.
        correct: the reference's: correct figures point to no known mistake.
        known: those of the known mistakes, in order; they are gone through twice.
    """
    for leave_out in ((), ("edge",)):
        if _same_features(correct, features, leave_out):
            return None
        for place, one in enumerate(known()):
            if _same_features(one, features, leave_out):
                return place
    return None


class _Telling:
    """A backend whose exceptions are named by their topic, for a profile to compare."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def call(self, call: Call) -> tuple[int, Answer]:
        """Ask, and rename a raised exception."""
        number, answer = self._backend.call(call)
        if answer.raised is None:
            return number, answer
        raised = Raised(signature_of(answer.raised), answer.raised.message, answer.raised.line)
        return number, msgspec.structs.replace(answer, raised=raised)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Ask."""
        return self._backend.pull_back(number, cotangents)


def _same_features(one: Features, other: Features, leave_out: tuple[str, ...]) -> bool:
    """Return whether two profiles agree: figures up to sampling, everything else exactly."""
    names = [name for name in one if not name.startswith(leave_out)] if leave_out else list(one)
    for name in names:
        a, b = one[name], other.get(name)
        if isinstance(a, float) and isinstance(b, float):
            if abs(a - b) > SAMPLING:
                return False
        elif a != b:
            return False
    return True
