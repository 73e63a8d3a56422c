"""Mutants: which ones are made of an answer, and what the audit says of those that pass."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring import mutants as judging
from autograder.authoring.changes import definitions_of, mutants_of
from autograder.authoring.mutants import Scope, Tally, audit_mutants
from autograder.authoring.slips import AuthoringError
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import SourceCell, SourceNotebook
from autograder.notebooks.exercises import Exercise

CHECKS = """
from autograder.checking import points

@points(1)
def test_value(student, reference):
    "Adds up."
    assert student.total([1.0, 3.0], 0.0) == reference.total([1.0, 3.0], 0.0)
"""
SOLUTION = '''
def total(values, start=0.0):
    """The sum."""
    result = start
    while values:
        result = result + values[0]
        values = values[1:]
    return result
'''
VARIANT = "def built_in(values, start=2):\n    return start + sum(values)\n"
SURVIVOR = "+ def total(values, start=1.0):"


def changed_lines(source: str, name: str = "f") -> set[tuple[str, ...]]:
    return {mutant.diff for mutant in mutants_of(definitions_of(source, name))}


def expected(text: str) -> set[tuple[str, ...]]:
    """`before => after` a line, or `before => (gone)`."""
    pairs = (line.split(" => ") for line in text.strip().splitlines())
    return {
        tuple(
            f"{sign} {line.strip()}"
            for sign, line in zip("-+", pair, strict=True)
            if line != "(gone)"
        )
        for pair in pairs
    }


KINDS = {
    "def f(a, b):\n    return a - b": """
        return a - b => return a + b
        return a - b => return b - a
    """,
    "def f(a, b):\n    return a @ b": """
        return a @ b => return a * b
        return a @ b => return b @ a
    """,
    "def f(a, b):\n    return a < b": """
        return a < b => return a <= b
        return a < b => return a >= b
    """,
    "def f(x):\n    return -x.detach()": """
        return -x.detach() => return x.detach()
        return -x.detach() => return -x
    """,
    "def f(x):\n    return x.amax(dim=1, keepdim=True)": """
        return x.amax(dim=1, keepdim=True) => return x.amax(keepdim=True)
        return x.amax(dim=1, keepdim=True) => return x.amax(dim=2, keepdim=True)
        return x.amax(dim=1, keepdim=True) => return x.amax(dim=0, keepdim=True)
        return x.amax(dim=1, keepdim=True) => return x.amax(dim=1, keepdim=False)
    """,
    "def f(x, training=True, mask=None):\n    return g(x, mask)": """
        def f(x, training=True, mask=None): => def f(x, training=False, mask=None):
        def f(x, training=True, mask=None): => def f(x, training=True, mask=...):
        return g(x, mask) => return g(mask, x)
    """,
    "def f(w):\n    with torch.no_grad():\n        w -= w.grad\n        w.zero_()": """
        with torch.no_grad(): => (gone)
        w -= w.grad => w += w.grad
        w -= w.grad => (gone)
        w.zero_() => (gone)
        w.zero_() => w
    """,
    "def f(x: 'int | None', p: Literal[1]) -> Literal[2]:\n    'Text 1.'\n    return x[p, 0.5]": """
        return x[p, 0.5] => return x[0.5, p]
        return x[p, 0.5] => return x[p, 1.0]
        return x[p, 0.5] => return x[p, 0.0]
    """,
    "def f(x):\n    a = x\n    b = x\n    return a": """
        a = x => (gone)
        b = x => (gone)
    """,
}


@pytest.mark.parametrize("source", KINDS)
def test_the_mutants_of_a_few_lines(source: str) -> None:
    assert {lines for lines in changed_lines(source) if not _is_moved(lines)} == expected(
        KINDS[source]
    )


def _is_moved(lines: tuple[str, ...]) -> bool:
    return len(lines) == 2 and lines[0][2:] == lines[1][2:]


def test_lines_whose_order_matters_are_moved() -> None:
    moved = ("+ w.zero_()", "- w.zero_()")
    assert moved in changed_lines("def f(w):\n    w -= w.grad\n    w.zero_()")
    independent = changed_lines("def f(x):\n    a = x\n    b = x\n    return a")
    assert not [lines for lines in independent if _is_moved(lines)]


def test_helpers_are_changed_and_other_exercises_are_not() -> None:
    source = """
