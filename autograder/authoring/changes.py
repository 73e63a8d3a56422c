"""Small changes of a correct answer's code: each makes a mutant, which the checks should fail."""

import ast
import difflib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

Change = ast.AST | list[ast.stmt]
"""The replacement of a node: another node, or the statements that are left of it."""

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
}
_ONE_SIDED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)
"""Operators whose two sides cannot be exchanged."""
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SYMMETRIC = ("max", "min", "maximum", "minimum", "add", "mul", "equal")
"""Functions whose first two arguments can be exchanged."""
_ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_KEPT = (
    *(ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom),
    *(ast.Global, ast.Nonlocal, ast.Pass),
)


@dataclass(frozen=True)
class Mutant:
    """Code that differs from a correct answer by one change.

    source: the changed definitions.
    diff: the lines that differ, without indentation: `- before` and `+ after`.
    """

    source: str
    diff: tuple[str, ...]

    @property
    def key(self) -> str:
        """The line by which an author marks it: the new line, or the removed one if no line is new."""
        return next((line for line in self.diff if line.startswith("+")), self.diff[0])


def mutants_of(definitions: ast.Module) -> Iterator[Mutant]:
    """Every mutant of some definitions, in the order of the changed lines; equal ones once."""
    original = ast.unparse(definitions)
    seen = {original}
    for node in _nodes(definitions):
        for kind in _KINDS:
            for change in kind(node):
                source = ast.unparse(ast.fix_missing_locations(_with(definitions, node, change)))
                if source not in seen:
                    seen.add(source)
                    yield Mutant(source, _diff(original, source))


def definitions_of(source: str, name: str, others: Collection[str] = ()) -> ast.Module:
    """The top-level statements of some code that a name relies on, its own definition among them.

    Args:
        source: Python code.
        name: what it defines.
        others: names that are left alone, such as the other exercises of a notebook.
    """
    body = ast.parse(source).body
    wanted, waiting = {name}, [name]
    while waiting:
        looked_for = waiting.pop()
        for statement in body:
            if looked_for in _defined(statement):
                used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
                waiting += used - wanted - set(others)
                wanted |= used - set(others)
    return ast.Module([s for s in body if _defined(s) & wanted], [])


def _defined(statement: ast.stmt) -> set[str]:
    """The names that a top-level statement defines; none for an import."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        nodes = ast.walk(statement)
        return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return set()


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, except annotations, which change nothing."""
    yield node
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    below = _nodes(item)
                    if field == "context_expr":
                        next(below)  # it goes together with its block
                    yield from below


def _with(tree: ast.AST, node: ast.AST, change: Change) -> Any:
    """A copy of a tree in which a node is changed."""
    if tree is node:
        return change
    fields: dict[str, Any] = {}
    for field, value in ast.iter_fields(tree):
        if isinstance(value, list):
            fields[field] = []
            for item in value:
                new = _with(item, node, change) if isinstance(item, ast.AST) else item
                fields[field] += new if isinstance(new, list) else [new]
        else:
            fields[field] = _with(value, node, change) if isinstance(value, ast.AST) else value
    return type(tree)(**fields)


