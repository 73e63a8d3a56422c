"""Correct implementations of squared_loss in NumPy, in styles as far apart as students write them."""

import numpy as np


def book(y_hat, y):
    """One line."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def squared(y_hat, y):
    """np.square, and half in front."""
    return 0.5 * np.square(y_hat - np.reshape(y, (-1, 1)))


def by_dimensions(y_hat: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Adds the dimension only where it is missing."""
    if y.ndim == 1:
        y = y[:, None]
    error = y_hat - y
    return error * error / 2


def expanded(y_hat, y):
    """The binomial formula."""
    y = y.reshape(-1, 1)
    return y_hat**2 / 2 - y_hat * y + y**2 / 2


def flat_and_back(y_hat, y):
    """Vectors, turned into a column at the end."""
    losses = (y_hat.flatten() - y.flatten()) ** 2 / 2
    return np.expand_dims(losses, 1)


def one_by_one(y_hat, y):
    """A loop over the examples."""
    losses = []
    for prediction, label in zip(y_hat.ravel(), y.ravel()):
        losses.append([(prediction - label) ** 2 / 2])
    return np.array(losses, dtype=y_hat.dtype)


def filled(y_hat, y):
    """An array of zeros, filled by index."""
    out = np.zeros_like(y_hat)
    labels = np.atleast_1d(np.squeeze(y))
    for i in range(len(y_hat)):
        out[i, 0] = 0.5 * (y_hat[i, 0] - labels[i]) ** 2
    return out


def absolute(y_hat, y):
    """The absolute error times half of itself."""
    error = np.abs(np.subtract(y.reshape(y_hat.shape), y_hat))
    return error * (error / 2)


def summed_indices(y_hat, y):
    """Einstein summation of the error with itself."""
    error = y_hat - y.reshape(len(y), 1)
    return np.einsum("ij,ij->ij", error, error) * error.dtype.type(0.5)
