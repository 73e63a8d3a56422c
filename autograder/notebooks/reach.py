"""Finds where a notebook's code uses a built-in that the exercise forbids: for the message.

The code is parsed, never run or compiled. Names are followed through imports and aliases, and only
what the exercise's function can reach counts: a test cell may compare with the built-in.
"""

import ast
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch

from autograder.checking.forbidden import Forbidden
from autograder.notebooks.bindings import Binding, Function, Scope, bindings_of, scope_of
from autograder.notebooks.cells import LATEST, Code

MAX_ALIASES = 20
"""Names that are followed for one alias; a program may define a name by itself."""
METHODS = {"__matmul__": "the operator @"}
"""The name of a method in a sentence, where it is not called by its own."""
MAX_STEPS = 200_000
"""Nodes and aliases that one search looks at: some seconds; a long notebook has a few thousand."""


@dataclass(frozen=True)
class Use:
    """A use of a forbidden built-in: what it is called, and where it stands.

    decisive: it lies in a fully forbidden module, which has no operators to watch.
    """

    name: str
    cell: int
    line: int
    decisive: bool


class _TooLong(Exception):
    """Raised when a search has taken MAX_STEPS: aliases of aliases can be made to take for ever."""


_TOO_MUCH = (RecursionError, _TooLong)


def uses_in(code: Code, function: str, forbidden: Forbidden) -> list[Use]:
    """The forbidden built-ins that a function reaches, in the order they are reached."""
    search = _Search(code, forbidden)
    with suppress(*_TOO_MUCH):  # enforcement remains
        search.run(function)
    return search.found


def reached_by(code: Code, function: str) -> list[tuple[int, ast.AST]]:
    """(cell, node) of every definition and value that a function reaches."""
    search = _Search(code, Forbidden())
    with suppress(*_TOO_MUCH):
        search.run(function)
    return search.visited


