"""Correct implementations of linreg in NumPy, in styles as far apart as students write them."""

import numpy as np


def plain(X, w, b):
    """One line."""
    return X @ w + b


def dotted(X: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """np.dot and np.add, with type hints."""
    return np.add(np.dot(X, w), b)


def broadcasting(X, w, b):
    """Entry by entry against the weights as a row, then a sum over the features."""
    return (X * w.T).sum(axis=1, keepdims=True) + b


def summed_indices(X, w, b):
    """Einstein summation."""
    return np.einsum("nd,do->no", X, w) + np.reshape(b, (1, 1))


def row_loop(X, w, b):
    """One example after the other."""
    return np.array([x @ w[:, 0] + b.item() for x in X], dtype=X.dtype).reshape(-1, 1)


def filled(X, w, b):
    """Single numbers, put into an array of zeros."""
    n, d = X.shape
    result = np.zeros((n, 1), dtype=X.dtype)
    for i in range(n):
        for j in range(d):
            result[i, 0] += X[i, j] * w[j, 0]
        result[i] += b
    return result


def column_of_ones(X, w, b):
    """The bias as one more weight, for a column of ones."""
    ones = np.ones((len(X), 1), dtype=X.dtype)
    return np.hstack([X, ones]) @ np.vstack([w, np.reshape(b, (1, 1))])


def transposed(X, w, b):
    """Examples in columns, turned back at the end."""
    return (np.matmul(w.T, X.T) + b).T


def flat_then_column(X, w, b):
    """A matrix times a vector, with the lost dimension put back."""
    return (X.dot(w.ravel()) + np.squeeze(b))[:, np.newaxis]


def in_place(X, w, b):
    """Operations in place on an array of its own."""
    result = np.tensordot(X, w, axes=1)
    result += b
    return result
