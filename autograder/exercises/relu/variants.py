"""Correct implementations of relu, in styles as far apart as students write them."""

import torch
from torch import Tensor


def book(X):
    """The book's: the greater of X and a tensor of zeros."""
    a = torch.zeros_like(X)
    return torch.max(X, a)


def clamped(X: Tensor) -> Tensor:
    """clamp with a lower bound, and a type hint."""
    return X.clamp(min=0)


def where_scalar(X):
    """where with the number 0."""
    return torch.where(X > 0, X, 0.0)


def masked(X):
    """Multiplied by a mask; 0 counts as active."""
    return X * (X >= 0)


def half_of_sum(X):
    """(x + |x|) / 2."""
    return (X + X.abs()) / 2


def filled(X):
    """masked_fill."""
    return X.masked_fill(X <= 0, 0)


def written_into_copy(X):
    """A copy, and zeros written into it."""
    Y = X.clone()
    Y[Y < 0] = 0
    return Y


def double_loop(X):
    """Single numbers, put together again."""
    numbers = []
    for x in X.reshape(-1):
        if x > 0:
            numbers.append(x)
        else:
            numbers.append(x * 0)
    return torch.stack(numbers).reshape(X.shape)


def recursive(X):
    """Down to single numbers, dimension by dimension."""
    if X.dim() == 0:
        return max(X, torch.zeros((), dtype=X.dtype))
    return torch.stack([recursive(part) for part in X])


def negated_minimum(X):
    """-min(-x, 0)."""
    return -torch.minimum(-X, X.new_zeros(()))


def without_negative_part(X):
    """x minus its negative part."""
    return X - X.clamp(max=0)


def amax_of_stack(X):
    """The greatest of a stack of two."""
    return torch.stack([X, torch.zeros_like(X)]).amax(0)


def sign(X):
    """By the sign."""
    return X * ((X.sign() + 1) / 2)


class _ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        active = X > 0
        ctx.save_for_backward(active)
        return X * active

    @staticmethod
    def backward(ctx, G):
        (active,) = ctx.saved_tensors
        return G * active


def custom_function(X):
    """With its own backward."""
    return _ReLU.apply(X)


def scattered(X):
    """The positive entries, put back into their places."""
    result = X.new_zeros(X.shape)
    positive = X > 0
    result[positive] = X[positive]
    return result
