"""What exceptions are about, read from the texts of the Python and the torch that are installed.

When one of them is renewed, a test that fails here says which pattern of
`autograder/grading/feedback/exceptions.py` no longer fits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from autograder.grading.feedback.exceptions import _TOPICS, topic_of
from autograder.sandbox.worker.executor import raised_by

X, Y = torch.ones(2, 3), torch.ones(2, 3, requires_grad=True)
ROW, ZERO = torch.arange(2), torch.tensor(0.0)
A = np.ones((2, 3))


def unassigned(given: Any) -> Any:
    if given is None:
        result = 1
    return result


def endless() -> Any:
    return endless()


def overwritten() -> None:
    powers = Y.exp()
    powers += 1
    powers.sum().backward()


@torch.inference_mode()
def inferred() -> torch.Tensor:
    return X * X


def stub() -> None:
    raise NotImplementedError()


def runs(source: str) -> Callable[[], None]:
    """Statements, or what a compiler warns about."""

    def run() -> None:
        exec(source, {"X": X, "Y": Y, "torch": torch})

    return run


TEXTS: list[tuple[str, Callable[[], Any], dict[str, str]]] = [
    ("undefined", runs("softmx"), {"name": "softmx"}),
    ("unassigned", lambda: unassigned(1), {"name": "result"}),
    ("none", runs("None + X"), {}),
    ("none", runs("X @ None"), {}),
    ("none", runs("None.shape"), {}),
    ("none", lambda: torch.exp(None), {}),  # type: ignore[arg-type]
    ("module_attribute", lambda: torch.sofmax, {"owner": "torch", "name": "sofmax"}),
    ("module_attribute", lambda: functional.sofmax, {"owner": "torch.nn.functional", "name": "sofmax"}),
    ("module_attribute", runs("import numpy; numpy.sofmax"), {"owner": "numpy", "name": "sofmax"}),
    ("attribute", runs("X.shap"), {"owner": "Tensor", "name": "shap"}),
    ("attribute", runs("[].shape"), {"owner": "list", "name": "shape"}),
    ("attribute", runs("import numpy; numpy.ones(2).shap"), {"owner": "numpy.ndarray"}),
    ("sizes", lambda: X + torch.ones(2, 2), {"first": "3", "second": "2"}),
    ("matrices", lambda: X @ X, {"first": "2x3", "second": "2x3"}),
    ("array_sizes", lambda: A + np.ones((2, 2)), {"first": "(2,3)", "second": "(2,2)"}),
    ("array_product", lambda: A @ A, {"first": "3", "second": "2"}),
    ("array_product", lambda: A.dot(A), {"first": "3", "second": "2"}),
    ("product_of_number", lambda: A @ np.ones(()), {}),
    ("singular", lambda: np.linalg.inv(np.ones((2, 2))), {}),
    ("singular", lambda: torch.inverse(torch.ones(2, 2)), {}),
    ("singular", lambda: torch.linalg.solve(torch.ones(2, 2), torch.ones(2, 1)), {}),
    ("not_square", lambda: np.linalg.inv(A), {}),
    ("not_square", lambda: torch.inverse(X), {}),
    ("reshape", lambda: X.reshape(4, 2), {"first": "[4, 2]", "second": "6"}),
    ("reshape", lambda: A.reshape(4, 2), {"first": "(4,2)", "second": "6"}),
    ("reshape", lambda: X.view(5), {"first": "[5]", "second": "6"}),
    ("expand", lambda: X.expand(4, 3), {"first": "[2, 3]", "second": "[4, 3]"}),
    ("expand", runs("torch.zeros(2, 3)[:, 0] = torch.ones(3)"), {"first": "[3]", "second": "[2]"}),
    ("assigned", runs("torch.zeros(2, 3)[[0, 1]] = torch.ones(3, 3)"), {"first": "[3, 3]"}),
    ("assigned", runs("import numpy; numpy.zeros((2, 3))[:] = numpy.ones((3, 3))"), {"first": "(3,3)"}),
    ("indices", lambda: X[ROW, torch.arange(3)], {"first": "[2]", "second": "[3]"}),
    ("xor", lambda: X ^ 2, {}),
    ("xor", lambda: Y ^ Y, {}),
    ("xor", runs("(1.5 + 1) ^ 2"), {}),
    ("xor", runs("y = 1.5; y ^= 2"), {}),
    ("xor", lambda: np.ones(2) ^ 2, {}),
    ("inference", lambda: inferred() * Y, {}),
    ("inference", lambda: inferred().add_(1), {}),
    ("indices", lambda: A[np.arange(2), np.arange(3)], {"first": "(2,)", "second": "(3,)"}),
    ("leaf", runs("Y += 1"), {}),
    ("leaf", lambda: Y[0].zero_(), {}),
    ("numpy", lambda: Y.numpy(), {}),
    ("bool_minus", lambda: 1 - (X > 0), {}),
    ("bool_minus", lambda: (X > 0) - (X > 0), {}),
    ("bool_minus", lambda: -(X > 0), {}),
    ("array_bool_minus", lambda: -(A > 0), {}),
    ("array_bool_minus", lambda: (A > 0) - (A > 0), {}),
    ("overwritten", overwritten, {}),
    ("no_graph", lambda: X.sum().backward(), {}),
    ("view", lambda: X.T.view(6), {}),
    ("out_of_range", lambda: X[5], {"name": "5", "owner": "0", "size": "2"}),
    ("out_of_range", lambda: X.gather(1, torch.tensor([[9]])), {"name": "9", "size": "3"}),
    ("out_of_range", lambda: A[5], {"name": "5", "owner": "0", "size": "2"}),
    ("no_dimension", lambda: X.sum(3), {"name": "3"}),
    ("no_axis", lambda: A.sum(3), {"name": "3", "size": "2"}),
    ("list_index", runs("[][1]"), {}),
    ("list_index", runs("()[1]"), {}),
    ("list_index", runs("[][0] = 1"), {}),
    ("no_dimensions", lambda: ZERO[0], {}),
    ("no_dimensions", lambda: ZERO[:, 0], {}),
    ("no_rows", lambda: len(ZERO), {}),
    ("no_rows", lambda: list(ZERO), {}),
    ("array_no_dimensions", lambda: np.array(1.0)[0], {}),
    ("array_no_rows", lambda: len(np.array(1.0)), {}),
    ("array_no_rows", lambda: list(np.array(1.0)), {}),
    ("many_indices", lambda: X[0, 0, 0], {"size": "2"}),
    ("array_many_indices", lambda: A[0, 0, 0], {"size": "2"}),
    ("number", runs("torch.exp(1.0)"), {"name": "exp", "owner": "float"}),
    ("", lambda: torch.exp(np.ones(2)), {}),  # type: ignore[arg-type]
    ("index_dtype", lambda: X[torch.tensor([0.5])], {}),
    ("index_dtype", lambda: X.gather(1, torch.ones(2, 1)), {}),
    ("index_dtype", runs("X[1.0]"), {}),
    ("index_dtype", lambda: A[np.array([0.5])], {}),
    ("dtypes", lambda: X @ X.double().T, {}),
    ("dtypes", runs("n = torch.ones(2, dtype=torch.int64); n += 0.5"), {}),
    ("dtypes", lambda: torch.dot(torch.ones(2), torch.ones(2).double()), {}),
    ("scalar", lambda: X.item(), {}),
    ("scalar", lambda: float(X), {}),
    ("scalar", runs("import math; math.exp(X)"), {}),
    ("scalar", lambda: torch.ones(0).item(), {}),
    ("array_scalar", lambda: float(A), {}),
    ("array_scalar", lambda: A.item(), {}),
    ("truth", lambda: bool(X), {}),
    ("array_truth", lambda: bool(A), {}),
    ("unpack", runs("a, b, c = X"), {"first": "3"}),
    ("unpack", runs("a, b = 1, 2, 3"), {"first": "2"}),
    ("zero_division", runs("1 / 0"), {}),
    ("zero_division", runs("1.0 % 0"), {}),
    ("", runs("0.0 ** -1"), {}),
    ("recursion", endless, {}),
    ("missing_key", runs("{}['a']"), {"name": "a"}),
    ("missing_module", runs("import nothing_of_the_kind"), {"name": "nothing_of_the_kind"}),
    ("stub", stub, {}),
    ("missing_argument", runs("(lambda a: a)()"), {}),
    ("missing_argument", runs("torch.exp()"), {"owner": "exp"}),
    ("extra_argument", runs("(lambda a: a)(1, 2)"), {}),
    ("extra_argument", runs("(lambda a: a)(1, a=1)"), {}),
    ("extra_argument", runs("(lambda a: a)(b=1)"), {"name": "b"}),
    ("extra_argument", runs("X.amax(1, axes=1)"), {"name": "axes"}),
    ("extra_argument", runs("len()"), {"owner": "len"}),
    ("not_callable", runs("X(0)"), {"owner": "Tensor"}),
    ("not_subscriptable", runs("(1.0)[0]"), {"owner": "float"}),
    ("not_subscriptable", runs("{1, 2}[0]"), {"owner": "set"}),
]  # fmt: skip
ELSEWHERE = {"device", "no_result", "gpu"}
"""The engine's own texts, and those of a build of torch: where there is a GPU, none is raised."""


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("topic", "fails", "values"), TEXTS)
def test_a_text_tells_what_the_exception_is_about(
    topic: str, fails: Callable[[], Any], values: dict[str, str]
) -> None:
    with pytest.raises(BaseException) as found:
        fails()
    raised = raised_by(found.value)
    told = topic_of(raised)
    assert told.id == topic, raised
    assert told.values.items() >= values.items()


def test_every_topic_has_a_text() -> None:
    assert {topic for topic, _, _ in TEXTS} | ELSEWHERE == {topic for topic, _, _ in _TOPICS} | {""}


@pytest.mark.skipif(
    torch.cuda.is_available() or torch.backends.mps.is_available(), reason="there is a GPU"
)
def test_a_gpu_that_is_not_there_is_told() -> None:
    for fails in (lambda: X.cuda(), lambda: X.to("mps"), lambda: torch.ones(1, device="mps")):
        with pytest.raises(Exception, match=r".") as found:
            fails()
        assert topic_of(raised_by(found.value)).id == "gpu", found.value
