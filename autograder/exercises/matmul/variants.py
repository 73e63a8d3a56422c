"""Correct implementations of matmul, in styles as far apart as students write them."""

import functools
import itertools
import operator

import torch
from torch import Tensor


def broadcast(A, B):
    """All products at once."""
    return (A.unsqueeze(2) * B.unsqueeze(0)).sum(dim=1)


def rows_and_columns(A, B):
    """Every row of A with every column of B."""
    return (A[:, None, :] * B.T[None, :, :]).sum(-1)


def outer_products(A, B):
    """The sum of k outer products."""
    result = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for p in range(A.shape[1]):
        result = result + torch.outer(A[:, p], B[p])
    return result


def three_loops(A: Tensor, B: Tensor) -> Tensor:
    """The definition, number by number, into a result made for it."""
    n, k = A.shape
    m = B.shape[1]
    C = torch.zeros((n, m), dtype=A.dtype)
    for i in range(n):
        for j in range(m):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C


def two_loops(A, B):
    """One sum for every entry."""
    C = A.new_zeros(len(A), B.size(1))
    for i, j in itertools.product(range(len(A)), range(B.size(1))):
        C[i, j] = torch.sum(A[i] * B[:, j])
    return C


def one_loop(A, B):
    """A row of the result at a time."""
    return torch.stack([(row.view(-1, 1) * B).sum(0) for row in A.contiguous()])


def by_columns(A, B):
    """A column of the result at a time."""
    return torch.stack([(A * column).sum(1) for column in B.unbind(1)], dim=1)


def combinations_of_rows(A, B):
    """Rows of the result as combinations of B's rows."""
    rows = []
    for coefficients in A:
        rows.append(sum(c * row for c, row in zip(coefficients, B)))
    return torch.vstack(rows)


def reduced(A, B):
    """Reduce over the inner dimension."""
    parts = (a[:, None] * b for a, b in zip(A.T, B))
    return functools.reduce(operator.add, parts)


def one_product_a_row(A, B):
    """The rows repeated, one long list of products, added up in groups."""
    n, k = A.shape
    m = B.shape[1]
    left = A.repeat_interleave(m, dim=0)
    right = B.t().repeat(n, 1)
    return torch.mul(left, right).reshape(n, m, k).sum(dim=2)


def running_sums(A, B):
    """The last of the running sums."""
    return torch.cumsum(A[:, :, None] * B, dim=1)[:, -1]


def by_squares(A, B):
    """ab = ((a + b)^2 - (a - b)^2) / 4."""
    a, b = A[:, :, None], B[None]
    return ((a + b).square() - (a - b).square()).sum(1) / 4


def by_kronecker(A, B):
    """The Kronecker product holds all products; those with equal inner indices are added."""
    (n, k), m = A.shape, B.shape[1]
    K = torch.kron(A.contiguous(), B.contiguous()).reshape(n, k, k, m)
    return K.diagonal(dim1=1, dim2=2).sum(-1)
