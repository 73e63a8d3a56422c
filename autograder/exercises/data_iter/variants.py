"""Correct implementations of data_iter: generators and lists, from every legal random source."""

import random

import numpy as np
import torch
from torch.utils.data import BatchSampler, RandomSampler, TensorDataset


def book(batch_size, features, labels):
    """The book's generator."""
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch_indices = torch.tensor(indices[i : min(i + batch_size, num_examples)])
        yield features[batch_indices], labels[batch_indices]


def split_permutation(batch_size, features, labels):
    """A list, from a permutation that is split."""
    return [(features[j], labels[j]) for j in torch.randperm(len(features)).split(batch_size)]


def mixed_copies(batch_size, features, labels):
    """Mixed copies of the data, in slices."""
    order = torch.randperm(features.shape[0])
    X, y = features[order], labels[order]
    i = 0
    while i < len(X):
        yield X[i : i + batch_size], y[i : i + batch_size]
        i += batch_size


def zipped(batch_size, features, labels):
    """A zip object, which is neither a list nor a generator."""
    order = torch.argsort(torch.rand(len(features), dtype=torch.float64))
    return zip(features[order].split(batch_size), labels[order].split(batch_size))


def numpy_order(batch_size: int, features: torch.Tensor, labels: torch.Tensor):
    """NumPy's permutation."""
    order = np.random.default_rng().permutation(len(labels))
    for start in np.arange(0, len(order), batch_size):
        chosen = torch.from_numpy(order[start : start + batch_size])
        yield torch.index_select(features, 0, chosen), labels.index_select(0, chosen)


def sampled(batch_size, features, labels):
    """random.sample of everything is a shuffle; batches are lists of two."""
    order = random.sample(range(len(features)), len(features))
    batches = []
    while order:
        now, order = order[:batch_size], order[batch_size:]
        batches.append([features[now], labels[now]])
    return batches


def row_by_row(batch_size, features, labels):
    """Pairs that are shuffled, and stacked when a batch is full."""
    rows = list(zip(features, labels))
    random.shuffle(rows)
    X, y = [], []
    for x, label in rows:
        X.append(x)
        y.append(label)
        if len(X) == batch_size:
            yield torch.stack(X), torch.stack(y)
            X, y = [], []
    if X:
        yield torch.stack(X), torch.stack(y)


def popped(batch_size, features, labels):
    """Draws without replacement, one by one."""
    left = list(range(len(features)))
    while left:
        chosen = [left.pop(random.randrange(len(left))) for _ in range(min(batch_size, len(left)))]
        yield features[chosen], labels[chosen]


class _Epoch:
    """An iterable of its own."""

    def __init__(self, batch_size, features, labels):
        self.batch_size, self.features, self.labels = batch_size, features, labels

    def __iter__(self):
        keys = np.random.rand(len(self.features))
        order = sorted(range(len(keys)), key=keys.__getitem__)
        for k in range(-(-len(order) // self.batch_size)):
            part = order[k * self.batch_size : (k + 1) * self.batch_size]
            yield self.features[part], self.labels[part]


def iterable_object(batch_size, features, labels):
    """An object with __iter__."""
    return _Epoch(batch_size, features, labels)


class _Batches:
    """A sequence as old as Python: numbers from 0 on, until IndexError."""

    def __init__(self, batch_size, features, labels):
        self.chosen = torch.randperm(len(features)).split(batch_size)
        self.features, self.labels = features, labels

    def __getitem__(self, k):
        return self.features[self.chosen[k]], self.labels[self.chosen[k]]


def indexed_object(batch_size, features, labels):
    """An object with __getitem__ alone, as a data set has it; a loop takes it."""
    return _Batches(batch_size, features, labels)


def samplers(batch_size, features, labels):
    """torch's samplers, which give indices alone, and a data set."""
    data = TensorDataset(features, labels)
    for indices in BatchSampler(RandomSampler(data), batch_size, drop_last=False):
        yield data[indices]


def reused_buffers(batch_size, features, labels):
    """Fills the same two tensors again for every full batch, as loops with little memory do."""
    X, y = torch.empty_like(features[:batch_size]), torch.empty_like(labels[:batch_size])
    for chosen in torch.split(torch.randperm(len(features)), batch_size):
        if len(chosen) < len(X):
            yield features[chosen], labels[chosen]
        else:
            X.copy_(features[chosen])
            y.copy_(labels[chosen])
            yield X, y
