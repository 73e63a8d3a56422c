"""Loads the libraries that student code uses, once, before it is locked in."""

import contextlib
import importlib
import stat
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import Any

from autograder.paths import PACKAGE

_UNWANTED = {"antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo"}
_COMMON = (
    "pandas scipy scipy.stats scipy.special sklearn seaborn tqdm torchvision d2l.torch".split()
)


def preload() -> Any:
    """Load and warm up courses' libraries, and build the shell. One thread, or children would hang."""
    import matplotlib

    matplotlib.use("agg")
    import numpy as np
    import torch
    from matplotlib import pyplot as plt

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    # A worker starts no threads: OpenMP would end the process where a cell asks for four of them.
    torch.set_num_threads = torch.set_num_interop_threads = _keep_one_thread
    with contextlib.suppress(ImportError):
        tqdm: Any = importlib.import_module("tqdm")
        tqdm.tqdm.monitor_interval = 0  # or its first bar warns that it can't start its thread
    import autograder
    from autograder.sandbox.worker import warmup
    from autograder.sandbox.worker.shell import build_shell

    importlib.import_module("autograder.sandbox.worker.worker")  # loaded once, before the forks
    autograder.check = _checked_elsewhere
    warmup.use_torch(torch, np)
    warmup.draw(plt)
    shell = build_shell()
    warmup.use_shell(shell)
    sys.path[:] = [folder for folder in sys.path if folder]  # not the folder that workers share
    _hide_own_files()
    return shell


def _hide_own_files() -> None:
    """Modules of this package lose their files' names: `%autoreload 2` opens all that it finds.

    They have none, rather than None: `inspect` asks every module that has one for its file, and raises.
    """
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and (name.partition(".")[0] == PACKAGE.name or Path(file).is_relative_to(PACKAGE)):
            del module.__file__


def _checked_elsewhere(exercise: Any, *, language: str = "") -> None:
    """In a worker, check() does nothing: the grader makes the checks."""


def _keep_one_thread(nthreads: int) -> None:
    """In a worker, in place of torch's settings of that many threads: does nothing."""


def libraries_are_public() -> bool:
    """Whether a user without rights can read the libraries: a root's own Python is closed to others."""
    folders = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib")]
    return all(
        above.stat().st_mode & stat.S_IXOTH
        for folder in folders
        for above in (folder, *folder.parents)
    )


def load_standard_library() -> None:
    """Load the modules of Python that cells may import, if they can't open files."""
    wanted = [name for name in sys.stdlib_module_names if name[0] != "_" and name not in _UNWANTED]
    _load([*sorted(wanted), "encodings.idna"])


def load_libraries() -> None:
    """Load the libraries that cells may import, if they can't open files, and use pandas once."""
    from autograder.sandbox.worker import on_demand

    _load(_COMMON)
    on_demand.load(set(on_demand.LIBRARIES))


def _load(names: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(Exception):  # another system's, or not installed
                importlib.import_module(name)
