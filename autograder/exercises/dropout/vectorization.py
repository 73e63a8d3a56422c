"""Arguments of dropout with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """X: (rows, 6), half of it dropped."""
    return (torch.ones(rows, 6), 0.5)
