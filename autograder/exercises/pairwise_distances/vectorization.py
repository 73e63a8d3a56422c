"""Arguments of pairwise_distances with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """A: (rows, 3), B: (rows, 3)."""
    A = torch.linspace(-2, 2, rows * 3).reshape(rows, 3)
    return A, A.flip(1)
