"""Whether a known mistake keeps anything from one case to the next, judged by the values that it reaches.

One that keeps nothing answers a case the same whatever it was asked before: its answers are computed once
and serve every diagnosis. Where this is unknown, the answer is no, which only costs time.
"""

import dis
import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

_REBINDS = {"STORE_GLOBAL", "DELETE_GLOBAL"}
_ATTRIBUTES = {"STORE_ATTR", "DELETE_ATTR"}
_SHARED = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF"}
_REACHES_EVERYTHING = {
    "globals",
    "vars",
    "setattr",
    "delattr",
    "exec",
    "eval",
    "id",
    "__dict__",
    "__defaults__",
}
_CONSTANTS = (bool, int, float, complex, str, bytes, torch.dtype, torch.Size, type(None), type(...))
_TORCHS = ("_backward_cls", "_autograd_function_id")
"""The attributes that torch adds once to a class of functions for autograd; PyTorch 2.13."""
_IN_C = (types.BuiltinFunctionType, types.MethodDescriptorType, np.ufunc, type(np.mean))
"""A library's functions, such as torch.exp, Tensor.exp and numpy.exp."""
_OURS = {"misconception", "__wrapped__"}
"""The attributes that describe a known mistake, and the function that an adapted one calls."""


def is_stateless(function: Any) -> bool:
    """Return whether a function, with all of its own module that it uses, holds nothing that can change.

    Random numbers don't count: every case begins with a seed.
    """
    return _Search(_homes(function)).holds_nothing(function)


def _homes(function: Any) -> set[str | None]:
    """The modules whose functions are looked into: those of a function and of its settings."""
    if isinstance(function, functools.partial):
        made_with = [f for f in (function.func, *function.args) if callable(f)]
        return set().union(*map(_homes, made_with))
    return {getattr(function, "__module__", None)}


class _Search:
    """Looks through the values that a function can reach.

    Args:
        homes: the names of the modules whose functions are looked into; those of libraries are not.
    """

    def __init__(self, homes: set[str | None]) -> None:
        self._homes = homes
        self._seen: set[int] = set()

    def holds_nothing(self, value: Any) -> bool:
        """Return whether nothing that is reached from a value can change."""
        if isinstance(value, _CONSTANTS) or id(value) in self._seen:
            return True
        self._seen.add(id(value))
        if isinstance(value, tuple | frozenset):
            return all(map(self.holds_nothing, value))
        if isinstance(value, slice):
            return all(map(self.holds_nothing, (value.start, value.stop, value.step)))
        if isinstance(value, types.ModuleType):
            return True
        if isinstance(value, functools.partial):
            parts = (value.func, *value.args, *value.keywords.values())
            return vars(value).keys() <= _OURS and all(map(self.holds_nothing, parts))
        if isinstance(value, types.FunctionType):
            return value.__module__ not in self._homes or self._function(value)
        if isinstance(value, type):
            return value.__module__ not in self._homes or self._class(value)
        if isinstance(value, staticmethod | classmethod):
            return self.holds_nothing(value.__func__)
        return isinstance(value, _IN_C)

    def _function(self, function: types.FunctionType) -> bool:
        if not vars(function).keys() <= _OURS:
            return False
        around = frozenset(function.__code__.co_freevars)
        if not all(_changes_nothing_shared(c, around) for c in _codes_in(function.__code__)):
            return False
        names = {name for code in _codes_in(function.__code__) for name in code.co_names}
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        used = [function.__globals__[name] for name in names if name in function.__globals__]
        return all(map(self.holds_nothing, [*cells, *defaults, *used]))

    def _class(self, made: type) -> bool:
        """Only functions for autograd: they are written as classes, and none is made of them."""
        if not issubclass(made, torch.autograd.Function):
            return False
        own = (
            v for name, v in vars(made).items() if not name.startswith("__") and name not in _TORCHS
        )
        return all(isinstance(v, staticmethod) and self.holds_nothing(v) for v in own)


def _codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes_in(constant)


def _changes_nothing_shared(code: types.CodeType, around: frozenset[str]) -> bool:
    """Return whether code assigns to nothing that outlives a call.

    Args:
        code: of a function, or of one inside it.
        around: the variables that the function has from around it.
    """
    if _REACHES_EVERYTHING & set(code.co_names):
        return False
    shared = False
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        if name in _REBINDS:
            return False
        if name in ("STORE_DEREF", "DELETE_DEREF") and instruction.argval in around:
            return False
        if name in _ATTRIBUTES and shared:
            return False
        # `f.calls = 1` and `torch.x.y = 1`: an attribute of what every call shares.
        outer = name == "LOAD_DEREF" and instruction.argval in around
        shared = name in _SHARED or outer or (shared and name == "LOAD_ATTR")
    return True
