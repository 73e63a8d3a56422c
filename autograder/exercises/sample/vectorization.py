"""Arguments of sample with any number of rows, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """Three categories and `rows` draws."""
    return torch.tensor([0.2, 0.3, 0.5]), rows
