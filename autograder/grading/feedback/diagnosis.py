"""Naming the mistake: compare a submission with the known wrong implementations.

A misconception names the mistake when it behaves as the submission does: values, gradients and
the state of the arguments, on every recorded call of every check. Of several the first in its file, the
simplest, is named. Where none does, those count that agree on the first failed check; the one that agrees
most elsewhere is named. Where there is none, `properties` says which property broke first.
"""

import importlib.util
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, Protocol

import torch

from autograder.checking.misconceptions import Misconception
from autograder.grading.adapters import adapters_of
from autograder.grading.backends import SessionBackend
from autograder.grading.battery.cases import Case
from autograder.grading.results import Diagnosis
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.student import Backend, LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import Array, Dtype, Mapping, Named, Packed, Ref, Size, unpack
from autograder.sandbox.wire.values import Sequence as Listed

CLOSE = {"float64": (1e-8, 1e-10), "float32": (1e-2, 1e-2)}
"""(rtol, atol) under which two computations of the same thing agree, at the extremes too."""

SAMPLING = 0.05
"""Difference of two shares of 6,000 random events: five standard deviations."""

Features = dict[str, Any]
Profile = Callable[[Any], Features]
"""What an exercise with random results is compared by: figures of a student's function."""


def _student(exercise: str, backend: Backend) -> Student:
    return Student(backend, adapters=adapters_of(exercise))


class Known:
    """One misconception with its own copy of its module: what it keeps between calls is its own."""

    def __init__(self, exercise: str, id: str, code: CodeType, mark: Misconception) -> None:
        self.id = id
        self.mark = mark
        self._exercise = exercise
        self._code = code
        self._backend: LocalBackend | None = None
        self._answers: list[Answer] = []
        self._features: Features | None = None

    def namespace(self) -> dict[str, Any]:
        """The wrong function under the exercise's name, from a new copy of its module."""
        namespace: dict[str, Any] = {"__name__": f"misconceptions_of_{self._exercise}"}
        exec(self._code, namespace)
        return {self._exercise: namespace[self.id]}

    def _fresh(self) -> LocalBackend:
        return LocalBackend(self.namespace())

    def answer(self, place: int, calls: Sequence[Call]) -> Answer:
        """Its answer to the call at a place; the calls before are made first, in order, once."""
        if self._backend is None:
            self._backend = self._fresh()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a known mistake's own making
            while len(self._answers) <= place:
                _, answer = self._backend.call(calls[len(self._answers)])
                self._answers.append(answer)
        return self._answers[place]

    def features(self, profile: Profile) -> Features:
        """Its figures, where results are random."""
        if self._features is None:
            self._features = profile(_student(self._exercise, self._fresh()))
        return self._features


def load_misconceptions(folder: Path) -> list[Known]:
    """The misconceptions of an exercise's folder, in the order of the file; none without the file."""
    path = folder / "misconceptions.py"
    if not path.exists():
        return []
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    namespace: dict[str, Any] = {"__name__": f"misconceptions_of_{folder.name}"}
    exec(code, namespace)
    return [
        Known(folder.name, id, code, value.misconception)
        for id, value in namespace.items()
        if callable(value) and hasattr(value, "misconception")
    ]


def is_random(folder: Path) -> bool:
    """Whether the results of an exercise are random: its folder then has a profile.py."""
    return (folder / "profile.py").exists()


def load_profile(folder: Path) -> Profile | None:
    """The profile of an exercise with random results; None for the others."""
    if not is_random(folder):
        return None
    path = folder / "profile.py"
    name = f"autograder.exercises.{folder.name}.profile"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    profile: Profile = sys.modules[name].profile
    return profile


