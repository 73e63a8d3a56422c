"""Processes that workers leave behind: the fork server finds and ends them."""

import contextlib
import ctypes
import os
import signal
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Let processes whose parents end become this process's children, so that it can end them."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children(but: set[int]) -> None:
    """End the processes that workers left behind: every child of this process that is no worker."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")  # a kernel may lack it
    with contextlib.suppress(OSError):  # no descriptor left to look with: then the next time
        while strangers := set(map(int, children.read_text().split())) - but:
            for process in strangers:
                os.kill(process, signal.SIGKILL)  # not waited for: the number is still its own
            for process in strangers:
                os.waitpid(process, 0)
