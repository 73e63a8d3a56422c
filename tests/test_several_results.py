"""Several results, arrays, dtypes and functions across the boundary; state; what cannot travel says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import functions
from autograder.checking import cotangent_like, leaf
from autograder.checking.strategies import logits, parameters, seeds
from autograder.grading.backends import InProcessBackend, WorkerBackend
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.lookahead import trips
from autograder.grading.battery.recording import BrokenCheck, record
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.student import CannotTravel, FunctionRaised, LocalBackend, Student
from autograder.sandbox.wire.frames import WireError
from autograder.sandbox.wire.messages import Answer, Call, decode_reply
from tests.judging import judge_of

pytestmark = pytest.mark.slow

SOURCE = """
import collections, itertools
import numpy as np
import torch

Pair = collections.namedtuple("Pair", "values total")

def pair(X, w):
    return X * w, (X * X).sum()
def listed(X, w):
    return list(pair(X, w))
def mapped(X, w):
    return {"scaled": X * w, "total": (X * X).sum(), "count": 3}
def named(X, w):
    return Pair(*pair(X, w))
def nested(X, w):
    return [(X * w, "text"), {"inner": [(X * X).sum()]}]
def same_twice(X, w):
    Y = X * w
    return Y, Y
def passed_on(X, w):
    return X, (X * w).sum()
def without_graph(X, w):
    return X * w, (X * X).sum().detach()
def largest(X):
    return X.max(dim=1)

def dragging(moving, X):
    moving += 0.1 * X.sum()
    return X * moving
def detaching(moving, X):
    with torch.no_grad():
        moving += 0.1 * X.sum()
    return X * moving.detach()
def replacing(states, X):
    states[0] = (states[0][0] + 1, states[0][1])
    states[1][1].add_(1)
def step(states, rate=1.0):
    for v, s in states:
        v.add_(rate)
        s.mul_(2)

def array(X):
    return np.exp(X)
def numbers(X):
    return X.mean(), X.max().astype(np.float32), X.dtype, X.shape
def in_place(X):
    X += 1
    return X
def kinds(X):
    return X.dtype, X.shape, torch.float64, None, 2, 0.5
def applied(f, x):
    return f(x), f
def generator(n):
    return (torch.tensor(i) for i in range(n))
class Module:
    pass
def module():
    return Module()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(Limits()) as server:
        yield server


@pytest.fixture(params=["worker", "here"])
def student(request: pytest.FixtureRequest, server: ForkServer) -> Iterator[Student]:
    if request.param == "here":
        namespace: dict[str, Any] = {"__name__": "here"}
        exec(SOURCE, namespace)
        yield Student(LocalBackend(namespace))
        return
    with Session(server, [Cell(1, SOURCE)]) as session:
        yield Student(WorkerBackend(session))


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    X = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
    return X, torch.tensor([2.0, 4.0], requires_grad=True)


# Several results


@pytest.mark.parametrize("name", ["pair", "listed", "named"])
def test_one_backward_goes_through_several_results(student: Student, name: str) -> None:
    X, w = inputs()
    scaled, total = getattr(student, name)(X, w)
    C = torch.tensor([[1.0, -1.0], [0.5, 2.0]])
    got = torch.autograd.grad([scaled, total], [X, w], [C, torch.tensor(3.0)], retain_graph=True)
    direct = torch.autograd.grad([X * w, (X * X).sum()], [X, w], [C, torch.tensor(3.0)])
    assert all(map(torch.equal, got, direct))
    [alone] = torch.autograd.grad(total, [X])
    assert torch.equal(alone, 2 * X)


def test_dicts_and_nested_results_have_gradients(student: Student) -> None:
    X, w = inputs()
    result = student.mapped(X, w)
    assert list(result) == ["scaled", "total", "count"]
    assert torch.equal(torch.autograd.grad(result["total"], X)[0], 2 * X)
    nested = student.nested(X, w)
    total = nested[0][0].sum() + nested[1]["inner"][0]
    assert torch.equal(torch.autograd.grad(total, X)[0], w.expand(2, 2) + 2 * X)


def test_gradcheck_passes_on_several_results(student: Student) -> None:
    X, w = (tensor.detach().double().requires_grad_() for tensor in inputs())
    assert torch.autograd.gradcheck(lambda X, w: student.pair(X, w), (X, w))


def test_a_result_that_is_there_twice_or_was_handed_in(student: Student) -> None:
    X, w = inputs()
    one, other = student.same_twice(X, w)
    assert one is other
    [G] = torch.autograd.grad([one.sum() + other.sum()], X)
    assert torch.equal(G, 2 * w.expand(2, 2))
    back, total = student.passed_on(X, w)
    assert back is X
    [G] = torch.autograd.grad(back.sum() + total, X)
    assert torch.equal(G, 1 + w.expand(2, 2))


def test_a_part_without_a_graph_has_none(student: Student) -> None:
    X, w = inputs()
    scaled, total = student.without_graph(X, w)
    assert scaled.requires_grad
    assert not total.requires_grad


