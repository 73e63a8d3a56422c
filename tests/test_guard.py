"""The guard of forbidden built-ins, in this process: what raises, what is remembered, what works again."""

import functools
import math
import operator
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch._refs.nn.functional import softmax as softmax_of_refs
from torch.nn.functional import gumbel_softmax
from torch.optim.optimizer import _global_optimizer_pre_hooks

from autograder.checking import forbidden as lists
from autograder.checking.forbidden import SOFTMAX
from autograder.sandbox.student import FunctionRaised, LocalBackend, Student
from autograder.sandbox.worker import forbidden_autograd, forbidden_names, forbidden_operators
from autograder.sandbox.worker.forbidden_names import NameGuard
from autograder.sandbox.worker.forbidden_operators import ForbiddenOperator, Guard, kernels

X = torch.tensor([[0.5, 1.0], [2.0, -1.0]])
A = X.numpy()
matmul_of_before = np.matmul


@pytest.fixture
def guard() -> Iterator[Guard]:
    made = Guard()
    yield made
    made.forbid([])


def test_operators_work_again_when_released(guard: Guard) -> None:
    before = torch.softmax(X, 1)
    guard.forbid(list(SOFTMAX.operators))
    with pytest.raises(ForbiddenOperator):
        torch.softmax(X, 1)
    assert guard.take_hit() == "softmax"
    assert torch.isfinite(torch.logsumexp(X, 1)).all()
    guard.forbid([])
    assert torch.equal(torch.softmax(X, 1), before)
    assert guard.take_hit() is None


def test_at_home_operators_raise_only_during_the_check() -> None:
    backend = LocalBackend({"softmax": lambda X: torch.softmax(X, 1)})
    operators = {"softmax": list(SOFTMAX.operators)}
    with (
        backend.forbidding(operators),
        pytest.raises(FunctionRaised, match="ForbiddenOperator"),
    ):
        Student(backend).softmax(X)
    assert backend.hits == {"softmax": "softmax"}
    assert torch.equal(Student(backend).softmax(X), torch.softmax(X, 1))


ROUTES: dict[str, tuple[list[str], Callable[[], Any], str]] = {
    "an operator": (["mm", "matmul"], lambda: X @ X, "matmul"),
    "the second pattern": (["mv", "m?", "matmul"], lambda: torch.mm(X, X), "mm"),
    "in a map": (["*dropout*"], lambda: torch.vmap(
        lambda row: torch.dropout(row, 0.5, True), randomness="same")(X), "dropout"),
    "sparse": (["mm"], lambda: torch.mm(X.to_sparse(), X), "mm"),
    "with lower precision": (["matmul"], lambda: _in_bfloat16(), "matmul"),
    "where a gradient is required": (["tanh"], lambda: X.clone().requires_grad_().tanh(), "tanh"),
    "in inference mode": (["tanh"], torch.inference_mode()(lambda: X.tanh()), "tanh"),
    "in place": (["relu_"], lambda: X.clone().relu_(), "relu_"),
    "by its overload": (["_softmax"], lambda: torch.ops.aten._softmax.default(X, 1, False), "_softmax"),
    "a function of NumPy": (["numpy.dot"], lambda: np.dot(A, A), "numpy.dot"),
    "a function of the library": (["math.dist"], lambda: math.dist([0], [1]), "math.dist"),
    "an operator's function": (["operator.matmul"], lambda: operator.matmul(A, A), "operator.matmul"),
    "after a module that is left to the search": (
        ["numpy.linalg", "numpy.dot"], lambda: np.dot(A, A), "numpy.dot"),
    "a Python function by an old name": (
        ["torch.nn.functional.gumbel_softmax"], lambda: gumbel_softmax(X),
        "torch.nn.functional.gumbel_softmax"),
    "a class": (["torch.distributions.Categorical"],
        lambda: torch.distributions.Categorical(logits=X), "torch.distributions.Categorical"),
    "a class of a module": (["torch.distributions"],
        lambda: torch.distributions.categorical.Categorical(logits=X), "torch.distributions"),
    "its method, of an object of before": (["torch.distributions"],
        lambda: NORMAL.log_prob(X), "torch.distributions"),
    "one method of a class": (["torch.distributions.Normal.log_prob"],
        lambda: NORMAL.log_prob(X), "torch.distributions.Normal.log_prob"),
    "torch's own in Python": (["numpy.dot"], lambda: softmax_of_refs(X, 1), "torch._refs"),
    "decompositions": (
        ["numpy.dot"], lambda: torch._decomp.decompositions._softmax(X, 1, False), "torch._decomp"),
}  # fmt: skip
NORMAL = torch.distributions.Normal(0.0, 1.0)


