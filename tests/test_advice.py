"""Advice: one line for what is right but could be better, and none where nothing is to be said."""

import pytest

from tests.one_class import OneClass

pytestmark = pytest.mark.slow

PLAIN = """def softmax(X):
    E = torch.exp(X - X.max(dim=1, keepdim=True).values)
    return E / E.sum(dim=1, keepdim=True)
"""


ADVICE = {
    "rows": (
        (
            "def softmax(X):\n"
            "    rows = []\n    for row in X:\n        e = torch.exp(row - row.max())\n"
            "        rows.append(e / e.sum())\n    return torch.stack(rows)"
        ),
        ["operators for 4 rows and", "for 8;"],
    ),
    "prints": (
        PLAIN.replace("    return", "    print(E.shape)\n    return"),
        ["prints while it runs"],
    ),
    "prints to stderr": (
        "import sys\n" + PLAIN.replace("    return", "    print(E, file=sys.stderr)\n    return"),
        ["prints while it runs"],
    ),
    "shadowed in the notebook": ("sum = 0\n" + PLAIN, ["line 1", "`sum`", "built-in"]),
    "shadowed in the function": (
        PLAIN.replace("    return", "    max = E.max()\n    return"),
        ["line 3", "`max`", "built-in"],
    ),
    "float64": (
        (
            "def softmax(X):\n"
            "    E = torch.exp(X.double() - X.double().max(1, keepdim=True).values)\n"
            "    return (E / E.sum(1, keepdim=True)).to(X.dtype)"
        ),
        ["line 2", "float64"],
    ),
    "float64 by name": (
        (
            "def softmax(X):\n"
            "    E = X.to(dtype=torch.float64)\n    E = torch.exp(E - E.amax(1, True))\n"
            "    return (E / E.sum(1, keepdim=True)).to(X.dtype)"
        ),
        ["line 2", "float64"],
    ),
    "stub line left": (
        PLAIN + "    raise NotImplementedError()\n",
        ["line 4", "NotImplementedError"],
    ),
}


@pytest.mark.parametrize("case", ADVICE)
def test_advice_costs_no_points(students: OneClass, case: str) -> None:
    source, words = ADVICE[case]
    result = students.grade("softmax", source)
    assert (result.status, result.score) == ("passed", 10), result
    [line] = result.advice
    assert all(word in line.text for word in words), line


def test_counts_are_those_of_the_code(students: OneClass) -> None:
    source = "def softmax(X):\n    return torch.stack([r.sub(r.logsumexp(0)).exp() for r in X])"
    [line] = students.grade("softmax", source).advice
    # unbind and stack once; sub, logsumexp and exp for each row
    assert "14 operators for 4 rows and 26 for 8" in line.text


def test_none_where_there_is_nothing_to_say(students: OneClass) -> None:
    test = "X = torch.ones(2, 3, dtype=torch.float64)\nprint(softmax(X), sum([1, 2]))"
    assert students.grade("softmax", PLAIN, test).advice == ()


IN_FLOAT64 = {
    "numerical_gradient": (  # whose input is float64
        "def numerical_gradient(f, x, eps=1e-5):\n"
        "    steps = torch.eye(x.numel(), dtype=torch.float64).reshape(-1, *x.shape) * eps\n"
        "    slopes = [f(x.detach() + s) - f(x.detach() - s) for s in steps]\n"
        "    return torch.stack(slopes).reshape(x.shape) / (2 * eps)"
    ),
    "sample": (  # whose numbers are random: the finer, the better
        "def sample(probs, n):\n"
        "    edges = probs.double().cumsum(0)\n"
        "    return torch.searchsorted(edges / edges[-1], torch.rand(n).double(), right=True)"
    ),
}


@pytest.mark.parametrize("name", IN_FLOAT64)
def test_float64_is_advised_against_only_where_float32_would_do(
    students: OneClass, name: str
) -> None:
    result = students.grade(name, IN_FLOAT64[name])
    assert (result.status, result.advice) == ("passed", ())


def test_a_warning_is_no_printing(students: OneClass) -> None:
    source = "import warnings\nwarnings.simplefilter('always')\n" + PLAIN.replace(
        "    return", "    warnings.warn('slow')\n    return"
    )
    assert students.grade("softmax", source).advice == ()


def test_none_for_a_forbidden_answer(students: OneClass) -> None:
    source = "def softmax(X):\n    print(X)\n    return torch.softmax(X.double(), 1)"
    result = students.grade("softmax", source)
    assert (result.status, result.advice) == ("forbidden", ())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            (
                "@torch.no_grad()\ndef sgd(params, lr, batch_size):\n    for w in params:\n"
                "        w -= lr * w.grad / batch_size\n        w.grad.zero_"
            ),
            ["line 5", "`w.grad.zero_`", "not called"],
        ),
        (
            (
                "def zero_grads(params):\n    for w in params:\n        w.grad.zero_()\n"
                "@torch.no_grad()\ndef sgd(params, lr, batch_size):\n    for w in params:\n"
                "        w -= lr * w.grad / batch_size"
            ),
            ["line 1", "`zero_grads`", "never used"],
        ),
    ],
)
def test_gradients_that_only_look_zeroed(students: OneClass, source: str, words: list[str]) -> None:
    [line] = students.grade("sgd", source).advice
    assert all(word in line.text for word in words), line
