"""Arguments of matmul with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """A: (rows, 3), B: (3, 2)."""
    return torch.linspace(-2, 2, rows * 3).reshape(rows, 3), torch.linspace(-1, 1, 6).reshape(3, 2)
