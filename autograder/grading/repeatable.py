"""Keeps what Hypothesis generates a function of the check and its seed alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis.internal.conjecture import providers

_NONE: Any = getattr(providers, "Constants", lambda: None)()


@contextmanager
def without_local_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing the numbers that stand in the code of whatever is imported.

    It does so since version 6.131, and has no setting against it. A submission's cases would depend
    on which exercises were graded before it, on the command that grades, on whether the package
    was installed or is edited in place, and on every number that an edit brings into the code.
    """
    cache = getattr(providers, "CONSTANTS_CACHE", None)
    if cache is None:  # an older Hypothesis
        yield
        return
    collect = providers._get_local_constants
    providers._get_local_constants = lambda: _NONE
    cache.cache.clear()  # it holds constants of both kinds
    try:
        yield
    finally:
        providers._get_local_constants = collect
        cache.cache.clear()