def test_named_tuples_keep_their_names(student: Student) -> None:
    X, w = inputs()
    result = student.named(X, w)
    assert torch.equal(result.values, X * w)
    assert result._fields == ("values", "total")
    found = student.largest(X.detach())
    assert found.values.tolist() == [2.0, 5.0]
    assert found.indices.tolist() == found[1].tolist() == [1, 1]
    assert len(found) == 2


def test_gradients_of_several_results_come_with_the_call(tmp_path: Path) -> None:
    """Recorded and replayed in one trip, and what is wrong in one part is seen."""

    def check(student, reference, X, seed):
        results = []
        for side in (student, reference):
            A = leaf(X)
            parts = side.f(A)
            cotangents = [cotangent_like(part, seed + place) for place, part in enumerate(parts)]
            results.append(torch.autograd.grad(parts, A, cotangents)[0])
        assert torch.allclose(*results)

    function = settings(settings.get_profile(PROFILE), max_examples=20)(
        given(X=logits(), seed=seeds())(check)
    )
    namespace = {"f": lambda X: (X.exp(), (X * X).sum())}
    cases = record(function, namespace, 0)
    assert all(call.cotangents for trip in trips(cases) for call in trip)
    judge, test = judge_of(function, namespace, tmp_path / "f")
    same = judge.verdict(test, InProcessBackend(dict(namespace)), brief=True)
    assert same.failure is None
    wrong = {"f": lambda X: (X.exp(), (X * X.detach()).sum())}
    brief, whole = Counting(wrong), Counting(wrong)
    assert judge.verdict(test, brief, brief=True).failure
    assert judge.verdict(test, whole).failure
    assert 1 <= brief.calls < len(cases) <= whole.calls  # the first case is wrong already


class Counting(InProcessBackend):
    """Counts what it is asked."""

    calls = 0

    def call(self, call: Call) -> tuple[int, Answer]:
        """Make the call."""
        self.calls += 1
        return super().call(call)


# State


def test_state_that_drags_the_graph_along_is_seen(student: Student) -> None:
    X, _ = inputs()
    moving = torch.zeros(())
    student.dragging(moving, X)
    assert (moving.requires_grad, moving.is_leaf) == (True, False)
    assert moving.item() == pytest.approx(1.1)


def test_the_same_state_over_several_calls(student: Student) -> None:
    X, _ = inputs()
    moving = torch.zeros(())
    view = moving.view(1)
    for count in (1, 2, 3):
        student.detaching(moving, X)
        assert view.item() == pytest.approx(1.1 * count)
        assert not moving.requires_grad


def test_lists_of_pairs_are_restored_by_position_and_by_name(student: Student) -> None:
    first, second = (torch.zeros(2), torch.ones(2)), [torch.zeros(1), torch.ones(1)]
    states: list[Any] = [first, second]
    student.replacing(states, torch.ones(1))
    assert states[0][0].tolist() == [1.0, 1.0]
    assert states[0][0] is not first[0]
    assert states[0][1] is first[1]
    assert states[1] is second
    assert second[1].tolist() == [2.0]
    student.step(states=states, rate=2.0)
    assert states[0][0].tolist() == [3.0, 3.0]
    assert second[1].tolist() == [4.0]


def broken(check: Any, **drawn: Any) -> str:
    function = settings(settings.get_profile(PROFILE))(given(**drawn)(check))

    def step(params, lr):
        for w in params:
            w.data.sub_(lr)

    with pytest.raises(BrokenCheck) as caught:
        record(function, {"step": step, "clear": lambda params: params.clear()}, 0)
    return str(caught.value)


def test_a_check_that_waits_for_a_drawn_tensor_to_change_is_refused() -> None:
    def check(student, params):
        student.step(params, 0.1)

    def cleared(student, params):
        student.clear(params)

    assert "`step` changes a torch.Tensor that was drawn" in broken(check, params=parameters())
    assert "`clear` changes a list that was drawn" in broken(cleared, params=parameters())


def test_a_drawn_list_is_no_other_one_for_the_reference(student: Student) -> None:
    states: list[Any] = [(torch.zeros(2), torch.ones(2)), [torch.zeros(1), torch.ones(1)]]
    asked = Student(student._backend, drawn=[states])
    asked.replacing(states, torch.ones(1))
    assert states[0][0].tolist() == [0.0, 0.0]
    assert states[1][1].tolist() == [1.0]


# Arrays, dtypes, functions


def test_arrays_go_there_and_back(student: Student) -> None:
    X = np.array([[0.0, 1.0], [2.0, 3.0]])[:, ::-1]
    result = student.array(X)
    assert isinstance(result, np.ndarray)
    assert np.allclose(result, np.exp(X))
    mean, largest, dtype, shape = student.numbers(np.arange(4.0))
    assert (type(mean), mean) == (np.float64, 1.5)
    assert (type(largest), largest) == (np.float32, 3.0)
    assert (dtype, shape) == (np.dtype("float64"), (4,))


