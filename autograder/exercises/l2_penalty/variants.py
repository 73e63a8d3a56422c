"""Correct implementations of l2_penalty in the styles in which students write it."""

import functools
import itertools
import math

import torch
from torch import Tensor


def book(w):
    """Square, sum, divide by 2."""
    return torch.sum(w.pow(2)) / 2


def methods(w):
    """Methods only, multiplied by 0.5."""
    return w.square().sum().mul(0.5)


def product_with_itself(w: Tensor) -> Tensor:
    """Type hints; w * w."""
    return 0.5 * (w * w).sum()


def halves_before_sum(w):
    """Halves every square, then sums."""
    return (w**2 / 2).sum()


def scaled_weights(w):
    """Divides the weights by the square root of 2 first."""
    return torch.sum((w / math.sqrt(2)) ** 2)


def flat_dot(w):
    """Dot product of the flattened tensor."""
    flat = w.reshape(-1)
    return torch.dot(flat, flat) / 2


def flat_matmul(w):
    """Matrix product of a flattened vector."""
    v = w.flatten()
    return (v @ v) / 2


def row_times_column(w):
    """(1, k) times (k, 1), squeezed to a 0-dim tensor."""
    row = w.reshape(1, -1)
    return (row @ row.t()).squeeze() / 2


def einstein(w):
    """einsum of the flattened tensor."""
    return torch.einsum("i,i->", w.reshape(-1), w.reshape(-1)) / 2


def every_axis(w):
    """tensordot over all axes."""
    return torch.tensordot(w, w, dims=w.dim()) / 2


def trace(w):
    """Trace of the Gram matrix of the flattened tensor."""
    column = w.reshape(-1, 1)
    return torch.trace(column.T @ column) / 2


def axis_after_axis(w):
    """Sums the first dimension until none is left."""
    total = w**2
    while total.dim() > 0:
        total = total.sum(0)
    return total / 2


def loop_over_elements(w):
    """Python loop with a running total of the correct dtype."""
    total = torch.zeros((), dtype=w.dtype, device=w.device)
    for value in w.reshape(-1):
        total = total + value * value
    return total / 2


def index_loop(w):
    """Loops over index tuples; verbose."""
    penalty = 0.0 * w.sum()
    for index in itertools.product(*(range(size) for size in w.shape)):
        penalty = penalty + 0.5 * w[index] ** 2
    return penalty


def stacked_squares(w):
    """List comprehension and torch.stack."""
    return torch.stack([value**2 for value in w.flatten()]).sum() * 0.5


def builtin_sum(w):
    """Python's sum over the flattened tensor."""
    return sum(w.reshape(-1) ** 2) / 2


def reduced(w):
    """functools.reduce with a lambda."""
    return functools.reduce(lambda total, v: total + v * v, w.reshape(-1), w.new_zeros(())) / 2


def recursive(w):
    """Recursion over the dimensions."""
    if w.dim() == 0:
        return w * w / 2
    return torch.stack([recursive(part) for part in w]).sum()


def mean_times_size(w):
    """Mean of the squares times the number of elements."""
    return (w**2).mean() * w.numel() / 2


def absolute_values(w):
    """Squares the absolute values."""
    return w.abs().pow(2).sum() / 2


class _HalfSquaredNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        ctx.save_for_backward(w)
        return (w * w).sum() / 2

    @staticmethod
    def backward(ctx, cotangent):
        (w,) = ctx.saved_tensors
        return cotangent * w


def custom_function(w):
    """autograd.Function with its own backward."""
    return _HalfSquaredNorm.apply(w)


def _half_square(value):
    return value.mul(value).div(2)


def helper_function(w):
    """A helper, and an accumulator that is changed in place."""
    total = torch.zeros_like(w.sum())
    total += _half_square(w).sum()
    return total


def clone_in_place(w):
    """In-place operations on a clone."""
    copy = w.clone()
    copy *= w
    return copy.sum().div_(2)


def asserts_contract(w):
    """Checks its argument and its own result."""
    assert w.is_floating_point()
    penalty = (w**2).sum() / 2
    assert penalty.dim() == 0 and penalty.dtype == w.dtype and penalty >= 0
    return penalty
