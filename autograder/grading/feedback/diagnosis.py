"""Naming the mistake: compare a submission with the known wrong implementations.

A misconception names the mistake when it behaves as the submission does: values, gradients and the state
of the arguments, on every recorded call of the failed checks. Of several the first in its file, the
simplest, is named. Where there is none, `properties` says which property broke first.
"""

import hashlib
import itertools
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import msgspec

from autograder.checking import messages
from autograder.grading.battery.cases import Case, Recorded
from autograder.grading.feedback.comparison import same_answer
from autograder.grading.feedback.derived import derived_from
from autograder.grading.feedback.figures import features_of, figured, recognized
from autograder.grading.feedback.stateless import is_stateless
from autograder.grading.results import Diagnosis
from autograder.language import tr
from autograder.notebooks.exercises import Exercise, Features, KnownMistake, Profile
from autograder.sandbox.student import Backend, LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, encode
from autograder.text import joined

FEW = 16
"""Calls after which most known mistakes are told apart: about as many as a check has telling cases."""
KEPT = 4_000
"""Answers of known mistakes to later calls that are kept of an exercise: some two megabytes, as bytes. Few
known mistakes are left to be asked these, so the others are soon computed again."""
_decode = msgspec.msgpack.Decoder(Answer).decode
NO_FIGURES: Features = {"figures": "cannot be computed"}
"""Figures of a known mistake on which a profile fails: no submission has them, so it is never named."""


@dataclass(frozen=True)
class Asked:
    """A recorded call as a diagnosis asks it.

    case: a digest of the calls of its case: the same case of another check has the same one.
    place: its place in the case; the first call of a case starts from a seed and new objects.
    """

    recorded: Recorded
    case: bytes
    place: int

    @property
    def call(self) -> Call:
        """The call."""
        return self.recorded.call


def asked_in(cases: Iterable[Case]) -> list[Asked]:
    """The calls of some cases, in order."""
    found: list[Asked] = []
    for case in cases:
        digest = hashlib.sha256(encode([recorded.call for recorded in case.student])).digest()
        found += [Asked(one, digest, place) for place, one in enumerate(case.student)]
    return found


@dataclass
class Room:
    """How many more answers are kept of an exercise's known mistakes: memory must not grow with a class."""

    left: float = KEPT

    def takes(self, answers: int) -> bool:
        """Whether there is room for so many; then there is less."""
        if answers > self.left:
            return False
        self.left -= answers
        return True


class Known:
    """One known mistake with its own copies of its module, so that it shares no state with others."""

    def __init__(
        self,
        exercise: Exercise,
        mistake: KnownMistake,
        namespace: Callable[[], dict[str, Any]],
        room: Room,
        *,
        derived: bool = False,
    ) -> None:
        self.id = mistake.id
        self.mark = mistake.mark
        self._new_namespace = namespace
        self.derived = derived
        """True for one that follows from the reference: it may be correct for this exercise."""
        self._exercise = exercise
        self._runs: dict[tuple[str, ...], tuple[LocalBackend, list[Answer]]] = {}
        self._room = room
        self._by_call: dict[tuple[bytes, int], bytes] = {}
        """Encoded, since an answer as an object takes three to five times as much memory."""
        self._last: dict[tuple[bytes, int], Answer] = {}
        """The answers to the case that was asked last."""
        self._features: Features | None = None

    def namespace(self) -> dict[str, Any]:
        """The wrong function under the exercise's name: a new copy of it unless it holds no state."""
        return self._shared_namespace if self.is_stateless else self._new_namespace()

    def fresh(self) -> LocalBackend:
        """A backend that answers as the mistake does, from a fresh start."""
        return LocalBackend(self.namespace())

    @cached_property
    def is_stateless(self) -> bool:
        """Whether it answers a case the same whatever it was asked before."""
        return is_stateless(self._shared_namespace[self._exercise.function])

    def answer(self, checks: tuple[str, ...], place: int, sequence: Sequence[Asked]) -> Answer:
        """Its answer to one of the calls of some checks, as if those before were made first, in order."""
        if self.is_stateless:
            return self._answer_alone(place, sequence)
        backend, answers = self._runs.setdefault(checks, (self.fresh(), []))
        while len(answers) <= place:
            answers.append(_quietly(backend, sequence[len(answers)].call))
        return answers[place]

    def features(self, profile: Profile) -> Features:
        """Its figures, where results are random."""
        if self._features is None:
            try:
                self._features = profile(figured(self._exercise, self.fresh()))
            except Exception:  # its answers may raise anything in a profile, as a student's may
                self._features = NO_FIGURES
        return self._features

    def _answer_alone(self, place: int, sequence: Sequence[Asked]) -> Answer:
        """The answer to a call of one that holds no state: its case is run alone.

        The whole case at once: its random numbers go on from call to call, and others draw in between.
        """
        asked = sequence[place]
        key = (asked.case, asked.place)
        if key in self._by_call:
            return _decode(self._by_call[key])
        if key not in self._last:
            case = itertools.takewhile(
                lambda one: one.case == asked.case,
                itertools.islice(sequence, place - asked.place, None),
            )
            self._last = {(one.case, one.place): _quietly(self._shared, one.call) for one in case}
            if place < FEW or self._room.takes(len(self._last)):
                self._by_call |= {each: encode(answer) for each, answer in self._last.items()}
        return self._last[key]

    @cached_property
    def _shared(self) -> LocalBackend:
        return LocalBackend(self._shared_namespace)

    @cached_property
    def _shared_namespace(self) -> dict[str, Any]:
        return self._new_namespace()


