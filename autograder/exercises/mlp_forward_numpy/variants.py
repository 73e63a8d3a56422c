"""Correct implementations of mlp_forward in NumPy, in styles as far apart as students write them."""

import numpy as np


def plain(X, W1, b1, W2, b2):
    """Two lines."""
    H = np.maximum(X @ W1 + b1, 0)
    return H @ W2 + b2


def dots(X: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray):
    """np.dot, a mask and type hints."""
    Z = np.dot(X, W1) + b1
    return np.dot(Z * (Z > 0), W2) + b2


def row_loop(X, W1, b1, W2, b2):
    """One example after the other."""
    return np.stack([np.clip(x @ W1 + b1, 0, None) @ W2 + b2 for x in X])


def filled(X, W1, b1, W2, b2):
    """Loops over single numbers."""
    n, d = X.shape
    h, q = W2.shape
    result = np.zeros((n, q), dtype=X.dtype)
    for i in range(n):
        for o in range(q):
            result[i, o] = b2[o]
        for j in range(h):
            z = b1[j]
            for k in range(d):
                z = z + X[i, k] * W1[k, j]
            if z > 0:
                for o in range(q):
                    result[i, o] += z * W2[j, o]
    return result


def einsum(X, W1, b1, W2, b2):
    """Einstein summation, and np.where."""
    Z = np.einsum("nd,dh->nh", X, W1) + b1[None]
    return np.einsum("nh,hq->nq", np.where(Z > 0, Z, 0), W2) + b2[None]


def transposed(X, W1, b1, W2, b2):
    """Examples as columns."""
    A = W1.T @ X.T + b1[:, None]
    A[A < 0] = 0
    return (W2.T @ A + b2[:, None]).T


def biases_as_weights(X, W1, b1, W2, b2):
    """A column of ones takes the biases into the weights."""
    ones = np.ones((len(X), 1), dtype=X.dtype)
    H = np.hstack([X, ones]) @ np.vstack([W1, b1])
    H = (H + np.abs(H)) / 2
    return np.hstack([H, ones]) @ np.vstack([W2, b2])