def _in_bfloat16() -> torch.Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return X @ X


@pytest.mark.parametrize("name", ROUTES)
def test_what_is_forbidden_raises_is_remembered_and_works_again(guard: Guard, name: str) -> None:
    words, call, hit = ROUTES[name]
    call()
    guard.forbid(words)
    assert guard.take_hit() is None
    with pytest.raises(ForbiddenOperator, match=hit):
        call()
    assert guard.take_hit() == hit
    assert guard.take_hit() is None
    guard.forbid([])
    call()
    assert guard.take_hit() is None


def test_the_first_hit_is_kept_though_it_was_caught(guard: Guard) -> None:
    guard.forbid(["tanh", "sigmoid", "numpy.dot"])
    for call in (torch.sigmoid, torch.tanh, lambda X: np.dot(A, A)):
        with pytest.raises(ForbiddenOperator):
            call(X)
    assert guard.take_hit() == "sigmoid"
    assert guard.take_hit() is None


def test_an_optimizers_step_is_refused_before_it_begins(guard: Guard) -> None:
    """By the hook alone: an optimizer takes seconds to import, and tests/test_forbidden.py has some."""
    guard.forbid([lists.OPTIMIZER_STEP])
    [hook] = _global_optimizer_pre_hooks.values()
    with pytest.raises(ForbiddenOperator):
        hook(None, (), {})
    assert guard.take_hit() == lists.OPTIMIZER_STEP


def test_another_list_takes_the_place_of_the_first(guard: Guard) -> None:
    guard.forbid(["tanh", "numpy.dot", lists.OPTIMIZER_STEP])
    guard.forbid(["sigmoid"])
    torch.tanh(X), np.dot(A, A)
    assert not _global_optimizer_pre_hooks
    assert guard.take_hit() is None
    guard.forbid(["sigmoid"])
    with pytest.raises(ForbiddenOperator):
        torch.sigmoid(X)
    assert not guard.forbids_autograd


def test_what_is_beside_the_forbidden_works(guard: Guard) -> None:
    """Names that look alike, writing elsewhere, and going back through an honest answer."""
    W = X.clone().requires_grad_()
    guard.forbid([*SOFTMAX.enforced, *lists.MATRIX_PRODUCTS.enforced])
    for call in (
        lambda: torch.logsumexp(W, 1).sum().backward(),
        lambda: (W[:, :, None] * X[None]).sum(1).sum().backward(),
        lambda: torch.outer(X[0], X[1]),
        lambda: np.multiply(A, A),
        lambda: torch.autograd.grad(W.exp().sum(), W),
    ):
        call()
    assert guard.take_hit() is None


@pytest.mark.parametrize(
    "words",
    [
        ["mm"],
        ["linalg_vector_norm", "tanh"],
        SOFTMAX.enforced,
        ["pow"],  # with overloads alone
        ["_aminmax"],  # only under keys of ordinary calls
        ["_safe_softmax", "tanh"],  # the first kernel is under another key
        ["scatter"],  # the first needs what has no simple value
    ],
)
def test_a_guard_says_whether_it_still_raises(guard: Guard, words: list[str]) -> None:
    assert guard.raises(words)
    assert guard.take_hit() is None
    assert guard._library is not None
    guard._library._destroy()  # as a cell might
    assert not guard.raises(words)


