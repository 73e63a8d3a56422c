"""Writes the reference pages whose text is in the code: checking.md and commands.md.

    python docs/reference.py

The first is made from docstrings, the second from --help. tests/test_site.py names a page that is
stale. The sources of the checks are parsed, not imported: so a page is the same with every Python.
"""

import argparse
import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.cli import _parser

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent

MODULES = {
    "checking/worth.py": "Points",
    "checking/promises.py": "Values and gradients",
    "checking/results.py": "Several results, and numbers",
    "checking/state.py": "State that changes in place",
    "checking/grads.py": "Gradients that change in place",
    "checking/steps.py": "Optimizers with a memory",
    "checking/training.py": "Functions that train",
    "checking/minibatches.py": "Minibatches",
    "checking/randomness.py": "Dropout and masks",
    "checking/categories.py": "Draws from categories",
    "checking/counts.py": "Counts and random orders",
    "checking/arrays.py": "Editions in NumPy",
    "checking/closeness.py": "Comparing by hand",
    "checking/derivatives.py": "Copies, leaves and gradients",
    "checking/failures.py": "A failure of your own",
    "checking/misconceptions.py": "Known mistakes",
    "checking/tolerances.py": "Tolerances",
    "checking/values.py": "The entries of a drawn tensor",
    "checking/strategies.py": "Strategies: tensors, logits, parameters",
    "checking/signed.py": "Strategies: entries of either sign",
    "checking/together.py": "Strategies: shapes that go together",
    "checking/networks.py": "Strategies: networks",
    "checking/linear_models.py": "Strategies: linear models",
    "checking/batches.py": "Strategies: minibatches to train on",
    "checking/samples.py": "Strategies: samples",
    "checking/forbidden.py": "What is forbidden",
    "functions.py": "Functions as arguments",
    "adapting.py": "Adapters",
}
"""The modules that an exercise imports, in the order of the page, with their headings."""
_INTRODUCTION = """\
# What an exercise imports: `autograder.checking`

This page is made from the docstrings by `python docs/reference.py`; a test compares it with the code.
[Writing an exercise](writing-an-exercise.md) shows how the parts work together, and
[arguments and results](arguments-and-results.md) what can be handed over.
"""
_COMMANDS = """\
# The command

`autograder` and `python -m autograder` are the same. This page is made from `--help` by
`python docs/reference.py`; a test compares it with the code. A wrong option ends any command with 2,
Ctrl-C with 130.

| command | what it does |
|---|---|
"""
WIDTH = 88
"""Characters of a line of code on a page."""
Public = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def checking() -> str:
    """The page about everything that an exercise imports."""
    exported = _exported()
    parts = [_INTRODUCTION]
    for file, heading in MODULES.items():
        module = "autograder." + file.removesuffix(".py").replace("/", ".")
        tree = ast.parse((ROOT / "autograder" / file).read_text(encoding="utf-8"))
        names = exported.get(module, set()) - {"Tolerance"}  # the named ones are used as well
        where = "autograder.checking" if names else module
        parts.append(f"## {heading}\n\n`from {where} import ...`\n\n{_text(_doc(tree))}\n")
        parts += [_entry(*found) for found in _public(tree) if not names or found[0] in names]
    return "\n".join(parts).rstrip() + "\n"


def _exported() -> dict[str, set[str]]:
    """The names that autograder.checking exports, by the module that defines them."""
    source = (ROOT / "autograder/checking/exported.py").read_text(encoding="utf-8")
    imports = [n for n in ast.parse(source).body if isinstance(n, ast.ImportFrom) and n.module]
    return {
        str(n.module): {alias.name for alias in n.names}
        for n in imports
        if n.module != "autograder.checking"
    }


