"""Arguments of rnn_step with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 3), H: (rows, 2), and the parameters."""
    return (
        torch.linspace(-2, 2, rows * 3).reshape(rows, 3),
        torch.linspace(-1, 1, rows * 2).reshape(rows, 2),
        torch.linspace(-1, 1, 6).reshape(3, 2),
        torch.linspace(-1, 2, 4).reshape(2, 2),
        torch.tensor([0.5, -0.5]),
    )
