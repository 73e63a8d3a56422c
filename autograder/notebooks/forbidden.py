"""Where a notebook's code uses a built-in that the exercise does without: for the message.

The code is parsed, never run or compiled. Names are followed through imports and aliases, and only
what the exercise's function can reach counts: a test cell may compare with the built-in.
"""

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import torch

from autograder.checking.forbidden import Forbidden
from autograder.notebooks.syntax import parse
from autograder.sandbox.client import Cell

MAX_ALIASES = 20
"""Names that are followed for one alias; a program may define a name by itself."""
MAX_STEPS = 200_000
"""Nodes and aliases that one search looks at: some seconds; a long notebook has a few thousand."""
_LATEST = 10**9
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Use:
    """A use of a forbidden built-in: what it is called, and where it stands.

    decisive: it lies in a module of which nothing may be used, and which has no operators to watch.
    """

    name: str
    cell: int
    line: int
    decisive: bool


@dataclass(frozen=True)
class _Binding:
    """What one statement gives a name: a module's path, or the node that makes its value."""

    name: str
    place: int
    """The number of the top-level statement."""
    cell: int
    path: str | None = None
    node: ast.AST | None = None
    alias: bool = False
    """Whether the name is the node's value, not something made from it."""
    adds: bool = False
    """Whether the name keeps what it was and the node is added: `f.g = node`."""


class _TooLong(Exception):
    """Raised when a search has taken MAX_STEPS: aliases of aliases can be made to take for ever."""


_TOO_MUCH = (RecursionError, _TooLong)


