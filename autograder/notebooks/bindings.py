"""Finds the names that statements and functions bind, and the values that they may have."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """The value that one statement gives a name: a module's path, or the node that makes the value."""

    name: str
    path: str | None = None
    node: ast.AST | None = None
    alias: bool = False
    """True when the name is the node's value itself, not something made from it."""
    adds: bool = False
    """True when the name keeps its value and the node is added to it: `f.g = node`."""
    cell: int = 0
    place: int = 0
    """Of a cell's own name: the number of the top-level statement in the notebook."""


def bindings_of(node: ast.AST) -> Iterator[Binding]:
    """The names that one statement binds, without those of the statements inside it."""
    if isinstance(node, Definition):
        yield Binding(node.name, node=node)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.split(".")[0]
            yield Binding(
                alias.asname or root, path=alias.name if alias.asname else root, node=node
            )
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            path = None if node.level else f"{node.module}.{alias.name}"
            yield Binding(alias.asname or alias.name, path=path, node=node)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
        yield from _targets(node.target, node.value, adds=isinstance(node, ast.AugAssign))
    elif isinstance(node, ast.For | ast.AsyncFor):
        yield from _targets(node.target, node.iter, alias=False)
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                yield from _targets(item.optional_vars, item.context_expr, alias=False)
    for walrus in _walruses(node):
        yield from _targets(walrus.target, walrus.value)


def _targets(
    target: ast.AST, value: ast.AST, *, alias: bool = True, adds: bool = False
) -> Iterator[Binding]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, node=value, alias=alias and not adds, adds=adds)
    elif isinstance(target, ast.Tuple | ast.List):
        values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        pairs = len(values) == len(target.elts)
        for place, part in enumerate(target.elts):
            yield from _targets(part, values[place] if pairs else value, alias=alias and pairs)
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value, value, alias=False)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        root: ast.AST = target
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name):
            yield Binding(root.id, node=value, adds=True)


def _walruses(node: ast.AST) -> Iterator[ast.NamedExpr]:
    if isinstance(node, Definition):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from (n for n in ast.walk(child) if isinstance(n, ast.NamedExpr))


def inner_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements directly inside a compound statement that opens no scope."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


@dataclass
class Scope:
    """The names that a function binds, each with what it may be."""

    names: dict[str, list[Binding]] = field(default_factory=dict)
    outer: "Scope | None" = None

    def find(self, name: str) -> list[Binding] | None:
        """The values that a name may have; None when no enclosing function binds it."""
        if name in self.names:
            return self.names[name]
        return self.outer.find(name) if self.outer is not None else None


def scope_of(function: Function, outer: Scope | None) -> Scope:
    """The names that a function binds: its arguments, and what its statements bind."""
    scope = Scope(outer=outer)
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    last = positional[len(positional) - len(arguments.defaults) :]
    defaults: dict[ast.arg, ast.expr | None] = {
        **dict(zip(last, arguments.defaults, strict=True)),
        **dict(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)),
    }
    for argument in [
        *positional,
        *arguments.kwonlyargs,
        *filter(None, (arguments.vararg, arguments.kwarg)),
    ]:
        default = defaults.get(argument)
        scope.names[argument.arg] = (
            [] if default is None else [Binding(argument.arg, node=default, alias=True)]
        )
    elsewhere: set[str] = set()
    waiting = list(function.body) if not isinstance(function, ast.Lambda) else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere |= set(node.names)
        for binding in bindings_of(node):
            if not binding.adds:
                scope.names.setdefault(binding.name, []).append(binding)
        if not isinstance(node, Definition):
            waiting += inner_statements(node)
    for name in elsewhere:
        scope.names.pop(name, None)
    return scope
