"""A class of many students with five notebooks each, made alike on every machine.

Two thirds of the answers are correct, in as many styles as there are: those of the sample class and
the correct variants of each exercise. A third is wrong, each in its own way: the mistakes of the
sample class first, then known mistakes. Answers that cost little because nothing is judged (stubs,
syntax errors, crashes, forbidden functions) or much because a limit is waited for are left out.
"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import signature
from pathlib import Path

import nbformat

from autograder.checking import mistake
from examples.build_class import ANSWERS, EXERCISES, STUB, read_answers

ROOT = Path(__file__).resolve().parents[1]
NOT_JUDGED = {"forbidden", "timed out", "syntax error", "crashed"}
"""Reasons of build_class.ANSWERS that are left out."""
MARKS = {
    part.name for part in signature(mistake).parameters.values() if part.kind is part.KEYWORD_ONLY
}
"""The keywords of `mistake` that describe a mistake; its other keywords are the body's."""
WRONG = 3
"""Every third answer is wrong."""


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise.

    source: the body of the function, or with `whole` all that the cell holds.
    """

    name: str
    correct: bool
    source: str
    whole: bool


def answers(exercise: str) -> tuple[list[Answer], list[Answer]]:
    """Return the correct and the wrong answers to an exercise that a class can choose from."""
    bodies = read_answers(ROOT / "examples" / "answers.py")
    folder = ROOT / "autograder" / "exercises" / exercise
    correct = [
        Answer(style, True, bodies[f"{exercise}__{style}"], False) for style in ("short", "long")
    ]
    wrong = [
        Answer(name, False, bodies[name], False)
        for name, (_, why) in ANSWERS.items()
        if name.startswith(f"{exercise}__") and why not in NOT_JUDGED
    ]
    correct += [Answer(name, True, s, True) for name, s in cut(folder / "variants.py", exercise)]
    known = cut(folder / "misconceptions.py", exercise)
    return correct, wrong + [Answer(name, False, source, True) for name, source in known]


def chosen(exercise: str, students: int) -> list[Answer]:
    """Return each student's answer: a third wrong, taken evenly from all there are."""
    shift = [name for names in EXERCISES.values() for name in names].index(exercise)
    correct, wrong = answers(exercise)
    is_wrong = [(student + shift) % WRONG == 0 for student in range(students)]
    rows = {True: _evenly(wrong, sum(is_wrong)), False: _evenly(correct, students - sum(is_wrong))}
    return [next(rows[mistaken]) for mistaken in is_wrong]


def _evenly(pool: list[Answer], count: int) -> Iterator[Answer]:
    return (pool[number * len(pool) // count] for number in range(count))


def student_names(students: int) -> list[str]:
    """Return the students' names."""
    return [f"student{number:02}" for number in range(1, students + 1)]


def build(
    released: Path, output: Path, students: int, graded: int | None = None
) -> dict[tuple[str, str], bool]:
    """Write the first students' notebooks below a folder.

    Args:
        released: the assignments' released notebooks.
        output: gets <student>/<assignment>/<notebook>.ipynb.
        students: how many the class has.
        graded: how many of them to write; default all.

    Returns:
        by student and exercise, whether the answer is correct.
    """
    names = student_names(students)[:graded]
    correct = {}
    for notebook, exercises in EXERCISES.items():
        by_exercise = {exercise: chosen(exercise, students) for exercise in exercises}
        for place, name in enumerate(names):
            written = nbformat.read(released / f"{notebook}.ipynb", as_version=4)
            for exercise in exercises:
                answer = by_exercise[exercise][place]
                correct[name, exercise] = answer.correct
                [cell] = [c for c in written.cells if _grade_id(c) == exercise]
                cell.source = fill(cell.source, answer)
            path = output / name / f"{notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(written, path)
    return correct


def fill(stub: str, answer: Answer) -> str:
    """Return a cell with an answer in place of its stub."""
    [found] = STUB.finditer(stub)
    body = textwrap.indent(answer.source.rstrip("\n"), found[1])
    return answer.source if answer.whole else stub[: found.start()] + body + stub[found.end() :]


def _grade_id(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def cut(path: Path, exercise: str) -> Iterator[tuple[str, str]]:
    """Yield name and source of each public function of a module, with all that it relies on.

    The function gets the exercise's name; a mistake that is a setting of a body becomes a function that
    calls the body so. Functions that need the autograder itself are left out.
    """
    parts = _parts(ast.parse(path.read_text(encoding="utf-8")))
    for name, part in parts.items():
        node = _called(part, name)
        if isinstance(node, ast.FunctionDef) and not name.startswith("_"):
            needed = _needed(node, parts)
            if not any(_is_ours(part) for part in needed):
                module = ast.Module([_renamed(part, name, exercise) for part in needed], [])
                yield name, ast.unparse(ast.fix_missing_locations(module))


def _called(node: ast.stmt, name: str) -> ast.stmt:
    """In place of `name = mistake(body, switch=..., title=...)`, a function that calls the body so."""
    value = node.value if isinstance(node, ast.Assign) else None
    if not (isinstance(value, ast.Call) and ast.unparse(value.func) == mistake.__name__):
        return node
    body = ast.unparse(value.args[0])
    settings = [ast.unparse(k) for k in value.keywords if k.arg not in MARKS]
    call = f"{body}(*args, **kwargs, {', '.join(settings)})"
    [function] = ast.parse(f"def {name}(*args, **kwargs):\n    return {call}").body
    return ast.copy_location(function, node)


def _parts(module: ast.Module) -> dict[str, ast.stmt]:
    """The statements of a module by the names that they define, without the catalogue's marks."""
    parts: dict[str, ast.stmt] = {}
    for number, node in enumerate(module.body):
        if isinstance(node, ast.FunctionDef):
            marks = node.decorator_list
            node.decorator_list = [d for d in marks if "misconception" not in _names(d)]
            parts[node.name] = node
        elif isinstance(node, ast.ClassDef):
            parts[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                parts[alias.asname or alias.name.partition(".")[0]] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                parts |= dict.fromkeys(_names(target), node)
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            parts[f"statement {number}"] = node  # such as a generator's .seed()
    return parts


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _needed(function: ast.stmt, parts: dict[str, ast.stmt]) -> list[ast.stmt]:
    """The statements that a function relies on and itself, in the module's order."""
    found: list[ast.stmt] = []
    waiting = [function]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.append(node)
            waiting += [parts[name] for name in _names(node) if name in parts]
    defined = {name for name, node in parts.items() if node in found}
    effects = [n for n in parts.values() if isinstance(n, ast.Expr) and _names(n) <= defined]
    return sorted([*found, *effects], key=lambda node: node.lineno)


def _is_ours(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")


def _renamed(node: ast.stmt, old: str, new: str) -> ast.stmt:
    """A copy of a statement in which a function has its new name, its definition too."""
    [copy] = ast.parse(ast.unparse(node)).body
    for part in ast.walk(copy):
        if isinstance(part, ast.Name) and part.id == old:
            part.id = new
    if isinstance(copy, ast.FunctionDef) and copy.name == old:
        copy.name = new
    return copy
