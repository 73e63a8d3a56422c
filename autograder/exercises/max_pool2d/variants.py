"""Correct implementations of max_pool2d, in styles as far apart as students write them."""

import math

import torch
from torch import Tensor
from torch.nn.functional import unfold


def book(X, size, stride):
    """The book's loops for each channel, with a stride."""
    n, c, h, w = X.shape
    Y = torch.zeros((n, c, (h - size) // stride + 1, (w - size) // stride + 1), dtype=X.dtype)
    for i in range(Y.shape[2]):
        for j in range(Y.shape[3]):
            a, b = i * stride, j * stride
            for k in range(n):
                for m in range(c):
                    Y[k, m, i, j] = X[k, m, a : a + size, b : b + size].max()
    return Y


def unfolded(X, size, stride):
    """Tensor.unfold twice, amax over the window."""
    return X.unfold(2, size, stride).unfold(3, size, stride).amax((-1, -2))


def one_dimension_after_the_other(X: Tensor, size: int, stride: int) -> Tensor:
    """Maxima of rows, then of columns."""
    for dim in (2, 3):
        X = X.unfold(dim, size, stride).max(dim=-1).values
    return X


def shifted_images(X, size, stride):
    """torch.maximum of slices with a step."""
    oh, ow = (X.shape[2] - size) // stride + 1, (X.shape[3] - size) // stride + 1
    best = None
    for a in range(size):
        for b in range(size):
            seen = X[:, :, a : a + stride * oh : stride, b : b + stride * ow : stride]
            best = seen if best is None else torch.maximum(best, seen)
    return best


def columns(X, size, stride):
    """functional.unfold, channels apart."""
    n, c, h, w = X.shape
    windows = unfold(X.reshape(n * c, 1, h, w), size, stride=stride)
    return windows.max(1)[0].reshape(n, c, (h - size) // stride + 1, -1)


def running_maximum(X, size, stride):
    """From minus infinity, with where; single numbers compared in plain loops."""
    n, c, h, w = X.shape
    oh, ow = (h - size) // stride + 1, (w - size) // stride + 1
    Y = torch.full((n, c, oh, ow), -math.inf, dtype=X.dtype)
    for a in range(size):
        for b in range(size):
            rows = torch.arange(oh) * stride + a
            cols = torch.arange(ow) * stride + b
            seen = X[:, :, rows][:, :, :, cols]
            Y = torch.where(seen > Y, seen, Y)
    return Y


def lists(X, size, stride):
    """Comprehensions and a stack of 0-dim tensors."""
    oh, ow = (X.shape[2] - size) // stride + 1, (X.shape[3] - size) // stride + 1

    def one(k, m, i, j):
        window = X[k, m, i * stride : i * stride + size, j * stride : j * stride + size]
        return torch.max(window)

    flat = [
        one(k, m, i, j)
        for k in range(X.shape[0])
        for m in range(X.shape[1])
        for i in range(oh)
        for j in range(ow)
    ]
    return torch.stack(flat).reshape(X.shape[0], X.shape[1], oh, ow)


def sorted_windows(X, size, stride):
    """The last of the sorted entries of each window."""
    windows = X.unfold(2, size, stride).unfold(3, size, stride).flatten(-2)
    return windows.sort(-1).values[..., -1]


def gathered(X, size, stride):
    """argmax finds the place, gather takes the entry."""
    windows = X.unfold(2, size, stride).unfold(3, size, stride).flatten(-2)
    places = windows.argmax(-1, keepdim=True)
    return torch.gather(windows, -1, places)[..., 0]