def test_an_array_is_changed_in_place_for_the_caller(student: Student) -> None:
    X = np.zeros((2, 3), dtype=np.float32)
    result = student.in_place(X)
    assert result is X
    assert X.tolist() == [[1.0] * 3] * 2


def test_dtypes_sizes_and_functions_travel(student: Student) -> None:
    X = torch.ones(2, 3)
    assert student.kinds(X) == (torch.float32, torch.Size([2, 3]), torch.float64, None, 2, 0.5)
    assert type(student.kinds(X)[1]) is torch.Size
    value, back = student.applied(functions.sum_of_squares, X)
    assert value.item() == 6.0
    assert back is functions.sum_of_squares


@pytest.mark.parametrize("name", functions.FUNCTIONS)
def test_named_functions_can_be_differentiated(name: str) -> None:
    x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(functions.FUNCTIONS[name], x)
    assert functions.FUNCTIONS[name](x.detach()[0]).shape == ()


# What cannot travel


class Layer(NamedTuple):
    mean: torch.Tensor
    rate: float


def test_an_argument_that_cannot_travel_says_what_to_do(student: Student) -> None:
    for value, called in (
        (lambda x: x, "a function"),
        (iter([1]), "a list_iterator"),
        ({1, 2}, "a set"),
    ):
        with pytest.raises(CannotTravel, match=r"adapter\.py") as caught:
            student.applied([value], 1)
        assert f"argument 1[0] of `applied` is {called}" in str(caught.value)
    with pytest.raises(WireError, match="complex64"):
        student.array(torch.ones(2, dtype=torch.complex64))


def test_what_a_check_draws_can_be_written_down() -> None:
    def check(student, case):
        student.step([case.mean.clone()], 0.1)

    layer = settings(settings.get_profile(PROFILE), max_examples=5)(
        given(case=st.builds(lambda: Layer(torch.ones(2), 0.5)))(check)
    )
    [case, *_] = record(layer, {"step": lambda params, lr: None}, 0)
    assert case.drawn.arguments()["case"].mean.tolist() == [1.0, 1.0]
    assert "it draws case, which is a set" in broken(check, case=st.just({1, 2}))


def test_a_result_that_cannot_travel_is_described(student: Student) -> None:
    assert student.generator(3).description == "a generator"
    assert student.module().description.endswith("Module")


HOSTILE = {
    "nested deep": "x = []\n    for _ in range(100_000):\n        x = [x]\n    return x",
    "itself": "x = []\n    x.append(x)\n    return x",
    "a huge tuple": "return tuple(range(1_000_000))",
    "a huge dict": "return {i: i for i in range(1_000_000)}",
    "many tensors": "return [torch.ones(1) for _ in range(5000)]",
    "many arrays": "return [np.ones(1) for _ in range(5000)]",
    "a huge array": "return np.zeros(2**22)",
    "fields that raise": (
        "class T(tuple):\n        @property\n        def _fields(self): raise KeyError\n"
        "        def __iter__(self): raise ValueError('no')\n    return T((1, 2))"
    ),
    "a class that raises": (
        "class M(type):\n        def __getattr__(self, name): raise SystemExit\n"
        "    class T(tuple, metaclass=M): pass\n    return T((1, 2))"
    ),
    "too few names": "class T(tuple): _fields = ('a',)\n    return T((1, 2))",
    "names that are none": "class T(tuple): _fields = (1, 2)\n    return T((1, 2))",
    "an array of objects": "return np.array([object()])",
    "a dict with odd keys": "return {(1, 2): 3}",
    "a class instead of an object": "return type",
    "a lying class": (
        "class T:\n        @property\n        def __class__(self): raise MemoryError\n    return T()"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_results_stay_bounded(server: ForkServer, name: str) -> None:
    source = (
        f"import numpy as np\nimport torch\ndef f():\n    {HOSTILE[name]}\ndef g():\n    return 1"
    )
    with Session(server, [Cell(1, source)]) as session:
        session.start()
        worker = session._process
        student = Student(WorkerBackend(session))
        try:
            result = student.f()
        except FunctionRaised as refused:
            assert refused.raised.kind == "Unreadable"
            assert len(str(refused)) < 400
        else:
            assert isinstance(result, tuple) or len(result.description) < 300
        assert student.g() == 1
        assert session._process is worker  # the first: none ended


def test_hostile_values_on_the_wire_are_refused() -> None:
    tensor = ["bfloat16", [1], b"\0\0"]
    for value in (
        ["a", 0], ["a", 5], ["a", 0, True], ["d", "torch.nn"], ["f", "system"],
        ["z", [-1]], ["z", [1] * 40], ["s", [1, 2], True, ["a"]], ["m", [[1.5, 1]]],
    ):  # fmt: skip
        frame = msgspec.msgpack.encode([0, ["answer", value, [tensor], None, True]])
        with pytest.raises(WireError):
            decode_reply(frame)
