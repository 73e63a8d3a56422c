"""The replay: which call and which gradients count as the recorded ones, and what is asked live."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import torch

from autograder.checking import leaf
from autograder.grading.backends import InProcessBackend
from autograder.grading.battery.cases import Case
from autograder.grading.battery.replay import NoReference, NotRecorded, ReferenceReplay, Replay
from autograder.grading.judges import GradingJudge
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients, Raised
from autograder.sandbox.wire.values import pack
from tests.judging import judge_of

Function = Callable[..., Any]
X = torch.tensor([1.0, -2.0])
COTANGENT = [Cotangent((), pack(torch.ones(2)))]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """One call of the reference, its gradients with it, for X in float32."""

    def once(student: Any, reference: Any) -> None:
        given = leaf(X)
        for functions in (student, reference):
            torch.autograd.grad(functions.f(given, 2, k="a").sum(), given)

    judge, check = judge_of(once, {"f": lambda X, n, k: X * n}, tmp_path_factory.mktemp("f"))
    [case] = judge.battery(check).cases
    return case


def moved(call: Call, tensor: torch.Tensor) -> Call:
    return msgspec.structs.replace(call, tensors=[pack(leaf(tensor))])


def as_float64(case: Case) -> Case:
    [one] = case.reference
    call = moved(one.call, X.double())
    return msgspec.structs.replace(case, reference=[msgspec.structs.replace(one, call=call)])


@pytest.mark.parametrize("rounded", [True, False])
def test_only_what_differs_by_rounding_counts_as_recorded_and_only_at_home(
    recorded: Case, rounded: bool
) -> None:
    [one] = recorded.reference
    replace = msgspec.structs.replace
    near = [moved(one.call, X * (1 + 4e-7)), moved(one.call, X + 4e-7)]
    far = [
        moved(one.call, X * (1 + 1e-5)),
        moved(one.call, X + torch.tensor([0.0, 1e-5])),
        moved(one.call, X.double()),
        moved(one.call, X.reshape(1, 2)),
        replace(near[0], function="g"),
        replace(near[0], args=[*one.call.args[:1], 3]),
        replace(near[0], kwargs=[("k", "b")]),
        replace(near[0], kwargs=[]),
        replace(near[0], tensors=[near[0].tensors[0], pack(X)]),
        replace(near[0], tensors=[replace(near[0].tensors[0], grad=pack(X))]),
        replace(one.call, tensors=[]),
        replace(one.call, function="g"),
    ]
    same = [one.call, replace(one.call, seed=5), replace(one.call, cotangents=[])]
    for call in [*same, *(near if rounded else [])]:
        assert ReferenceReplay(recorded, NoReference(), rounded=rounded).call(call)[1] == one.answer
    for call in [*far, *([] if rounded else near)]:
        with pytest.raises(NotRecorded):
            ReferenceReplay(recorded, NoReference(), rounded=rounded).call(call)


def test_rounding_is_that_of_the_dtype(recorded: Case) -> None:
    case = as_float64(recorded)
    call = case.reference[0].call
    replay = ReferenceReplay(case, NoReference(), rounded=True)
    assert replay.call(moved(call, X.double() * (1 + 4e-15)))[0] == -1
    with pytest.raises(NotRecorded):
        ReferenceReplay(case, NoReference(), rounded=True).call(moved(call, X.double() + 1e-12))
    whole = msgspec.structs.replace(call, tensors=[pack(torch.tensor([10**8, 1]))])
    case = msgspec.structs.replace(
        case, reference=[msgspec.structs.replace(case.reference[0], call=whole)]
    )
    other = msgspec.structs.replace(call, tensors=[pack(torch.tensor([10**8 + 1, 1]))])
    with pytest.raises(NotRecorded):
        ReferenceReplay(case, NoReference(), rounded=True).call(other)


@pytest.mark.parametrize("rounded", [True, False])
def test_gradients_are_those_of_the_cotangents(recorded: Case, rounded: bool) -> None:
    [one] = recorded.reference
    replay = ReferenceReplay(recorded, NoReference(), rounded=rounded)
    number, _ = replay.call(one.call)
    [(asked, pulled)] = one.pulled
    assert replay.pull_back(number, asked) == pulled
    near = [Cotangent((), pack(torch.ones(2) + 4e-7))]
    if rounded:
        assert replay.pull_back(number, near) == pulled
    others = [
        [Cotangent((), pack(torch.ones(2) * 2))],
        [Cotangent((0,), pack(torch.ones(2)))],
        [Cotangent((), pack(torch.ones(2).double()))],
        [],
        *([] if rounded else [near]),
    ]
    for other in others:
        with pytest.raises(NotRecorded):
            replay.pull_back(number, other)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[GradingJudge, Case]:
    """Two calls of each side with their gradients, of a function that multiplies."""

    def check(student: Any, reference: Any) -> None:
        for functions in (student, reference):
            for factor in (2, 3):
                given = leaf(X)
                torch.autograd.grad(functions.f(given, factor).sum(), given)

    judge, made = judge_of(check, {"f": lambda X, n: X * n}, tmp_path_factory.mktemp("twice"))
    [case] = judge.battery(made).cases
    return judge, case


class _Live(InProcessBackend):
    """Keeps what it is asked."""

    def __init__(self, function: Function) -> None:
        super().__init__({"f": function})
        self.asked: list[Call] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        self.asked.append(call)
        return super().call(call)


def replayed(case: Case, live: InProcessBackend, given: list[Any] | None = None) -> Replay:
    answered = [one.answer for one in case.student] if given is None else given
    return Replay(case, answered, live, lambda: None)


def with_factor(call: Call, factor: int) -> Call:
    return msgspec.structs.replace(call, args=[call.args[0], factor])


OTHER = [Cotangent((), pack(torch.tensor([10.0, 20.0])))]


def test_recorded_gradients_are_those_of_their_own_call(twice: tuple[GradingJudge, Case]) -> None:
    _, case = twice
    live = _Live(lambda X, n: X * n)
    replay = replayed(case, live)
    numbers = [replay.call(one.call)[0] for one in case.student]
    for number, one in zip(numbers, case.student, strict=True):
        assert replay.pull_back(number, one.call.cotangents).gradients == one.answer.gradients
    assert not replay.asked
    assert live.asked == []
    for number, one, factor in zip(numbers, case.student, (2, 3), strict=True):
        [gradient] = replay.pull_back(number, OTHER).gradients
        assert gradient is not None
        assert gradient.values == pack(torch.tensor([10.0, 20.0]) * factor).values
        assert live.asked[-1] == msgspec.structs.replace(one.call, cotangents=[])
    assert replay.asked


def test_gradients_that_raised_are_recorded_as_well(twice: tuple[GradingJudge, Case]) -> None:
    """What a student's own backward raised is what the check sees, not a missing gradient."""
    _, case = twice
    raised = Raised("ValueError", "no way back")
    given = [
        msgspec.structs.replace(one.answer, gradients=None, gradient_error=raised)
        for one in case.student
    ]
    live = _Live(lambda X, n: X * n)
    replay = replayed(case, live, given)
    number, _ = replay.call(case.student[0].call)
    assert replay.pull_back(number, case.student[0].call.cotangents).raised == raised
    assert live.asked == []


