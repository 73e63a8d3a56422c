"""Writes into a result where a check asks for it, before the function is called again."""

import torch
from torch import Tensor

WRITTEN = 7.0
"""No sine and no cosine."""


def adapt(function, n, d, written=False):
    """The result; with `written`, that of a second call, after the first's was overwritten."""
    result = function(n, d)
    if not (written and isinstance(result, Tensor)):
        return result
    with torch.no_grad():
        result.fill_(WRITTEN)
    return function(n, d)
