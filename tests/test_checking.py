"""What the helpers of a check promise: which failure, in which words, within which tolerance."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch

from autograder.checking import (
    CheckFailure,
    assert_close,
    assert_dtype_kept,
    assert_grads_cleared,
    assert_input_unchanged,
    assert_no_graph,
    assert_same,
    assert_same_gradient,
    assert_same_grads,
    assert_same_update,
    assert_state_kept,
    assert_values_kept,
    messages,
)
from autograder.checking.failures import Kind
from autograder.checking.tolerances import Tolerance, default_tolerance

X = torch.tensor([[0.5, -1.0], [2.0, 3.0]])


def double(X: Any) -> Any:
    return 2 * X


def test_every_kind_of_failure_has_a_sentence() -> None:
    assert set(get_args(Kind)) <= set(messages.PROPERTIES)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.complex64])
def test_a_dtype_without_a_tolerance_is_refused(dtype: torch.dtype) -> None:
    with pytest.raises(ValueError, match=str(dtype)):
        default_tolerance(dtype)
    with pytest.raises(ValueError, match=str(dtype)):
        assert_close(torch.ones(2, dtype=dtype), torch.ones(2, dtype=dtype))


def in_place(X: Any) -> Any:
    X.data.mul_(2)
    return X


def through_an_own_backward(X: Any) -> Any:
    result = X * 2
    if result.requires_grad:
        result.register_hook(lambda gradient: (X.data.zero_(), None)[1])
    return result


WRONG: dict[str, tuple[Callable[[], None], Kind, str]] = {
    "another value": (
        lambda: assert_same(lambda X: 2 * X + 1e-3, double, X, names="X"), "values", "4 of 4 elements"),
    "another shape": (
        lambda: assert_same(lambda X: 2 * X[0], double, X, names="X"), "shape", r"shape \(2,\)"),
    "nothing": (lambda: assert_same(lambda X: None, double, X, names="X"), "type", "returned None"),
    "half precision": (
        lambda: assert_same(lambda X: (2 * X).half(), double, X, names="X"), "dtype", "float16"),
    "one result of two": (
        lambda: assert_same(lambda X: X, lambda X: (X, X), X, names="X"), "results", "2 results"),
    "no list around the only result": (
        lambda: assert_same(lambda X: X, lambda X: [X], X, names="X"), "results", "of 1 result"),
    "the only item of a list": (
        lambda: assert_same(lambda X: [X], lambda X: [-X], X, names="X"),
        "values", r"result\[0\]"),
    "the second of two": (
        lambda: assert_same(lambda X: (X, X), lambda X: (X, -X), X, names="X"),
        "values", r"result\[1\]"),
    "a number that is not finite": (
        lambda: assert_same(lambda x: x / 0, lambda x: x, torch.tensor(1.0), names="x"),
        "finite", "^the result is infinite; it should be 1$"),
    "another gradient": (
        lambda: assert_same_gradient(lambda X: X + X.detach(), double, X, names="X", seed=1),
        "gradient", "gradient with respect to X"),
    "no gradient": (
        lambda: assert_same(lambda X: 2 * X.detach(), double, X, names="X", seed=1),
        "graph", "not connected to X"),
    "no gradient to the second argument": (
        lambda: assert_same(
            lambda a, b: a * b.detach(), lambda a, b: a * b, X, X + 1, names="a b", seed=1),
        "graph", "not connected to b"),
    "float64 for float32": (
        lambda: assert_dtype_kept(lambda X: 2 * X.double(), double, X, names="X"),
        "dtype", "float64; for float32"),
    "float64 computed in float32": (
        lambda: assert_dtype_kept(
            lambda X: (2 * X.float() / 3).double(), lambda X: 2 * X / 3, X.double(), names="X"),
        "values", "differ"),
    "a changed input": (
        lambda: assert_input_unchanged(in_place, X, names="X"), "input", "changed its argument X"),
    "an input that is changed on the way back": (
        lambda: assert_input_unchanged(through_an_own_backward, X, names="X", seed=1),
        "input", "changed its argument X"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    check, kind, sentence = WRONG[name]
    with pytest.raises(CheckFailure, match=sentence) as caught:
        check()
    assert caught.value.kind == kind


ONE = torch.tensor([1.0, -100.0])
LIMITS: dict[str, tuple[torch.Tensor, torch.Tensor, dict[str, Any], bool]] = {
    "float32, relative": (ONE * (1 + 0.9e-4), ONE, {}, True),
    "float32, beyond": (ONE * (1 + 1.2e-4), ONE, {}, False),
    "float32, near 0": (ONE * 0 + 0.9e-5, ONE * 0, {}, True),
    "float32, off 0": (ONE * 0 + 1.1e-5, ONE * 0, {}, False),
    "float64, relative": (ONE.double() * (1 + 0.9e-7), ONE.double(), {}, True),
    "float64, beyond": (ONE.double() * (1 + 2.2e-7), ONE.double(), {}, False),
    "float64, off 0": (ONE.double() * 0 + 1.1e-7, ONE.double() * 0, {}, False),
    "float32 for float64: the coarser": (
        (ONE.double() * (1 + 0.9e-4)).float(), ONE.double(), {"same_dtype": False}, True),
    "float32 for float64, beyond": (
        (ONE.double() * (1 + 1.2e-4)).float(), ONE.double(), {"same_dtype": False}, False),
    "float64 for float32: that of the reference, and its own is finer": (
        ONE.double() * (1 + 1e-6), ONE, {"same_dtype": False}, True),
    "float64 for float32, beyond": (ONE.double() * (1 + 1.2e-4), ONE, {"same_dtype": False}, False),
    "a wider relative part": (ONE * 1.009, ONE, {"rtol": 1e-2}, True),
    "and no further": (ONE * 1.011, ONE, {"rtol": 1e-2}, False),
    "a wider absolute part": (ONE * 0 + 0.009, ONE * 0, {"atol": 1e-2}, True),
    "not a wider relative one": (ONE * 1.009, ONE, {"atol": 1e-3}, False),
    "a tolerance": (ONE * 1.009, ONE, {"tolerance": Tolerance(1e-2, 0.0)}, True),
    "a tolerance, nothing absolute": (ONE * 0 + 1e-9, ONE * 0, {"tolerance": Tolerance(1e-2, 0.0)}, False),
    "a tolerance, one part replaced": (
        ONE * 1.009, ONE, {"tolerance": Tolerance(1e-2, 0.0), "rtol": 1e-3}, False),
    "a tolerance for float32 alone": (
        (ONE.double() * 1.009).float(), ONE.double(),
        {"tolerance": Tolerance(1e-3, 0.0), "same_dtype": False}, False),
    "one of many": (torch.tensor([1.0, 1.0, 1.001]), torch.ones(3), {}, False),
    "integers": (torch.tensor([1, 2]), torch.tensor([1, 2]), {}, True),
    "another integer": (torch.tensor([10**8, 2]), torch.tensor([10**8 + 1, 2]), {}, False),
    "booleans": (torch.tensor([True]), torch.tensor([False]), {}, False),
    "infinite both": (ONE / 0, ONE / 0, {}, True),
    "infinite, the other way": (ONE / 0, -ONE / 0, {}, False),
    "not a number": (ONE * torch.nan, ONE, {}, False),
    "finite for infinite": (ONE, ONE / 0, {}, False),
    "integers for floats": (ONE.long(), ONE, {"same_dtype": False}, False),
    "half for float": (ONE.half(), ONE, {"same_dtype": False}, False),
    "float64 for float32, where it counts": (ONE.double(), ONE, {}, False),
    "a shape that broadcasts": (torch.ones(1), torch.ones(2), {}, False),
    "one more dimension": (torch.ones(1, 2), torch.ones(2), {}, False),
    "nothing for nothing": (torch.ones(0), torch.ones(0), {}, True),
    "with a graph": ((ONE.clone().requires_grad_() * 1), ONE, {}, True),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_an_answer_is_accepted_up_to_its_tolerance(name: str) -> None:
    actual, expected, options, accepted = LIMITS[name]
    try:
        assert_close(actual, expected, **options)
    except CheckFailure:
        assert not accepted
    else:
        assert accepted


def test_the_element_that_is_furthest_off_is_shown() -> None:
    expected = torch.zeros(4, 5)
    actual = expected.clone()
    actual[1, 2], actual[3, 4], actual[0, 0] = -0.5, 0.25, 1e-6
    with pytest.raises(CheckFailure, match="2 of 20") as raised:
        assert_close(actual, expected)
    assert (raised.value.shows, raised.value.should) == ("result[1, 2]", "0")
    actual[2, 0] = torch.inf
    with pytest.raises(CheckFailure, match="1 of 20") as raised:
        assert_close(actual, expected)
    assert (raised.value.kind, raised.value.shows) == ("finite", "result[2, 0]")


def test_a_tolerance_grows_with_the_magnitude_and_never_shrinks() -> None:
    assert Tolerance(1e-3, 1e-4).scaled(10) == Tolerance(1e-3, 1e-3)
    assert Tolerance(1e-3, 1e-4).scaled(0.5) == Tolerance(1e-3, 1e-4)


def test_the_other_float_dtype_is_judged_by_the_check_of_dtypes_alone() -> None:
    assert_same(lambda X: 2 * X.double(), double, X, names="X", seed=3)
    assert_same(lambda X: 2 * X.float(), double, X.double() / 3, names="X", seed=3)


def test_several_results_and_arguments_are_differentiated_in_one_backward() -> None:
    def two(a: Any, b: Any) -> Any:
        return a * b, a.detach() + b

    assert_same(two, two, X, X + 1, names="a b", seed=5)


def test_neither_function_gets_the_arguments_themselves() -> None:
    before = X.clone()
    with pytest.raises(CheckFailure):
        assert_same(in_place, lambda X: X + 1, X, names="X")
    assert torch.equal(X, before)


def parameter() -> torch.Tensor:
    weight = torch.tensor([1.0, 2.0], requires_grad=True)
    weight.grad = torch.tensor([1.0, 1.0])
    return weight


def step(params: Any, lr: float) -> None:
    for w in params:
        w.data.sub_(lr * w.grad)
        w.grad = None


def groups(state: Any, lr: float) -> None:
    state.pop()


def halve(params: Any, theta: float) -> None:
    for w in params:
        if theta < 1:
            w.grad = w.grad / 2


def once(params: Any, theta: float, calls: list[float] = []) -> None:  # noqa: B006
    calls.append(theta)
    if len(calls) == 1:
        halve(params, theta)


def nearly_keep(params: Any, theta: float) -> None:
    for w in params:
        w.grad *= 1 + 2e-7


def lose(params: Any, theta: float) -> None:
    params[0].grad = None


STATE: dict[str, tuple[Callable[[], None], Kind, str]] = {
    "no update": (
        lambda: assert_same_update(lambda params, lr: None, step, [parameter()], 0.5, name="params"),
        "values", r"updated params\[0\]"),
    "grads kept": (
        lambda: assert_grads_cleared(lambda params, lr: None, [parameter()], 0.5, name="params"),
        "state", r"the grad of params\[0\] is up to 1"),
    "a tensor replaced": (
        lambda: assert_state_kept(
            lambda params, lr: params.__setitem__(0, params[0] * 1), [parameter()], 0.5, name="params"),
        "state", r"params\[0\] is another tensor"),
    "a group lost": (
        lambda: assert_state_kept(groups, [{"params": [parameter()]}] * 3, 0.5, name="param_groups"),
        "state", "^after the call param_groups holds 2 groups; it should still hold 3$"),
    "a parameter of a group lost": (
        lambda: assert_state_kept(
            lambda state, lr: state[0]["params"].clear(), [{"params": [parameter()]}], 0.5, name="groups"),
        "state", r'groups\[0\]\["params"\] holds 0 tensors'),
    "autograd left off": (
        lambda: assert_state_kept(
            lambda params, lr: torch.set_grad_enabled(False), [parameter()], 0.5, name="params"),
        "state", "autograd is switched off"),
    "grads scaled in the first call alone": (
        lambda: assert_same_grads(once, halve, [parameter()], [(0.5,), (0.5,)], name="params"),
        "values", r"the grad of params\[0\] differ; .* it is -2, it should be -1 "),
    "a grad lost": (
        lambda: assert_same_grads(lose, halve, [parameter()], [(0.5,)], name="params"),
        "state", r"the grad of params\[0\] is None"),
    "grads changed in their last bits": (
        lambda: assert_same_grads(
            nearly_keep, halve, [parameter()], [(2.0,)], name="params", bit_for_bit=True),
        "state", r"the grad of params\[0\] changed, by up to 2\.38"),
    "values changed": (
        lambda: assert_values_kept(
            lambda params, theta: params[0].data.mul_(2), [parameter()], 0.5, name="params"),
        "state", r"params\[0\] has other values"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATE)
def test_what_is_wrong_with_state_is_said(name: str) -> None:
    check, kind, sentence = STATE[name]
    with pytest.raises(CheckFailure, match=sentence) as caught:
        check()
    assert caught.value.kind == kind
    assert torch.is_grad_enabled()


def test_a_correct_update_passes() -> None:
    assert_same_update(step, step, [parameter()], 0.5, name="params")
    assert_grads_cleared(step, [parameter()], 0.5, name="params")
    assert_state_kept(step, [parameter()], 0.5, name="params")


def test_correctly_scaled_grads_pass() -> None:
    steps = [(0.5,), (2.0,), (0.5,)]
    assert_same_grads(halve, halve, [parameter()], steps, name="params", bit_for_bit=True)
    assert_same_grads(nearly_keep, halve, [parameter()], [(2.0,)], name="params")
    assert_values_kept(halve, [parameter()], 0.5, name="params")


def test_state_that_grew_a_graph_is_named() -> None:
    moving_mean = torch.zeros(2)
    assert_no_graph(moving_mean, "moving_mean")
    moving_mean.add_(torch.ones(2, requires_grad=True))
    with pytest.raises(CheckFailure, match="moving_mean requires grad") as raised:
        assert_no_graph(moving_mean, "moving_mean")
    assert (raised.value.kind, raised.value.facts["state"]) == ("state", "graph")
    assert "state:graph" in messages.PROPERTIES
