"""A student's code as a syntax tree: parsed, never run or compiled."""

import ast
import warnings

_DEFINING = (ast.Assign, ast.AnnAssign, ast.ClassDef, ast.ImportFrom)


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, without IPython's magics; None when it doesn't parse."""
    tree = _parse(source)
    return _parse(_without_magics(source)) if tree is None else tree


def as_python(source: str) -> str:
    """A cell as a file of Python: if need be, with `pass` in place of IPython's magics."""
    plain = _without_magics(source)
    return plain if _parse(source) is None and _parse(plain) is not None else source


def _parse(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings: the student's own
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_magics(source: str) -> str:
    """The same lines, with `pass` in place of those that are not Python."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "").strip()
    if first.startswith("%%") and first.split()[0] not in ("%%time", "%%timeit", "%%capture"):
        return ""
    kept = []
    for line in lines:
        text = line.strip()
        magic = text.startswith(("%", "!", "?")) or (text.endswith("?") and "#" not in text)
        kept.append(line[: len(line) - len(line.lstrip())] + "pass" if magic else line)
    return "\n".join(kept)


def is_stub(source: str, function: str) -> bool | None:
    """Return whether a cell defines the function without an answer; None when it doesn't define it."""
    tree = parse(source)
    if tree is None:
        return None
    stub: bool | None = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function:
            stub = all(_does_nothing(statement) for statement in node.body)
        elif isinstance(node, _DEFINING) and function in _names(node):
            stub = False
    return stub


def _names(node: ast.AST) -> set[str]:
    names = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    if isinstance(node, ast.ClassDef):
        names.add(node.name)
    if isinstance(node, ast.ImportFrom):
        names |= {alias.asname or alias.name for alias in node.names}
    return names


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return isinstance(statement, ast.Raise) and any(
        isinstance(node, ast.Name) and node.id == "NotImplementedError"
        for node in ast.walk(statement)
    )
