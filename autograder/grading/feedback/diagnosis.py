"""Naming the mistake: compare a submission with the known wrong implementations.

A misconception names the mistake when it behaves as the submission does: values, gradients and the state
of the arguments, on every recorded call of the failed checks. Of several the first in its file, the
simplest, is named. Where there is none, `properties` says which property broke first.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Protocol

import torch

from autograder.grading.battery.cases import Case, Recorded
from autograder.grading.results import Diagnosis
from autograder.notebooks.exercises import Exercise, Features, KnownMistake, Profile
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import Array, Dtype, Mapping, Named, Packed, Ref, Size, unpack
from autograder.sandbox.wire.values import Sequence as Listed

CLOSE = {"float64": (1e-8, 1e-10), "float32": (1e-2, 1e-2)}
"""(rtol, atol) under which two computations of the same thing agree, at the extremes too."""

SAMPLING = 0.05
"""Difference of two shares of 6,000 random events: five standard deviations."""


def _student(exercise: Exercise, backend: Backend) -> Student:
    return Student(backend, adapters=exercise.adapters)


class Known:
    """One known mistake with its own copies of its module, so that it shares no state with others."""

    def __init__(self, exercise: Exercise, mistake: KnownMistake) -> None:
        self.id = mistake.id
        self.mark = mistake.mark
        self._exercise = exercise
        self._runs: dict[tuple[str, ...], tuple[LocalBackend, list[Answer]]] = {}
        self._features: Features | None = None

    def namespace(self) -> dict[str, Any]:
        """The wrong function under the exercise's name, from a new copy of its module."""
        return self._exercise.mistake_namespace(self.id)

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
        self.known = [Known(exercise, mistake) for mistake in exercise.mistakes()]
        self._by_id = {known.id: known for known in self.known}
        self._profile = exercise.profile
        self._recorded = {
            check: [recorded for case in cases for recorded in case.student]
            for check, cases in batteries.items()
        }

    def diagnose(
        self, backend: "Asking", failed: Sequence[str], skipped: Sequence[str] = ()
    ) -> Diagnosis | None:
        """The misconception that a submission behaves like; None where there is none.

        It has to give the same answers as the submission to every call of every failed check. Where
        several do, the calls of the checks that were skipped decide, then the order of the file.

        Args:
            backend: answers as the submission does, from a fresh start.
            failed: the checks that failed, in order.
            skipped: the checks that were not run because of these.
        """
        if self._profile is not None:
            return self._by_features(backend)
        checks = tuple(failed)
        recorded = self._calls_of(checks)
        answers = backend.all([one.call for one in recorded])
        right = [one.answer for one in recorded]
        if all(map(same_answer, right, answers)):
            return None  # what is wrong is finer than this comparison
        # What every known mistake answers to the first check is kept, whatever else a submission fails.
        first = checks[:1]
        there = answers[: len(self._calls_of(first))]
        found = [known for known in self.known if self._same(known, first, there)]
        found = [known for known in found if self._same(known, checks, answers)]
        if len(found) > 1 and skipped:
            both = (*checks, *skipped)
            answers += backend.all([one.call for one in self._calls_of(tuple(skipped))])
            found = [known for known in found if self._same(known, both, answers)] or found
        return self.named(found[0]) if found else None

    def _calls_of(self, checks: tuple[str, ...]) -> list[Recorded]:
        return [one for check in checks for one in self._recorded[check]]

    def _same(
        self, known: Known, checks: tuple[str, ...], answers: Sequence[Answer | Exception]
    ) -> bool:
        calls = [one.call for one in self._calls_of(checks)]
        return len(calls) > 0 and all(
            same_answer(known.answer(checks, place, calls), answer)
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

    def named(self, known: Known) -> Diagnosis:
        """The diagnosis that names a known mistake; of a pair, both."""
        parts = [self._by_id[id].mark for id in known.mark.combines] or [known.mark]
        title = " and ".join(part.title for part in parts)
        return Diagnosis(known.id, title, " ".join(part.hint for part in parts))


class Asking(Backend, Protocol):
    """A function to diagnose, which answers calls from a fresh start."""

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls."""


def same_answer(one: Answer, other: Answer | Exception) -> bool:
    """Return whether two answers agree, apart from rounding and from the kind of an exception."""
    if isinstance(other, Exception):
        return False
    if (one.raised is None) is not (other.raised is None):
        return False
    if (one.args is None) is not (other.args is None) or one.grad_enabled != other.grad_enabled:
        return False
    if one.raised is None and not _same_value(one.value, one.tensors, other.value, other.tensors):
        return False
    if one.args is not None and other.args is not None:
        pairs = zip(one.args, other.args, strict=False)
        if not all(_same_value(a, one.tensors, b, other.tensors) for a, b in pairs):
            return False
    given = min(len(one.tensors), len(other.tensors))
    for mine, theirs in zip(one.tensors[:given], other.tensors[:given], strict=True):
        if (mine is None) is not (theirs is None) or not _same_tensor(mine, theirs):
            return False
    return _same_gradients(one, other)


def _same_value(
    a: Any, a_tensors: list[Packed | None], b: Any, b_tensors: list[Packed | None]
) -> bool:
    if isinstance(a, Ref | Array) and type(a) is type(b):
        mine, theirs = a_tensors[a.index], b_tensors[b.index]
        return a.index == b.index if mine is None or theirs is None else _same_tensor(mine, theirs)
    if isinstance(a, Listed | Mapping) and type(a) is type(b):
        if len(a.items) != len(b.items):
            return False
        left = [item[1] if isinstance(item, tuple) else item for item in a.items]
        right = [item[1] if isinstance(item, tuple) else item for item in b.items]
        pairs = zip(left, right, strict=True)
        return all(_same_value(x, a_tensors, y, b_tensors) for x, y in pairs)
    if isinstance(a, float) and isinstance(b, float):
        return bool(torch.isclose(torch.tensor(a), torch.tensor(b), rtol=1e-5, equal_nan=True))
    return bool(
        type(a) is type(b)
        and (a == b or not isinstance(a, bool | int | str | Size | Dtype | Named))
    )


def _same_tensor(a: Packed | None, b: Packed | None) -> bool:
    if a is None or b is None:
        return a is b
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if (a.requires_grad, a.leaf) != (b.requires_grad, b.leaf):
        return False
    if not _same_numbers(a, b):
        return False
    return (
        _zero(a.grad) == _zero(b.grad)
        if _zero(a.grad) or _zero(b.grad)
        else _same_tensor(a.grad, b.grad)
    )


def _zero(grad: Packed | None) -> bool:
    return grad is None or not any(grad.values)


def _same_numbers(a: Packed, b: Packed) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.values == b.values:
        return True
    x, y = unpack(a).detach(), unpack(b).detach()
    if not x.dtype.is_floating_point:
        return False
    finite = torch.isfinite(x)
    if not torch.equal(finite, torch.isfinite(y)):
        return False
    rtol, atol = CLOSE.get(a.dtype, (1e-2, 1e-2))
    return torch.allclose(x[finite], y[finite], rtol=rtol, atol=atol)


def _same_gradients(one: Answer, other: Answer) -> bool:
    if (one.gradients is None) is not (other.gradients is None):
        return False
    if (one.gradient_error is None) is not (other.gradient_error is None):
        return False
    mine, theirs = one.gradients or [], other.gradients or []
    return len(mine) == len(theirs) and all(
        _same_numbers(a, b) if a is not None and b is not None and a.shape == b.shape else a is b
        for a, b in zip(mine, theirs, strict=True)
    )


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
