"""The existing name that is nearest to one that isn't there: what a student may have meant."""

import ast
import builtins
import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

import numpy as np
import torch

from autograder.checking.forbidden import Forbidden
from autograder.notebooks.cells import Code
from autograder.notebooks.reach import uses_in

SIMILAR = 0.6
"""difflib's own least similarity of a name that is worth suggesting."""
ALIKE = 0.8
"""Similarity of a name of the notebook that is suggested before torch's function of the very name: one
letter of five differs."""
_OWNERS: dict[str, type] = {"Tensor": torch.Tensor, "Parameter": torch.nn.Parameter, "list": list,
                            "dict": dict, "tuple": tuple, "float": float, "int": int,
                            "numpy.ndarray": np.ndarray}  # fmt: skip
_MODULES: dict[str, ModuleType] = {"torch": torch, "torch.nn.functional": torch.nn.functional,
                                   "numpy": np, "math": math}  # fmt: skip


@dataclass(frozen=True)
class Near:
    """An existing name, as a sentence writes it.

    is_forbidden: whether it stands for something that the exercise forbids, or uses it; then no sentence
        suggests it.
    """

    name: str
    is_forbidden: bool


@dataclass(frozen=True)
class Names:
    """The names that there are for a student's function.

    code: the notebook.
    forbidden: the forbidden list of the exercise.
    """

    code: Code = field(default_factory=lambda: Code([]))
    forbidden: Forbidden = field(default_factory=Forbidden)

    def near_variable(self, wrong: str) -> Near | None:
        """The name of the notebook, of Python or of torch that is nearest to a variable's."""
        known = sorted({*self._own, *dir(builtins)} - {wrong})
        if hasattr(torch, wrong) and not difflib.get_close_matches(wrong, known, 1, ALIKE):
            return self._of_library(f"torch.{wrong}", f"torch.{wrong}")
        found = _near(wrong, known)
        if found is None:
            return None
        return Near(found, bool(uses_in(self.code, found, self.forbidden)))

    def near_attribute(self, wrong: str, owner: str) -> Near | None:
        """The nearest name in a module or a type; owner: its name in Python's message."""
        if owner in _MODULES:
            path, found = owner, _near(wrong, dir(_MODULES[owner]))
        elif owner in _OWNERS:
            kind = _OWNERS[owner]
            path, found = f"{kind.__module__}.{kind.__qualname__}", _near(wrong, dir(kind))
        else:
            return None
        return None if found is None else self._of_library(found, f"{path}.{found}")

    def _of_library(self, shown: str, path: str) -> Near:
        return Near(shown, self.forbidden.forbids(path))

    @cached_property
    def _own(self) -> frozenset[str]:
        """The names that the notebook's code gives a value anywhere."""
        found = set()
        for _, tree in self.code.trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                elif isinstance(node, ast.arg):
                    found.add(node.arg)
                elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                    found.add(node.name)
                elif isinstance(node, ast.alias):
                    found.add(node.asname or node.name.partition(".")[0])
        return frozenset(found)


def _near(wrong: str, names: Iterable[str]) -> str | None:
    public = sorted(name for name in names if not name.startswith("_"))
    found = difflib.get_close_matches(wrong, public, 1, SIMILAR)
    return found[0] if found else None