EPS = 2
def f(x):
    return helper(x) + other(x)
def helper(x):
    return x * EPS
def other(x):
    return x / 5
def unused(x):
    return x / 7
"""
    lines = " ".join(
        line
        for mutant in mutants_of(definitions_of(source, "f", ["other"]))
        for line in mutant.diff
    )
    assert "+ EPS = 3" in lines and "+ return x / EPS" in lines
    assert "5" not in lines and "7" not in lines


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Tally]:
    """Audits the mutants of a solution, with a file of equivalent ones."""

    def run(
        equivalent: str = "", solution: str = SOLUTION, scope: Scope = Scope.REFERENCE
    ) -> Tally:
        folder = tmp_path / "total"
        folder.mkdir()
        (folder / "test_total.py").write_text(CHECKS)
        (folder / judging.FILE).write_text(equivalent)
        (folder / "variants.py").write_text(VARIANT)
        cell = SourceCell(solution, "total", True, False, False, 0.0, False)
        source = SourceNotebook(tmp_path / "total.ipynb", (cell,))
        exercise = Exercise(folder)
        judge = GradingJudge(exercise, collect(exercise), Reference(source), "secret", telling={})
        return audit_mutants(judge, source, source.namespace(), scope)

    return run


def test_a_mutant_that_passes_is_reported_with_its_lines(audited: Callable[..., Tally]) -> None:
    tally = audited()
    before = SURVIVOR.replace("+", "-").replace("1.0", "0.0")
    assert tally.problems == [
        f"a mutant of the reference passes every check:\n    {before}\n    {SURVIVOR}"
    ]
    assert (tally.made, tally.equivalent) == (tally.killed + 1, 0)


def test_a_mutant_that_loops_ends_and_counts_as_killed(audited: Callable[..., Tally]) -> None:
    dropped = ("- values = values[1:]",)
    assert dropped in changed_lines(SOLUTION, "total")
    assert not [problem for problem in audited().problems if dropped[0] in problem]


@pytest.mark.parametrize(
    "loop", ["[0 for _ in iter(int, 1)]", "sum(1 for _ in iter(int, 1))", "next(ever())"]
)
def test_every_loop_ends(audited: Callable[..., Tally], loop: str) -> None:
    solution = f"""
def ever():
    for number in iter(int, 1):
        if number:
            yield number
def total(values, start):
    if values == []:
        {loop}
    return sum(values, start)
"""
    tally = audited(solution=solution)
    assert tally.made > tally.killed > 0


def test_an_equivalent_mutant_is_accepted(audited: Callable[..., Tally]) -> None:
    tally = audited(f"REFERENCE = {{{SURVIVOR!r}: 'checks always say where to start'}}")
    assert (tally.problems, tally.equivalent) == ([], 1)


def test_a_mark_without_its_mutant_is_a_slip(audited: Callable[..., Tally]) -> None:
    marks = {SURVIVOR: "checks always say where to start", "+ return 2": "once it was correct"}
    [problem] = audited(f"REFERENCE = {marks!r}").problems
    assert problem.endswith(
        "equivalent_mutants.py: REFERENCE has '+ return 2', but no mutant with it passes"
    )


@pytest.mark.parametrize("marks", ["['+ return 2']", "{'+ return 2': ' '}", "{1: 'why'}"])
def test_a_mark_needs_a_reason(audited: Callable[..., Tally], marks: str) -> None:
    with pytest.raises(AuthoringError, match=r"should be a dict from changed lines to reasons"):
        audited(f"REFERENCE = {marks}")


def test_variants_are_changed_where_asked_for(audited: Callable[..., Tally]) -> None:
    marks = {SURVIVOR: "checks always say where to start"}
    of_variants = {"+ def built_in(values, start=3):": "the same"}
    equivalent = f"REFERENCE = {marks!r}\nVARIANTS = {of_variants!r}"
    tally = audited(equivalent, scope=Scope.ALL)
    assert tally.equivalent == 2
    [problem] = tally.problems
    assert problem.startswith("a mutant of built_in passes every check:")
    assert problem.endswith("+ def built_in(values, start=1):")


def test_without_mutants_nothing_is_looked_at(audited: Callable[..., Tally]) -> None:
    assert audited("raise SystemExit", scope=Scope.NONE) == Tally()