class Code:
    """The parsed code cells of a notebook."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._bindings: dict[str, list[_Binding]] = {}
        self._stars: list[str] = []
        self._methods: set[str] = set()
        self._count = 0
        self.trees: list[tuple[Cell, ast.Module]] = []
        for cell in cells:
            tree = parse(cell.source)
            if tree is None:
                continue
            self.trees.append((cell, tree))
            for statement in tree.body:
                self._count += 1
                with suppress(RecursionError):  # a chain of a thousand `elif`
                    self._collect([statement], self._count, cell.number)

    def _collect(self, statements: Iterable[ast.stmt], place: int, cell: int) -> None:
        for node in statements:
            for made in _made_by(node):
                bound = self._bindings.setdefault(made.name, [])
                bound.append(
                    _Binding(made.name, place, cell, made.path, made.node, made.alias, made.adds)
                )
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                self._stars.append(node.module or "")
            if isinstance(node, ast.ClassDef):
                self._methods |= {n.name for n in ast.walk(node) if isinstance(n, _Definition)}
            if not isinstance(node, _Definition):
                self._collect(_inner_statements(node), place, cell)

    def top_level(self) -> list[tuple[str, int, int]]:
        """(name, cell, line) of every name that a cell itself gives a value."""
        return [
            (binding.name, binding.cell, getattr(binding.node, "lineno", 0))
            for bound in self._bindings.values()
            for binding in bound
            if not binding.adds
        ]

    def has(self, name: str) -> bool:
        """Whether some cell gives the name a value."""
        return name in self._bindings

    def is_method(self, name: str) -> bool:
        """Whether a class of the notebook defines it."""
        return name in self._methods

    def bound(self, name: str, before: int = _LATEST) -> list[_Binding]:
        """What a name is just before a statement: all of it, where that statement has branches."""
        known = self._bindings.get(name, [])
        end = bisect_left(known, before, key=lambda binding: binding.place) or len(known)
        found: list[_Binding] = []
        for place in reversed(range(end)):  # a slice would copy thousands for one that is needed
            binding = known[place]
            if found and not found[-1].adds and binding.place != found[-1].place:
                break
            found.append(binding)
        return found

    def star(self, name: str) -> str | None:
        """The path of a name that no cell binds, if a star import may have brought it."""
        if self.has(name):
            return None
        modules = [module for module in self._stars if module.split(".")[0] == "torch"]
        return f"{modules[-1]}.{name}" if modules else None

    def uses(self, function: str, forbidden: Forbidden) -> list[Use]:
        """The forbidden built-ins that a function reaches, in the order they are reached."""
        search = _Search(self, forbidden)
        with suppress(*_TOO_MUCH):  # enforcement remains
            search.run(function)
        return search.found

    def reached(self, function: str) -> list[tuple[int, ast.AST]]:
        """(cell, node) of every definition and value that a function reaches."""
        search = _Search(self, Forbidden())
        with suppress(*_TOO_MUCH):
            search.run(function)
        return search.visited


@dataclass(frozen=True)
class _Made:
    """A name and what a statement gives it."""

    name: str
    path: str | None = None
    node: ast.AST | None = None
    alias: bool = False
    adds: bool = False


def _made_by(node: ast.AST) -> Iterator[_Made]:
    """The names that one statement binds, without those of the statements inside it."""
    if isinstance(node, _Definition):
        yield _Made(node.name, node=node)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            root = alias.name.split(".")[0]
            yield _Made(alias.asname or root, path=alias.name if alias.asname else root, node=node)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            path = None if node.level else f"{node.module}.{alias.name}"
            yield _Made(alias.asname or alias.name, path=path, node=node)
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
) -> Iterator[_Made]:
    if isinstance(target, ast.Name):
        yield _Made(target.id, node=value, alias=alias and not adds, adds=adds)
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
            yield _Made(root.id, node=value, adds=True)


def _walruses(node: ast.AST) -> Iterator[ast.NamedExpr]:
    if isinstance(node, _Definition):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from (n for n in ast.walk(child) if isinstance(n, ast.NamedExpr))


def _inner_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements directly inside a compound statement that opens no scope."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


@dataclass
class _Scope:
    """The names that a function binds, each with what it may be."""

    names: dict[str, list[_Made]] = field(default_factory=dict)
    outer: "_Scope | None" = None

    def find(self, name: str) -> list[_Made] | None:
        """What a name may be; None when no enclosing function binds it."""
        if name in self.names:
            return self.names[name]
        return self.outer.find(name) if self.outer is not None else None


def _scope_of(function: _Function, outer: _Scope | None) -> _Scope:
    scope = _Scope(outer=outer)
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
            [] if default is None else [_Made(argument.arg, node=default, alias=True)]
        )
    elsewhere: set[str] = set()
    waiting = list(function.body) if not isinstance(function, ast.Lambda) else []
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere |= set(node.names)
        for made in _made_by(node):
            if not made.adds:
                scope.names.setdefault(made.name, []).append(made)
        if not isinstance(node, _Definition):
            waiting += _inner_statements(node)
    for name in elsewhere:
        scope.names.pop(name, None)
    return scope


class _Search:
    """Visits what a function reaches and notes the forbidden names."""

    def __init__(self, code: Code, forbidden: Forbidden) -> None:
        self._code = code
        self._forbidden = forbidden
        self._found: dict[tuple[str, int, int], Use] = {}
        self._queue: list[_Binding] = []
        self._seen: set[int] = set()
        self._cell = 0
        self._before = _LATEST
        self._steps = 0
        self.visited: list[tuple[int, ast.AST]] = []

    @property
    def found(self) -> list[Use]:
        """What was noted so far."""
        return list(self._found.values())

    def _spend(self, steps: int = 1) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise _TooLong

    def run(self, function: str) -> None:
        """Start from a function's name. Raises RecursionError or _TooLong."""
        self._reach(function, _LATEST)
        while self._queue:
            binding = self._queue.pop(0)
            self._cell, self._before = binding.cell, binding.place
            if binding.path is not None:
                if binding.node is not None:
                    self._judge(binding.path, binding.node)
            elif binding.node is not None:
                self.visited.append((binding.cell, binding.node))
                self._visit(binding.node, None)

    def _reach(self, name: str, before: int) -> None:
        for binding in self._code.bound(name, before):
            self._spend()
            if id(binding) not in self._seen:
                self._seen.add(id(binding))
                self._queue.append(binding)

    def _visit(self, node: ast.AST, scope: _Scope | None) -> None:
        self._spend()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._visit_function(node, scope)
        elif isinstance(node, ast.Attribute):
            self._visit_attribute(node, scope)
        elif isinstance(node, ast.Name):
            self._visit_name(node, scope)
        elif isinstance(node, ast.Call | ast.Subscript) and (path := self._resolve(node, scope)):
            if not self._judge(path, node):
                self._visit_children(node, scope)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for made in _made_by(node):
                if made.path is not None and isinstance(node, ast.ImportFrom):
                    self._judge(made.path, node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._visit(node.value, scope)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            self._visit_block(node.body if node.test.value else node.orelse, scope)
        else:
            self._visit_children(node, scope)

    def _visit_children(self, node: ast.AST, scope: _Scope | None) -> None:
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._visit_block(value, scope)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self._visit(item, scope)
            elif isinstance(value, ast.AST):
                self._visit(value, scope)

    def _visit_block(self, statements: Sequence[ast.stmt], scope: _Scope | None) -> None:
        for statement in statements:
            self._visit(statement, scope)
            if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
                return  # what follows is never run

    def _visit_function(self, node: _Function, scope: _Scope | None) -> None:
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        for expression in (*decorators, *defaults):
            self._visit(expression, scope)
        inside, before = _scope_of(node, scope), self._before
        self._before = _LATEST  # a body looks names up when it is called
        if isinstance(node, ast.Lambda):
            self._visit(node.body, inside)
        else:
            self._visit_block(node.body, inside)
        self._before = before

    def _visit_attribute(self, node: ast.Attribute, scope: _Scope | None) -> None:
        path = self._resolve(node, scope)
        if path is not None and self._judge(path, node):
            return
        stored = isinstance(node.ctx, ast.Store)
        if path is None and not stored and self._is_method(node.attr):
            self._note(f"Tensor.{node.attr}", node, decisive=False)
        self._visit(node.value, scope)

    def _is_method(self, name: str) -> bool:
        """Whether it seems to be a tensor's method: no class of the notebook has it."""
        return (
            self._matches(name) and hasattr(torch.Tensor, name) and not self._code.is_method(name)
        )

    def _visit_name(self, node: ast.Name, scope: _Scope | None) -> None:
        if isinstance(node.ctx, ast.Store):
            return
        path = self._resolve(node, scope)
        if path is not None:
            self._judge(path, node)
        if scope is None or scope.find(node.id) is None:
            self._reach(node.id, self._before)

    def _judge(self, path: str, node: ast.AST) -> bool:
        """Note a path if it is forbidden."""
        root, *parts = path.split(".")
        if root != "torch":
            return False
        decisive = any(path == m or path.startswith(f"{m}.") for m in self._forbidden.modules)
        if decisive or any(self._matches(part) for part in parts):
            self._note(path, node, decisive=decisive)
            return True
        return False

    def _matches(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._forbidden.names)

    def _note(self, name: str, node: ast.AST, *, decisive: bool) -> None:
        line = getattr(node, "lineno", 0)
        self._found.setdefault((name, self._cell, line), Use(name, self._cell, line, decisive))

    def _resolve(self, node: ast.AST, scope: _Scope | None, depth: int = 0) -> str | None:
        """The dotted path in torch that an expression stands for, if it does."""
        self._spend()
        if depth > MAX_ALIASES:
            return None
        if isinstance(node, ast.Name):
            return self._resolve_name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return _joined(self._resolve(node.value, scope, depth + 1), node.attr)
        if isinstance(node, ast.Subscript):
            key = _text(node.slice)
            owner = node.value
            if key is not None and isinstance(owner, ast.Attribute) and owner.attr == "__dict__":
                return _joined(self._resolve(owner.value, scope, depth + 1), key)
            if key is not None and self._is_builtin_call(node.value, "vars", scope):
                assert isinstance(node.value, ast.Call)
                return _joined(self._resolve(node.value.args[0], scope, depth + 1), key)
        if isinstance(node, ast.Call) and node.args:
            name = _text(node.args[1]) if len(node.args) > 1 else None
            if name is not None and self._is_builtin_call(node, "getattr", scope):
                path = _joined(self._resolve(node.args[0], scope, depth + 1), name)
                if path is None and self._is_method(name):
                    self._note(f"Tensor.{name}", node, decisive=False)
                return path
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            if called == "import_module" or self._is_builtin_call(node, "__import__", scope):
                module = _text(node.args[0])
                return module if module is not None and module.split(".")[0] == "torch" else None
        return None

    def _is_builtin_call(self, node: ast.AST, name: str, scope: _Scope | None) -> bool:
        return (
            isinstance(node, ast.Call)
            and bool(node.args)
            and isinstance(node.func, ast.Name)
            and node.func.id == name
            and not self._code.has(name)
            and (scope is None or scope.find(name) is None)
        )

    def _resolve_name(self, name: str, scope: _Scope | None, depth: int) -> str | None:
        local = scope.find(name) if scope is not None else None
        if local is not None:
            candidates: Iterable[tuple[str | None, ast.AST | None, bool]] = (
                (made.path, made.node, made.alias) for made in local
            )
            inside: _Scope | None = scope
        else:
            candidates = ((b.path, b.node, b.alias) for b in self._code.bound(name, self._before))
            inside = None
            if not self._code.has(name):
                return self._code.star(name)
        for path, node, alias in candidates:
            self._spend()
            if path is not None:
                return path
            if alias and node is not None and not _names_itself(node, name):
                resolved = self._resolve(node, inside, depth + 1)
                if resolved is not None:
                    return resolved
        return None


def _names_itself(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _joined(path: str | None, name: str) -> str | None:
    return f"{path}.{name}" if path is not None else None


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
