"""Editions in NumPy: the reference is that of the exercise in PyTorch, asked for arrays."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.notebooks.course import SourceNotebook, beside, home_among
from autograder.notebooks.exercises import ExerciseError, find_exercise


def originals_of(notebook: SourceNotebook, folders: Sequence[Path]) -> dict[str, SourceNotebook]:
    """By function, the notebook that solves the original of a notebook's edition.

    Where the course doesn't teach the original exercise, it is left out: the edition's own solution is then
    the reference.

    Args:
        notebook: a source notebook.
        folders: where its exercises are looked for.

    Raises:
        CourseError: when a notebook of the course can't be read.
    """
    found = {}
    for name in notebook.points:
        try:
            edition_of = find_exercise(name, folders).edition_of
        except ExerciseError:  # without checks: the caller for the exercise itself reports that
            continue
        original = home_among(beside(notebook), edition_of) if edition_of is not None else None
        if edition_of is not None and original is not None:
            found[edition_of] = original
    return found


def on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors, for arrays: it is given tensors and returns arrays for tensors."""

    @wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        given = [_tensor(value) for value in args]
        named = {key: _tensor(value) for key, value in kwargs.items()}
        return _arrays(function(*given, **named))

    return answer


def _tensor(value: Any) -> Any:
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def _arrays(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().numpy()
    return tuple(map(_arrays, value)) if isinstance(value, tuple | list) else value
