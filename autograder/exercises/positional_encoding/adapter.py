"""Writes into a result where a check asks for it, before the function is called again."""

import torch
from torch import Tensor


def adapt(function, n, d, written=False):
    """The result; with `written`, that of a second call, after the first's was overwritten."""
    result = function(n, d)
    if not (written and isinstance(result, Tensor)):
        return result
    with torch.no_grad():
        result.fill_(7)
    return function(n, d)