def test_an_operator_is_tried_with_what_its_types_allow() -> None:
    arguments, aten = forbidden_operators._some_arguments, torch.ops.aten
    assert (arguments(aten.native_layer_norm.default) or [])[1:] == [[1], None, None, 0.5]
    assert (arguments(aten.norm.ScalarOpt_dim) or [])[1:] == [None, [1]]
    assert (arguments(aten.add.Scalar) or [])[1:] == [0]
    for without in (aten.add.out, aten.to.device, aten.scatter.reduce):
        assert arguments(without) is None


@pytest.mark.parametrize("words", [["numpy.dot"], [lists.OPTIMIZER_STEP], []])
def test_a_list_without_operators_is_not_doubted(guard: Guard, words: list[str]) -> None:
    assert guard.raises(words)


def test_operators_that_go_backward_or_write_elsewhere_are_left_alone() -> None:
    """Autograd itself calls them, for honest answers too; the others call what raises."""
    assert not [name for name in kernels() if name.endswith("_out") or "backward" in name]
    assert {"softmax", "_softmax", "dropout", "native_dropout", "relu_"} <= kernels().keys()
    assert ("_softmax", "CPU") in kernels()["_softmax"]
    assert ("mm", "SparseCPU") in kernels()["mm"]


def test_what_nobody_has_imported_is_left_alone(guard: Guard) -> None:
    """To look for it imports nothing, and a module that isn't there is no error."""
    absent = [name for name in ("scipy.ndimage", "cv2", "skimage") if name not in sys.modules]
    guard.forbid([*(f"{name}.thing" for name in absent), *absent, "numpy.thing", "numpy.dot"])
    assert not set(absent) & sys.modules.keys()
    with pytest.raises(ForbiddenOperator):
        np.dot(A, A)


def test_only_what_a_module_defines_is_swapped() -> None:
    """A class holds what Python's own do, a module what it imported: those belong to everybody."""
    found = [function for function, _ in forbidden_names._swaps("torch.distributions")]
    assert NORMAL.log_prob.__func__ in found
    modules = {function.__module__ for function in found}
    assert all(f"{module}.".startswith("torch.distributions.") for module in modules)
    own = [function for function, _ in forbidden_names._swaps("torch.distributions.Normal")]
    assert {function.__module__ for function in own} == {"torch.distributions.normal"}
    assert NORMAL.log_prob.__func__ in own
    assert torch.distributions.Categorical.log_prob not in own


def functions_at(path: str) -> set[str]:
    """By name; looked for anew, whatever was found before."""
    return {one.__name__ for one in forbidden_names._functions_of(path, sys.modules[path])}


def test_what_a_module_needs_itself_is_left_alone() -> None:
    """Others are imported by its helpers: an honest answer must not fail by them."""
    found = functions_at("torch.distributions")
    assert {"kl_divergence", "log_prob"} <= found
    assert not {"register_kl", "_dispatch_kl"} & found
    for path in forbidden_names.ELSEWHERE:
        assert not {"_broadcast_shapes", "_make_inplace", "trunc_divide"} & functions_at(path)
    assert "softmax" in functions_at("torch._refs")
    assert {"_softmax", "_log_softmax", "mse_loss"} <= functions_at("torch._decomp")


@pytest.fixture
def late() -> Any:
    """A module that nobody has imported yet."""
    made: Any = ModuleType("late")

    def function(x: int) -> int:
        return x

    class Holder:
        @staticmethod
        def plain(x: int) -> int:
            return x

        @classmethod
        def of(cls, x: int) -> int:
            return x

    for member in (function, Holder, Holder.plain, vars(Holder)["of"].__func__):
        member.__module__ = "late"
    made.function, made.Holder = function, Holder
    return made


