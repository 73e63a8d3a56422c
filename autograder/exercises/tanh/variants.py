"""Correct implementations of tanh, in styles as far apart as students write them."""

import torch
from torch import Tensor


def of_logsigmoid(X):
    """2 sigmoid(2x) - 1, by the logarithm that is free."""
    return 2 * torch.nn.functional.logsigmoid(2 * X).exp() - 1


def absolute_value(X: Tensor) -> Tensor:
    """exp(-2|x|) never overflows; the sign afterwards."""
    z = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - z) / (1 + z)


def expm1(X):
    """expm1 keeps the digits near 0."""
    z = torch.expm1(-2 * torch.abs(X))
    return torch.copysign(-z / (z + 2), X)


def clamped(X):
    """The definition, for entries up to 20: beyond, tanh is 1 to any tolerance."""
    X = X.clamp(-20, 20)
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


def hyperbolic(X):
    """sinh / cosh, clamped."""
    Z = torch.clamp(X, min=-40, max=40)
    return Z.sinh() / Z.cosh()


def shifted_exponentials(X):
    """Both exponents are shifted by the greater, as in softmax."""
    m = torch.maximum(X, -X).detach()
    up, down = torch.exp(X - m), torch.exp(-X - m)
    return (up - down) / (up + down)


def two_safe_branches(X):
    """where, with exponents that are clamped before exp."""
    above = torch.exp(-2 * X.clamp(min=0))
    below = torch.exp(2 * X.clamp(max=0))
    return torch.where(X >= 0, (1 - above) / (1 + above), (below - 1) / (below + 1))


def _of_one(x):
    """One number; large ones without exp."""
    if x > 20:
        return x * 0 + 1
    if x < -20:
        return x * 0 - 1
    e = torch.exp(2 * x)
    return (e - 1) / (e + 1)


def number_by_number(X):
    """A loop over single numbers, with a helper."""
    if X.dim() == 0:
        return _of_one(X)
    return torch.stack([number_by_number(x) for x in X])


def difference_of_softmax(X):
    """softmax of (x, -x): the first minus the second."""
    pair = torch.stack([X, -X])
    E = (pair - pair.amax(0)).exp()
    P = E / E.sum(0)
    return P[0] - P[1]


class _Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        y = 1 - 2 / (torch.exp(2 * X) + 1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, G):
        (y,) = ctx.saved_tensors
        return G * (1 - y * y)


def custom_function(X):
    """The repaired formula, whose gradient is 1 - y² by hand."""
    return _Tanh.apply(X)
