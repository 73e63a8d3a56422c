"""Asks a worker all calls of a battery: in few requests, and every question once a submission.

The checks of an exercise have one seed, so checks that draw alike make the same calls: one call shows
whether a step is correct, is made in place, and clears the grads.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from autograder.grading.battery.cases import Case
from autograder.grading.battery.lookahead import trips
from autograder.sandbox.session import Session
from autograder.sandbox.wire.messages import Answer, Call, encode


@dataclass(frozen=True)
class Question:
    """A call, and the key by which an equal one is recognized (None: its case makes several calls)."""

    call: Call
    key: bytes | None


def questions(cases: Sequence[Case]) -> list[list[Question]]:
    """The calls of a battery in the fewest requests in which no call reveals another's answer."""
    alone = iter([len(case.student) == 1 for case in cases for _ in case.student])
    return [
        [Question(call, encode(call) if next(alone) else None) for call in trip]
        for trip in trips(cases)
    ]


def ask(
    session: Session, asked: Sequence[Sequence[Question]], answered: dict[bytes, Answer]
) -> Iterator[Answer]:
    """The answers as they come; those in `answered` at once. New ones are added to it."""
    for together in asked:
        arriving = session.calls(_new(together, answered.keys()))
        for question in together:
            if question.key is not None and question.key in answered:
                yield answered[question.key]
                continue
            _, answer = next(arriving)
            if question.key is not None:
                answered[question.key] = answer
            yield answer
        next(arriving, None)  # ends the request


def _new(together: Sequence[Question], known: Set[bytes]) -> list[Call]:
    """The calls without an answer, each once."""
    new = {q.key or place: q.call for place, q in enumerate(together) if q.key not in known}
    return list(new.values())
