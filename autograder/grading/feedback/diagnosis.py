"""Naming the mistake: compare a submission with the known wrong implementations.

A misconception names the mistake when it behaves as the submission does: values, gradients and the state
of the arguments, on every recorded call of the failed checks. Of several the first in its file, the
simplest, is named. Where there is none, `properties` says which property broke first.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec

from autograder.grading.battery.cases import Case, Recorded
from autograder.grading.feedback.comparison import same_answer
from autograder.grading.feedback.derived import derived_from
from autograder.grading.feedback.exceptions import signature_of
from autograder.grading.results import Diagnosis
from autograder.notebooks.exercises import Exercise, Features, KnownMistake, Profile
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, Raised

SAMPLING = 0.05
"""Difference of two shares of 6,000 random events: five standard deviations."""


def _student(exercise: Exercise, backend: Backend) -> Student:
    return Student(_Telling(backend), adapters=exercise.adapters)


class Known:
    """One known mistake with its own copies of its module, so that it shares no state with others."""

    def __init__(
        self,
        exercise: Exercise,
        mistake: KnownMistake,
        namespace: Callable[[], dict[str, Any]],
        *,
        derived: bool = False,
    ) -> None:
        self.id = mistake.id
        self.mark = mistake.mark
        self.namespace = namespace
        """Makes the wrong function under the exercise's name, from a new copy of its module."""
        self.derived = derived
        """True for one that follows from the reference: it may be correct for this exercise."""
        self._exercise = exercise
        self._runs: dict[tuple[str, ...], tuple[LocalBackend, list[Answer]]] = {}
        self._features: Features | None = None

    def fresh(self) -> LocalBackend:
        """Answers as it does, from a fresh start."""
        return LocalBackend(self.namespace())

    def answer(self, checks: tuple[str, ...], place: int, calls: Sequence[Call]) -> Answer:
        """Its answer to one of the calls of some checks; those before are made first, in order, once."""
        if checks not in self._runs:
            self._runs[checks] = (self.fresh(), [])
        backend, answers = self._runs[checks]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a known mistake's own making
            while len(answers) <= place:
                answers.append(backend.call(calls[len(answers)])[1])
        return answers[place]

    def features(self, profile: Profile) -> Features:
        """Its figures, where results are random."""
        if self._features is None:
            self._features = profile(_student(self._exercise, self.fresh()))
        return self._features


class Diagnostician:
    """Diagnoses submissions to one exercise.

    Args:
        exercise: with known mistakes and, for random results, a profile.
        batteries: the cases of its checks, by the checks' names, in order.
        reference: the reference functions.
    """

    def __init__(
        self, exercise: Exercise, batteries: dict[str, list[Case]], reference: dict[str, Any]
    ) -> None:
        self._exercise = exercise
        self._reference = LocalBackend(reference)
        self.known = [
            Known(exercise, mistake, partial(exercise.mistake_namespace, mistake.id))
            for mistake in exercise.mistakes()
        ]
        self.known += [
            Known(exercise, mistake, namespace, derived=True)
            for mistake, namespace in derived_from(exercise, reference)
        ]
        self._by_id = {known.id: known for known in self.known}
        self._profile = exercise.profile
        self._recorded = {
            check: [recorded for case in cases for recorded in case.student]
            for check, cases in batteries.items()
        }

    def diagnose(
        self, backend: "Asking", failed: Sequence[str], others: Sequence[str] = ()
    ) -> Diagnosis | None:
        """The misconception that a submission behaves like; None where there is none.

        It has to give the same answers as the submission to every call of every failed check. Where
        several do, the calls of the other checks decide, then the order of the file.

        Args:
            backend: answers as the submission does, from a fresh start.
            failed: the checks that failed, in order.
            others: the checks that were skipped or passed.
        """
        if self._profile is not None:
            return self._by_features(backend)
        checks = tuple(failed)
        recorded = self._calls_of(checks)
        answers = backend.all([one.call for one in recorded])
        pairs = zip(recorded, answers, strict=True)
        if all(same_answer(one.call, one.answer, answer) for one, answer in pairs):
            return None  # what is wrong is finer than this comparison
        # What every known mistake answers to the first check is kept, whatever else a submission fails.
        first = checks[:1]
        there = answers[: len(self._calls_of(first))]
        found = [known for known in self.known if self._same(known, first, there)]
        found = [known for known in found if self._same(known, checks, answers)]
        if len(found) > 1 and others:
            both = (*checks, *others)
            answers += backend.all([one.call for one in self._calls_of(tuple(others))])
            found = [known for known in found if self._same(known, both, answers)] or found
        return self.named(found[0], first) if found else None

    def _calls_of(self, checks: tuple[str, ...]) -> list[Recorded]:
        return [one for check in checks for one in self._recorded[check]]

    def _same(
        self, known: Known, checks: tuple[str, ...], answers: Sequence[Answer | Exception]
    ) -> bool:
        calls = [one.call for one in self._calls_of(checks)]
        return len(calls) > 0 and all(
            same_answer(calls[place], known.answer(checks, place, calls), answer)
            for place, answer in enumerate(answers)
        )

    def _by_features(self, backend: "Asking") -> Diagnosis | None:
        assert self._profile is not None
        try:
            features = self._profile(_student(self._exercise, backend))
        except Exception:  # a student's answers may make anything of a profile
            return None
        right = self._profile(_student(self._exercise, self._reference))
        for leave_out in ((), ("edge",)):
            if _same_features(right, features, leave_out):
                return None  # its figures are correct: they point to no known mistake
            for known in self.known:
                if _same_features(known.features(self._profile), features, leave_out):
                    return self.named(known)
        return None

    def named(self, known: Known, first: tuple[str, ...] = ()) -> Diagnosis:
        """The diagnosis that names a known mistake; of a pair, both.

        Args:
            known: one of `known`.
            first: the first failed check; the mistake of a pair that fails it is named first.
        """
        parts = [self._by_id[id] for id in known.mark.combines] or [known]
        if first and len(parts) > 1:
            parts.sort(key=lambda part: self._passes(part, first))
        title = " and ".join(part.mark.title for part in parts)
        return Diagnosis(known.id, title, " ".join(part.mark.hint for part in parts))

    def _passes(self, known: Known, checks: tuple[str, ...]) -> bool:
        """Whether a known mistake answers every call of some checks correctly."""
        recorded = self._calls_of(checks)
        calls = [one.call for one in recorded]
        return all(
            same_answer(one.call, one.answer, known.answer(checks, place, calls))
            for place, one in enumerate(recorded)
        )


class Asking(Backend, Protocol):
    """A function to diagnose, which answers calls from a fresh start."""

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls."""


class _Telling:
    """A backend whose exceptions are called by what they are about, for a profile to compare."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def call(self, call: Call) -> tuple[int, Answer]:
        """Ask, and rename what was raised."""
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