def _public(tree: ast.Module) -> Iterator[tuple[str, Public, str]]:
    """The public names of a module, in order: name, node, docstring (a constant may have none)."""
    for place, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name, doc = node.name, _doc(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            name = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            doc = _text_of(tree.body[place + 1]) if place + 1 < len(tree.body) else ""
        else:
            continue
        if (doc or name.isupper()) and name.isidentifier() and not name.startswith("_"):
            yield name, node, doc


def _doc(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


def _text_of(node: ast.stmt) -> str:
    """A text that stands as a statement of its own, the documentation of the constant above it."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return ""
    return inspect.cleandoc(str(node.value.value))


def _entry(name: str, node: Public, doc: str) -> str:
    """A heading, how it is called, and the docstring."""
    fields: list[str] = []
    methods: list[ast.FunctionDef] = []
    if isinstance(node, ast.FunctionDef):
        code = _call(name, _arguments(node), node.returns)
    elif isinstance(node, ast.ClassDef):
        annotated = [n for n in node.body if isinstance(n, ast.AnnAssign)]
        functions = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
        methods = [n for name, n in functions.items() if not name.startswith("_")]
        given = [ast.unparse(n) for n in annotated] or _arguments(functions["__init__"])[1:]
        fields = re.findall(r"^\**(\w+):", "\n".join(given), re.M)
        code = _call(name, given, None)
    else:
        code = _with_double_quotes(ast.unparse(node))
        code = code if len(code) <= WIDTH else f"{code[: WIDTH - 4]} ..."
    text = f"### `{name}`\n\n```python\n{code}\n```\n\n{_text(doc, fields)}\n"
    for method in methods:
        call = _call(method.name, _arguments(method)[1:], method.returns)
        text += f"\n- `.{call}`: {_doc(method).splitlines()[0]}\n"
    return text


def _with_double_quotes(code: str) -> str:
    """As `ruff format`, which formats the code of pages, writes texts that hold no quotes."""
    return code if '"' in code else code.replace("'", '"')


def _arguments(node: ast.FunctionDef) -> list[str]:
    """The arguments as they are written, `*` among them."""
    text = ast.unparse(node.args)
    arguments = re.split(r", (?=\*?\*?\w+(?::|=|,|$)|\*,)", text)
    if any(ast.unparse(decorator) == "st.composite" for decorator in node.decorator_list):
        arguments = [a for a in arguments[1:] if a != "*"]  # Hypothesis hands over the first
    return [re.sub(r"^(\w+: .*?)=", r"\1 = ", argument) for argument in arguments]


def _call(name: str, arguments: list[str], returns: ast.expr | None) -> str:
    """On one line where it fits, else a line an argument."""
    back = f" -> {ast.unparse(returns)}" if returns else ""
    line = f"{name}({', '.join(arguments)}){back}"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"){back}"


_SECTION = re.compile(r"^(Args|Raises|Returns|Yields|Example):$")
_ITEM = re.compile(r"^(?: {4})?([\w*][\w*, ]*?): (.*)$")


def _text(doc: str, fields: Sequence[str] = ()) -> str:
    """A docstring of this package as Markdown: arguments, exceptions and fields become lists."""
    lines, section = [], ""
    for line in doc.splitlines():
        item = _ITEM.match(line)
        is_field = item is not None and set(item[1].split(", ")) <= set(fields)
        if heading := _SECTION.match(line):
            section = heading[1]
            lines += [f"*{section}*", ""]
        elif item and (section in ("Args", "Raises") or is_field):
            names = ", ".join(f"`{name}`" for name in item[1].split(", "))
            lines.append(f"- {names}: {item[2]}")
        elif section in ("Args", "Raises") and line:
            lines.append(f"  {line.strip()}")
        elif section in ("Returns", "Yields"):
            lines.append(line.strip())
        else:
            lines.append(line)
    return "\n".join(lines).rstrip()


def commands() -> str:
    """The page about the command, its subcommands and their options."""
    [action] = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
    rows = [f"| [`{name}`](#autograder-{name}) | {helps[name]} |\n" for name in action.choices]
    parts = [_COMMANDS + "".join(rows)]
    for name, parser in action.choices.items():
        options = [a for a in parser._actions if "--help" not in a.option_strings]
        usage = " ".join(["autograder", name, *map(_in_usage, options)])
        table = "".join(f"| `{_spelled(a)}` | {_explained(a)} |\n" for a in options)
        parts.append(
            f"## `autograder {name}`\n\n{helps[name][:1].upper()}{helps[name][1:]}.\n\n    {usage}\n"
            + (f"\n| argument | meaning |\n|---|---|\n{table}" if options else "")
        )
    return "\n".join(parts)


def _spelled(action: argparse.Action) -> str:
    """`--jobs N`, as it is typed."""
    value = "" if action.nargs == 0 else _value(action)
    return " ".join(filter(None, [*action.option_strings, value])).replace("|", r"\|")


def _value(action: argparse.Action) -> str:
    if action.choices:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest)


def _in_usage(action: argparse.Action) -> str:
    text = " ".join(
        filter(None, [*action.option_strings, "" if action.nargs == 0 else _value(action)])
    )
    if action.nargs in ("+", "*"):
        text += " ..."
    optional = action.nargs == "*" if not action.option_strings else not action.required
    return f"[{text}]" if optional else text


def _explained(action: argparse.Action) -> str:
    said = action.help or ""
    shown = action.default not in (None, False, [], "==SUPPRESS==") and action.nargs != 0
    default = (
        "/".join(map(str, action.default)) if isinstance(action.default, tuple) else action.default
    )
    return said + (f" (default: `{default}`)" if shown and "default" not in said else "")


PAGES = {"checking.md": checking, "commands.md": commands}
"""The pages that this module writes, by file name."""

if __name__ == "__main__":
    for page, write in PAGES.items():
        (DOCS / page).write_text(write(), encoding="utf-8")
