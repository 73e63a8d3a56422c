"""The code cells of a notebook as syntax trees, and the names that they bind."""

import ast
from bisect import bisect_left
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from autograder.notebooks.bindings import Binding, Definition, bindings_of, inner_statements
from autograder.notebooks.syntax import parse
from autograder.sandbox.cells import Cell

LATEST = 10**9
"""A place after every statement."""


class Code:
    """The parsed code cells of a notebook."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._bindings: dict[str, list[Binding]] = {}
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
            for binding in bindings_of(node):
                bound = self._bindings.setdefault(binding.name, [])
                bound.append(replace(binding, cell=cell, place=place))
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                self._stars.append(node.module or "")
            if isinstance(node, ast.ClassDef):
                self._methods |= {n.name for n in ast.walk(node) if isinstance(n, Definition)}
            if not isinstance(node, Definition):
                self._collect(inner_statements(node), place, cell)

    def top_level(self) -> list[tuple[str, int, int]]:
        """(name, cell, line) of every name that a cell itself gives a value."""
        return [
            (binding.name, binding.cell, getattr(binding.node, "lineno", 0))
            for bound in self._bindings.values()
            for binding in bound
            if not binding.adds
        ]

    def has(self, name: str) -> bool:
        """Return whether some cell gives the name a value."""
        return name in self._bindings

    def is_method(self, name: str) -> bool:
        """Return whether a class of the notebook defines it."""
        return name in self._methods

    def bound(self, name: str, before: int = LATEST) -> list[Binding]:
        """The values that a name may have just before a statement: several, where branches set it."""
        known = self._bindings.get(name, [])
        end = bisect_left(known, before, key=lambda binding: binding.place) or len(known)
        found: list[Binding] = []
        for place in reversed(range(end)):  # a slice would copy thousands for one that is needed
            binding = known[place]
            if found and not found[-1].adds and binding.place != found[-1].place:
                break
            found.append(binding)
        return found

    def star(self, name: str) -> str | None:
        """The path of a name that no cell binds, if a star import may have brought it."""
        torch = [module for module in self._stars if module.split(".")[0] == "torch"]
        modules = torch or self._stars
        return f"{modules[-1]}.{name}" if modules else None
