"""Arguments of lstm_step with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 3), H and C: (rows, 2), and the parameters."""
    return (
        torch.linspace(-2, 2, rows * 3).reshape(rows, 3),
        torch.linspace(-1, 1, rows * 2).reshape(rows, 2),
        torch.linspace(-2, 1, rows * 2).reshape(rows, 2),
        torch.linspace(-1, 1, 24).reshape(3, 8),
        torch.linspace(-1, 2, 16).reshape(2, 8),
        torch.linspace(-1, 1, 8),
    )
