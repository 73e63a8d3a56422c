"""Forbidden built-ins: every route to one is found, and what is fair stays allowed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.checking.forbidden import DROPOUT, LOSSES, OPTIMIZER_STEP, OPTIMIZERS, SOFTMAX
from autograder.grading.results import ExerciseResult
from autograder.notebooks.cells import Code
from autograder.notebooks.reach import uses_in
from autograder.reports import html, terminal
from autograder.sandbox.cells import Cell
from autograder.sandbox.worker import forbidden_operators as guard
from tests.one_class import OneClass

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
LOADED = """
import sys
from autograder.sandbox.worker import fork_server as server
from autograder.sandbox.worker.preload import preload
preload()
print(*sys.modules)
"""
"""What the fork server loads before it forks."""
HONEST = """def softmax(X):
    E = torch.exp(X - X.max(dim=1, keepdim=True).values)
    return E / E.sum(dim=1, keepdim=True)
"""


def is_forbidden(result: ExerciseResult) -> bool:
    return result.status == "forbidden" and result.score == 0


ROUTES = {
    "attribute": "def softmax(X):\n    return torch.softmax(X, 1)",
    "method": "def softmax(X):\n    return X.softmax(1)",
    "functional": """
import torch.nn.functional as F
def softmax(X):
    return F.softmax(X, dim=1)""",
    "module": "def softmax(X):\n    return torch.nn.Softmax(dim=1)(X)",
    "module made before": """
layer = torch.nn.Softmax(dim=1)
def softmax(X):
    return layer(X)""",
    "import as": """
from torch.nn.functional import softmax as s
def softmax(X):
    return s(X, 1)""",
    "alias": """
f = torch
work = f.softmax
def softmax(X):
    return work(X, 1)""",
    "the import is the answer": "from torch import softmax as g\nsoftmax = lambda X: g(X, 1)",
    "getattr": "def softmax(X):\n    return getattr(torch, 'softmax')(X, 1)",
    "getattr in pieces": "def softmax(X):\n    return getattr(torch, 'soft' + 'max')(X, 1)",
    "torch.ops": "def softmax(X):\n    return torch.ops.aten._softmax(X, 1, False)",
    "script": """
from torch import Tensor
@torch.jit.script
def work(X: Tensor) -> Tensor:
    return torch.softmax(X, 1)
work(torch.ones(2, 2)), work(torch.ones(2, 2))
def softmax(X):
    return work(X)""",
    "vmap": "def softmax(X):\n    return torch.vmap(lambda row: torch.softmax(row, 0))(X)",
    "log_softmax": "def softmax(X):\n    return torch.exp(X.log_softmax(1))",
    "attention": """
def softmax(X):
    eye = torch.eye(X.shape[1], dtype=X.dtype)
    return torch.nn.functional.scaled_dot_product_attention(X, eye, eye, scale=1.0)""",
    "caught, with a fallback": """
def softmax(X):
    try:
        return torch.softmax(X, 1)
    except BaseException:
        E = torch.exp(X - X.max(dim=1, keepdim=True).values)
        return E / E.sum(dim=1, keepdim=True)""",
    "only for float32": HONEST
    + """
mine = softmax
def softmax(X):
    return torch.softmax(X, 1) if X.dtype is torch.float32 else mine(X)""",
    "only going backward": """
class Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        E = torch.exp(X - X.max(dim=1, keepdim=True).values)
        ctx.save_for_backward(X)
        return E / E.sum(dim=1, keepdim=True)

    @staticmethod
    def backward(ctx, grad):
        S = torch.softmax(ctx.saved_tensors[0], 1)
        return S * (grad - (grad * S).sum(1, keepdim=True))

