"""The code of a notebook, as it is given to a worker."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A code cell to run: its place in the notebook (counted from 1) and its source."""

    number: int
    source: str