def _quietly(backend: LocalBackend, call: Call) -> Answer:
    """Make a call, without the warnings that a known mistake causes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return backend.answer(call)


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
        self.room = Room()
        self.known = [
            Known(exercise, mistake, partial(exercise.mistake_namespace, mistake.id), self.room)
            for mistake in exercise.mistakes()
        ]
        self.known += [
            Known(exercise, mistake, namespace, self.room, derived=True)
            for mistake, namespace in derived_from(exercise, reference)
        ]
        self._by_id = {known.id: known for known in self.known}
        self._profile = exercise.profile
        self._batteries = batteries
        self._sequences: dict[tuple[str, ...], list[Asked]] = {}

    def diagnose(
        self,
        backend: "Asking",
        failed: Sequence[str],
        others: Sequence[str] = (),
        everyday: Sequence[str] = (),
    ) -> Diagnosis | None:
        """The misconception that a submission behaves like; None where there is none.

        It has to give the same answers as the submission to every call of every failed check, and of the
        everyday check if that passed: a mistake that fails it is another one. Where several do,
        the calls of the other checks decide, then the order of the file.

        Args:
            backend: answers as the submission does, from a fresh start.
            failed: the checks that failed, in order.
            others: the checks that were skipped or passed.
            everyday: those that passed and need no other.
        """
        if self._profile is not None:
            return self._by_features(backend)
        checks = tuple(failed)
        first = checks[:1]
        sequence, end = self.sequence_of(checks), len(self.sequence_of(first))
        answers: list[Answer | Exception] = []
        found = self.known
        # The known mistakes' answers to the first check are kept, whatever else a submission fails. Few
        # calls leave few of them, often none: then nothing more is asked.
        for key, until in ((first, min(FEW, end)), (first, end), (checks, len(sequence))):
            start = len(answers)
            answers += backend.all([one.call for one in sequence[start:until]])
            found = [known for known in found if self._same(known, key, answers, start)]
            if not found:
                return None
        pairs = zip(sequence, answers, strict=True)
        if all(same_answer(one.call, one.recorded.answer, answer) for one, answer in pairs):
            return None  # the error is smaller than this comparison sees
        checks = (*checks, *everyday)
        if everyday:
            start = len(answers)
            answers += backend.all([one.call for one in self.sequence_of(checks)[start:]])
            found = [known for known in found if self._same(known, checks, answers, start)]
            if not found:
                return None
        if len(found) > 1 and others:
            rest = [check for check in others if check not in everyday]
            both, start = (*checks, *rest), len(answers)
            answers += backend.all([one.call for one in self.sequence_of(both)[start:]])
            found = [known for known in found if self._same(known, both, answers, start)] or found
        return self.named(found[0], first)

    def sequence_of(self, checks: tuple[str, ...]) -> list[Asked]:
        """The calls of some checks in order; a case that several of them have once."""
        if checks not in self._sequences:
            known: set[bytes] = set()
            found: list[Asked] = []
            for check in checks:
                new = [one for one in asked_in(self._batteries[check]) if one.case not in known]
                known |= {one.case for one in new}
                found += new
            self._sequences[checks] = found
        return self._sequences[checks]

    def _same(
        self,
        known: Known,
        checks: tuple[str, ...],
        answers: Sequence[Answer | Exception],
        start: int,
    ) -> bool:
        """Return whether a known mistake gives these answers to the calls of some checks, from one on."""
        sequence = self.sequence_of(checks)
        return len(sequence) > 0 and all(
            same_answer(sequence[place].call, known.answer(checks, place, sequence), answers[place])
            for place in range(start, len(answers))
        )

    def _by_features(self, backend: "Asking") -> Diagnosis | None:
        features = features_of(self._exercise, backend)
        correct = self.correct_features()
        if features is None or correct is None or self._profile is None:
            return None
        profile = self._profile
        place = recognized(features, correct, (lambda: (k.features(profile) for k in self.known)))
        return None if place is None else self.named(self.known[place])

    def correct_features(self) -> Features | None:
        """The figures of the reference, where results are random."""
        return features_of(self._exercise, self._reference)

    def known_features(self) -> list[Features]:
        """The figures of every known mistake, where results are random."""
        profile = self._profile
        return [] if profile is None else [known.features(profile) for known in self.known]

    def named(self, known: Known, first: tuple[str, ...] = ()) -> Diagnosis:
        """The diagnosis that names a known mistake; of a pair, both.

        Args:
            known: one of `known`.
            first: the first failed check; the mistake of a pair that fails it is named first.
        """
        parts = [self._by_id[id] for id in known.mark.combines] or [known]
        if first and len(parts) > 1:
            parts.sort(key=lambda part: self._passes(part, first))
        title, *others = [tr(part.mark.title) for part in parts]
        for other in others:
            title = messages.BOTH.format(one=title, other=other)
        return Diagnosis(known.id, title, joined(tr(part.mark.hint) for part in parts))

    def _passes(self, known: Known, checks: tuple[str, ...]) -> bool:
        """Whether a known mistake answers every call of some checks correctly."""
        sequence = self.sequence_of(checks)
        return all(
            same_answer(one.call, one.recorded.answer, known.answer(checks, place, sequence))
            for place, one in enumerate(sequence)
        )


class Asking(Backend, Protocol):
    """A function to diagnose, which answers calls from a fresh start."""

    def all(self, calls: list[Call]) -> list[Answer | Exception]:
        """The answers to all calls."""
