"""No call tells the answer to another: what may travel in one request, and that a worker sees no more."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings

from autograder.checking import Values, cotangent_like, leaf
from autograder.checking.strategies import logits, seeds, tensors
from autograder.grading.battery.cases import Case
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


CASES = 30


def functions() -> dict[str, Any]:
    return {
        "f": lambda X: X.exp(),
        "g": lambda X, factor=1.0: X * factor,
        "h": lambda what, *more: 1.0,
        "two": lambda X: (X.exp(), X.sin()),
    }


def cases_of(check: Any, **drawn: Any) -> list[Case]:
    strategies = drawn or {"X": logits(), "seed": seeds()}
    drawing = settings(settings.get_profile(PROFILE), max_examples=CASES)(
        given(**strategies)(check)
    )
    return record(drawing, functions(), 0)


def sent(check: Any, **drawn: Any) -> list[list[Call]]:
    return trips(cases_of(check, **drawn))


def test_a_student_sees_no_later_step_of_its_own(students):
    result = students.grade("sgd", LOOKING)
    assert result.score == result.max_score, [check.message for check in result.checks]


def test_independent_calls_travel_together():
    def check(student, X, seed):
        student.f(X)
        student.g(X, 2.0)
        student.g(torch.ones(3))

    [trip] = sent(check)
    assert len(trip) == 3 * CASES
    cases = cases_of(check)
    for some in (0, 2):  # what every case passes is known from two cases on
        assert [len(trip) for trip in trips(cases[:some])] == [3 * some]


def test_what_was_drawn_or_passed_before_may_be_passed_again():
    def check(student, X):
        student.f(X)
        student.g(torch.ones(3))
        student.f(X)
        student.g(X)
        student.f(torch.ones(3))

    assert [len(trip) for trip in sent(check, X=logits())] == [5 * CASES]

    def twice(student, X):
        student.f(X)
        student.f(X)

    assert [len(trip) for trip in sent(twice, X=logits())] == [2 * CASES]


def test_a_case_may_make_fewer_calls_than_another():
    def check(student, X, seed):
        for _ in range(1 + seed % 3):
            student.f(X)

    [trip] = sent(check)
    assert CASES < len(trip) < 3 * CASES


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


def with_grad(grad: torch.Tensor) -> torch.Tensor:
    parameter = torch.full_like(grad, 7.0, requires_grad=True)
    parameter.grad = grad.clone()
    return parameter


HOLDING: dict[str, Any] = {
    "a tuple": lambda value: (1, value),
    "a dict": lambda value: {"a": [2.5, value], "b": {3: "c"}},
    "a grad": with_grad,
    "beside a size": lambda value: [torch.Size([3, 2]), with_grad(value), None],
    "a number": lambda value: {"a": [value.sum().item()]},
}


@pytest.mark.parametrize("name", HOLDING)
def test_an_answer_is_found_wherever_a_call_holds_it(name: str):
    """What was passed before waits for nothing there; of a case alone no constants are known."""
    hold = HOLDING[name]

    def known(student, X):
        student.h(hold(X))
        student.h(hold(X), 1)

    def answered(student, reference, X):
        student.f(X)
        student.h(hold(reference.f(X)))

    pairs = tensors((2,), Values(-3, 3))
    cases = cases_of(known, X=pairs)
    assert [len(trip) for trip in trips(cases)] == [2 * len(cases)]
    cases = cases_of(answered, X=pairs)
    assert max(len(trip) for trip in trips(cases)) == 2
    assert [len(trip) for trip in trips(cases[:1])] == [1, 1]


def test_only_a_cotangent_that_is_not_made_of_the_result_is_sent_with_the_call():
    def random(student, X, seed):
        X = leaf(X)
        torch.autograd.grad(student.f(X), [X], cotangent_like(X, seed))

    def ones(student, X, seed):
        student.f(leaf(X)).sum().backward()

    def squared(student, X, seed):
        student.f(leaf(X)).square().sum().backward()

    def parts(student, X, seed):
        """As `assert_same` does it: one seed after the other."""
        X = leaf(X)
        results = student.two(X)
        cotangents = [cotangent_like(one, seed + place) for place, one in enumerate(results)]
        torch.autograd.grad(results, [X], cotangents)

    cotangents = [
        [bool(call.cotangents) for trip in sent(check) for call in trip]
        for check in (random, ones, parts, squared)
    ]
    assert [sum(given) for given in cotangents[:3]] == [CASES, CASES, CASES]
    assert sum(cotangents[3]) < CASES // 4  # where the result is drawn or 1/2 by chance
    assert all(call.cotangents is not None for trip in sent(squared) for call in trip)

    def itself(student, X):
        given = leaf(X)
        torch.autograd.grad(student.f(given), [given], X)

    assert all(call.cotangents for trip in sent(itself, X=logits()) for call in trip)
