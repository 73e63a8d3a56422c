"""Known mistakes that keep something from case to case are told from those that keep nothing."""

from typing import Any

import pytest

from autograder.grading.feedback.stateless import is_stateless
from autograder.notebooks.course import Course
from tests.one_class import ROOT

BEFORE = (
    "import math\nimport numpy as np\nimport torch\nfrom functools import cache, partial, wraps\n"
    "EPS = (1e-8, 'x')\nseen = {}\n"
)
KEEPS_NOTHING = {
    "a constant": "def f(X):\n    return X + EPS[0] * math.pi",
    "a helper": "def g(X):\n    return X.exp()\ndef f(X, dim=1):\n    return g(X).sum(dim)",
    "a switch": "def g(X, *, chosen=slice(None)):\n    return X[chosen]\nf = partial(g, chosen=slice(1))",
    "an attribute of an argument": "def f(w):\n    w.grad = None",
    "a function of its own": "def f(X):\n    total = 0\n    def add(x):\n        nonlocal total\n"
    "        total += x\n    add(X)\n    return total",
    "a closure": "def make(p):\n    def f(X):\n        return X ** p\n    return f\nf = make(2)",
    "an attribute that a lambda reads": "def f(w):\n    w.grad = (lambda: w * 2)()\n    return w",
    "functions of NumPy": "def g(X, *, one, other):\n    return one(X) + other(X)\n"
    "f = partial(g, one=np.exp, other=np.zeros_like)",
    "a function that it wraps": "def g(X):\n    return X\n@wraps(g)\ndef f(X):\n    return g(X)",
    "a custom backward": "class G(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, X):\n"
    "        ctx.n = 2\n        return X * 2\n    @staticmethod\n    def backward(ctx, g):\n"
    "        return g * ctx.n\ndef f(X):\n    return G.apply(X)",
}
MAY_KEEP = {
    "a dict": "def f(X):\n    return seen.setdefault('X', X)",
    "a dict of a helper": "def g(X):\n    seen['X'] = X\ndef f(X):\n    return g(X)",
    "a default": "def f(X, known=[]):\n    known.append(X)\n    return known[0]",
    "a global": "n = 0\ndef f(X):\n    global n\n    n += 1\n    return X * n",
    "a variable around": "def make():\n    n = 0\n    def f(X):\n        nonlocal n\n        n += 1\n"
    "        return X * n\n    return f\nf = make()",
    "an attribute of what is around": "def make():\n    def g(): pass\n    def f(X):\n        g.n = X\n"
    "        return X\n    return f\nf = make()",
    "an attribute of itself": "def f(X):\n    f.n = getattr(f, 'n', 0) + 1\n    return X * f.n",
    "an attribute of a module": "def f(X):\n    torch.f_was_here = True\n    return X",
    "a cache": "@cache\ndef g(n):\n    return torch.rand(n)\ndef f(X):\n    return X * g(len(X))",
    "a tensor": "T = torch.zeros(3)\ndef f(X):\n    T.add_(1)\n    return X + T.sum()",
    "a generator": "R = torch.Generator()\ndef f(X):\n    return X * torch.rand(1, generator=R)",
    "an iterator": "I = iter(range(9))\ndef f(X):\n    return X * next(I)",
    "an object": "class C:\n    n = 0\n    def __call__(self, X):\n        self.n += 1\n"
    "        return X * self.n\nf = C()",
    "a class": "class C:\n    n = 0\ndef f(X):\n    C.n += 1\n    return X * C.n",
    "its own names": "def f(X):\n    globals()['n'] = X\n    return X",
}


def made(source: str) -> Any:
    namespace: dict[str, Any] = {"__name__": "mistakes"}
    exec(BEFORE + source, namespace)
    return namespace["f"]


@pytest.mark.parametrize("source", KEEPS_NOTHING.values(), ids=KEEPS_NOTHING)
def test_keeps_nothing(source: str) -> None:
    assert is_stateless(made(source))


@pytest.mark.parametrize("source", MAY_KEEP.values(), ids=MAY_KEEP)
def test_may_keep_something(source: str) -> None:
    assert not is_stateless(made(source))


def test_what_remembers_in_this_course_is_found() -> None:
    exercise = Course(ROOT).exercise("sgd")
    found = {
        mistake.id
        for mistake in exercise.mistakes()
        if not is_stateless(exercise.mistake_namespace(mistake.id)["sgd"])
    }
    assert found == {"remembers_velocity", "shrinks_lr_between_calls"}
