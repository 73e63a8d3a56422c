"""Correct implementations of cosine_similarity, in styles as far apart as students write them."""

import math

import torch
from torch import Tensor


def norms(x, y):
    """dot and norm."""
    return torch.dot(x, y) / (torch.norm(x) * torch.norm(y))


def linalg(x, y):
    """@ and torch.linalg, one length after the other."""
    return x @ y / torch.linalg.norm(x) / torch.linalg.norm(y)


def by_hand(x: Tensor, y: Tensor) -> Tensor:
    """Sums and roots alone."""
    inner = (x * y).sum()
    length_x = torch.sqrt((x**2).sum())
    length_y = torch.sqrt((y**2).sum())
    return inner / (length_x * length_y)


def unit_vectors(x, y):
    """Both normalized by hand first."""
    u = x / x.norm()
    v = y / y.norm()
    return u.dot(v)


def clamped(x, y):
    """Kept in [-1, 1]."""
    cosine = torch.sum(x * y) / (x.pow(2).sum() ** 0.5 * y.pow(2).sum() ** 0.5)
    return torch.clamp(cosine, -1.0, 1.0)


def scaled(x, y):
    """Divided by the largest magnitude first, so that one root of a product is enough."""
    x = x / x.abs().max().detach()
    y = y / y.abs().max().detach()
    return (x * y).sum() * torch.rsqrt((x * x).sum() * (y * y).sum())


def loop(x, y):
    """One entry after the other."""
    inner = square_x = square_y = 0.0
    for a, b in zip(x, y):
        inner = inner + a * b
        square_x = square_x + a * a
        square_y = square_y + b * b
    return inner / (square_x**0.5 * square_y**0.5)


def law_of_cosines(x, y):
    """From the distance of the unit vectors: |u - v|^2 = 2 - 2 cos."""
    u, v = x / x.square().sum().sqrt(), y / y.square().sum().sqrt()
    return 1 - (u - v).square().sum() / 2


def one_table(x, y):
    """All inner products at once."""
    V = torch.stack([x, y])
    V = V / V.norm(dim=1, keepdim=True)
    return torch.einsum("ik,jk->ij", V, V)[0, 1]


def in_float64(x, y):
    """With the digits of float64."""
    a, b = x.double(), y.double()
    cosine = a.inner(b) / math.sqrt(1.0) / (a.norm() * b.norm())
    return cosine.to(x.dtype)