def test_what_is_imported_between_two_functions_is_refused_in_the_second(
    late: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By every name that a cell gave it."""
    kept, hits = late.function, list[str]()
    calls = (kept, late.Holder.plain, late.Holder.of)
    guard = NameGuard(hits.append)
    guard.forbid(["late.function", "late.Holder"])
    guard.release()
    monkeypatch.setitem(sys.modules, "late", late)
    guard.forbid(["late.function", "late.Holder"])
    assert [call(1) for call in calls] == [None, None, None]
    guard.release()
    assert hits == ["late.function", "late.Holder", "late.Holder"]
    assert [call(1) for call in calls] == [1, 1, 1]
    assert len(hits) == 3


def test_what_refuses_looks_like_what_it_stands_for(guard: Guard) -> None:
    """A library that is imported meanwhile copies names; none of them leads to the function itself."""
    forbidden_names._swaps.cache_clear()  # it is made anew
    looks = ("__name__", "__qualname__", "__module__", "__doc__")
    before = [getattr(math.tanh, look) for look in looks]
    guard.forbid(["math.tanh", "torch.nn.functional.gumbel_softmax"])
    assert [getattr(math.tanh, look) for look in looks] == before
    assert not hasattr(math.tanh, "__wrapped__")
    assert gumbel_softmax.__code__.co_name == "gumbel_softmax"


def test_functions_keep_their_code_and_their_places(guard: Guard) -> None:
    before = gumbel_softmax.__code__
    for _ in range(2):
        guard.forbid(["torch.nn.functional.gumbel_softmax", "numpy.matmul"])
        assert gumbel_softmax.__code__ is not before
        assert np.matmul is not matmul_of_before
        guard.forbid([])
        assert gumbel_softmax.__code__ is before
        assert np.matmul is matmul_of_before


def test_a_guard_that_is_gone_refuses_nothing() -> None:
    guard = NameGuard(lambda path: None)
    guard.forbid(["numpy.dot"])
    kept = np.dot
    guard.release()
    assert kept(1, 2) is None


def test_a_copy_of_a_guarded_function_is_guarded() -> None:
    """A cell may make one, before anything is forbidden."""
    function = torch._decomp.decompositions._softmax
    guard = Guard()
    guard.forbid(["numpy.dot"])  # guards the function, here as in the fork server
    guard.forbid([])
    copy = FunctionType(function.__code__, function.__globals__, closure=function.__closure__)
    kept = [part for part in function.__code__.co_consts if callable(part)]
    assert torch.equal(copy(X, 1, False), X.softmax(1))
    assert not any(isinstance(part, FunctionType) for one in kept for part in one.args)
    guard.forbid(["*softmax*"])
    try:
        with pytest.raises(ForbiddenOperator, match=r"torch\._decomp"):
            copy(X, 1, False)
    finally:
        guard.forbid([])


def test_a_guard_inside_of_another_leaves_it_at_work() -> None:
    outer, inner = Guard(), Guard()
    outer.forbid(["numpy.dot"])
    inner.forbid(["numpy.dot", "*softmax*"])
    inner.forbid([])
    try:
        with pytest.raises(ForbiddenOperator, match=r"torch\._refs"):
            softmax_of_refs(X, 1)
    finally:
        outer.forbid([])
    assert softmax_of_refs(X, 1).shape == X.shape


W = torch.tensor([1.0, 2.0], requires_grad=True)
LOSS = (W * W).sum()
BACKWARD: dict[str, tuple[Callable[[], Any], str]] = {
    "backward": (lambda: LOSS.backward(retain_graph=True), "torch.autograd.backward"),
    "its function": (
        lambda: torch.autograd.backward([LOSS], retain_graph=True), "torch.autograd.backward"),
    "grad": (lambda: torch.autograd.grad(LOSS, W, retain_graph=True), "torch.autograd.grad"),
    "the function below": (
        lambda: torch.autograd.graph._engine_run_backward(
            (LOSS,), (torch.ones(()),), True, False, (), allow_unreachable=True, accumulate_grad=True),
        "torch.autograd"),
    "the engine": (
        lambda: torch.autograd.Variable._execution_engine.run_backward(
            (LOSS,), (torch.ones(()),), True, False, (), allow_unreachable=True, accumulate_grad=True),
        "torch.autograd"),
    "an engine of one's own": (
        lambda: torch._C._ImperativeEngine().run_backward(
            (LOSS,), (torch.ones(()),), True, False, (), allow_unreachable=True, accumulate_grad=True),
        "torch.autograd"),
    "functional": (lambda: torch.autograd.functional.vjp(torch.sum, W), "torch.autograd.functional"),
    "torch.func": (lambda: torch.func.grad(torch.sum)(W), "torch.func"),
    "forward": (lambda: _forward(), "torch.autograd.forward_ad"),
    "recording again": (lambda: _out_of_inference_mode(), "torch.inference_mode"),
}  # fmt: skip


def _forward() -> Any:
    with torch.autograd.forward_ad.dual_level():
        return torch.autograd.forward_ad.make_dual(W, W)


def _out_of_inference_mode() -> Any:
    with torch.inference_mode(False):
        return W * W


@pytest.mark.filterwarnings(
    "ignore:.torch.jit.script. is deprecated"
)  # going forward, by torch itself
@pytest.mark.parametrize("name", BACKWARD)
def test_autograd_is_refused_while_a_function_runs(guard: Guard, name: str) -> None:
    call, hit = BACKWARD[name]
    call()
    guard.forbid(lists.AUTOGRAD.enforced)
    assert guard.forbids_autograd
    call()
    assert guard.take_hit() is None
    with guard.running(), pytest.raises(ForbiddenOperator):
        call()
    assert guard.take_hit() == hit
    call()
    assert guard.take_hit() is None
    W.grad = None


def test_values_are_computed_without_a_graph_while_autograd_is_forbidden(guard: Guard) -> None:
    guard.forbid(lists.AUTOGRAD.enforced)
    with guard.running():
        assert (W * 2).tolist() == [2.0, 4.0]
        assert not (W * 2).requires_grad
        with torch.no_grad(), torch.inference_mode():
            assert (W * 2).tolist() == [2.0, 4.0]
    assert (W * 2).requires_grad
    assert guard.take_hit() is None


def test_autograd_works_again_after_a_function_that_raised(guard: Guard) -> None:
    guard.forbid(lists.AUTOGRAD.enforced)
    before = [getattr(owner, name) for owner, name in forbidden_autograd._ENGINES]
    with pytest.raises(ZeroDivisionError), guard.running():
        functools.reduce(operator.truediv, [1, 0])
    assert before == [getattr(owner, name) for owner, name in forbidden_autograd._ENGINES]
    assert torch.autograd.grad((W * W).sum(), W)[0].tolist() == [2.0, 4.0]
    with torch.inference_mode(False):
        assert (W * 2).requires_grad


def _set(x: torch.Tensor) -> None:
    x[0] = 1.0


def _add(x: torch.Tensor) -> None:
    x += 1


WRITES: dict[str, tuple[Callable[[torch.Tensor], object], bool]] = {
    "an entry": (_set, False),
    "an operator": (_add, False),
    "a method": (lambda x: x.mul_(2), False),
    "a view": (lambda x: _set(x.view(-1)), False),
    "a row of a view": (lambda x: _set(x.T[0]), False),
    "detached": (lambda x: _add(x.detach().view(-1)), True),
    "the data": (lambda x: _set(x.data), True),
    "a copy": (lambda x: _add(x.clone()), True),
    "without recording": (torch.no_grad()(_add), True),
    "a tensor of one's own": (lambda x: _set(torch.zeros_like(x)), True),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_leaf_may_not_be_written_in_place_below_autograd_either(guard: Guard, name: str) -> None:
    write, allowed = WRITES[name]
    for running in (nullcontext, guard.running):  # as it ever was, and while autograd is forbidden
        leaf = torch.ones(2, 2).requires_grad_()
        refused = pytest.raises(RuntimeError, match="leaf Variable that requires grad")
        with nullcontext() if allowed else refused, running():
            write(leaf)
        guard.forbid(lists.AUTOGRAD.enforced)
    assert not {"add_", "__setitem__"} & vars(torch.Tensor).keys()
    assert guard.take_hit() is None


def test_where_autograd_is_free_a_function_runs_as_ever(guard: Guard) -> None:
    for _ in ("nothing is forbidden yet", "something else is"):
        with guard.running():
            assert torch.autograd.grad((W * W).sum(), W)[0].tolist() == [2.0, 4.0]
        guard.forbid(["tanh"])