class Diagnostician:
    """Diagnoses submissions to one exercise.

    Args:
        folder: the exercise's folder, with misconceptions.py and, for random results, profile.py.
        batteries: the cases of its checks, by the checks' names, in order.
        reference: the reference functions.
    """

    def __init__(
        self, folder: Path, batteries: dict[str, list[Case]], reference: dict[str, Any]
    ) -> None:
        self._exercise = folder.name
        self._reference = LocalBackend(reference)
        self.known = load_misconceptions(folder)
        self._by_id = {known.id: known for known in self.known}
        self._profile = load_profile(folder)
        self._calls: list[Call] = []
        self._right: list[Answer] = []
        self._spans: dict[str, tuple[int, int]] = {}
        for check, cases in batteries.items():
            start = len(self._calls)
            recorded = [recorded for case in cases for recorded in case.student]
            self._calls += [one.call for one in recorded]
            self._right += [one.answer for one in recorded]
            self._spans[check] = (start, len(self._calls))

    def diagnose(self, backend: "Asking", first_failed: str) -> Diagnosis | None:
        """The misconception that a submission behaves like; None where there is none.

        Args:
            backend: answers as the submission does, from a fresh start.
            first_failed: the check whose calls decide where no misconception agrees on all.
        """
        if self._profile is not None:
            return self._by_features(backend)
        answers = backend.all(self._calls)
        everywhere = range(len(self._calls))
        for known in self.known:
            if self._same(known, answers, everywhere):
                return self._named(known)
        span = range(*self._spans.get(first_failed, (0, 0)))
        if all(same_answer(self._right[place], answers[place]) for place in span):
            return None  # what is wrong is finer than this comparison
        there = [known for known in self.known if self._same(known, answers, span)]
        if not there:
            return None
        return self._named(max(there, key=lambda known: self._agreement(known, answers)))

    def _same(self, known: Known, answers: list[Answer | Exception], places: Sequence[int]) -> bool:
        return len(places) > 0 and all(
            same_answer(known.answer(place, self._calls), answers[place]) for place in places
        )

    def _agreement(self, known: Known, answers: list[Answer | Exception]) -> tuple[int, bool, int]:
        """How well a misconception explains a submission: by whole checks, then alone, then by calls."""
        checks = [
            [
                same_answer(known.answer(place, self._calls), answers[place])
                for place in range(*span)
            ]
            for span in self._spans.values()
        ]
        return sum(map(all, checks)), not known.mark.combines, sum(map(sum, checks))

    def _by_features(self, backend: "Asking") -> Diagnosis | None:
        assert self._profile is not None
        try:
            features = self._profile(_student(self._exercise, backend))
        except Exception:  # a student's answers may make anything of a profile
            return None
        right = self._profile(_student(self._exercise, self._reference))
        for leave_out in ((), ("edge",)):
            if _same_features(right, features, leave_out):
                return None  # its figures are right: no known mistake can be told from them
            for known in self.known:
                if _same_features(known.features(self._profile), features, leave_out):
                    return self._named(known)
        return None

    def _named(self, known: Known) -> Diagnosis:
        parts = [self._by_id[id].mark for id in known.mark.combines] or [known.mark]
        title = " and ".join(part.title for part in parts)
        return Diagnosis(known.id, title, " ".join(part.hint for part in parts))


class Asking(Backend, Protocol):
    """What is diagnosed: a function that answers calls from a fresh start."""

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls."""


class Asked(SessionBackend):
    """A fresh worker of a submission, as a backend that never ends in the middle of a diagnosis."""

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls; from the first that has none on, why."""
        answers: list[Answer | Exception] = []
        try:
            for _, answer in self._session.calls(calls):
                answers.append(answer)
        except StudentCodeError as error:
            answers += [error] * (len(calls) - len(answers))
        return answers


def same_answer(one: Answer, other: Answer | Exception) -> bool:
    """Whether two answers are the same but for rounding and the kind of an exception."""
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
    """Whether two profiles agree: figures up to sampling, everything else exactly."""
    names = [name for name in one if not name.startswith(leave_out)] if leave_out else list(one)
    for name in names:
        a, b = one[name], other.get(name)
        if isinstance(a, float) and isinstance(b, float):
            if abs(a - b) > SAMPLING:
                return False
        elif a != b:
            return False
    return True