def softmax(X):
    return Softmax.apply(X)""",
}


IN_A_THREAD = """
import threading
def softmax(X):
    result = []
    thread = threading.Thread(target=lambda: result.append(torch.softmax(X, 1)))
    thread.start()
    thread.join()
    return result[0]"""


def test_a_thread_is_no_way_around(students: OneClass) -> None:
    """Where threads may be started the operator raises in them, too; elsewhere nothing is computed."""
    assert students.grade("softmax", IN_A_THREAD).score == 0


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_forbidden(students: OneClass, route: str) -> None:
    result = students.grade("softmax", ROUTES[route])
    assert is_forbidden(result), result
    assert {check.points for check in result.checks} == {0}
    named = result.checks[0].message.removeprefix("`softmax`").lower()
    assert "attention" in named if route == "attention" else "softmax" in named


OTHERS = [
    (
        "cross_entropy",
        (
            "from torch import nn\ndef cross_entropy(y_hat, y):\n"
            "    return nn.NLLLoss(reduction='none')(y_hat.log(), y)"
        ),
    ),
    (
        "cross_entropy",
        (
            "def cross_entropy(y_hat, y):\n    t = torch.eye(y_hat.shape[1])[y].to(y_hat)\n"
            "    return torch.nn.functional.kl_div(y_hat.log(), t, reduction='none').sum(1)"
        ),
    ),
    (
        "cross_entropy_with_logits",
        (
            "def cross_entropy_with_logits(logits, y):\n"
            "    return torch.nn.functional.cross_entropy(logits, y, reduction='none')"
        ),
    ),
    (
        "cross_entropy_with_logits",
        (
            "def cross_entropy_with_logits(logits, y):\n"
            "    return -logits.log_softmax(1)[torch.arange(len(y)), y]"
        ),
    ),
    (
        "sgd",
        (
            "def sgd(params, lr, batch_size):\n"
            "    step = torch.optim.SGD(params, lr / batch_size)\n"
            "    step.step()\n    step.zero_grad()"
        ),
    ),
    (
        "sgd",
        (
            "def sgd(params, lr, batch_size):\n"
            "    step = getattr(torch, 'op' + 'tim').SGD(params, lr / batch_size, foreach=False)\n"
            "    step.step()\n    step.zero_grad()"
        ),
    ),
    (
        "sgd",
        (
            "from torch.optim.sgd import sgd as step\ndef sgd(params, lr, batch_size):\n"
            "    with torch.no_grad():\n"
            "        step(params, [w.grad for w in params], [None] * len(params),"
            " weight_decay=0, momentum=0, lr=lr / batch_size,"
            " dampening=0, nesterov=False, maximize=False,"
            " foreach=False)\n    for w in params:\n        w.grad.zero_()"
        ),
    ),
    (
        "sgd",
        (
            "@torch.no_grad()\ndef sgd(params, lr, batch_size):\n"
            "    torch._foreach_add_(params, [w.grad for w in params], alpha=-lr / batch_size)\n"
            "    for w in params:\n        w.grad.zero_()"
        ),
    ),
    (
        "sgd_weight_decay",
        (
            "def sgd_weight_decay(param_groups, lr, batch_size):\n"
            "    for group in param_groups:\n        step = torch.optim.SGD(group['params'],"
            " lr / batch_size, weight_decay=batch_size * group.get('weight_decay', 0))\n"
            "        step.step()\n        step.zero_grad()"
        ),
    ),
    (
        "dropout",
        (
            "def dropout(X, p, training=True):\n"
            "    return torch.nn.functional.dropout(X, p, training)"
        ),
    ),
    (
        "dropout",
        (
            "layer = torch.nn.Dropout()\ndef dropout(X, p, training=True):\n"
            "    layer.p = p\n    return layer.train(training)(X)"
        ),
    ),
    (
        "dropout",
        (
            "def dropout(X, p, training=True):\n    if not training or p in (0, 1):\n"
            "        return X * (1 - p) if training else X\n"
            "    return torch.native_dropout(X, p, True)[0]"
        ),
    ),
    (
        "dropout",
        (
            "def dropout(X, p, training=True):\n"
            "    f = lambda row: torch.dropout(row, p, training)\n"
            "    return torch.vmap(f, randomness='different')(X)"
        ),
    ),
]


@pytest.mark.parametrize(("exercise", "source"), OTHERS)
def test_other_exercises(students: OneClass, exercise: str, source: str) -> None:
    result = students.grade(exercise, source)
    assert is_forbidden(result), result


FAIR = {
    "compares in the answer's cell": HONEST
    + "X = torch.randn(3, 4)\nassert torch.allclose(softmax(X), torch.softmax(X, 1))",
    "talks about it": '''
def softmax(X):
    """The same as torch.softmax(X, 1), by hand; see nn.Softmax."""
    # F.softmax would be shorter
    name = "torch.softmax"
    E = torch.exp(X - X.max(dim=1, keepdim=True).values)
    return E / E.sum(dim=1, keepdim=True)''',
    "own helpers of those names": """
def log_softmax(X):
    return X - X.logsumexp(1, keepdim=True)
class Softmax:
    def softmax(self, X):
        return torch.exp(log_softmax(X))
layer = Softmax()
def softmax(X):
    return layer.softmax(X)""",
    "redefined by hand": "def softmax(X):\n    return torch.softmax(X, 1)\n" + HONEST,
    "the gradient of logsumexp": """
