"""The text of an answer, and of its exercise: for tools that read code and run none."""

import ast

from autograder.notebooks.bindings import Definition, bindings_of, inner_statements
from autograder.notebooks.course import BEGIN, END, SourceNotebook
from autograder.notebooks.files import SubmittedCell
from autograder.notebooks.submission import Submission
from autograder.notebooks.syntax import as_python, is_stub, parse

STUB = "raise NotImplementedError()"


def answer_of(submission: Submission, exercise: str) -> str | None:
    """The cell with a student's answer: the last that defines the function, else the one meant for it.

    None where there is neither.
    """
    found = _answer(submission, exercise)
    return None if found is None else found.source


def answer_with_helpers(submission: Submission, exercise: str) -> str | None:
    """The same with the student's own cells that it needs, in the notebook's order, each as Python.

    A cell is needed that is the last to define a name which the answer, or a needed cell, uses. Cells as
    they were released and answers to other exercises stay out: everybody has the first, and the second
    are compared by themselves.
    """
    answer = _answer(submission, exercise)
    if answer is None:
        return None
    others = {submission.functions.get(name, name) for name in submission.source.points}
    others.discard(submission.functions.get(exercise, exercise))
    released = {cell.source.strip() for cell in submission.source.cells}
    released |= {contract_of(submission.source, name).strip() for name in submission.source.points}
    definers: dict[str, SubmittedCell] = {}
    for cell in submission.submitted:
        bound = _bound(cell) if cell.kind == "code" else set()
        if cell.source.strip() not in released and not bound & others:
            definers |= dict.fromkeys(bound, cell)
    needed = {answer.number: answer}
    waiting = [answer]
    while waiting:
        for name in _used(waiting.pop()):
            cell = definers.get(name, answer)
            if cell.number not in needed:
                needed[cell.number] = cell
                waiting.append(cell)
    parts = (as_python(needed[number].source).strip("\n") for number in sorted(needed))
    return "\n\n\n".join(parts) + "\n"


def _answer(submission: Submission, exercise: str) -> SubmittedCell | None:
    function = submission.functions.get(exercise, exercise)
    code = [c for c in submission.submitted if c.kind == "code" or c.grade_id == exercise]
    defining = [cell for cell in code if is_stub(cell.source, function) is not None]
    meant = [cell for cell in code if cell.grade_id == exercise]
    found = defining or meant
    return found[-1] if found else None


def _bound(cell: SubmittedCell) -> set[str]:
    """The names that a cell itself gives values."""
    waiting: list[ast.AST] = [*(tree.body if (tree := parse(cell.source)) is not None else ())]
    names: set[str] = set()
    while waiting:
        node = waiting.pop()
        names |= {binding.name for binding in bindings_of(node) if not binding.adds}
        if not isinstance(node, Definition):
            waiting += inner_statements(node)
    return names


def _used(cell: SubmittedCell) -> set[str]:
    """The names that a cell reads, within its functions too."""
    tree = parse(cell.source)
    nodes = ast.walk(tree) if tree is not None else ()
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def contract_of(source: SourceNotebook, exercise: str) -> str:
    """The cell of an exercise as students get it, with its docstring and without the solution.

    Empty where the cell has no marks around its solution.
    """
    meant = [c.source for c in source.cells if c.grade_id == exercise and c.solution]
    if not meant or BEGIN not in meant[0]:
        return ""
    kept: list[str] = []
    inside = False
    for line in meant[0].splitlines():
        if line.strip() == BEGIN:
            inside = True
            kept.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif line.strip() == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept) + "\n"
