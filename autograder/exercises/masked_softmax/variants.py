"""Correct implementations of masked_softmax in the styles in which students write it."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def book(X, valid_lens):
    """The book's, on a copy of its own: rows one below the other, lengths repeated."""
    shape = X.shape
    if valid_lens.dim() == 1:
        valid_lens = torch.repeat_interleave(valid_lens, shape[1])
    else:
        valid_lens = valid_lens.reshape(-1)
    flat = X.reshape(-1, shape[-1]).clone()
    mask = torch.arange(shape[-1], dtype=torch.float32)[None, :] < valid_lens[:, None]
    flat[~mask] = -1e6
    return functional.softmax(flat.reshape(shape), dim=-1)


def filled(X, valid_lens):
    """masked_fill with minus infinity."""
    lens = valid_lens if valid_lens.dim() == 2 else valid_lens.unsqueeze(1)
    beyond = torch.arange(X.size(-1)) >= lens.unsqueeze(-1)
    return X.masked_fill(beyond, float("-inf")).softmax(-1)


def where(X: Tensor, valid_lens: Tensor) -> Tensor:
    """where, exponentials and sums; with type hints."""
    lens = valid_lens.view(X.shape[0], -1, 1)
    keep = torch.arange(X.shape[2]).view(1, 1, -1) < lens
    scores = torch.where(keep, X, torch.full_like(X, -1e6))
    shifted = scores - scores.amax(dim=2, keepdim=True)
    weights = shifted.exp()
    return weights / weights.sum(dim=2, keepdim=True)


def additive(X, valid_lens):
    """A penalty is added, as many transformers do."""
    lens = valid_lens.reshape(len(X), -1, 1)
    penalty = (torch.arange(X.shape[-1]) >= lens).to(X.dtype) * -1e9
    return torch.softmax(X + penalty, dim=2)


def query_loop(X, valid_lens):
    """Row by row: softmax of a slice, and zeros behind it."""
    n, m, k = X.shape
    rows = []
    for i in range(n):
        for j in range(m):
            length = int(valid_lens[i] if valid_lens.ndim == 1 else valid_lens[i, j])
            weights = torch.softmax(X[i, j, :length], dim=0)
            rows.append(torch.cat([weights, X.new_zeros(k - length)]))
    return torch.stack(rows).reshape(n, m, k)


def filled_result(X, valid_lens):
    """Writes slices into a result of zeros."""
    result = torch.zeros_like(X)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            length = valid_lens[i].item() if valid_lens.dim() == 1 else valid_lens[i][j].item()
            row = X[i, j, :length]
            result[i, j, :length] = torch.exp(row - torch.logsumexp(row, dim=0))
    return result


def multiplied(X, valid_lens):
    """Masks before the maximum is taken, multiplies afterwards."""
    if valid_lens.dim() == 1:
        valid_lens = valid_lens[:, None].expand(X.shape[:2])
    mask = (torch.arange(X.shape[-1])[None, None] < valid_lens[..., None]).type_as(X)
    highest = (X.detach() * mask - (1 - mask) * 2e4).max(-1, keepdim=True)[0]
    weights = torch.exp((X - highest) * mask) * mask
    return weights / weights.sum(-1, keepdim=True)


def logs(X, valid_lens):
    """log_softmax of a masked tensor, and its exponential; in-place on a clone."""
    Z = X.clone()
    for i in range(Z.shape[0]):
        for j in range(Z.shape[1]):
            length = valid_lens[i] if valid_lens.dim() == 1 else valid_lens[i, j]
            Z[i, j, length:] = -math.inf
    return functional.log_softmax(Z, dim=-1).exp()


def example_loop(X, valid_lens):
    """One softmax for each example, with a mask that broadcasts."""
    out = []
    positions = torch.arange(X.shape[-1])
    for scores, lens in zip(X, valid_lens, strict=True):
        allowed = positions < lens.reshape(-1, 1)
        out.append(torch.nn.Softmax(dim=1)(scores.masked_fill(~allowed, torch.finfo(X.dtype).min)))
    return torch.stack(out)
