"""Advice about code that is correct: one line each, worth no points."""

import ast
import builtins
from collections.abc import Iterator

from autograder.checking import messages
from autograder.grading.feedback.sentences import place_of
from autograder.notebooks.cells import Code
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.reach import reached_by
from autograder.notes import Note
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.student import Backend
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.wire.packing import Packing
from autograder.sandbox.wire.values import pack

FEW_ROWS, MANY_ROWS = 4, 8
"""Rows of the two calls whose operators are counted."""
MAX_SHADOWED = 3
_BUILTINS = frozenset(
    name for name in dir(builtins) if name.islower() and not name.startswith("_")
) - {"copyright", "credits", "display", "exit", "license", "quit"}
_FLOAT64 = ("float64", "double")
_CASTS = ("to", "type", "astype")


def advise(
    exercise: Exercise,
    code: Code,
    backend: Backend | None,
    *,
    prints: bool = False,
    in_float64: bool = False,
    cells: bool = True,
) -> tuple[Note, ...]:
    """Advice about one exercise's function.

    Args:
        exercise: which one.
        code: the notebook.
        backend: where it can be called once more, to count operators; None: don't.
        prints: whether it was seen to print.
        in_float64: whether its inputs are float64 in everyday use, and so is what it makes of them.
        cells: whether the cells are numbered as the student sees them.
    """
    function = exercise.function
    reached = reached_by(code, function)
    lines = [
        *_stub(function, code, cells),
        *(_vectorize(exercise, backend) if backend is not None else ()),
        *_shadowed(code, reached, cells),
        *_zero_grad(code, reached, cells),
    ]
    # Random numbers may be drawn as finely as one likes: that has nothing to do with stability.
    if not in_float64 and not exercise.is_random:
        lines += _float64(function, reached, cells)
    if prints:
        lines.append(_note("prints", function=function))
    return tuple(dict.fromkeys(lines))


def _note(id: str, **values: object) -> Note:
    return Note(id, messages.ADVICE[id].format(**values))


def _stub(function: str, code: Code, cells: bool) -> Iterator[Note]:
    """The stub's raise line, left in the function or in its cell."""
    for cell, tree in code.trees:
        for definition in tree.body:
            if isinstance(definition, ast.FunctionDef) and definition.name == function:
                for node in (*definition.body, *tree.body):
                    raised = node.exc if isinstance(node, ast.Raise) else None
                    if isinstance(raised, ast.Call) and raised.args:
                        continue  # it says why: a case that the student left out, not the stub's line
                    kind = raised.func if isinstance(raised, ast.Call) else raised
                    if isinstance(kind, ast.Name) and kind.id == "NotImplementedError":
                        place = place_of(cell.number, node.lineno, cells=cells)
                        yield _note("stub", place=place)


def _vectorize(exercise: Exercise, backend: Backend) -> Iterator[Note]:
    """Return whether the number of operators grows with the number of rows: counted, not timed."""
    arguments = exercise.vectorization
    if arguments is None:
        return
    counts = []
    for rows in (FEW_ROWS, MANY_ROWS):
        packing = Packing()
        values = [packing.value(argument) for argument in arguments(rows)]
        tensors = [pack(tensor) for tensor in packing.tensors]
        call = Call(
            exercise.function,
            values,
            [],
            tensors,
            seed=rows,
            count_operators=True,
            adapter=exercise.adapters.get(exercise.function, ""),
        )
        try:
            _, answer = backend.call(call)
        except StudentCodeError:
            return
        if answer.raised is not None or answer.operators is None:
            return
        counts.append(answer.operators)
    few, many = counts
    if many - few >= MANY_ROWS - FEW_ROWS:
        yield _note(
            "vectorize",
            function=exercise.function,
            few=FEW_ROWS,
            many=MANY_ROWS,
            few_operators=few,
            many_operators=many,
        )


def _shadowed(code: Code, reached: list[tuple[int, ast.AST]], cells: bool) -> Iterator[Note]:
    """Built-in names that the notebook, or the function inside, gives another meaning."""
    found = [(cell, line, name) for name, cell, line in code.top_level() if name in _BUILTINS]
    for cell, node in reached:
        for inner in ast.walk(node):
            stored = isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            if isinstance(inner, ast.Name) and stored and inner.id in _BUILTINS:
                found.append((cell, inner.lineno, inner.id))
    by_name = {name: (cell, line) for cell, line, name in sorted(found, reverse=True)}
    for name in sorted(by_name)[:MAX_SHADOWED]:
        place = place_of(*by_name[name], cells=cells)
        yield _note("shadowed", place=place, name=name)


def _zero_grad(code: Code, reached: list[tuple[int, ast.AST]], cells: bool) -> Iterator[Note]:
    """Gradients that are not zeroed although the code looks like it."""
    for cell, node in reached:
        for inner in ast.walk(node):
            named = inner.value if isinstance(inner, ast.Expr) else None
            if isinstance(named, ast.Attribute) and named.attr in ("zero_", "zero_grad"):
                place = place_of(cell, named.lineno, cells=cells)
                yield _note("not_called", place=place, name=_dotted(named))
    used = {
        name
        for _, tree in code.trees
        for node in ast.walk(tree)
        for name in (getattr(node, "id", ""), getattr(node, "attr", ""))
    }
    for cell_of, tree in code.trees:
        for node in tree.body:
            name = node.name if isinstance(node, ast.FunctionDef) else ""
            if "zero_grad" in name and name not in used:
                place = place_of(cell_of.number, node.lineno, cells=cells)
                yield _note("unused", place=place, name=name)


def _dotted(node: ast.Attribute) -> str:
    """`W.grad.zero_` for its node; no more than the path of a chain without an end."""
    owner: ast.expr = node.value
    names = [node.attr]
    while isinstance(owner, ast.Attribute) and len(names) < 5:
        names = [owner.attr, *names]
        owner = owner.value
    return ".".join([owner.id if isinstance(owner, ast.Name) else "…", *names])[:60]


def _float64(function: str, reached: list[tuple[int, ast.AST]], cells: bool) -> Iterator[Note]:
    """The first conversion to float64."""
    for cell, node in reached:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and _is_cast(inner):
                place = place_of(cell, inner.lineno, cells=cells)
                yield _note("float64", place=place, function=function)
                return


def _is_cast(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "double":
        return True
    if name in _CASTS and any(_is_float64(argument) for argument in call.args):
        return True
    # Drawing random numbers in float64 is no conversion.
    return not name.startswith("rand") and any(
        keyword.arg == "dtype" and _is_float64(keyword.value) for keyword in call.keywords
    )


def _is_float64(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _FLOAT64
