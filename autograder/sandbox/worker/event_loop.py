"""An event loop without files, for cells that `await`: a worker opens none."""

import asyncio
import selectors
from collections.abc import Coroutine
from functools import cache
from typing import Any


class _Loop(asyncio.SelectorEventLoop):
    """A loop that nothing outside can wake: it has no pair of sockets for that."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())

    def _make_self_pipe(self) -> None:
        self._ssock = self._csock = None

    def _close_self_pipe(self) -> None:
        """Do nothing: there is none."""


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all cells: what one began, the next may await."""
    return _Loop()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a cell's coroutine to its end."""
    return _loop().run_until_complete(coroutine)
