"""Arguments of unbroadcast with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """grad: (rows, 3), the gradient of a vector of 3."""
    return torch.linspace(-2, 2, rows * 3).reshape(rows, 3), (3,)
