"""Correct implementations of linear_regression_epoch, in styles as far apart as students write them."""

from collections.abc import Iterable

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


def book(w, b, batches, lr):
    """The book's pieces: linreg, squared_loss, the summed loss and sgd with a batch size."""
    total, count = 0.0, 0
    for X, y in batches:
        loss = (X @ w + b - y.reshape(-1, 1)) ** 2 / 2
        loss.sum().backward()
        with torch.no_grad():
            for param in (w, b):
                param -= lr * param.grad / len(y)
                param.grad.zero_()
        total += float(loss.sum())
        count += len(y)
    return total / count


def by_hand(w, b, batches, lr):
    """The gradient as a formula, without autograd."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            error = torch.matmul(X, w) + b - y
            losses.append(0.5 * error**2)
            w.sub_(lr * X.T @ error / X.shape[0])
            b.sub_(lr * error.mean())
    return torch.cat(losses).mean()


def mean_squared_error(w, b, batches, lr):
    """F.mse_loss, halved, with autograd.grad; .data is changed."""
    sums = []
    for X, y in batches:
        loss = F.mse_loss(F.linear(X, w.T) + b, y) / 2
        dw, db = torch.autograd.grad(loss, [w, b])
        w.data -= lr * dw
        b.data -= lr * db
        sums.append(loss.item() * len(X))
    return sum(sums) / sum(len(X) for X, _ in batches)


def zeroes_first(w, b, batches, lr):
    """Grads are removed before each backward pass, and the last ones stay."""
    history = np.array([])
    for X, y in batches:
        w.grad = None
        b.grad = None
        residuals = y - (X.mm(w) + b)
        loss = residuals.pow(2).mean() * 0.5
        loss.backward()
        with torch.no_grad():
            w.add_(w.grad, alpha=-lr)
            b.add_(b.grad, alpha=-lr)
        history = np.append(history, residuals.detach().numpy().ravel() ** 2 / 2)
    return history.mean()


@torch.no_grad()
def example_by_example(w, b, batches, lr):
    """Loops over examples and features; gradients gathered number by number."""
    total, seen = 0.0, 0
    for X, y in batches:
        n, d = X.shape
        dw, db = [0.0] * d, 0.0
        for i in range(n):
            prediction = b.item() + sum(X[i, j].item() * w[j, 0].item() for j in range(d))
            error = prediction - y[i, 0].item()
            total += error * error / 2
            for j in range(d):
                dw[j] += error * X[i, j].item() / n
            db += error / n
        for j in range(d):
            w[j, 0] -= lr * dw[j]
        b -= lr * db
        seen += n
    return total / seen


def _linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return X @ w + b


def _step(params: Iterable[Tensor], lr: float) -> None:
    for p in params:
        p.data = p.data - lr * p.grad.data
        p.grad = None


def helpers(w: Tensor, b: Tensor, batches: list[tuple[Tensor, Tensor]], lr: float) -> Tensor:
    """Type hints and helper functions; running mean as a tensor that is detached."""
    mean, seen = w.new_zeros(()), 0
    for X, y in batches:
        loss = (_linreg(X, w, b) - y).square().div(2).mean()
        loss.backward()
        _step([w, b], lr)
        seen += len(X)
        mean = mean + (loss.detach() - mean) * (len(X) / seen)
    return mean


def column_of_ones(w, b, batches, lr):
    """Weights and bias as one vector, for the length of the call."""
    theta = torch.cat([w.detach(), b.detach().reshape(1, 1)])
    total = 0
    for X, y in batches:
        Z = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)
        error = Z @ theta - y
        total = total + (error.T @ error).squeeze() / 2
        theta = theta - lr / len(X) * Z.T @ error
    with torch.no_grad():
        w[:] = theta[:-1]
        b.fill_(theta[-1].item())
    return total / sum(X.size(0) for X, _ in batches)


def flat(w, b, batches, lr):
    """Vectors in the place of columns, flattened on both sides; graph kept in the returned loss."""
    pieces = []
    for X, y in batches:
        prediction = torch.mv(X, w.flatten()) + b.squeeze()
        piece = (prediction - y.flatten()) ** 2 / 2
        gradients = torch.autograd.grad(piece.mean(), (w, b), retain_graph=True)
        pieces.append(piece)
        with torch.no_grad():
            for param, gradient in zip((w, b), gradients, strict=True):
                param.copy_(param - lr * gradient)
    return torch.cat(pieces).mean()


def with_module(w, b, batches, lr):
    """nn.Linear and nn.MSELoss for the forward pass; the module's weights are copied back."""
    layer = nn.Linear(w.shape[0], 1).to(w.dtype)
    criterion = nn.MSELoss(reduction="sum")
    with torch.no_grad():
        layer.weight.copy_(w.T)
        layer.bias.copy_(b.reshape(1))
    total, n = 0.0, 0
    for X, y in batches:
        layer.zero_grad()
        loss = criterion(layer(X), y) / 2
        (loss / len(X)).backward()
        for p in layer.parameters():
            p.data.sub_(p.grad, alpha=lr)
        total, n = total + loss.item(), n + len(X)
    w.data.copy_(layer.weight.data.T)
    b.data.copy_(layer.bias.data.reshape(b.shape))
    return total / n
