"""Nothing is asked twice, and no answer that passed is looked into twice."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from autograder.checking.strategies import logits
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.recording import record
from autograder.grading.battery.requests import ask, questions
from autograder.grading.judge import Judge
from autograder.sandbox.wire.messages import Answer, Call

pytestmark = pytest.mark.slow

SUMMED = "def softmax(X):\n    E = (X - X.amax(1, keepdim=True)).exp()\n    return {}"


class FakeSession:
    """Answers every call with its number."""

    def __init__(self) -> None:
        self.asked: list[Call] = []

    def calls(self, calls: Sequence[Call]) -> Iterator[tuple[int, Answer]]:
        for call in calls:
            self.asked.append(call)
            number = len(self.asked)
            yield number, Answer(number, [], None, True)


def recorded(check: Any) -> Any:
    drawing = settings(settings.get_profile(PROFILE))(given(X=logits())(check))
    return questions(record(drawing, {"f": lambda X: X.exp()}, 0))


def test_equal_calls_are_asked_once() -> None:
    def once(student, X):
        student.f(X)

    session: Any = FakeSession()
    answered: dict[bytes, Answer] = {}
    first = [answer.value for answer in ask(session, recorded(once), answered)]
    asked = len(session.asked)
    assert asked == len(set(first)) <= len(first) == 100
    assert [answer.value for answer in ask(session, recorded(once), answered)] == first
    assert len(session.asked) == asked


def test_calls_of_one_case_are_asked_together() -> None:
    def twice(student, X):
        student.f(X)
        student.f(X)

    session: Any = FakeSession()
    answered: dict[bytes, Answer] = {}
    for _ in range(2):
        list(ask(session, recorded(twice), answered))
    assert len(session.asked) == 400


def test_answers_that_passed_pass_again(students, monkeypatch):
    source = SUMMED.format("E * (1 / E.sum(1))[:, None]")  # not the reference's bits
    replays = []
    replay = Judge._attempt
    monkeypatch.setattr(Judge, "_attempt", lambda *a: replays.append(a) or replay(*a))
    first = students.grade("softmax", source)
    assert first.score == first.max_score
    count = len(replays)
    assert count > 0
    assert students.grade("softmax", source).score == first.max_score
    assert len(replays) == count


def test_wrong_answers_are_wrong_again(students):
    source = SUMMED.format("E / E.sum(0, keepdim=True)")
    first, second = students.grade("softmax", source), students.grade("softmax", source)
    assert first == second
    assert first.score < first.max_score
