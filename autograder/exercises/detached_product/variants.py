"""Correct implementations of detached_product, in styles as far apart as students write them."""

import torch
from torch import Tensor


def book(x):
    """y, then u, then z, as in the book."""
    y = x * x
    u = y.detach()
    z = u * x
    return z


def detaches_first(x: Tensor) -> Tensor:
    """Type hints; x is detached before it is squared."""
    constant: Tensor = x.detach() ** 2
    return constant * x


def without_recording(x):
    """u is computed where autograd doesn't record."""
    with torch.no_grad():
        u = x * x
    return x * u


def through_data(x):
    """The older .data idiom."""
    return x.data.pow(2).mul(x)


@torch.no_grad()
def _square(x):
    return torch.square(x)


def helper(x):
    """A helper that is decorated with no_grad."""
    return torch.mul(_square(x), x)


def copied_and_changed(x):
    """A detached clone, squared in place."""
    u = x.detach().clone()
    u *= u.clone()
    return u * x


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, cotangent):
        (x,) = ctx.saved_tensors
        return cotangent * x * x


def custom_function(x):
    """An autograd.Function with its own backward."""
    return _Product.apply(x)


def through_numpy(x):
    """u by NumPy, which autograd doesn't follow."""
    u = torch.from_numpy(x.detach().numpy() ** 2) if x.dim() else x.detach() * x.detach()
    return u * x


def straight_through(x):
    """A product with the gradient, and a constant that corrects the values."""
    slope = (x * x).detach()
    linear = slope * x
    return linear + (x**3 - linear).detach()


def entry_by_entry(x):
    """A comprehension over the flattened entries."""
    entries = [float(entry) ** 2 * entry for entry in x.reshape(-1)]
    return torch.stack(entries).reshape(x.shape)