def test_after_a_call_that_was_not_recorded_all_are_live(twice: tuple[GradingJudge, Case]) -> None:
    """One function made all the answers after it: its state and its randomness go on."""
    _, case = twice
    live = _Live(lambda X, n: X * n)
    replay = replayed(case, live)
    recorded = case.student[0].call
    for call in (with_factor(recorded, 7), recorded):
        number, _ = replay.call(call)
        assert live.asked[-1] == call
        assert number > 0
        factor = call.args[1]
        [gradient] = replay.pull_back(number, OTHER).gradients
        assert gradient is not None
        assert gradient.values == pack(torch.tensor([10.0, 20.0]) * factor).values


def test_where_the_solutions_are_other_gradients_are_the_references_own(
    twice: tuple[GradingJudge, Case],
) -> None:
    """Of either recorded call, for a cotangent that was not recorded, and of a call that was not."""
    judge, case = twice
    replay = ReferenceReplay(case, judge.reference.backend(), rounded=False)
    numbers = [replay.call(one.call)[0] for one in case.reference]
    numbers.append(replay.call(with_factor(case.reference[0].call, 7))[0])
    for number, factor in zip(numbers, (2, 3, 7), strict=True):
        [gradient] = replay.pull_back(number, OTHER).gradients
        assert gradient is not None
        assert gradient.values == pack(torch.tensor([10.0, 20.0]) * factor).values
    assert (
        replay.pull_back(numbers[1], case.reference[1].pulled[0][0])
        == case.reference[1].pulled[0][1]
    )


def test_a_call_is_recorded_once(recorded: Case) -> None:
    """As often as the check made it: a further call is another one."""
    [one] = recorded.reference
    replay = ReferenceReplay(recorded, NoReference(), rounded=True)
    replay.call(one.call)
    with pytest.raises(NotRecorded):
        replay.call(one.call)
    with pytest.raises(NotRecorded):
        NoReference().pull_back(1, COTANGENT)


def test_a_live_reference_is_asked_for_no_gradients_with_the_call(
    twice: tuple[GradingJudge, Case],
) -> None:
    _, case = twice
    live = _Live(lambda X, n: X * n)
    replay = ReferenceReplay(case, live, rounded=False)
    number, _ = replay.call(case.reference[0].call)
    replay.pull_back(number, OTHER)
    assert live.asked == [msgspec.structs.replace(case.reference[0].call, cotangents=[])]


class _FromZero(_Live):
    """Its first call has the number 0, as in a session that was asked for nothing else before."""

    def call(self, call: Call) -> tuple[int, Answer]:
        number, answer = super().call(call)
        return number - 1, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        return super().pull_back(number + 1, cotangents)


def test_the_first_live_call_has_gradients(twice: tuple[GradingJudge, Case]) -> None:
    _, case = twice
    for of_student in (True, False):
        live = _FromZero(lambda X, n: X * n)
        reference = ReferenceReplay(case, live, rounded=False)
        replay = replayed(case, live) if of_student else reference
        number, _ = replay.call(with_factor(case.student[0].call, 7))
        assert number == 0
        [gradient] = replay.pull_back(number, OTHER).gradients
        assert gradient is not None
        assert gradient.values == pack(torch.tensor([70.0, 140.0])).values
