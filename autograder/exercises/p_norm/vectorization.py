"""Arguments of p_norm with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """x: (rows, 3), p: 3."""
    return torch.linspace(-2, 2, rows * 3).reshape(rows, 3), 3
