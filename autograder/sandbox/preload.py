"""Loads what student code uses, once, before it is locked in."""

import contextlib
import importlib
import os
import sys
import warnings
from typing import Any

_UNWANTED = {"antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo"}
_COMMON = "pandas scipy scipy.stats scipy.special sklearn seaborn tqdm sympy torchvision d2l.torch".split()


def preload() -> Any:
    """Load and warm up what courses use, and build the shell. One thread, or children would hang."""
    import matplotlib

    matplotlib.use("agg")
    import numpy as np
    import torch
    from matplotlib import pyplot as plt

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    import autograder
    from autograder.sandbox import warmup, worker

    autograder.check = _checked_elsewhere
    warmup.use_torch(torch, np)
    warmup.draw(plt)
    shell = worker.build_shell()
    warmup.use_shell(shell)
    sys.path[:] = [folder for folder in sys.path if folder]  # not the folder that workers share
    return shell


def _checked_elsewhere(exercise: str) -> None:
    """In a worker, check() does nothing: the grader makes the checks."""


def prepare_to_open_nothing() -> None:
    """Where no layer decides which files may be read, cells run without any: load what they may want.

    The standard library, what courses use of others, and a seed that doesn't open the random device.
    """
    import torch

    wanted = [name for name in sys.stdlib_module_names if name[0] != "_" and name not in _UNWANTED]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in sorted(wanted) + _COMMON:
            with contextlib.suppress(Exception):  # another system's, or not installed
                importlib.import_module(name)

    class Generator(torch.Generator):
        def seed(self) -> int:
            number = int.from_bytes(os.urandom(7), "big")
            self.manual_seed(number)
            return number

    def seed() -> int:
        number = int.from_bytes(os.urandom(7), "big")
        torch.manual_seed(number)
        return number

    torch.Generator = Generator  # type: ignore[misc]
    torch.seed = torch.random.seed = seed