def softmax(X):
    V = X.detach().requires_grad_()
    (S,) = torch.autograd.grad(torch.logsumexp(V, 1).sum(), V)
    E = torch.exp(X - torch.logsumexp(X, 1, keepdim=True))
    return E + 0 * S""",
    "never run": HONEST.replace(
        "    return", "    if False:\n        return X.softmax(1)\n    return"
    )
    + "    return torch.softmax(X, 1)\n",
}


@pytest.mark.parametrize("answer", FAIR)
def test_fair_answers_keep_their_points(students: OneClass, answer: str) -> None:
    result = students.grade("softmax", FAIR[answer])
    assert (result.status, result.score) == ("passed", 10), result


def test_a_test_cell_may_use_the_builtin(students: OneClass) -> None:
    test = (
        "X = torch.randn(3, 4)\nprint((softmax(X) - torch.nn.functional.softmax(X, 1)).abs().max())"
    )
    assert students.grade("softmax", HONEST, test).status == "passed"


def test_the_other_exercise_of_the_notebook_is_none_the_worse(students: OneClass) -> None:
    [by_optim] = [source for name, source in OTHERS if name == "sgd_weight_decay"]
    result = students.submission("sgd_weight_decay", by_optim)
    assert {e.name: (e.status, e.score) for e in result.exercises} == {
        "l2_penalty": ("passed", 3),
        "sgd_weight_decay": ("forbidden", 0),
    }
    assert (result.status, result.score) == ("forbidden", 3)


def test_the_message_names_it_and_its_place(students: OneClass) -> None:
    source = (
        "# by hand\nimport torch.nn.functional as F\ndef softmax(X):\n    return F.softmax(X, 1)"
    )
    result = students.submission("softmax", source)
    cell = next(
        number
        for number, text in enumerate(students.cells_of("softmax", source), 1)
        if text == source
    )
    expected = (
        f"`softmax` uses torch.nn.functional.softmax (cell {cell}, line 4), "
        "which is not allowed in this exercise"
    )
    [exercise] = result.exercises
    assert {check.message for check in exercise.checks} == {expected}
    assert html.render(exercise).count("is not allowed") == 1
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as captured:
        console.print(terminal.submission(result))
    assert captured.get().count(expected) == 1


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import torch as t\ndef f(X):\n    return t.softmax(X, 1)", ["torch.softmax"]),
        ("from torch import nn as n\ndef f(X):\n    return n.Softmax(1)(X)", ["torch.nn.Softmax"]),
        (
            "from torch.nn.functional import *\ndef f(X):\n    return softmax(X, 1)",
            ["torch.nn.functional.softmax"],
        ),
        ("import torch\ndef f(X, g=torch.softmax):\n    return g(X, 1)", ["torch.softmax"]),
        ("import torch\ndef f(X):\n    return torch.__dict__['softmax'](X, 1)", ["torch.softmax"]),
        (
            (
                "import importlib\ndef f(X):\n    t = importlib.import_module('torch')\n"
                "    return t.softmax(X, 1)"
            ),
            ["torch.softmax"],
        ),
        (
            (
                "%matplotlib inline\nimport torch\n!ls\ndef f(X):\n    return helper(X)\n"
                "def helper(X):\n    return torch.ops.aten._softmax(X, 1, False)"
            ),
            ["torch.ops.aten._softmax"],
        ),
        (
            (
                "import torch\n"
                "class C:\n    def go(self, X):\n        return torch.softmax(X, 1)\nc = C()\n"
                "def f(X):\n    return c.go(X)"
            ),
            ["torch.softmax"],
        ),
        ("def f(X):\n    import torch\n    return torch.softmax(X, 1)", ["torch.softmax"]),
        ("import torch\ndef f(torch):\n    return torch.softmax", ["Tensor.softmax"]),
        ("import torch\ndef g(X):\n    return torch.softmax(X, 1)\ndef f(X):\n    return X", []),
        (
            "import torch\ndef f(X):\n    def softmax(X):\n        return X\n    return softmax(X)",
            [],
        ),
        ("import torch\ndef f(X: torch.nn.Softmax) -> torch.nn.Softmax:\n    return X", []),
        ("def f(X):\n    return f(X", []),
        ("f = f", []),
        ("f = g\ng = f", []),
        ("def f(X):\n    return " + "(" * 5000 + ")" * 5000, []),
        ("import torch\nf = " + "-" * 3000 + "torch.softmax", []),
        ("\0", []),
    ],
)
def test_scan(source: str, names: list[str]) -> None:
    found = [use.name for use in uses_in(Code([Cell(1, source)]), "f", SOFTMAX)]
    assert list(dict.fromkeys(found))[: len(names)] == names
    assert bool(found) is bool(names)


def test_lists_name_what_pytorch_has() -> None:
    """Every pattern matches an operator of this version of torch: a renamed one would go unseen."""
    from fnmatch import fnmatchcase

    from autograder.sandbox.worker.forbidden_operators import kernels

    for forbidden in (SOFTMAX, LOSSES, OPTIMIZERS, DROPOUT):
        for pattern in forbidden.operators:
            if pattern != "optimizer.step":
                assert any(fnmatchcase(name, pattern) for name in kernels()), pattern


THE_GRADERS = (
    r"autograder\.(?!sandbox|paths$|language$|functions$|adapting$|kernel_cells$)|pytest|hypothesis"
)
"""`language` says in which language a limit is told; its catalogs are read where reports are made."""


def test_workers_hold_nothing_that_judges() -> None:
    """No check, no comparison, no reference: not even the code of the grader's own modules."""
    found = subprocess.run(
        [sys.executable, "-I", "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    names = set(found.stdout.split())
    assert "autograder.sandbox.worker.worker" in names
    assert not {name for name in names if re.match(THE_GRADERS, name)}


def test_both_sides_have_the_same_word_for_an_optimizers_step() -> None:
    assert guard.OPTIMIZER_STEP == OPTIMIZER_STEP
