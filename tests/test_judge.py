"""The judge: no wrong answer slips through what it spares itself, and each run comes to one verdict."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import CheckFailure, Values, assert_close, assert_same, leaf
from autograder.checking.strategies import tensors
from autograder.grading.at_home import HomeJudge
from autograder.grading.backends import InProcessBackend, Remembering
from autograder.grading.battery.cases import Battery, Case, Drawn
from autograder.grading.battery.driving import PROFILE, inner_of
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.battery.requests import Question
from autograder.grading.checks import Check
from autograder.grading.judge import Judge, seed_of
from autograder.grading.judges import GradingJudge
from autograder.sandbox.session import Crashed
from autograder.sandbox.spawning import SandboxError
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import pack
from tests.judging import judge_of

CASES = 8
PAIRS = tensors((2,), Values(-3, 3))
"""Drawn by most checks here: of one shape, so that the answer to one case could be taken for another's."""
Function = Callable[..., Any]


def exp(X: torch.Tensor) -> torch.Tensor:
    return X.exp()


def nearly(X: torch.Tensor) -> torch.Tensor:
    """Accepted, and not bit for bit what the reference answers."""
    return X.exp() * (1 + 3e-6)


def values(student: Any, reference: Any, X: torch.Tensor) -> None:
    assert_close(student.f(X), reference.f(X))


def judge_with(
    folder: Path, check: Function = values, reference: Function = exp, **drawn: Any
) -> tuple[GradingJudge, Check]:
    drawing = settings(settings.get_profile(PROFILE), max_examples=CASES)
    return judge_of(
        drawing(given(**(drawn or {"X": PAIRS}))(check)), {"f": reference}, folder / "f"
    )


def answers(function: Function) -> InProcessBackend:
    return InProcessBackend({"f": function})


def cases_of(judge: Judge, check: Check) -> list[Case]:
    return judge.battery(check).cases


def drawn_of(case: Case) -> torch.Tensor:
    X: torch.Tensor = case.drawn.arguments()["X"]
    return X


class _Counting(InProcessBackend):
    """Counts the calls that are made beside the recorded ones."""

    live = 0

    def __init__(self, function: Function) -> None:
        super().__init__({"f": function})

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        for answer in super().ask(asked):
            self.live -= 1
            yield answer

    def call(self, call: Call) -> tuple[int, Answer]:
        self.live += 1
        return super().call(call)


@pytest.mark.parametrize("place", range(CASES))
def test_one_wrong_case_of_many_fails(tmp_path: Path, place: int) -> None:
    judge, check = judge_with(tmp_path)
    case = cases_of(judge, check)[place]
    X = drawn_of(case)
    for right in (exp, nearly):
        wrong = answers(lambda given: right(given) + 0.01 * torch.equal(given, X))  # noqa: B023
        verdict = judge.verdict(check, wrong, brief=True)
        assert verdict.failure is not None
        assert isinstance(verdict.failure.error, CheckFailure)
        assert torch.equal(verdict.failure.drawn.arguments()["X"], X)
        assert [call.tensors for call in verdict.failure.calls] == [[pack(X)]]
        passed = judge.verdict(check, answers(right))
        assert passed.failure is None
        assert len(passed.answers) == CASES


def test_accepted_answers_are_not_looked_into_again_and_count_for_their_case_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, check = judge_with(tmp_path)
    assert judge.checks == (check,)
    looked: list[str] = []
    attempt = judge._attempt
    monkeypatch.setattr(
        judge, "_attempt", lambda *arguments: (looked.append("case"), attempt(*arguments))[1]
    )
    assert judge.verdict(check, answers(exp)).failure is None
    assert looked == []
    assert judge.verdict(check, answers(nearly)).failure is None
    assert len(looked) == CASES
    assert judge.verdict(check, answers(nearly)).failure is None
    assert len(looked) == CASES

    first, second = (drawn_of(case) for case in cases_of(judge, check)[2:4])
    assert not torch.allclose(first, second)
    swapped = answers(lambda X: nearly(first if torch.equal(X, second) else X))
    assert judge.verdict(check, swapped, brief=True).failure is not None


