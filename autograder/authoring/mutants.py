"""Judges mutants of correct answers: one that passes every check shows a hole, or is correct, too."""

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import CodeType
from typing import Any

from autograder.authoring.changes import Mutant, definitions_of, mutants_of
from autograder.authoring.slips import AuthoringError, blaming
from autograder.grading.backends import InProcessBackend
from autograder.grading.judges import GradingJudge
from autograder.notebooks.course import SourceNotebook
from autograder.notebooks.exercises import Exercise, load_module
from autograder.sandbox.wire.messages import Answer, Call

FILE = "equivalent_mutants.py"
OF_REFERENCE, OF_VARIANTS = "REFERENCE", "VARIANTS"
"""Dicts in that file: from the changed line of a mutant to the reason why it is correct, too."""
MOST_ROUNDS = 20_000
"""Rounds of all loops in a call: four times as many as its multiplications (cases need at most 5,000)."""
_ROUND = "_round_of_a_mutant"


class Scope(StrEnum):
    """Which correct answers are changed."""

    NONE = "none"
    REFERENCE = "reference"
    ALL = "all"


@dataclass
class Tally:
    """How many mutants there were and how many were killed; `problems` names those that passed."""

    made: int = 0
    killed: int = 0
    equivalent: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Original:
    """A correct answer as code that can be changed.

    id: how problems call it.
    name: what the code calls it.
    definitions: the code, with what it relies on.
    around: the other names that it may use, such as imports.
    """

    id: str
    name: str
    definitions: ast.Module
    around: Mapping[str, Any]


def audit_mutants(
    judge: GradingJudge, source: SourceNotebook, namespace: Mapping[str, Any], scope: Scope
) -> Tally:
    """Change the correct answers of an exercise, and run the checks on every mutant.

    Args:
        judge: the exercise's; the reference passes all of its checks.
        source: the notebook.
        namespace: the notebook's functions.
        scope: which answers are changed.

    Raises:
        AuthoringError: when the file of equivalent mutants cannot be used.
    """
    tally = Tally()
    exercise = judge.exercise
    if scope is not Scope.NONE:
        originals = [_reference(source, exercise.function, namespace)]
        _judge_all(judge, originals, OF_REFERENCE, tally)
    if scope is Scope.ALL:
        _judge_all(judge, list(_variants(exercise)), OF_VARIANTS, tally)
    return tally


def _reference(source: SourceNotebook, name: str, namespace: Mapping[str, Any]) -> Original:
    cells = [cell.source for cell in source.cells if cell.solution and not cell.picture]
    others = source.points.keys() - {name}
    return Original(
        "the reference", name, definitions_of("\n\n".join(cells), name, others), namespace
    )


def _variants(exercise: Exercise) -> Iterator[Original]:
    path = exercise.path("variants.py")
    if path.exists():
        source = path.read_text(encoding="utf-8")
        around = vars(load_module(path, f"variants_of_{exercise.name}"))
        for name in exercise.variants():
            yield Original(name, name, definitions_of(source, name), around)


def _judge_all(
    judge: GradingJudge, originals: Sequence[Original], table: str, tally: Tally
) -> None:
    path = judge.exercise.path(FILE)
    equivalent = _equivalent(judge.exercise, table)
    stale = set(equivalent)
    for original in originals:
        for mutant in mutants_of(original.definitions):
            tally.made += 1
            if _is_killed(judge, original, mutant):
                tally.killed += 1
            elif mutant.key in equivalent:
                tally.equivalent += 1
                stale.discard(mutant.key)
            else:
                lines = "".join(f"\n    {line}" for line in mutant.diff)
                tally.problems.append(f"a mutant of {original.id} passes every check:{lines}")
    for key in equivalent:
        if key in stale:
            tally.problems.append(f"{path}: {table} has {key!r}, but no mutant with it passes")


def _equivalent(exercise: Exercise, table: str) -> dict[str, str]:
    """The mutants that the author marked: from a mutant's key to the reason."""
    path = exercise.path(FILE)
    if not path.exists():
        return {}
    with blaming(path):
        found = getattr(load_module(path, f"equivalent_mutants_of_{exercise.name}"), table, {})
    texts = isinstance(found, dict) and all(
        isinstance(t, str) for pair in found.items() for t in pair
    )
    if not texts or not all(reason.strip() for reason in found.values()):
        raise AuthoringError(f"{path}: {table} should be a dict from changed lines to reasons")
    return dict(found)


def _is_killed(judge: GradingJudge, original: Original, mutant: Mutant) -> bool:
    """Whether a check fails it. Checks after the first failed one are not asked."""
    code = _counting_rounds(mutant.source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mutant's own making
        for check in judge.checks:
            try:
                backend = _Bounded(code, original, judge.exercise.function)
            except Exception:  # code at the top level may raise any kind
                return True
            if judge.verdict(check, backend, brief=True).failure is not None:
                return True
    return False


class TooManyRounds(Exception):
    """Raised in a mutant whose loops go round more often than those of any answer."""


class _Rounds:
    """Counts the rounds of a mutant's loops: the same on every machine, unlike seconds."""

    def __init__(self) -> None:
        self.left = MOST_ROUNDS

    def __call__(self) -> bool:
        """One more round."""
        self.left -= 1
        if self.left < 0:
            raise TooManyRounds
        return True


class _Bounded(InProcessBackend):
    """Answers from a mutant; after a call whose loop did not end by itself, there are no more."""

    def __init__(self, code: CodeType, original: Original, name: str) -> None:
        self._rounds = _Rounds()
        namespace = {**original.around, _ROUND: self._rounds}
        exec(code, namespace)
        super().__init__({**namespace, name: namespace[original.name]})

    def call(self, call: Call) -> tuple[int, Answer]:
        """Make the call here."""
        if self._rounds.left < 0:
            raise TooManyRounds
        self._rounds.left = MOST_ROUNDS
        return super().call(call)


class _CountRounds(ast.NodeTransformer):
    """Lets every loop and comprehension call the counter in each round."""

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._loop(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.ifs.insert(0, _round())
        return self.generic_visit(node)

    def _loop(self, node: ast.For | ast.While) -> ast.AST:
        node.body.insert(0, ast.Expr(_round()))
        return self.generic_visit(node)


def _round() -> ast.Call:
    return ast.Call(ast.Name(_ROUND, ast.Load()), [], [])


def _counting_rounds(source: str) -> CodeType:
    tree = ast.fix_missing_locations(_CountRounds().visit(ast.parse(source)))
    return compile(tree, "<mutant>", "exec")
