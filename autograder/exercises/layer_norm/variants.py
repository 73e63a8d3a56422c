"""Correct implementations of layer_norm, in styles as far apart as students write them."""

import math

import torch
from torch import Tensor


def by_the_formula(X, gamma, beta, eps):
    """Mean, biased variance, root."""
    mean = X.mean(dim=-1, keepdim=True)
    var = ((X - mean) ** 2).mean(dim=-1, keepdim=True)
    return gamma * (X - mean) / torch.sqrt(var + eps) + beta


def var_mean(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Tensor:
    """Both statistics in one call, rsqrt."""
    var, mean = torch.var_mean(X, -1, correction=0, keepdim=True)
    return (X - mean) * (var + eps).rsqrt() * gamma + beta


def squares_less_square(X, gamma, beta, eps):
    """E[x²] - E[x]², shapes by None."""
    mean = X.mean(-1)
    var = X.square().mean(-1) - mean.square()
    return (X - mean[..., None]) / (var[..., None] + eps) ** 0.5 * gamma + beta


def typed_and_checked(X: Tensor, gamma: Tensor, beta: Tensor, eps: float = 1e-5) -> Tensor:
    """Type hints, asserts of the contract, an expanded scale."""
    assert X.shape[-1:] == gamma.shape == beta.shape
    mu: Tensor = torch.sum(X, dim=X.dim() - 1, keepdim=True) / X.shape[X.dim() - 1]
    deviations: Tensor = torch.subtract(X, mu)
    sigma: Tensor = torch.sqrt(torch.var(X, dim=-1, keepdim=True, unbiased=False) + eps)
    return torch.divide(deviations, sigma).multiply(gamma.expand_as(X)) + beta.expand_as(X)


def row_loop(X, gamma, beta, eps):
    """A loop over the rows of the flattened tensor."""
    rows = []
    for row in X.reshape(-1, X.shape[-1]):
        centered = row - row.sum() / len(row)
        rows.append(centered / torch.sqrt(centered @ centered / len(row) + eps) * gamma + beta)
    return torch.stack(rows).reshape(X.shape)


def recursive(X, gamma, beta, eps):
    """One dimension less at a time."""
    if X.dim() > 1:
        return torch.stack([recursive(part, gamma, beta, eps) for part in X])
    Z = X - torch.mean(X)
    return torch.addcmul(beta, gamma, Z / torch.sqrt(torch.mean(Z * Z) + eps))


def centering_matrix(X, gamma, beta, eps):
    """Centered by a matrix product, scaled by the root of the mean square."""
    d = X.shape[-1]
    centering = torch.eye(d, dtype=X.dtype) - torch.full((d, d), 1 / d, dtype=X.dtype)
    Z = X @ centering
    return Z * gamma / (Z.pow(2).sum(-1, keepdim=True).div(d) + eps).sqrt() + beta


def norm_of_centered(X, gamma, beta, eps):
    """The norm of the centered row with sqrt(eps * d) as one more entry."""
    d = X.size(-1)
    Z = X - X.mean(-1, True)
    more = torch.full_like(Z[..., :1], math.sqrt(eps * d))
    length = torch.cat([Z, more], -1).norm(dim=-1, keepdim=True)
    return math.sqrt(d) * Z / length * gamma + beta


def transposed(X, gamma, beta, eps):
    """The features first, where broadcasting needs no keepdim."""
    F = X.movedim(-1, 0)
    F = F - F.mean(0)
    F = F / (F.pow(2).mean(0) + eps).sqrt()
    return F.movedim(0, -1).mul(gamma).add(beta)
