"""The IPython shell of a worker: it runs a cell as Jupyter does, without files, windows and processes.

A cell that runs in Jupyter should run here: a shell command is left out, a statement that needs something
of the student's own machine is passed over, and the notebook's own functions stay those that are graded.
"""

import ast
import dis
import re
import sys
from collections.abc import Sequence
from types import BuiltinFunctionType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magics.script import ScriptMagics
from IPython.utils.capture import RichOutput
from IPython.utils.text import SList
from traitlets.config import Config

from autograder.sandbox.worker import event_loop

_PREPARES = re.compile(
    r"\s*(?:\S*python\S* -m )?(?:pip3?|conda|uv|apt|apt-get|nvidia-smi|ls|pwd|git|wget|curl|unzip|mkdir)\b"
)
"""Commands with which honest notebooks prepare their machine: no other is left out in silence."""
_ELSEWHERE = re.compile(
    r"\bCUDA\b|NVIDIA|\bmps\b|can't start new thread|open file failed|^File `.*` not found|"
    r"magic function `.*` not found"
)
"""Messages of torch about a GPU or a file, of Python about a thread, of IPython about a script or magic
that is not here."""
NOT_RUN = "(shell commands are not run where a notebook is graded)"


class _QuietHook(DisplayHook):
    """Keeps a cell's value for the caller instead of printing it."""

    def __call__(self, result: Any = None) -> None:
        if result is not None:
            self.fill_exec_result(result)  # type: ignore[no-untyped-call]


class _Publisher(DisplayPublisher):
    """Keeps the outputs that a cell displays: text and PNG pictures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.outputs: list[RichOutput] = []

    def publish(self, data: Any, *args: Any, **kwargs: Any) -> None:
        self.outputs.append(RichOutput(data))

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


class _Imports(ast.NodeTransformer):
    """Notes the imports at a cell's top level."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, list[str]]] = []
        """(module, the names that are taken from it), by statement of the last cell."""

    def visit_Module(self, tree: ast.Module) -> ast.Module:
        self.noted = []
        for node in tree.body:
            if isinstance(node, ast.Import):
                self.noted += [(alias.name, []) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [alias.name for alias in node.names if alias.name != "*"]
                self.noted.append((node.module or "", names))
        return tree


class Shell(InteractiveShell):
    """An IPython shell without history, terminal or windows."""

    display_pub: _Publisher
    passed_over: BaseException | None = None
    """Of the last cell: the exception of the first statement passed over that is no import."""

    def begin(self) -> None:
        """Set it up for a notebook's cells."""
        self.loop_runner = event_loop.run
        self._imports = _Imports()
        self.ast_transformers.append(self._imports)
        self._made: dict[str, Any] = {}
        self._lost: set[str] = set()
        """Names that statements which were passed over would have bound."""
        for name in ScriptMagics().script_magics:
            self.magics_manager.register_function(_not_run, "cell", name)

    async def run_code(self, code_obj: Any, result: Any = None, *, async_: bool = False) -> bool:
        """Run a statement at a cell's top level; the cell goes on where the fault is not the student's.

        Returns whether the cell ends here.
        """
        done = super().run_code(code_obj, result, async_=async_)  # type: ignore[no-untyped-call]
        failed = bool(await done)
        error = result.error_in_exec if failed and result is not None else None
        if error is None or not self._is_elsewhere(error):
            return failed
        steps = list(dis.get_instructions(code_obj))
        self._lost |= {str(step.argval) for step in steps if step.opname == "STORE_NAME"}
        is_import = any(step.opname == "IMPORT_NAME" for step in steps)
        if self.passed_over is None and not is_import and not isinstance(error, NameError):
            self.passed_over = error
        result.error_in_exec = None
        return False

    def _is_elsewhere(self, error: BaseException) -> bool:
        """Whether the fault is a file, a library, a device or a keyboard that is where the student works.

        Or a name that is not there for the same reason.
        """
        if isinstance(error, NameError):
            return getattr(error, "name", None) in self._lost
        if type(error) in (AssertionError, RuntimeError, Exception, UsageError):
            return _ELSEWHERE.search(str(error)) is not None
        return isinstance(error, OSError | EOFError | ImportError)

    def keep_made(self) -> None:
        """Remember the functions that the notebook itself has made so far, by name."""
        for name, value in self.user_ns.items():
            if callable(value) and not _of_a_library(value):
                self._made[name] = value

    def restore_made(self, names: Sequence[str]) -> None:
        """Bind names to the notebook's functions again, where they were deleted or bound to a library's."""
        for name in names:
            if name in self._made:
                self.user_ns[name] = self._made[name]

    def missing_modules(self) -> list[str]:
        """The modules that the last cell imports at its top level, and that could not be imported."""
        return [
            module
            for module, names in self._imports.noted
            if module not in sys.modules
            or not all(_has(sys.modules[module], module, name) for name in names)
        ]

    def system(self, command: str) -> None:
        """Leave a shell command out: `!pip install` above an answer is no mistake."""
        _not_run("", command)
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        """Leave a shell command out whose output is asked for: there is none."""
        self.system(command)
        return SList() if split else ""

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no event loop to join."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[Any, str]:
        """Leave the preloaded backend alone."""
        return gui, "agg"

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the exception is reported in the cell's reply."""

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the exception is reported in the cell's reply."""


def _has(module: Any, path: str, name: str) -> bool:
    return hasattr(module, name) or f"{path}.{name}" in sys.modules


def _not_run(line: str, cell: str = "") -> None:
    """In place of `%%bash` and its like; the report names the program."""
    if not _PREPARES.match(cell):
        sys.audit("os.system", cell)
    sys.stdout.write(f"{NOT_RUN}\n")


def _of_a_library(value: Any) -> bool:
    """Whether an object is a library's own function or class, known there by its own name."""
    if isinstance(value, BuiltinFunctionType):
        return True
    try:
        module = getattr(value, "__module__", None)
        if module is None or module == "__main__":
            return False
        found: Any = sys.modules.get(module)
        for part in value.__qualname__.split("."):
            found = getattr(found, part, None)
    except BaseException:  # a student's object may raise anything
        return False
    return found is value


def build_shell() -> Shell:
    """The shell in which a worker runs the cells; built once, before the fork."""
    config = Config()
    config.HistoryManager.enabled = False
    return Shell(
        config=config, displayhook_class=_QuietHook, display_pub_class=_Publisher, user_ns={}
    )
