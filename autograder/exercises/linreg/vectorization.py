"""Arguments of linreg with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 3), with weights and a bias."""
    X = torch.linspace(-2, 2, rows * 3).reshape(rows, 3)
    return X, torch.tensor([[1.0], [-2.0], [0.5]]), torch.tensor([0.25])
