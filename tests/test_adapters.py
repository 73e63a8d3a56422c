# ruff: noqa: E501  (sources, a line each)
"""Adapters run beside the student's code: generators, functions, classes and arrays can be exercised."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from autograder.adapting import MOST_ITEMS, items
from autograder.checking import assert_close, assert_results
from autograder.checking.failures import CheckFailure
from autograder.checking.strategies import logits
from autograder.grading.at_home import HomeJudge
from autograder.grading.backends import InProcessBackend, WorkerBackend
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.file import (
    Released,
    ReleasedExercise,
    decode_released,
    encode_released,
    without_student,
)
from autograder.grading.battery.recording import record
from autograder.notebooks.exercises import Exercise
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.student import FunctionRaised, LocalBackend, Student
from tests.judging import judge_of

pytestmark = pytest.mark.slow

ITEMS = "from autograder.adapting import items\ndef adapt(function, *args):\n    return items(function(*args))\n"
POWER = "def adapt(function, power, x):\n    return function(lambda x: (x**power).sum(), x)\n"
LINEAR = "def adapt(Linear, W, b, X):\n    model = Linear(W.shape[0], W.shape[1])\n    model.W, model.b = W, b\n    return model(X)\n"
NUMPY = (
    "import torch\ndef adapt(function, X):\n"
    "    result = function(X.detach().numpy())\n"
    "    return torch.from_numpy(result)\n"
)
SOURCE = """
import itertools
import numpy as np
import torch

def data_iter(batch_size, X):
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], start
def endless(batch_size, X):
    return itertools.count()
class Indexed:
    def __init__(self, X):
        self.X = X
    def __getitem__(self, number):
        if number >= 2:
            raise IndexError(number)
        return self.X[number]
def indexed(X):
    return Indexed(X)
def nothing(batch_size, X):
    pass
def numerical_gradient(f, x, eps=1e-5):
    return torch.tensor([(f(x + eps * e) - f(x - eps * e)) / (2 * eps) for e in torch.eye(len(x))])
class Linear:
    def __init__(self, d, q):
        self.W, self.b = torch.zeros(d, q), torch.zeros(q)
    def __call__(self, X):
        return X @ self.W + self.b
def softmax(X):
    E = np.exp(X - X.max(1, keepdims=True))
    return E / E.sum(1, keepdims=True)
def broken(batch_size, X):
    yield X
    raise ValueError("in the middle")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(Limits()) as server:
        yield server


@pytest.fixture(params=["worker", "here"])
def asked(request: pytest.FixtureRequest, server: ForkServer) -> Iterator[Any]:
    """Makes a student with adapters."""
    if request.param == "here":
        namespace: dict[str, Any] = {"__name__": "here"}
        exec(SOURCE, namespace)
        yield lambda **sources: Student(LocalBackend(namespace), adapters=sources)
        return
    with Session(server, [Cell(1, SOURCE)]) as session:
        yield lambda **sources: Student(WorkerBackend(session), adapters=sources)


def test_a_generator_arrives_as_a_list(asked: Any) -> None:
    X = torch.arange(5.0)
    result = asked(data_iter=ITEMS).data_iter(2, X)
    assert [(batch.tolist(), start) for batch, start in result] == [
        ([0.0, 1.0], 0),
        ([2.0, 3.0], 2),
        ([4.0], 4),
    ]


def test_an_endless_generator_ends(asked: Any) -> None:
    assert len(asked(endless=ITEMS).endless(2, torch.ones(3))) == MOST_ITEMS


def test_an_object_that_can_only_be_indexed_is_looped_over(asked: Any) -> None:
    """As a `for` loop does."""
    assert [x.item() for x in asked(indexed=ITEMS).indexed(torch.arange(5.0))] == [0, 1]


def test_what_is_no_iterable_stays_what_it_is(asked: Any) -> None:
    assert asked(nothing=ITEMS).nothing(2, torch.ones(3)) is None
    X = torch.ones(2)
    assert items(X) is X
    assert items("text") == "text"
    assert items(3) == 3


