"""For an exercise's adapter.py, which runs beside the student's code and makes its results travel.

An adapter defines `adapt(function, *args, **kwargs)`: it gets the student's function and the check's
arguments, and returns the result for the check. For a generator:

    from autograder.adapting import items

    def adapt(function, *args, **kwargs):
        return items(function(*args, **kwargs))
"""

from itertools import islice
from typing import Any

import numpy as np
from torch import Tensor

MOST_ITEMS = 1000
"""Items that are asked for: more than any check expects, and an endless generator ends there."""


def items(result: Any, most: int = MOST_ITEMS) -> Any:
    """The first items of an iterable, as a list; any other object comes back unchanged.

    Tensors, texts and dicts come back unchanged, too: the check reports that they came in place of an
    iterable of results.
    """
    return list(islice(iter(result), most)) if is_looped_over(result) else result


def is_looped_over(result: Any) -> bool:
    """Whether a `for` loop over a result gives its items; an object with `__getitem__` alone is enough.

    False for tensors, texts and dicts: they came in place of an iterable of results.
    """
    if isinstance(result, Tensor | str | dict):
        return False
    return hasattr(type(result), "__iter__") or hasattr(type(result), "__getitem__")


def number(result: Any) -> Any:
    """A number as a Python float, where it is one: of Python, of NumPy, or a tensor without dimensions.

    A contract that asks for a number leaves open which of these it is. The items of a tuple or list are
    converted one by one. Everything else comes back as it is, a tensor of shape (1,) too.
    """
    if isinstance(result, list | tuple) and type(result) in (list, tuple):
        return type(result)(number(item) for item in result)
    if isinstance(result, Tensor | np.ndarray | np.generic):
        dims = result.dim() if isinstance(result, Tensor) else result.ndim
        result = result.item() if dims == 0 else result
    return float(result) if isinstance(result, bool | int | float) else result
