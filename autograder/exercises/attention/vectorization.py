"""Arguments of attention with any number of examples, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """Q: (rows, 2, 3), K: (rows, 4, 3), V: (rows, 4, 2)."""
    return (
        torch.linspace(-2, 2, rows * 6).reshape(rows, 2, 3),
        torch.linspace(-1, 2, rows * 12).reshape(rows, 4, 3),
        torch.linspace(-2, 1, rows * 8).reshape(rows, 4, 2),
    )
