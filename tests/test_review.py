"""The review list: what an instructor should look at, and nothing of what honest notebooks hold."""

import ast
from pathlib import Path

import pytest

from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course
from autograder.notebooks.exercises import find_exercise
from autograder.notebooks.review import internals_in, reachable_in, recognitions_in
from autograder.notebooks.submission import read_submission
from autograder.notes import note
from autograder.paths import EXERCISES
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.worker.forbidden_operators import Guard
from tests.bad_notebooks import ROOT
from tests.one_class import OneClass

SUBMITTED = sorted((ROOT / "examples/submitted").rglob("*.ipynb"))
VARIANTS = sorted(EXERCISES.glob("*/variants.py"))


def code(*sources: str) -> Code:
    return Code(Cell(number, source) for number, source in enumerate(sources, 1))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import autograder.grading", "autograder.grading"),
        ("from autograder.sandbox import wire", "autograder.sandbox.wire"),
        ("import ctypes", "ctypes"),
        ("import sys as s\nx = s._getframe(1)", "sys._getframe"),
        ("from gc import get_objects as g", "gc.get_objects"),
        ("import inspect\ninspect.stack()[1]", "inspect.stack"),
        ("def f(X): return torch._C._dispatch_dump('a')", "torch._C._dispatch_dump"),
        ("from torch.utils._python_dispatch import TorchDispatchMode", "TorchDispatchMode"),
        ("torch._refs.softmax(X, 1)", "torch._refs.softmax"),
        ("from torch._decomp import decompositions as d", "torch._decomp"),
        ("__builtins__['len'] = None", "__builtins__"),
        ("import builtins\nbuiltins.len = len", "builtins.len"),
        ("frame.f_back.f_locals['number']", "f_locals"),
        ("().__class__.__base__.__subclasses__()", "__subclasses__"),
        ("lib = torch.library.Library('aten', 'IMPL')", "torch.library.Library"),
    ],
)
def test_internals_are_named_with_their_cell_and_line(source, name):
    found = internals_in(code("import torch, sys", source))
    assert found
    assert all(sentence.text.startswith("cell 2, line ") for sentence in found)
    assert any(name in sentence.text for sentence in found)


def test_a_name_that_only_sounds_like_one_is_none():
    source = "from autograder import check\nimport gc\nctypes_of = 1\ngc.collect()\nself.stack()"
    assert internals_in(code(source, "import builtins\nbuiltins.print('x')")) == []


def test_what_can_be_reached_is_named():
    answers = code(
        "import torch\nf = torch.softmax",
        "def softmax(X):\n    if X.shape[0] > 10**9:\n        return f(X, 1)\n    return X.exp()",
    )
    found = reachable_in(answers, "softmax", find_exercise("softmax", [EXERCISES]).forbidden)
    assert found
    assert all("softmax can reach torch.softmax" in sentence.text for sentence in found)


@pytest.mark.parametrize(
    ("source", "sign"),
    [
        (f"TABLE = {list(range(50))}\ndef softmax(X): return TABLE[0]", "table of 50 numbers"),
        ("def softmax(X): return known[X.numpy().tobytes()]", "tobytes"),
        ("from hashlib import md5\ndef softmax(X): return known[md5(b'').digest()]", "md5"),
        ("def softmax(X): return seen.get(X.data_ptr())", "data_ptr"),
    ],
)
def test_answers_that_recognize_cases_are_named(source, sign):
    found = recognitions_in(code(source), "softmax")
    assert any(sign in sentence.text for sentence in found), found
    assert recognitions_in(code(source + "\ndef softmax(X): return X"), "softmax") == []


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.parent.name)
def test_correct_variants_are_not_on_the_list(path: Path):
    source = path.read_text()
    variants = code(source)
    forbidden = find_exercise(path.parent.name, [EXERCISES]).forbidden
    assert internals_in(variants) == []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            assert reachable_in(variants, node.name, forbidden) == [], node.name
            assert recognitions_in(variants, node.name) == [], node.name


def test_ordinary_notebooks_are_not_on_the_list():
    course = Course(ROOT)
    assert SUBMITTED
    for path in SUBMITTED:
        submission = read_submission(path, course, Limits())
        cells = Code(submission.cells)
        assert internals_in(cells) == [], path
        for exercise in submission.source.points:
            assert recognitions_in(cells, exercise) == [], path


HONEST = """
def softmax(X):
    E = (X - X.amax(1, keepdim=True)).exp()
    return E / E.sum(1, keepdim=True)
"""
LIFTED = """
import sys
[guard] = [m for name, m in sys.modules.items() if name.endswith("forbidden_operators")]
guard.Guard.forbid = lambda self, patterns: None
def softmax(X):
    return torch.softmax(X, 1)
"""


def test_a_guard_that_was_lifted_is_on_the_list_and_an_intact_one_is_not(students: OneClass):
    assert note("guard_changed") in students.submission("softmax", LIFTED).review
    passed = students.submission("softmax", HONEST)
    assert passed.exercises[0].status == "passed" and passed.review == ()


@pytest.mark.parametrize(
    "path", sorted(EXERCISES.glob("*/forbidden.py")), ids=lambda p: p.parent.name
)
def test_a_guard_knows_of_each_list_that_it_raises(path: Path):
    words = find_exercise(path.parent.name, [EXERCISES]).forbidden.enforced
    guard, lifted = Guard(), Guard()
    lifted.forbid = lambda patterns: None  # type: ignore[method-assign]
    try:
        assert guard.raises(words)
        guard.forbid([])
        if any("." not in word for word in words):
            assert not lifted.raises(words)
    finally:
        guard.forbid([])


def test_tangled_code_is_read_in_time():
    deep = "x = " + "f(" * 80 + "1" + ")" * 80
    many = "\n".join(f"sys._getframe({number})" for number in range(500))
    assert len(internals_in(code(deep, many))) == 20
    recognitions_in(code("def softmax(X):\n    return X" + ".a" * 2000), "softmax")
