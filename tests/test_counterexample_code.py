"""Code that reproduces a failing case: it makes the very call, whatever kind the arguments are."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder import functions
from autograder.grading.feedback.counterexample import as_code, as_data
from autograder.sandbox.student import LocalBackend, Student
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients


class _Keeping(LocalBackend):
    """Keeps the calls, with their cotangents."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        super().__init__(namespace)
        self.calls: list[Call] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        self.calls.append(call)
        return super().call(call)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        import msgspec

        self.calls[-1] = msgspec.structs.replace(self.calls[-1], cotangents=cotangents)
        return super().pull_back(number, cotangents)


def run_again(code: str, function: Any) -> dict[str, Any]:
    namespace = {"f": function, "torch": torch, "np": np}
    exec(code, namespace)
    return namespace


def test_every_kind_of_argument_is_written_down():
    seen = []

    def f(X, pair, options, dtype, size, g, number):
        seen.append((X, pair, options, dtype, size, g, number))

    backend = _Keeping({"f": f})
    X = np.array([[1.0, 2.0]], dtype=np.float32)
    pair = (torch.tensor([1, 2]), (3,))
    Student(backend).f(
        X, pair, {"w": [X], 3: None}, torch.float64, torch.Size([2]), functions.square,
        number=np.float64(0.5),
    )  # fmt: skip
    run_again(as_code(backend.calls, f), f)
    one, two = seen
    assert (one[0] == two[0]).all()
    assert two[0].dtype == np.float32
    assert two[2]["w"][0] is two[0]
    assert torch.equal(one[1][0], two[1][0])
    assert one[1][1] == two[1][1] == (3,)
    assert one[3:] == two[3:]
    assert type(two[6]) is np.float64
    data = as_data(backend.calls[0], f)
    assert data["X"] == [[1.0, 2.0]]
    assert (data["dtype"], data["g"], data["number"]) == ("torch.float64", "square", 0.5)


def test_an_input_inside_a_graph_is_shown_without_a_grad():
    def f(X):
        return X

    backend = _Keeping({"f": f})
    Student(backend).f(2 * torch.ones(2, requires_grad=True))
    assert as_data(backend.calls[0], f) == {"X": [2.0, 2.0]}


def test_infinities_and_nan_are_written_as_a_notebook_knows_them():
    seen = []

    def f(X, pair):
        seen.append((X, *pair))

    backend = _Keeping({"f": f})
    X = torch.tensor([[1.0, float("inf")], [float("nan"), -float("inf")]])
    Student(backend).f(X, (float("inf"), np.float64("-inf")))
    code = as_code(backend.calls, f)
    run_again(code, f)
    one, two = seen
    assert torch.equal(one[0].nan_to_num(7.0), two[0].nan_to_num(7.0))
    assert two[0][1, 0].isnan()
    assert one[1:] == two[1:]
    assert 'float("inf")' in code


def test_gradients_of_several_results_are_asked_for_in_one_backward():
    def f(X):
        return X * 2, {"total": X.sum()}

    backend = _Keeping({"f": f})
    X = torch.ones(2, requires_grad=True)
    doubled, named = Student(backend).f(X)
    torch.autograd.grad([doubled, named["total"]], X, [torch.tensor([1.0, 3.0]), torch.tensor(5.0)])
    code = as_code(backend.calls, f)
    assert "torch.autograd.backward([result[0], result[1]['total']]" in code
    assert run_again(code, f)["X"].grad.tolist() == [7.0, 11.0]


def test_a_call_through_an_adapter_is_made_through_it():
    adapter = "def adapt(function, n):\n    return list(function(n))\n"

    def f(n):
        yield from range(n)

    backend = _Keeping({"f": f})
    Student(backend, adapters={"f": adapter}).f(3)
    code = as_code(backend.calls, f)
    assert run_again(code.replace("adapt(f, 3)", "result = adapt(f, 3)"), f)["result"] == [0, 1, 2]


SHOWN = {
    "softmax": (
        "def softmax(X):\n    E = torch.exp(X)\n    return E / E.sum(1, keepdim=True)",
        "def softmax(X):\n    return torch.exp(X - X.logsumexp(0))",
        "def softmax(X):\n    return torch.exp(X - X.logsumexp(1, keepdim=True).detach())",
        "def softmax(X):\n    return torch.exp(X - X.logsumexp(1, keepdim=True)).double()",
    ),
    "cross_entropy": (
        "def cross_entropy(y_hat, y):\n    return -y_hat[range(len(y)), y].log().mean()",
    ),
    "sgd": (
        "def sgd(params, lr, batch_size):\n    for p in params:\n        p.data -= lr * p.grad",
        (
            "def sgd(params, lr, batch_size):\n    for p in params:\n"
            "        p.data -= lr * p.grad / batch_size"
        ),
    ),
}
"""Wrong answers, each with a failure that is shown by values, gradients, shapes, dtypes or state."""


@pytest.mark.slow
@pytest.mark.parametrize("exercise", SHOWN)
def test_a_pasted_snippet_ends_in_what_was_judged(students, exercise):
    for answer in SHOWN[exercise]:
        checks = students.grade(exercise, f"import torch\n{answer}").checks
        failed = [check for check in checks if check.outcome == "failed"]
        assert failed
        namespace = {"torch": torch}
        exec(answer, namespace)
        for check in failed:
            *statements, last = check.code.splitlines()
            expression, _, should = last.partition("  # should be ")
            exec("\n".join(statements), namespace)
            shown = eval(expression, namespace)
            assert should not in (str(shown), ""), check.code
            if isinstance(shown, torch.Tensor) and should.startswith("["):
                correct = torch.tensor(eval(should), dtype=shown.dtype)
                assert not torch.allclose(shown, correct, rtol=1e-4, atol=1e-6), check.code
