"""Correct implementations of accuracy, in styles as far apart as students write them."""

import numpy as np
import torch
from torch import Tensor


def book(y_hat, y):
    """The book's comparison, without its shortcut for one column."""
    cmp = y_hat.argmax(dim=1).type(y.dtype) == y
    return float(cmp.type(y.dtype).sum())


def maximum(y_hat, y):
    """torch.max gives values and places."""
    _, predicted = torch.max(y_hat.data, 1)
    return (predicted == y).sum().item()


def in_numpy(y_hat, y):
    """np.argmax and np.sum: a NumPy number."""
    return np.sum(np.argmax(y_hat.detach().numpy(), axis=1) == y.numpy())


def row_by_row(y_hat, y):
    """Lists and a counter."""
    correct = 0
    for scores, label in zip(y_hat.tolist(), y.tolist(), strict=True):
        if scores.index(max(scores)) == label:
            correct += 1
    return correct


def entry_by_entry(y_hat: Tensor, y: Tensor) -> int:
    """Type hints and index arithmetic; a maximum by hand."""
    n, q = y_hat.shape
    hits = 0
    for i in range(n):
        best = 0
        for j in range(1, q):
            if y_hat[i, j] > y_hat[i, best]:
                best = j
        hits += best == int(y[i])
    return hits


def score_of_label(y_hat, y):
    """The score of the label is the largest of its row."""
    own = y_hat[torch.arange(len(y)), y]
    return (own == y_hat.max(dim=1).values).sum()


def gathered(y_hat, y):
    """gather and amax, with columns kept; a float32 tensor."""
    own = y_hat.gather(1, y.unsqueeze(1))
    return torch.where(own >= y_hat.amax(1, keepdim=True), 1.0, 0.0).sum()


def mean_times_rows(y_hat, y):
    """The share, times the number of rows."""
    return torch.mean((y_hat.argmax(-1) == y).float()) * y.numel()


def none_above(y_hat, y):
    """Counts scores above that of the label."""
    above = (y_hat > y_hat[range(len(y)), y].reshape(-1, 1)).sum(dim=1)
    return torch.count_nonzero(above == 0)


def one_hot(y_hat, y):
    """Compares one-hot rows of predictions and labels."""
    q = y_hat.shape[1]
    predicted = torch.nn.functional.one_hot(torch.argmax(y_hat, dim=1), q)
    return int((predicted * torch.nn.functional.one_hot(y, q)).sum())


def sorted_scores(y_hat, y):
    """The last of the sorted places."""
    return y_hat.argsort(dim=1)[:, -1].eq(y).sum()


def wrong_ones(y_hat, y):
    """All rows without the wrong ones."""
    return len(y) - torch.ne(y_hat.topk(1).indices.squeeze(1), y).sum().item()


def confusion(y_hat, y):
    """The trace of a confusion matrix."""
    q = y_hat.shape[1]
    counts = torch.bincount(y * q + y_hat.argmax(1), minlength=q * q).reshape(q, q)
    return counts.trace()
