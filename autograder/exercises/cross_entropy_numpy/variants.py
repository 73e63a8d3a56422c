"""Correct implementations of cross_entropy in NumPy, in styles as far apart as students write them."""

import math

import numpy as np


def indexed(y_hat, y):
    """Both indices at once."""
    return -np.log(y_hat[np.arange(len(y)), y])


def python_range(y_hat: np.ndarray, y: np.ndarray) -> np.ndarray:
    """range, and type hints."""
    n = y_hat.shape[0]
    return -np.log(y_hat[range(n), y])


def take_along(y_hat, y):
    """take_along_axis."""
    return -np.log(np.take_along_axis(y_hat, y[:, None], axis=1)[:, 0])


def one_hot(y_hat, y):
    """A one-hot matrix selects before the logarithm."""
    selected = np.eye(y_hat.shape[1], dtype=y_hat.dtype)[y]
    return -np.log((selected * y_hat).sum(axis=1))


def row_loop(y_hat, y):
    """Example by example."""
    return np.array([-np.log(p[label]) for p, label in zip(y_hat, y, strict=True)])


def numbers(y_hat, y):
    """Python's numbers, and math.log."""
    losses = np.zeros_like(y_hat[:, 0])
    for i, label in enumerate(y.tolist()):
        losses[i] = -math.log(float(y_hat[i, label]))
    return losses


def masked(y_hat, y):
    """A boolean mask, which reads row by row."""
    return np.log(1 / y_hat[y[:, np.newaxis] == np.arange(y_hat.shape[1])])


def choose(y_hat, y):
    """Flat positions."""
    flat = np.ascontiguousarray(y_hat).ravel()
    return np.negative(np.log(flat[np.arange(y.size) * y_hat.shape[1] + y]))
