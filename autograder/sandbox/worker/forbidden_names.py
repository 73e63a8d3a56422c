"""Functions without an operator of their own raise: those of NumPy, and those written in Python.

A Python function gets other code for the time, so every alias of it raises; those that nearly every list
forbids have code from the start that looks whether they are forbidden. A function in C is replaced where it
is looked up, `numpy.dot` in `numpy`; the search in the code finds an alias that a cell has kept.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType
from typing import Any

import torch

ELSEWHERE = ("torch._refs", "torch._decomp")
"""Where torch has its operators once more, in Python: functions that bear an operator's name raise."""
WATCHED = (
    "torch._prims",
    "torch.testing._internal",
    "torch.optim",
    "torch.optim._functional",
    "torch.distributions",
)
"""Other modules of forbidden lists, which take some ms to look through."""
LIBRARIES = ("torch", "numpy", "scipy", "sklearn", "random", "math", "operator", "_operator")
"""The beginnings of full names; every other word of a forbidden list is an operator's."""


_reports: dict[str, Callable[[str], None]] = {}
"""By path: a function there tells this that it was called. Without an entry it works."""


class NameGuard:
    """Makes functions raise, by their full names or those of their modules.

    Args:
        report: gets the path of a function that is called, and raises.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._before: list[tuple[str, Callable[[str], None] | None]] = []
        self._codes: list[tuple[FunctionType, CodeType]] = []
        self._replaced: list[tuple[Any, str, Any]] = []

    def forbid(self, paths: Iterable[str]) -> None:
        """Let the functions at these paths raise: `numpy.dot`, or all of a class or module.

        A module that isn't imported yet holds nothing to call. The whole of another library's
        module is left to the search in the code: it takes too long to go through.
        """
        for path in paths:
            if path in sys.modules and not path.startswith("torch."):
                continue
            self._before.append((path, _reports.get(path)))
            _reports[path] = self._report
            if path in ELSEWHERE:
                guard_elsewhere()
                continue
            owner, name, found = _resolve(path)
            functions = _swaps(path) if found is not None else []
            for function, code in functions:
                self._codes.append((function, function.__code__))
                function.__code__ = code
            if not functions and owner is not None and callable(found):
                self._replaced.append((owner, name, found))
                setattr(owner, name, _stand_in(path, found))

    def release(self) -> None:
        """Let everything work again."""
        while self._codes:
            function, code = self._codes.pop()
            function.__code__ = code
        while self._replaced:
            owner, name, value = self._replaced.pop()
            setattr(owner, name, value)
        while self._before:
            path, report = self._before.pop()
            if report is None:
                _reports.pop(path, None)
            else:
                _reports[path] = report


@cache
def guard_elsewhere() -> None:
    """Give the functions of ELSEWHERE code that looks, in every call, whether they are forbidden.

    Once, before workers are forked: in a worker it takes milliseconds, most of them to copy the memory that
    500 functions are in.
    """
    for path in ELSEWHERE:
        for function in _functions_at(path):
            code = function.__code__
            original = FunctionType(
                code,
                function.__globals__,
                code.co_name,
                function.__defaults__,
                function.__closure__,
            )
            original.__kwdefaults__ = function.__kwdefaults__
            looking = partial(_unless_refused, path, len(_originals))
            _originals.append(original)
            function.__code__ = _code_that_calls(looking, code)


_originals: list[FunctionType] = []
"""What the guarded functions do. They know a place here alone: their constants can be read by anybody."""


def _unless_refused(path: str, place: int, *args: Any, **kwargs: Any) -> Any:
    _refuse(path)
    return _originals[place](*args, **kwargs)


def _refuse(path: str, *args: Any, **kwargs: Any) -> Any:
    if path in _reports:
        _reports[path](path)


def _stand_in(path: str, function: Any) -> Any:
    """Refuses in place of a function, and looks like it to a library that is imported meanwhile.

    mpmath, which sympy imports and torch imports for an error message, copies `math.tanh.__name__`. Not
    `functools.update_wrapper`: its `__wrapped__` would hand out the function itself.
    """
    refusing = partial(_refuse, path)
    for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
        if hasattr(function, attribute):
            setattr(refusing, attribute, getattr(function, attribute))
    return refusing


def _resolve(path: str) -> tuple[Any, str, Any]:
    """Where a path is looked up, the last part of it, and the object there (None: nothing yet)."""
    parent, _, name = path.rpartition(".")
    if path in sys.modules:
        return None, name, sys.modules[path]
    owner = sys.modules.get(parent)
    if owner is None and parent:
        owner = _resolve(parent)[2]
    # Asking a module for a missing name may import a submodule: torch and scipy import some when asked.
    found = vars(owner).get(name) if isinstance(owner, ModuleType) else getattr(owner, name, None)
    return owner, name, found


@cache
def _swaps(path: str) -> list[tuple[FunctionType, CodeType]]:
    """The Python functions at a path, each with code that refuses; looking takes some ms."""
    refusing = partial(_refuse, path)
    return [(f, _code_that_calls(refusing, f.__code__)) for f in _functions_at(path)]


def _functions_at(path: str) -> list[FunctionType]:
    """The Python functions at a path.

    Only those that are defined there: a class may hold what Python's own classes do.
    """
    found = _resolve(path)[2]
    home = path if path in sys.modules else getattr(found, "__module__", None)
    functions = {
        id(function): function
        for function in _functions_of(path, found)
        if home is not None and f"{function.__module__}.".startswith(f"{home}.")
    }
    return list(functions.values())


def _functions_of(path: str, found: Any) -> Iterator[FunctionType]:
    """The functions of a module, a class or a function, and some that were made elsewhere.

    Of a module those that begin with `_` or `register` help, often while others are imported.
    """
    if isinstance(found, FunctionType):
        yield found
    elif isinstance(found, type):
        for member in vars(found).values():
            function = getattr(member, "__func__", member)
            if isinstance(function, FunctionType):
                yield function
    elif path in sys.modules:
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{path}.")]:
            for called, member in list(vars(sys.modules[name]).items()):
                helps = called.startswith(("_", "register"))
                if path in ELSEWHERE:
                    helps = called.strip("_") not in _operators()
                # Asking an object for its class may make it complain that it is deprecated.
                if not helps and issubclass(type(member), FunctionType | type):
                    yield from _functions_of("", member)


@cache
def _operators() -> frozenset[str]:
    names = torch._C._dispatch_get_all_op_names()
    return frozenset(name.partition("::")[2].partition(".")[0].strip("_") for name in names)


def _code_that_calls(other: Callable[..., Any], code: CodeType) -> CodeType:
    """Code that calls another function, for one that has this code now, where its source is looked for."""

    def call(*args: Any, **kwargs: Any) -> Any:
        called: Any = "called"  # gives way below: a constant needs no name in the function's module
        return called(*args, **kwargs)

    constants = (
        other if constant == "called" else constant for constant in call.__code__.co_consts
    )
    return call.__code__.replace(
        co_consts=tuple(constants),
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
    )


def warm_up() -> None:
    """Look for what many lists forbid once, in the process that workers are forked from."""
    guard_elsewhere()
    for path in WATCHED:
        _swaps(path)
