"""Correct implementations of synthetic_data, from every legal random source and in many styles."""

import math
import random

import numpy as np
import torch


def book(w, b, n):
    """The book's three lines, with the dtype kept."""
    X = torch.normal(0, 1, (n, len(w)), dtype=w.dtype)
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape, dtype=w.dtype)
    return X, y.reshape((-1, 1))


def mean_of_the_model(w, b, n):
    """The noise drawn around the model's labels."""
    X = torch.randn(n, w.shape[0]).to(w.dtype)
    return X, torch.normal(mean=X @ w + b, std=0.01)


def in_place(w, b, n):
    """Empty tensors, filled."""
    X = torch.empty(n, w.size(0), dtype=w.dtype).normal_()
    y = torch.zeros((n, 1), dtype=w.dtype).normal_(std=0.01)
    y.add_(X.mm(w)).add_(b)
    return [X, y]


def numpy_source(w, b, n):
    """NumPy's generator, brought to torch."""
    generator = np.random.default_rng()
    X = torch.as_tensor(generator.standard_normal((n, len(w))), dtype=w.dtype)
    noise = torch.as_tensor(generator.normal(scale=0.01, size=(n, 1)), dtype=w.dtype)
    return X, X @ w + b + noise


def old_numpy(w, b, n):
    """NumPy's global generator, with the product in NumPy as well."""
    X = np.random.randn(n, w.shape[0])
    y = X.dot(w.detach().numpy()) + float(b) + 0.01 * np.random.randn(n, 1)
    return torch.from_numpy(X).to(w.dtype), torch.from_numpy(y).to(w.dtype)


def loops(w, b, n):
    """Python's random numbers, one by one."""
    rows, labels = [], []
    for _ in range(n):
        row = [random.gauss(0, 1) for _ in range(len(w))]
        rows.append(row)
        total = sum(x * float(weight) for x, weight in zip(row, w))
        labels.append([total + float(b) + random.gauss(0, 0.01)])
    return torch.tensor(rows, dtype=w.dtype), torch.tensor(labels, dtype=w.dtype)


def distributions(w: torch.Tensor, b: float, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """torch.distributions."""
    X = torch.distributions.Normal(0.0, 1.0).sample((n, len(w))).type_as(w)
    epsilon = torch.distributions.Normal(0.0, 0.01).sample((n, 1)).type_as(w)
    return X, torch.einsum("nd,dk->nk", X, w) + b + epsilon


def box_and_muller(w, b, n):
    """Normal numbers made of uniform ones."""

    def normal(*size):
        u, v = torch.rand(*size, dtype=torch.float64), torch.rand(*size, dtype=torch.float64)
        return torch.sqrt(-2 * torch.log(1 - u)) * torch.cos(2 * math.pi * v)

    X = normal(n, len(w)).to(w.dtype)
    return X, X @ w + b + normal(n, 1).to(w.dtype) / 100


def one_draw(w, b, n):
    """Inputs and noise as the columns of one matrix."""
    drawn = torch.randn(n, len(w) + 1, dtype=w.dtype)
    X, noise = drawn[:, :-1], drawn[:, -1:]
    return X, (X * w.T).sum(1, keepdim=True) + b + 0.01 * noise


def vector_of_labels(w, b, n):
    """Labels as a vector, made a column at the end."""
    X = torch.randn((n, len(w)), dtype=w.dtype)
    y = X @ w.flatten() + b
    y = y + torch.randn(y.shape, dtype=w.dtype) * 1e-2
    return X, y.unsqueeze(1)