def test_functions_classes_and_arrays(asked: Any) -> None:
    student = asked(numerical_gradient=POWER, Linear=LINEAR, softmax=NUMPY)
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert torch.allclose(student.numerical_gradient(3, x).double(), 3 * x**2)
    X, W, b = torch.ones(2, 3), torch.ones(3, 1), torch.tensor([0.5])
    assert student.Linear(W, b, X).tolist() == [[3.5], [3.5]]
    assert torch.allclose(student.softmax(X), torch.full((2, 3), 1 / 3))


def test_what_the_function_raises_is_told_in_its_name(asked: Any) -> None:
    with pytest.raises(FunctionRaised) as caught:
        asked(broken=ITEMS).broken(2, torch.ones(3))
    assert str(caught.value) == "broken raised ValueError: in the middle"


def test_the_line_is_the_students(server: ForkServer) -> None:
    with Session(server, [Cell(1, SOURCE)]) as session:
        student = Student(WorkerBackend(session), adapters={"broken": ITEMS})
        with pytest.raises(FunctionRaised) as caught:
            student.broken(2, torch.ones(3))
    assert 'raise ValueError("in the middle")' in caught.value.raised.line


def test_a_generator_has_its_gradients(asked: Any) -> None:
    X = torch.arange(4.0, requires_grad=True)
    (first, _), (second, _) = asked(data_iter=ITEMS).data_iter(2, X)
    [G] = torch.autograd.grad([first.sum(), 2 * second.sum()], X)
    assert G.tolist() == [1.0, 1.0, 2.0, 2.0]


def test_an_exercise_with_an_adapter_is_recorded_judged_and_released(tmp_path: Path) -> None:
    """The file beside the checks is found; the battery holds no code, and is replayed at home."""
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "adapter.py").write_text(ITEMS)

    def check(student, reference, X):
        mine, theirs = student.rows(X), reference.rows(X)
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert_close(one, other)

    function = settings(settings.get_profile(PROFILE), max_examples=10)(given(X=logits())(check))
    judge, test = judge_of(function, {"rows": lambda X: (row * 2 for row in X)}, tmp_path / "rows")
    correct, wrong = {"rows": lambda X: [row + row for row in X]}, {"rows": lambda X: iter(X)}
    assert judge.verdict(test, InProcessBackend(correct)).failure is None
    failure = judge.verdict(test, InProcessBackend(wrong)).failure
    assert failure is not None
    assert isinstance(failure.error, CheckFailure)
    battery = without_student(judge.battery(test))
    released = Released("0", "a", "n", [ReleasedExercise("rows", 1.0, [battery])])
    [exercise] = decode_released(encode_released(released), "n.battery").exercises
    assert "def adapt" not in repr(exercise)
    home = HomeJudge(judge.exercise, (test,), {"test": exercise.batteries[0]}, None)
    assert home.verdict(test, InProcessBackend(correct)).failure is None
    assert home.verdict(test, InProcessBackend(wrong)).failure is not None


def test_an_exercise_without_one_has_none(tmp_path: Path) -> None:
    assert Exercise(tmp_path).adapters == {}


# Unpacking, in words


def got(result: Any, names: Any) -> str:
    with pytest.raises(CheckFailure) as caught:
        assert_results(result, names, function="f")
    assert caught.value.kind == "results"
    return str(caught.value)


def test_results_that_are_not_there_are_told_in_words() -> None:
    X = torch.ones(2, 3)
    assert assert_results([X, 1], 2, function="f") == (X, 1)
    assert assert_results((X, 1), ("dW", "db"), function="f") == (X, 1)
    assert got(None, 2) == "`f` returned None: is a `return` missing?"
    assert got((1, 2, 3), ("dW", "db")) == "`f` returned 3 results; it should return 2 (dW, db)"
    assert got(X, ("dW", "db")) == (
        "`f` returned one tensor of shape (2, 3); it should return a tuple of 2 results (dW, db)"
    )
    assert "a Python dict" in got({"dW": X, "db": X}, 2)
    assert "ndarray" in got(np.ones(2), 2)
    namespace = {"f": lambda: (i for i in range(2))}
    assert "returned a generator; it should" in got(Student(LocalBackend(namespace)).f(), 2)


def test_recording_needs_the_adapter() -> None:
    def check(student):
        assert student.rows(3) == [0, 1, 2]

    function = settings(settings.get_profile(PROFILE))(check)
    assert record(function, {"rows": lambda n: iter(range(n))}, 0, adapters={"rows": ITEMS})