def test_what_one_check_accepted_the_next_one_still_judges(tmp_path: Path) -> None:
    def shapes(student: Any, reference: Any, X: torch.Tensor) -> None:
        assert student.f(X).shape == reference.f(X).shape

    judge, check = judge_with(tmp_path)
    other, of_shapes = judge_with(tmp_path, shapes)
    of_shapes = Check(judge.exercise, "shapes", "Its shape is.", 1.0, None, of_shapes.function)
    both = GradingJudge(judge.exercise, (of_shapes, check), other.reference, "secret", telling={})
    wrong = answers(lambda X: X * 0)
    assert both.verdict(of_shapes, wrong).failure is None
    assert both.verdict(check, wrong).failure is not None


def test_what_a_telling_case_accepted_a_drawn_one_still_judges(tmp_path: Path) -> None:
    """Both are the first of their part, and the same answer comes to both."""

    def sums(student: Any, reference: Any, X: torch.Tensor) -> None:
        assert_close(student.f(X), reference.f(X))

    judge, check = judge_with(tmp_path, sums, lambda X: X.sum())
    drawn = cases_of(judge, check)
    telling = [case for case in drawn if drawn_of(case).sum().abs() > 0.1][:1]
    both = HomeJudge(judge.exercise, (check,), {"test": Battery("test", telling + drawn, 1)}, None)
    known = drawn_of(telling[0]).sum() * (1 + 3e-6)
    wrong = answers(lambda X: known.clone())
    assert both.verdict(check, wrong, brief=True).failure is not None


def test_an_answer_that_leads_elsewhere_is_asked_for_and_not_kept(tmp_path: Path) -> None:
    def twice(student: Any, reference: Any, X: torch.Tensor) -> None:
        once = student.f(X)
        assert_close(student.f(once), reference.f(once))

    def half(X: torch.Tensor) -> torch.Tensor:
        return X / 2

    judge, check = judge_with(tmp_path, twice, half)
    known = [drawn_of(case) for case in cases_of(judge, check)]
    known += [half(X) for X in known]

    def other(X: torch.Tensor, wrong: float) -> torch.Tensor:
        """Wrong beyond what was recorded, where only its own answers lead."""
        recorded = any(torch.equal(X, one) for one in known)
        return half(X) * (1 + 3e-6) if recorded else half(X) + wrong

    correct = _Counting(lambda X: other(X, 0.0))
    assert judge.verdict(check, correct).failure is None
    assert correct.live > CASES // 2
    assert judge.verdict(check, answers(lambda X: other(X, 0.5)), brief=True).failure is not None


class _Ending(InProcessBackend):
    """A worker that ends at the third call, and whenever it is asked live."""

    asked_live = 0

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        for count, answer in enumerate(super().ask(asked)):
            if count == 2:
                raise Crashed("it ended")
            self.asked_live = 0
            yield answer

    def call(self, call: Call) -> tuple[int, Answer]:
        self.asked_live += 1
        return super().call(call)


def test_a_worker_that_ends_fails_the_check_and_is_not_asked_for_a_smaller_case(
    tmp_path: Path,
) -> None:
    for function in (exp, nearly):
        judge, check = judge_with(tmp_path)
        ending = _Ending({"f": function})
        verdict = judge.verdict(check, ending)
        assert verdict.failure is not None
        assert str(verdict.failure.error) == "it ended"
        assert len(verdict.failure.calls) == 1
        assert verdict.failure.drawn == cases_of(judge, check)[2].drawn
        assert ending.asked_live == 1  # the call that ended it
        assert len(verdict.answers) == CASES
        assert {str(answer) for answer in verdict.answers[2:]} == {"it ended"}


