"""Arguments of add_in_place with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 3), Y: (rows, 3)."""
    X = torch.linspace(-2, 2, rows * 3).reshape(rows, 3)
    return X, X.flip(1)
