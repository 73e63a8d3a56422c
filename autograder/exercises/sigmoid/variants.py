"""Correct implementations of sigmoid, in styles as far apart as students write them."""

import torch
from torch import Tensor


def of_logsigmoid(X):
    """The logarithm is free."""
    return torch.nn.functional.logsigmoid(X).exp()


def of_softplus(X: Tensor) -> Tensor:
    """exp(-log(1 + exp(-x))), with a type hint."""
    return torch.exp(-torch.nn.functional.softplus(-X))


def absolute_value(X):
    """exp(-|x|) never overflows."""
    z = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + z), z / (1 + z))


def two_safe_branches(X):
    """where, with exponents that are clamped before exp."""
    positive = 1 / (1 + torch.exp(-X.clamp(min=0)))
    E = torch.exp(X.clamp(max=0))
    return torch.where(X >= 0, positive, E / (1 + E))


def clamped(X):
    """Entries beyond 30 give 0 or 1 to any tolerance."""
    return 1 / (1 + torch.exp(-X.clamp(-30, 30)))


def masks(X):
    """Two halves, written into their places."""
    result = torch.empty_like(X)
    positive = X >= 0
    result[positive] = 1 / (1 + torch.exp(-X[positive]))
    E = torch.exp(X[~positive])
    result[~positive] = E / (1 + E)
    return result


def number_by_number(X):
    """An `if` for every single number."""

    def of_one(x):
        if x >= 0:
            return 1 / (1 + torch.exp(-x))
        e = torch.exp(x)
        return e / (e + 1)

    return torch.stack([of_one(x) for x in X.flatten()]).reshape(X.shape)


def two_class_softmax(X):
    """The softmax of (x, 0), by hand."""
    pair = torch.stack([X, torch.zeros_like(X)])
    E = torch.exp(pair - pair.amax(0))
    return E[0] / E.sum(0)


def logsumexp(X):
    """x - log(e^x + e^0)."""
    both = torch.stack([X, torch.zeros_like(X)], dim=-1)
    return torch.exp(X - both.logsumexp(-1))


def hyperbolic(X):
    """(1 + sinh / cosh of x/2) / 2, clamped where it is 0 or 1."""
    half = (X / 2).clamp(-20, 20)
    return 0.5 + 0.5 * torch.sinh(half) / torch.cosh(half)


class _Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        y = 1 / (1 + torch.exp(-X))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, G):
        (y,) = ctx.saved_tensors
        return G * y * (1 - y)


def custom_function(X):
    """The plain formula, whose gradient is y (1 - y) by hand."""
    return _Sigmoid.apply(X)
