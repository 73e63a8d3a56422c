"""Arguments of mlp_forward with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 3), and the parameters of 4 hidden units and 2 outputs."""
    return (
        torch.linspace(-2, 2, rows * 3).reshape(rows, 3),
        torch.linspace(-1, 2, 12).reshape(3, 4),
        torch.linspace(-1, 1, 4),
        torch.linspace(-2, 1, 8).reshape(4, 2),
        torch.tensor([0.5, -0.5]),
    )