def _but(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of a node with some fields of its own."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})


def _diff(before: str, after: str) -> tuple[str, ...]:
    old, new = ([line.strip() for line in text.splitlines()] for text in (before, after))
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    return tuple(f"{line[0]} {line[1:]}" for line in lines if not line.startswith("@@"))


def _other_operators(node: ast.AST) -> Iterator[Change]:
    """Another operator, as between + and -; `and` for `or`."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        yield _but(node, op=_OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _but(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _other_comparisons(node: ast.AST) -> Iterator[Change]:
    """A comparison with or without equality, and the opposite one."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARISONS[type(operator)]:
                yield _but(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _no_sign(node: ast.AST) -> Iterator[Change]:
    """Without the `-`, `~` or `not` in front."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield node.operand


def _other_constants(node: ast.AST) -> Iterator[Change]:
    """Another number (also a dim or a default), and the other truth value (also of keepdim)."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(2 * value if value else 1.0)
        if value:
            yield ast.Constant(0.0)


def _other_defaults(node: ast.AST) -> Iterator[Change]:
    """`...` for a default that is no number: only a call that uses the default fails."""
    if isinstance(node, ast.arguments):
        for field in ("defaults", "kw_defaults"):
            defaults: list[ast.expr | None] = getattr(node, field)
            for place, default in enumerate(defaults):
                number = isinstance(default, ast.Constant) and isinstance(
                    default.value, int | float
                )
                if default is not None and not number:
                    new = [*defaults[:place], ast.Constant(...), *defaults[place + 1 :]]
                    yield _but(node, **{field: new})


def _swapped(node: ast.AST) -> Iterator[Change]:
    """Two operands, neighbouring arguments, indices or branches exchanged."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ONE_SIDED):
        yield _but(node, left=node.right, right=node.left)
    elif isinstance(node, ast.Call) and _name(node) not in _SYMMETRIC:
        for args in _with_neighbours_swapped(node.args):
            yield _but(node, args=args)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        for elts in _with_neighbours_swapped(node.slice.elts):
            yield _but(node, slice=ast.Tuple(elts, ast.Load()))
    elif isinstance(node, ast.IfExp):
        yield _but(node, body=node.orelse, orelse=node.body)


def _with_neighbours_swapped(items: list[Any]) -> Iterator[list[Any]]:
    for place in range(len(items) - 1):
        yield [*items[:place], items[place + 1], items[place], *items[place + 2 :]]


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _shorter_calls(node: ast.AST) -> Iterator[Change]:
    """Without a keyword argument, or without a method that takes none, as `.detach()`."""
    if isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            truth = isinstance(keyword.value, ast.Constant) and isinstance(
                keyword.value.value, bool
            )
            if not truth:  # the other value was tried as well
                yield _but(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])
        if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            yield node.func.value


def _no_blocks(node: ast.AST) -> Iterator[Change]:
    """The body without its `with`, as without no_grad, or without its `if`; no decorator."""
    if isinstance(node, ast.With):
        yield node.body
    elif isinstance(node, ast.If):
        yield node.body
        if node.orelse:
            yield node.orelse
    elif isinstance(node, ast.FunctionDef):
        for place in range(len(node.decorator_list)):
            left = [*node.decorator_list[:place], *node.decorator_list[place + 1 :]]
            yield _but(node, decorator_list=left)


def _other_lines(node: ast.AST) -> Iterator[Change]:
    """A statement dropped, or exchanged with the one below it."""
    if isinstance(node, ast.Module):
        return
    for field in ("body", "orelse", "finalbody"):
        lines = getattr(node, field, None)
        if not isinstance(lines, list):
            continue
        for place, line in enumerate(lines):
            if _can_go(line):
                left = [*lines[:place], *lines[place + 1 :]]
                yield _but(node, **{field: left or [ast.Pass()]})
            if place + 1 < len(lines) and _can_swap(line, lines[place + 1]):
                new = [*lines[:place], lines[place + 1], line, *lines[place + 2 :]]
                yield _but(node, **{field: new})


def _can_go(line: ast.stmt) -> bool:
    blocks = (ast.For, ast.While, ast.With, ast.Try)  # without it nothing is done
    return not isinstance(line, (ast.Return, *blocks, *_KEPT)) and not _is_docstring(line)


def _can_swap(line: ast.stmt, below: ast.stmt) -> bool:
    """Whether their order may matter."""
    for one in (line, below):
        if isinstance(one, (*_ENDS, *_KEPT)) or _is_docstring(one):
            return False
    names = [_assigned(line), _assigned(below)]
    if names[0] is None or names[1] is None:
        return True
    used = [{n.id for n in ast.walk(one) if isinstance(n, ast.Name)} for one in (line, below)]
    return bool(names[0] & used[1] or names[1] & used[0])


def _assigned(line: ast.stmt) -> set[str] | None:
    """The names that a plain assignment gives; None for other statements, which may do more."""
    if isinstance(line, ast.Assign) and all(isinstance(t, ast.Name) for t in line.targets):
        return {target.id for target in line.targets if isinstance(target, ast.Name)}
    return None


def _is_docstring(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


_KINDS: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (
    _other_operators,
    _other_comparisons,
    _no_sign,
    _other_constants,
    _other_defaults,
    _swapped,
    _shorter_calls,
    _no_blocks,
    _other_lines,
)
