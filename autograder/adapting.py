"""For an exercise's adapter.py: what runs beside the student's code and makes its results travel.

An adapter defines `adapt(function, *args, **kwargs)`: it gets the student's function and what the check
handed over, and returns what the check gets. For a generator:

    from autograder.adapting import items

    def adapt(function, *args, **kwargs):
        return items(function(*args, **kwargs))
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from torch import Tensor

MOST_ITEMS = 1000
"""Items that are asked for: more than any check expects, and an endless generator ends there."""


def items(result: Any, most: int = MOST_ITEMS) -> Any:
    """The first items of an iterable, as a list; what is none comes back as it is.

    Tensors, texts and dicts stay what they are: that they came in place of an iterable of results is
    for the check to say.
    """
    if isinstance(result, Tensor | str | dict) or not isinstance(result, Iterable):
        return result
    return list(islice(result, most))
