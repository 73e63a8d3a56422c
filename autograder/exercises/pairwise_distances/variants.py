"""Correct implementations of pairwise_distances, in styles as far apart as students write them."""

import itertools

import torch
from torch import Tensor
from torch.nn import functional


def broadcast(A, B):
    """Differences of all pairs at once."""
    return (A.unsqueeze(1) - B.unsqueeze(0)).pow(2).sum(dim=-1)


def expansion(A, B):
    """|a|^2 - 2ab + |b|^2, with one matrix product."""
    return (A**2).sum(1, keepdim=True) - 2 * A @ B.T + (B**2).sum(1)


def clamped_expansion(A: Tensor, B: Tensor) -> Tensor:
    """The expansion, where rounding below 0 is cut off."""
    lengths_a = A.square().sum(dim=1).view(-1, 1)
    lengths_b = B.square().sum(dim=1).view(1, -1)
    return torch.clamp(lengths_a + lengths_b - 2 * torch.mm(A, B.t()), min=0.0)


def einsum(A, B):
    """The expansion by einsum."""
    aa = torch.einsum("ik,ik->i", A, A)
    bb = torch.einsum("jk,jk->j", B, B)
    ab = torch.einsum("ik,jk->ij", A, B)
    return aa[:, None] + bb[None, :] - 2 * ab


def two_loops(A, B):
    """One pair after the other, into a result made for it."""
    n, m = A.shape[0], B.shape[0]
    result = torch.zeros(n, m, dtype=A.dtype)
    for i in range(n):
        for j in range(m):
            difference = A[i] - B[j]
            result[i, j] = (difference * difference).sum()
    return result


def one_loop(A, B):
    """A row of the result at a time."""
    return torch.stack([((a - B) ** 2).sum(dim=1) for a in A])


def single_numbers(A, B):
    """Number by number, with Python's sum."""
    rows = [[sum((p - q) ** 2 for p, q in zip(a, b)) for b in B] for a in A]
    return torch.stack([torch.stack(row) for row in rows])


def feature_by_feature(A, B):
    """One feature after the other, added up."""
    total = torch.zeros(len(A), len(B), dtype=A.dtype)
    for k in range(A.size(1)):
        total = total + (A[:, k].reshape(-1, 1) - B[:, k].reshape(1, -1)) ** 2
    return total


def squared_norm(A, B):
    """The square of torch's norm, whose gradient at 0 is 0."""
    return torch.linalg.vector_norm(A[:, None] - B, dim=2) ** 2


def squared_losses(A, B):
    """The squared errors of all pairs, added up over the features."""
    n, m = len(A), len(B)
    left = A.repeat_interleave(m, dim=0)
    right = B.repeat(n, 1)
    return functional.mse_loss(left, right, reduction="none").sum(1).view(n, m)


def all_pairs(A, B):
    """The Cartesian product of the rows."""
    pairs = itertools.product(A, B)
    return torch.stack([torch.dot(a - b, a - b) for a, b in pairs]).reshape(len(A), len(B))


def gram(A, B):
    """From the matrix of all inner products of all points."""
    X = torch.cat([A, B])
    G = X @ X.T
    squares = G.diagonal()
    return (squares[:, None] + squares - 2 * G)[: len(A), len(A) :]


def by_numpy_layout(A, B):
    """Tiled to the full shape, as in NumPy without broadcasting."""
    n, m = A.size(0), B.size(0)
    D = A[:, None, :].expand(n, m, -1) - B[None, :, :].expand(n, m, -1)
    return torch.sum(torch.square(D), axis=2)
