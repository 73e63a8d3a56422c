"""Arguments of positional_encoding with any number of positions, for counting operators."""

from typing import Any


def arguments(rows: int) -> tuple[Any, ...]:
    """As many positions, and six columns."""
    return rows, 6
