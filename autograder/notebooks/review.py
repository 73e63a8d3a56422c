"""Lists things in a submission that an instructor should look at; it costs no points.

Enforcement stops the ordinary ways around an exercise; a person can read the rest. The code is parsed,
never run. Everything here is a hint: an honest notebook has no reason for any of it.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase

from autograder.checking.forbidden import Forbidden
from autograder.notebooks.cells import Code
from autograder.notebooks.reach import reached_by, uses_in
from autograder.notes import Note, note

MAX_SENTENCES = 20
MAX_NUMBERS = 40
"""Numbers in one literal that an answer uses; the longest of a correct variant has a handful."""

_GRADER, _INTERPRETER, _TORCH = "the grader", "the interpreter", "what torch computes with"
_NAMES = {
    "autograder.*": _GRADER,
    "ctypes": _INTERPRETER,
    "ctypes.*": _INTERPRETER,
    "faulthandler.*": _INTERPRETER,
    "gc.get_objects": _INTERPRETER,
    "gc.get_referents": _INTERPRETER,
    "gc.get_referrers": _INTERPRETER,
    "inspect.currentframe": _INTERPRETER,
    "inspect.stack": _INTERPRETER,
    "inspect.trace": _INTERPRETER,
    "sys._current_frames": _INTERPRETER,
    "sys._getframe": _INTERPRETER,
    "sys.setprofile": _INTERPRETER,
    "sys.settrace": _INTERPRETER,
    "sys.addaudithook": _INTERPRETER,
    "sys.modules": _INTERPRETER,
    "threading.settrace": _INTERPRETER,
    "threading.setprofile": _INTERPRETER,
    "torch._C.*": _TORCH,
    "torch._decomp*": _TORCH,
    "torch._dispatch.*": _TORCH,
    "torch._inductor.*": _TORCH,
    "torch._ops.*": _TORCH,
    "torch._prims*": _TORCH,
    "torch._refs*": _TORCH,
    "torch.library*": _TORCH,
    "torch.overrides*": _TORCH,
    "torch.utils._python_dispatch*": _TORCH,
    "torch.utils.cpp_extension*": _TORCH,
}
"""Paths after imports, as patterns, each with the thing that it belongs to."""
_ATTRIBUTES = {
    "__builtins__": _INTERPRETER,
    "__closure__": _INTERPRETER,
    "__code__": _INTERPRETER,
    "__globals__": _INTERPRETER,
    "__subclasses__": _INTERPRETER,
    "__torch_dispatch__": _TORCH,
    "__torch_function__": _TORCH,
    "f_back": _INTERPRETER,
    "f_globals": _INTERPRETER,
    "f_locals": _INTERPRETER,
    "tb_frame": _INTERPRETER,
}
"""Names and attributes that mean the same wherever they stand."""
_RECOGNIZING = {"tobytes", "data_ptr", "untyped_storage", "md5", "sha1", "sha256", "hash", "crc32"}


def internals_in(code: Code) -> list[Note]:
    """Internals of the grader, of the interpreter and of torch that cells name, and changed builtins."""
    found: dict[tuple[int, int, str], Note] = {}
    for cell, tree in code.trees:
        with suppress(RecursionError):
            paths = _imports(tree)
            for node in ast.walk(tree):
                for name, owner in _named(node, paths):
                    place = (cell.number, getattr(node, "lineno", 0), owner)
                    said = note(
                        "names_internals", cell=place[0], line=place[1], name=name, owner=owner
                    )
                    found.setdefault(place, said)
    return [found[place] for place in sorted(found)][:MAX_SENTENCES]


def _imports(tree: ast.AST) -> dict[str, str]:
    """Map the names that a cell imports to the paths that they stand for."""
    paths: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                root = name.name.partition(".")[0]
                paths[name.asname or root] = name.name if name.asname else root
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for name in node.names:
                paths[name.asname or name.name] = f"{node.module}.{name.name}"
    return paths


def _named(node: ast.AST, paths: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The internals that a node names, each with the thing that it belongs to."""
    if isinstance(node, ast.Import):
        candidates = [name.name for name in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        candidates = [f"{node.module}.{name.name}" for name in node.names]
    elif isinstance(node, ast.Attribute):
        candidates = [_path(node, paths)]
        if node.attr in _ATTRIBUTES:
            yield node.attr, _ATTRIBUTES[node.attr]
        elif isinstance(node.ctx, ast.Store) and candidates[0].startswith("builtins."):
            yield candidates[0], _INTERPRETER
    elif isinstance(node, ast.Name):
        candidates = []
        if node.id in _ATTRIBUTES:
            yield node.id, _ATTRIBUTES[node.id]
    else:
        return
    for path in candidates:
        for pattern, what in _NAMES.items():
            if path != "autograder.check" and fnmatchcase(path, pattern):
                yield path, what


def _path(node: ast.AST, paths: dict[str, str]) -> str:
    """The dotted path of an expression, "" where it is none."""
    if isinstance(node, ast.Name):
        # Unimported names are looked at under the name that everybody gives these modules.
        return paths.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = _path(node.value, paths)
        return f"{before}.{node.attr}" if before else ""
    return ""


def reachable_in(code: Code, function: str, forbidden: Forbidden) -> list[Note]:
    """List forbidden built-ins in reach of a function, whether or not it called them.

    Ask it of answers with full marks: where the operator ran, enforcement has taken the points.
    """
    uses = uses_in(code, function, forbidden)
    return [
        note("reaches_forbidden", cell=use.cell, line=use.line, function=function, name=use.name)
        for use in uses[:MAX_SENTENCES]
    ]


def recognitions_in(code: Code, function: str) -> list[Note]:
    """Signs that an answer recognizes its inputs: tables of numbers, digests and addresses."""
    found: list[Note] = []
    for cell, node in reached_by(code, function):
        with suppress(RecursionError):
            found += _signs(cell, node, function)
    return list(dict.fromkeys(found))[:MAX_SENTENCES]


def _signs(cell: int, root: ast.AST, function: str) -> Iterator[Note]:
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set):
            count = _numbers(node)
            if count > MAX_NUMBERS:
                yield note("holds_table", cell=cell, line=line, function=function, count=count)
                continue
        name = (
            node.attr
            if isinstance(node, ast.Attribute)
            else node.id
            if isinstance(node, ast.Name)
            else ""
        )
        if name in _RECOGNIZING:
            yield note("recognizes", cell=cell, line=line, function=function, name=name)
        waiting += ast.iter_child_nodes(node)


def _numbers(node: ast.AST) -> int:
    return sum(
        isinstance(inner, ast.Constant) and isinstance(inner.value, int | float | complex)
        for inner in ast.walk(node)
    )