def test_more_calls_than_were_recorded_are_made_live(tmp_path: Path) -> None:
    """Only an answer that isn't bit for bit the reference's is asked for again."""

    def again(student: Any, reference: Any, X: torch.Tensor) -> None:
        expected = reference.f(X)
        for _ in range(1 if torch.equal(student.f(X), expected) else 2):
            assert_close(student.f(X), expected)

    judge, check = judge_with(tmp_path, again)
    assert judge.verdict(check, answers(nearly)).failure is None
    calls = 0

    def wrong_from_the_third_on(X: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return nearly(X) + (calls > 2 * CASES)  # two calls a case were recorded

    assert judge.verdict(check, answers(wrong_from_the_third_on), brief=True).failure is not None


class _WithoutMachine(InProcessBackend):
    """Fails as a grader does where no worker can be started."""

    def ask(self, asked: Sequence[Sequence[Question]]) -> Iterator[Answer]:
        yield from list(super().ask(asked))[:2]
        raise SandboxError("no worker")


def test_no_student_is_blamed_for_the_machine(tmp_path: Path) -> None:
    for function in (exp, nearly):
        judge, check = judge_with(tmp_path)
        with pytest.raises(SandboxError, match="no worker"):
            judge.verdict(check, _WithoutMachine({"f": function}))


def test_the_shown_case_is_small_and_the_same_each_time(tmp_path: Path) -> None:
    wrong = answers(lambda X: X.exp().clamp(max=7.0))
    judge, check = judge_with(tmp_path, X=tensors((2, 3), Values(-9, 9)))
    first = judge.verdict(check, wrong).failure
    assert first is not None
    [large] = {value for value in first.drawn.arguments()["X"].flatten().tolist() if value}
    assert 1.9 < large <= 3
    again = judge_with(tmp_path, X=tensors((2, 3), Values(-9, 9)))
    for one, test in ((judge, check), again):
        second = one.verdict(test, wrong).failure
        assert second is not None
        assert (second.drawn, second.calls) == (first.drawn, first.calls)
        assert str(second.error) == str(first.error)


def test_a_brief_verdict_asks_nothing_live(tmp_path: Path) -> None:
    judge, check = judge_with(tmp_path)
    wrong = _Counting(lambda X: X)
    verdict = judge.verdict(check, wrong, brief=True)
    assert verdict.failure is not None
    assert wrong.live == 0
    assert len(verdict.answers) < CASES


def test_a_telling_case_that_fails_is_shown_and_nothing_else_is_asked(tmp_path: Path) -> None:
    judge, check = judge_with(tmp_path)
    telling = [Drawn.of({"X": torch.tensor([2.5, value])}) for value in (0.0, 1.0, 2.0)]
    told = GradingJudge(
        judge.exercise, (check,), judge.reference, "secret", telling={"test": telling}
    )
    wrong = _Counting(lambda X: X.exp() + (X[1] >= 1))
    verdict = told.verdict(check, wrong)
    assert verdict.failure is not None
    assert verdict.failure.drawn == telling[1]
    assert wrong.live == 0
    assert len(verdict.answers) == 3
    assert len(told.seen(check, verdict, wrong)) == 3 + CASES
    assert len(told.verdict(check, wrong, brief=True).answers) == 2


def gradients(student: Any, reference: Any, X: torch.Tensor, seed: int) -> None:
    assert_same(student.f, reference.f, X, names="X", seed=seed)


def two_cotangents(student: Any, reference: Any, X: torch.Tensor) -> None:
    """The second cotangent isn't sent with the call: it is asked for when the answer is there."""
    found = []
    for functions in (student, reference):
        given = leaf(X)
        result = functions.f(given)
        for factor in (1.0, 2.0):
            cotangent = torch.full_like(result, factor)
            found += torch.autograd.grad(result, given, cotangent, retain_graph=True)
    assert_close(found[0], found[2])
    assert_close(found[1], found[3])


class _WrongFor(torch.autograd.Function):
    """exp, with a gradient that is wrong for one cotangent."""

    @staticmethod
    def forward(ctx: Any, X: torch.Tensor, factor: float) -> torch.Tensor:
        ctx.save_for_backward(X)
        ctx.factor = factor
        return X.exp()

    @staticmethod
    def backward(ctx: Any, G: torch.Tensor) -> Any:
        [X] = ctx.saved_tensors
        return X.exp() * G + (ctx.factor == G).all(), None


@pytest.mark.parametrize("factor", [1.0, 2.0, 3.0])
def test_a_gradient_is_judged_for_every_cotangent_that_was_asked(
    tmp_path: Path, factor: float
) -> None:
    judge, check = judge_with(tmp_path, two_cotangents)
    verdict = judge.verdict(check, answers(lambda X: _WrongFor.apply(X, factor)), brief=True)
    assert (verdict.failure is None) == (factor == 3.0)
    home = HomeJudge(judge.exercise, (check,), {"test": judge.battery(check)}, None)
    verdict = home.verdict(check, answers(lambda X: _WrongFor.apply(X, factor)), brief=True)
    assert (verdict.failure is None) == (factor == 3.0)


def test_a_gradient_that_is_wrong_or_missing_fails(tmp_path: Path) -> None:
    judge, check = judge_with(tmp_path, gradients, X=PAIRS, seed=st.integers(1, 99))
    assert judge.verdict(check, answers(exp)).failure is None
    for wrong in (lambda X: X.exp().detach() + X - X.detach(), lambda X: X.exp().detach()):
        assert judge.verdict(check, answers(wrong), brief=True).failure is not None


def test_away_from_the_solutions_no_answer_is_neither_correct_nor_wrong(tmp_path: Path) -> None:
    """The reference is asked about the student's own first answer, which was not recorded."""

    def onward(student: Any, reference: Any, X: torch.Tensor) -> None:
        once = student.f(X)
        assert_close(once, reference.f(X))
        assert_close(student.f(once), reference.f(once))

    def half(X: torch.Tensor) -> torch.Tensor:
        return X / 2

    judge, check = judge_with(tmp_path, onward, half)
    home = HomeJudge(judge.exercise, (check,), {"test": judge.battery(check)}, None)
    assert home.verdict(check, answers(half)).failure is None
    with pytest.raises(BrokenCheck, match="more than was recorded"):
        home.verdict(check, answers(lambda X: half(X) * (1 + 3e-6)))
    last = drawn_of(cases_of(judge, check)[-1])
    wrong = answers(lambda X: half(X) * (1 + 3e-6) + torch.equal(X, last))
    assert home.verdict(check, wrong).failure is not None


def test_at_home_the_smallest_case_that_fails_is_shown(tmp_path: Path) -> None:
    judge, check = judge_with(tmp_path)
    home = HomeJudge(judge.exercise, (check,), {"test": judge.battery(check)}, None)
    failed = [case for case in cases_of(judge, check) if drawn_of(case).max() > 0.5]
    verdict = home.verdict(check, answers(lambda X: X.exp() + (X.max() > 0.5)))
    assert verdict.failure is not None
    assert verdict.failure.drawn == min((case.drawn for case in failed), key=lambda one: one.size)
    assert len(failed) > 1
    assert len(verdict.answers) == CASES
    large_first = sorted(cases_of(judge, check), key=lambda case: case.drawn.size, reverse=True)
    home = HomeJudge(judge.exercise, (check,), {"test": Battery("test", large_first)}, None)
    verdict = home.verdict(check, answers(lambda X: X.exp() + 1))
    assert verdict.failure is not None
    assert verdict.failure.drawn == large_first[-1].drawn
    brief = home.verdict(check, answers(lambda X: X.exp() + 1), brief=True)
    assert brief.failure is not None
    assert brief.failure.drawn == large_first[0].drawn
    assert len(brief.answers) == 1


def test_a_case_is_asked_as_it_was_recorded(tmp_path: Path) -> None:
    """With the judge's randomness and the exercise's adapter, of the student and of the reference."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "adapter.py").write_text(
        "def adapt(function, X):\n    return function(X)\n", encoding="utf-8"
    )
    judge, check = judge_with(tmp_path)
    [case, *_] = cases_of(judge, check)
    student, reference = Remembering(answers(exp)), Remembering(answers(exp))
    assert (
        judge._attempt(inner_of(check.function), case.drawn.arguments(), student, reference) is None
    )
    assert student.calls == [one.call for one in case.student]
    assert reference.calls == [one.call for one in case.reference]
    [call] = student.calls
    assert call.adapter
    assert call.seed is not None


def test_an_answer_cannot_choose_what_the_reference_is_asked(tmp_path: Path) -> None:
    def to_zero(X: torch.Tensor) -> torch.Tensor:
        return X.zero_().exp()

    judge, check = judge_with(tmp_path)
    assert judge.verdict(check, answers(to_zero), brief=True).failure is not None


def test_a_mode_that_an_answer_left_is_not_the_next_cases(tmp_path: Path) -> None:
    def leaves_it_off(X: torch.Tensor) -> torch.Tensor:
        torch.set_grad_enabled(False)
        return nearly(X)

    judge, check = judge_with(tmp_path)
    assert judge.verdict(check, answers(leaves_it_off)).failure is None
    assert torch.is_grad_enabled()


def test_the_seed_is_the_secrets_and_the_exercises() -> None:
    seeds = {seed_of(secret, name) for secret in ("", "a", "b") for name in ("", "a", "b")}
    assert len(seeds) == 9
    assert seed_of("a", "softmax") == seed_of("a", "softmax") != seed_of("a/softmax", "")
    assert all(0 <= seed < 2**56 for seed in seeds)
