"""The cells that the notebook's kernel ran last: a function's cell may have failed, or be unsaved."""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 50 * 2**20
"""Bytes of a notebook's file that is read for the saved cells."""


@dataclass(frozen=True)
class Ran:
    """A cell that was run: its text, and the kind and line of the exception that it ended with, if any.

    began: False where it did not even parse.
    """

    source: str
    kind: str = ""
    line: int | None = None
    began: bool = True


_ran: list[Ran] = []
MOST = 500
"""Cells that are remembered."""


def watch() -> None:
    """Remember the cells that this kernel runs from now on; nothing outside of IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and hasattr(shell, "events"):
        shell.events.register("post_run_cell", _note)


def _note(result: Any) -> None:
    source = getattr(getattr(result, "info", None), "raw_cell", None)
    unparsed = getattr(result, "error_before_exec", None)
    error = unparsed or getattr(result, "error_in_exec", None)
    if isinstance(source, str):
        line = getattr(error, "lineno", None)
        kind = type(error).__name__ if error is not None else ""
        _ran.append(Ran(source, kind, line, unparsed is None))
        del _ran[:-MOST]


def last_defining(function: str) -> Ran | None:
    """The cell that was run last among those that define a function; None where none was seen."""
    defines = re.compile(
        rf"^[ \t]*(?:async\s+)?(?:def|class)\s+{re.escape(function)}\b", re.MULTILINE
    )
    return next((ran for ran in reversed(_ran) if defines.search(ran.source)), None)


def is_saved(ran: Ran, namespace: dict[str, Any]) -> bool | None:
    """Whether the notebook's file has a cell with that text; None where the file is not known.

    Args:
        ran: a cell that was run.
        namespace: the notebook's, where VS Code keeps its path.
    """
    path = namespace.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    if not isinstance(path, str) or not path.endswith(".ipynb"):
        return None
    try:
        file = Path(path)
        if file.stat().st_size > MAX_BYTES:
            return None
        cells = json.loads(file.read_bytes())["cells"]
        saved = {"".join(cell["source"]).strip() for cell in cells}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return ran.source.strip() in saved
