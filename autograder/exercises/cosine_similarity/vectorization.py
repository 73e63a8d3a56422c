"""Arguments of cosine_similarity with any number of entries, for counting operators."""

from typing import Any

import torch


def arguments(rows: int) -> tuple[Any, ...]:
    """x: (rows,), y: (rows,)."""
    return torch.linspace(-1, 2, rows), torch.linspace(1, 3, rows)