class _Search:
    """Visits what a function reaches and notes the forbidden names."""

    def __init__(self, code: Code, forbidden: Forbidden) -> None:
        self._code = code
        self._forbidden = forbidden
        self._roots = {"torch", *(module.split(".")[0] for module in forbidden.modules)}
        self._found: dict[tuple[str, int, int], Use] = {}
        self._queue: list[Binding] = []
        self._seen: set[int] = set()
        self._cell = 0
        self._before = LATEST
        self._steps = 0
        self.visited: list[tuple[int, ast.AST]] = []

    @property
    def found(self) -> list[Use]:
        """The uses that were noted so far."""
        return list(self._found.values())

    def _spend(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _TooLong

    def run(self, function: str) -> None:
        """Start from a function's name. Raises RecursionError or _TooLong."""
        self._reach(function, self._made_before(function))
        while self._queue:
            binding = self._queue.pop(0)
            self._cell, self._before = binding.cell, binding.place
            if binding.path is not None:
                if binding.node is not None:
                    self._judge(binding.path, binding.node)
            elif binding.node is not None:
                self.visited.append((binding.cell, binding.node))
                self._visit(binding.node, None)

    def _made_before(self, function: str) -> int:
        """The place before which the notebook made the function last.

        A library's function that a later cell binds the name to doesn't count, as in a worker: it was
        imported to compare with.
        """
        before = LATEST
        while bound := self._code.bound(function, before):
            if not all(map(self._of_a_library, bound)):
                return before
            first = min(binding.place for binding in bound)
            if first >= before:
                break
            before = first
        return LATEST

    def _of_a_library(self, binding: Binding) -> bool:
        self._before = binding.place
        made = binding.node if binding.alias else None
        found = binding.path or (self._resolve(made, None) if made is not None else None)
        self._before = LATEST
        return found is not None

    def _reach(self, name: str, before: int) -> None:
        for binding in self._code.bound(name, before):
            self._spend()
            if id(binding) not in self._seen:
                self._seen.add(id(binding))
                self._queue.append(binding)

    def _visit(self, node: ast.AST, scope: Scope | None) -> None:
        self._spend()
        if isinstance(node, Function):
            self._visit_function(node, scope)
        elif isinstance(node, ast.Attribute):
            self._visit_attribute(node, scope)
        elif isinstance(node, ast.Name):
            self._visit_name(node, scope)
        elif isinstance(node, ast.Call | ast.Subscript) and (path := self._resolve(node, scope)):
            if not self._judge(path, node):
                self._visit_children(node, scope)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for binding in bindings_of(node):
                if binding.path is not None and isinstance(node, ast.ImportFrom):
                    self._judge(binding.path, node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._visit(node.value, scope)
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            self._judge_method("__matmul__", node)
            self._visit_children(node, scope)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
            self._visit_block(node.body if node.test.value else node.orelse, scope)
        else:
            self._visit_children(node, scope)

    def _visit_children(self, node: ast.AST, scope: Scope | None) -> None:
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._visit_block(value, scope)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self._visit(item, scope)
            elif isinstance(value, ast.AST):
                self._visit(value, scope)

    def _visit_block(self, statements: Sequence[ast.stmt], scope: Scope | None) -> None:
        for statement in statements:
            self._visit(statement, scope)
            if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
                return  # the code below it is never run

    def _visit_function(self, node: Function, scope: Scope | None) -> None:
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        for expression in (*decorators, *defaults):
            self._visit(expression, scope)
        inside, before = scope_of(node, scope), self._before
        self._before = LATEST  # a body looks names up when it is called
        if isinstance(node, ast.Lambda):
            self._visit(node.body, inside)
        else:
            self._visit_block(node.body, inside)
        self._before = before

    def _visit_attribute(self, node: ast.Attribute, scope: Scope | None) -> None:
        path = self._resolve(node, scope)
        if path is not None and self._judge(path, node):
            return
        stored = isinstance(node.ctx, ast.Store)
        if path is None and not stored:
            self._judge_method(node.attr, node)
        self._visit(node.value, scope)

    def _judge_method(self, name: str, node: ast.AST) -> None:
        """Note what seems to be a forbidden method: no class of the notebook has it."""
        if self._code.is_method(name):
            return
        if name in self._forbidden.methods:
            self._note(METHODS.get(name, name), node, decisive=True)
        elif self._forbidden.has_name(name) and hasattr(torch.Tensor, name):
            self._note(f"Tensor.{name}", node, decisive=False)

    def _visit_name(self, node: ast.Name, scope: Scope | None) -> None:
        if isinstance(node.ctx, ast.Store):
            return
        path = self._resolve(node, scope)
        if path is not None:
            self._judge(path, node)
        if scope is None or scope.find(node.id) is None:
            self._reach(node.id, self._before)

    def _judge(self, path: str, node: ast.AST) -> bool:
        """Note a path if it is forbidden."""
        decisive = self._forbidden.has_module(path)
        if decisive or (path.startswith("torch.") and self._forbidden.forbids(path)):
            self._note(path, node, decisive=decisive)
            return True
        return False

    def _note(self, name: str, node: ast.AST, *, decisive: bool) -> None:
        line = getattr(node, "lineno", 0)
        self._found.setdefault((name, self._cell, line), Use(name, self._cell, line, decisive))

    def _resolve(self, node: ast.AST, scope: Scope | None, depth: int = 0) -> str | None:
        """The dotted path in a library that an expression stands for, if it does."""
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
                if path is None:
                    self._judge_method(name, node)
                return path
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            imported = self._is_builtin_call(node, "__import__", scope)
            module = _text(node.args[0])
            if module is not None and (called == "import_module" or imported):
                root = module.split(".")[0]
                # `__import__("a.b")` is `a`, unless its `fromlist` names something.
                found = root if imported and len(node.args) < 4 and not node.keywords else module
                return found if root in self._roots else None
        return None

    def _is_builtin_call(self, node: ast.AST, name: str, scope: Scope | None) -> bool:
        return (
            isinstance(node, ast.Call)
            and bool(node.args)
            and isinstance(node.func, ast.Name)
            and node.func.id == name
            and not self._code.has(name)
            and (scope is None or scope.find(name) is None)
        )

    def _resolve_name(self, name: str, scope: Scope | None, depth: int) -> str | None:
        local = scope.find(name) if scope is not None else None
        if local is None and not self._code.has(name):
            return self._code.star(name)
        inside = scope if local is not None else None
        for binding in local if local is not None else self._code.bound(name, self._before):
            self._spend()
            if binding.path is not None:
                return binding.path
            node = binding.node
            if binding.alias and node is not None and not _names_itself(node, name):
                resolved = self._resolve(node, inside, depth + 1)
                if resolved is not None:
                    return resolved
        return None


def _names_itself(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _joined(path: str | None, name: str) -> str | None:
    return f"{path}.{name}" if path is not None else None


def _text(node: ast.AST) -> str | None:
    """The text that an expression stands for: a literal, or several with `+` between them."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
