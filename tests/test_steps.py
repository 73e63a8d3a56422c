"""Optimizers with a memory: what is drawn for them, and what is said of a wrong one."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from autograder.checking import CheckFailure, Values
from autograder.checking.steps import Model, assert_same_steps, assert_state_plain, models

NAMES = ("params", "kept")
FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def count_and_step(params: list[torch.Tensor], kept: list[Any], lr: float) -> None:
    for place, w in enumerate(params):
        kept[place] = kept[place] + 1
        w.data.sub_(lr * kept[place] * w.grad)
        w.grad = None


def counts_once(params: list[torch.Tensor], kept: list[Any], lr: float) -> None:
    for place, w in enumerate(params):
        kept[place] = torch.ones_like(kept[place])
        w.data.sub_(lr * kept[place] * w.grad)


def in_a_graph(params: list[torch.Tensor], kept: list[Any], lr: float) -> None:
    kept[0] = kept[0] + params[0]


def a_model() -> Model:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    return [w], [torch.zeros(2)], [[torch.tensor([1.0, -1.0])] for _ in range(3)]


STEPS = [(0.5,)] * 3


def test_entries_may_be_replaced() -> None:
    model = a_model()
    for kept in (False, True):
        assert_same_steps(
            count_and_step, count_and_step, [model, a_model()], STEPS, names=NAMES, kept=kept
        )
    assert_state_plain(count_and_step, model, (0.5,), names=NAMES)
    assert torch.equal(model[1][0], torch.zeros(2))


def in_place(params: list[torch.Tensor], kept: list[Any]) -> None:
    kept[0].add_(1)


def test_what_was_drawn_in_float64_stays() -> None:
    kept = torch.zeros(2, dtype=torch.float64)
    model = a_model()
    assert_same_steps(
        in_place, in_place, [(model[0], [kept], model[2])], [()] * 3, names=NAMES, kept=True
    )
    assert not kept.any()


def tuples(params: list[torch.Tensor], kept: list[Any]) -> None:
    kept[0] = tuple(one + 1 for one in kept[0])


def test_a_pair_may_become_a_tuple() -> None:
    model = a_model()
    pairs: Model = (model[0], [[torch.zeros(2), torch.ones(2)]], model[2])
    assert_same_steps(tuples, tuples, [pairs], [()] * 3, names=NAMES, kept=True)


WRONG: dict[str, tuple[Callable[[], None], str, str]] = {
    "the second call": (
        lambda: assert_same_steps(counts_once, count_and_step, [a_model()], STEPS, names=NAMES),
        "values", r"updated params\[0\] after call 2 \(correct until then\)"),
    "the first call": (
        lambda: assert_same_steps(
            lambda params, kept, lr: None, count_and_step, [a_model()], STEPS, names=NAMES),
        "values", r"updated params\[0\] after the first call"),
    "what is kept": (
        lambda: assert_same_steps(
            counts_once, count_and_step, [a_model()], STEPS, names=NAMES, kept=True),
        "values", r"updated kept\[0\] after call 2 \(correct until then\)"),
    "no tensor": (
        lambda: assert_same_steps(
            lambda params, kept, lr: kept.__setitem__(0, None), count_and_step, [a_model()], STEPS,
            names=NAMES),
        "state", r"kept\[0\] is None; it should still be a tensor"),
    "an entry lost": (
        lambda: assert_same_steps(
            lambda params, kept, lr: kept.clear(), count_and_step, [a_model()], STEPS, names=NAMES),
        "state", "kept holds 0 tensors; it should still hold 1"),
    "a graph": (
        lambda: assert_state_plain(in_a_graph, a_model(), (0.5,), names=NAMES),
        "state", r"kept\[0\] requires grad"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    check, kind, sentence = WRONG[name]
    with pytest.raises(CheckFailure, match=sentence) as caught:
        check()
    assert caught.value.kind == kind


@FEW
@given(model=models(calls=2, each=[Values(-1, 1), Values(1, 2)], warm=Values(-1, 1)))
def test_pairs_are_drawn(model: Model) -> None:
    params, kept, grads = model
    for w, (v, s), grad in zip(params, kept, grads[0], strict=True):
        assert w.shape == v.shape == s.shape == grad.shape
        assert v.abs().max() <= 1 and s.min() >= 1 and grad.abs().min() >= 0.25
        assert torch.equal(w.grad, grad)  # type: ignore[arg-type]


@FEW
@given(model=models(calls=3, zero_grads=True, strided=True))
def test_state_at_rest_and_grads_of_zero(model: Model) -> None:
    params, kept, grads = model
    assert not any(one.any() for one in kept)
    assert any(not one.any() for one in grads[0])
    assert all(one.stride() == w.stride() for w, one in zip(params, kept, strict=True))


def test_no_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one call"):
        models(calls=0)
