"""The IPython shell of a worker: what Jupyter does with a cell, without files, windows and processes."""

from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput
from traitlets.config import Config


class _QuietHook(DisplayHook):
    """Keeps a cell's value for the caller instead of printing it."""

    def __call__(self, result: Any = None) -> None:
        if result is not None:
            self.fill_exec_result(result)  # type: ignore[no-untyped-call]


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays: text and PNG pictures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.outputs: list[RichOutput] = []

    def publish(self, data: Any, *args: Any, **kwargs: Any) -> None:
        self.outputs.append(RichOutput(data))

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear()


class Shell(InteractiveShell):
    """An IPython shell without history, terminal or windows."""

    display_pub: _Publisher

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no event loop to join."""

    def enable_matplotlib(self, gui: Any = None) -> tuple[Any, str]:
        """Leave the preloaded backend alone."""
        return gui, "agg"

    def showtraceback(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the exception is reported in the cell's reply."""

    def showsyntaxerror(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the exception is reported in the cell's reply."""


def build_shell() -> Shell:
    """The shell in which a worker runs the cells; built once, before the fork."""
    config = Config()
    config.HistoryManager.enabled = False
    return Shell(
        config=config, displayhook_class=_QuietHook, display_pub_class=_Publisher, user_ns={}
    )
