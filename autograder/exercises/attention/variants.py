"""Correct implementations of attention in the styles in which students write it."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def book(Q, K, V, mask=None):
    """bmm, as the book has it, with a mask."""
    d = Q.shape[-1]
    scores = torch.bmm(Q, K.transpose(1, 2)) / math.sqrt(d)
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e6)
    return torch.bmm(functional.softmax(scores, dim=-1), V)


def einsum(Q: Tensor, K: Tensor, V: Tensor, mask: Tensor | None = None) -> Tensor:
    """einsum and where, with type hints."""
    scores = torch.einsum("nmd,nkd->nmk", Q, K) * Q.size(-1) ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    return torch.einsum("nmk,nkv->nmv", scores.softmax(-1), V)


def scaled_queries(Q, K, V, mask=None):
    """Scales the queries first, adds a penalty."""
    scores = (Q / Q.shape[2] ** 0.5) @ K.mT
    if mask is not None:
        scores = scores + (~mask).to(scores.dtype) * -1e9
    return torch.softmax(scores, 2) @ V


def exponentials(Q, K, V, mask=None):
    """Its own softmax, and a division at the very end."""
    scores = torch.matmul(Q, K.permute(0, 2, 1)).div(math.sqrt(K.shape[-1]))
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    scores = scores.masked_fill(mask.logical_not(), -torch.inf)
    weights = torch.exp(scores - scores.max(dim=-1, keepdim=True).values)
    return weights @ V / weights.sum(-1, keepdim=True)


def example_loop(Q, K, V, mask=None):
    """One example at a time."""
    out = []
    for i in range(len(Q)):
        scores = Q[i] @ K[i].T / torch.sqrt(torch.tensor(Q.shape[-1], dtype=Q.dtype))
        if mask is not None:
            scores[~mask[i]] = -1e20
        out.append(functional.softmax(scores, dim=1).mm(V[i]))
    return torch.stack(out)


def query_loop(Q, K, V, mask=None):
    """One query at a time, over the keys that it may look at."""
    n, m, d = Q.shape
    rows = []
    for i in range(n):
        for j in range(m):
            keys, values = K[i], V[i]
            if mask is not None:
                keys, values = keys[mask[i, j]], values[mask[i, j]]
            scores = (keys * Q[i, j]).sum(dim=1) / d**0.5
            weights = torch.exp(scores - torch.logsumexp(scores, 0))
            rows.append((weights[:, None] * values).sum(0))
    return torch.stack(rows).reshape(n, m, V.shape[2])


def broadcast(Q, K, V, mask=None):
    """Products by broadcasting, without any matrix product."""
    scores = (Q[:, :, None, :] * K[:, None, :, :]).sum(-1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores.masked_fill_(mask == False, torch.finfo(scores.dtype).min)  # noqa: E712
    weights = torch.log_softmax(scores, dim=-1).exp()
    return torch.sum(weights.unsqueeze(-1) * V.unsqueeze(1), dim=2)


def batched_add(Q, K, V, mask=None):
    """baddbmm, which adds the mask."""
    n, m, k = Q.shape[0], Q.shape[1], K.shape[1]
    bias = torch.zeros(n, m, k, dtype=Q.dtype)
    if mask is not None:
        bias[~mask] = float("-inf")
    scores = torch.baddbmm(bias, Q, K.transpose(-2, -1), alpha=1 / math.sqrt(Q.shape[-1]))
    return torch.nn.Softmax(dim=-1)(scores).bmm(V)


def two_helpers(Q, K, V, mask=None):
    """Helper functions for weights and scores."""

    def scores():
        return Q.matmul(K.swapaxes(1, 2)) / pow(Q.shape[-1], 0.5)

    def weights():
        S = scores()
        return torch.softmax(S if mask is None else S - 1e9 * (1 - mask.type(S.dtype)), dim=-1)

    return weights().matmul(V)
