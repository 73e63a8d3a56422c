"""Asking a worker a battery: in few requests, and every question once a submission.

The checks of an exercise have one seed, so checks that draw alike ask alike: whether a step is right,
in place, and clears the grads can be seen in the same call.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from autograder.grading.battery.cases import Case
from autograder.grading.battery.lookahead import trips
from autograder.sandbox.session import Session
from autograder.sandbox.wire.messages import Answer, Call, encode


@dataclass(frozen=True)
class Question:
    """A call, and what tells that it is asked again (None: it goes with others of its case)."""

    call: Call
    key: bytes | None


def questions(cases: Sequence[Case]) -> list[list[Question]]:
    """The calls of a battery, in order, in as few requests as tell nothing."""
    alone = iter([len(case.student) == 1 for case in cases for _ in case.student])
    return [
        [Question(call, encode(call) if next(alone) else None) for call in trip]
        for trip in trips(cases)
    ]


def ask(session: Session, asked: Sequence[Sequence[Question]]) -> Iterator[tuple[int, Answer]]:
    """The answers as they come, with their calls' numbers; those known from before at once."""
    for together in asked:
        arriving = session.calls(_new(together, session.answered.keys()))
        for question in together:
            if question.key is not None and question.key in session.answered:
                yield -1, session.answered[question.key]
                continue
            number, answer = next(arriving)
            if question.key is not None:
                session.answered[question.key] = answer
            yield number, answer
        next(arriving, None)  # ends the request


def _new(together: Sequence[Question], known: Set[bytes]) -> list[Call]:
    """The calls without an answer, each once."""
    new = {q.key or place: q.call for place, q in enumerate(together) if q.key not in known}
    return list(new.values())
