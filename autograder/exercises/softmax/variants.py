"""Correct implementations of softmax, in styles as far apart as students write them."""

import math
from functools import partial

import torch
from torch import Tensor


def shifted(X):
    """The usual stable version: subtract the row maximum, exponentiate, divide."""
    E = torch.exp(X - X.max(1, keepdim=True).values)
    return E / E.sum(1, keepdim=True)


def typed_and_checked(X: Tensor) -> Tensor:
    """Type hints, a docstring and asserts of the contract."""
    assert X.dim() == 2 and X.is_floating_point()
    maxima: Tensor = torch.amax(X, dim=-1, keepdim=True)
    exponentials: Tensor = (X - maxima).exp()
    probabilities: Tensor = exponentials / exponentials.sum(dim=-1, keepdim=True)
    assert probabilities.shape == X.shape and probabilities.dtype == X.dtype
    return probabilities


def log_space(X):
    """exp(X - logsumexp) on shifted logits: the log-softmax identity."""
    X = X - X.max(dim=1, keepdim=True)[0]
    return torch.exp(X - torch.logsumexp(X, dim=1, keepdim=True))


def detached_maximum(X):
    """The shift is declared a constant with detach."""
    shift = X.detach().max(dim=1)[0].unsqueeze(1)
    top = torch.exp(X - shift)
    return top / torch.sum(top, 1).reshape(-1, 1)


def data_maximum(X):
    """The shift is read through .data, with None indexing for the new axis."""
    E = (X - X.data.max(1).values[:, None]).exp()
    return E / E.sum(1)[:, None]


@torch.no_grad()
def _row_maxima(X):
    return X.amax(1)


def no_grad_helper(X):
    """A helper decorated with no_grad finds the shift."""
    E = torch.exp(X - _row_maxima(X).view(-1, 1))
    return E.div(E.sum(1).view(-1, 1))


def with_no_grad_block(X):
    """A with block around the shift."""
    with torch.no_grad():
        m = torch.max(X, dim=1, keepdim=True).values
    E = torch.exp(X - m)
    Z = E.sum(dim=1, keepdim=True)
    return E * Z.reciprocal()


def row_loop_stack(X):
    """A loop over the rows, collected in a list and stacked."""
    rows = []
    for x in X:
        e = torch.exp(x - x.max())
        rows.append(e / e.sum())
    return torch.stack(rows)


def comprehension(X):
    """A list comprehension around a one-row helper."""
    return torch.stack([_one_row(x) for x in X], dim=0)


def _one_row(x):
    e = (x - x.max()).exp()
    return e / sum(e)


def filled_result(X):
    """A result tensor filled row by row in place."""
    result = torch.zeros(X.shape, dtype=X.dtype, device=X.device)
    for i in range(X.shape[0]):
        e = torch.exp(X[i] - torch.max(X[i]))
        result[i, :] = e / torch.sum(e)
    return result


def double_loop(X):
    """Scalars only: two loops over rows and classes."""
    n, q = X.shape
    P = X.new_empty(n, q)
    for i in range(n):
        largest = max(X[i, j].item() for j in range(q))
        total = 0
        for j in range(q):
            total = total + torch.exp(X[i, j] - largest)
        for j in range(q):
            P[i, j] = torch.exp(X[i, j] - largest) / total
    return P


def pairwise_differences(X):
    """1 / sum_k exp(x_k - x_j), every exponent clamped where the answer is 0 anyway."""
    # exp(700) is finite in float64, exp(80) in float32; beyond, 1/exp is 0 to any tolerance.
    limit = 700.0 if X.dtype == torch.float64 else 80.0
    differences = X.unsqueeze(1) - X.unsqueeze(2)
    return 1 / torch.exp(differences.clamp(max=limit)).sum(2)


def einsum(X):
    """Einstein summation for both the sum and the division."""
    E = torch.exp(X - X.amax(1, keepdim=True))
    return torch.einsum("nq,n->nq", E, 1 / torch.einsum("nq->n", E))


def matmul_ones(X):
    """The row sums as a matrix product with ones."""
    E = torch.exp(X - X.amax(dim=1, keepdim=True))
    return E / (E @ torch.ones(X.shape[1], 1, dtype=X.dtype))


def transposed(X):
    """Works on the transpose, where broadcasting needs no keepdim, and turns back."""
    T = X.T
    E = torch.exp(T - T.max(0).values)
    return (E / E.sum(0)).T


def in_place_on_copy(X):
    """In-place arithmetic on a copy; only exp makes a new tensor."""
    Y = X.clone()
    Y -= Y.detach().amax(1, keepdim=True)
    E = Y.exp()
    return E / E.sum(1, keepdim=True)


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        E = torch.exp(X - X.amax(1, keepdim=True))
        P = E / E.sum(1, keepdim=True)
        ctx.save_for_backward(P)
        return P

    @staticmethod
    def backward(ctx, G):
        (P,) = ctx.saved_tensors
        return P * (G - (G * P).sum(1, keepdim=True))


def custom_function(X):
    """An autograd.Function with the Jacobian-vector product by hand."""
    return _Softmax.apply(X)


def sigmoid_of_margin(X):
    """p_j = sigmoid(x_j - logsumexp of the other classes)."""
    q = X.shape[1]
    if q == 1:
        return X - X + 1
    own = torch.eye(q, dtype=torch.bool)
    others = X.unsqueeze(1).masked_fill(own, -math.inf).logsumexp(2)
    return torch.sigmoid(X - others)


def where_branches(X):
    """torch.where keeps the largest entries at exponent 0."""
    m = X.amax(1, keepdim=True)
    Z = torch.where(m > X, X - m, X - m.detach() - (m - m.detach()))
    E = Z.exp()
    return E / E.sum(1, keepdim=True).expand_as(E)


_sum_rows = partial(torch.sum, dim=1, keepdim=True)


def partials_and_lambdas(X):
    """A functional style: lambdas and functools.partial."""
    center = lambda A: A - A.amax(dim=1, keepdim=True)
    normalize = lambda A: A / _sum_rows(A)
    return normalize(torch.exp(center(X)))


def vmapped(X):
    """torch.func.vmap over a one-row function."""
    return torch.func.vmap(lambda x: (x - x.logsumexp(0)).exp())(X - X.amax(1, keepdim=True))


def running_normalizer(X):
    """The online algorithm: one pass that rescales the sum whenever the maximum grows."""
    m = X[:, 0]
    total = torch.ones_like(m)
    for x in X[:, 1:].unbind(1):
        new = torch.maximum(m, x)
        total = total * torch.exp(m - new) + torch.exp(x - new)
        m = new
    return torch.exp(X - m.unsqueeze(1)) / total.unsqueeze(1)
