"""No call tells the answer to another: what may travel in one request, and that a worker sees no more."""

from typing import Any

import torch
from hypothesis import given, settings

from autograder.checking import cotangent_like, leaf
from autograder.checking.strategies import logits, seeds
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.lookahead import trips
from autograder.grading.battery.recording import record
from autograder.sandbox.wire.messages import Call

LOOKING = """
import sys

def bytes_of(tensors):
    return {tensor.detach().numpy().tobytes() for tensor in tensors}

def sgd(params, lr, batch_size):
    frame = sys._getframe()
    while "offset" not in frame.f_locals:
        frame = frame.f_back
    later = frame.f_locals["body"].calls[frame.f_locals["offset"] + 1:]
    given = bytes_of([*params, *(w.grad for w in params)])
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad / batch_size
    answers = bytes_of(params) - given
    if later and later[0].seed is None and answers & {packed.values for packed in later[0].tensors}:
        for w in params:
            w.data.fill_(7)  # what it should have become stands there
    for w in params:
        w.grad = torch.zeros_like(w)
"""


def functions() -> dict[str, Any]:
    return {"f": lambda X: X.exp(), "g": lambda X, factor=1.0: X * factor}


def sent(check: Any) -> list[list[Call]]:
    drawing = settings(settings.get_profile(PROFILE))(given(X=logits(), seed=seeds())(check))
    return trips(record(drawing, functions(), 0))


def test_a_student_sees_no_later_step_of_its_own(students):
    result = students.grade("sgd", LOOKING)
    assert result.score == result.max_score, [check.message for check in result.checks]


def test_independent_calls_travel_together():
    def check(student, X, seed):
        student.f(X)
        student.g(X, 2.0)
        student.g(torch.ones(3))

    assert [len(trip) for trip in sent(check)] == [300]


def test_a_call_made_of_an_answer_waits_for_it():
    def check(student, reference, X, seed):
        student.f(X)
        student.g(reference.f(X))

    assert [[call.function for call in trip] for trip in sent(check)[:3]] == [
        ["f"],
        ["g", "f"],
        ["g", "f"],
    ]


def test_a_number_made_of_an_answer_waits_for_it():
    def check(student, reference, X, seed):
        student.f(X)
        student.g(X, factor=reference.f(X).sum().item())

    assert all(len(trip) <= 2 for trip in sent(check))


def test_only_a_cotangent_that_is_not_made_of_the_result_is_sent_with_the_call():
    def random(student, X, seed):
        X = leaf(X)
        torch.autograd.grad(student.f(X), [X], cotangent_like(X, seed))

    def ones(student, X, seed):
        student.f(leaf(X)).sum().backward()

    def squared(student, X, seed):
        student.f(leaf(X)).square().sum().backward()

    cotangents = [
        [bool(call.cotangents) for trip in sent(check) for call in trip]
        for check in (random, ones, squared)
    ]
    assert [sum(given) for given in cotangents[:2]] == [100, 100]
    assert sum(cotangents[2]) < 10  # where the result is drawn or 1/2 by chance
