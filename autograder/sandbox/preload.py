"""Loads what student code uses, once, before it is locked in."""

import sys
from typing import Any


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
