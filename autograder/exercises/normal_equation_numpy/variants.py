"""Correct implementations of normal_equation in NumPy, in styles as far apart as students write them."""

import numpy as np


def textbook(X, y):
    """The formula as it stands, with an inverse."""
    return np.linalg.inv(X.T @ X) @ X.T @ y


def solved(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A system of equations, without an inverse."""
    return np.linalg.solve(np.dot(X.T, X), np.dot(X.T, y))


def by_qr(X, y):
    """The QR decomposition, which does not square the condition number."""
    Q, R = np.linalg.qr(X)
    return np.linalg.solve(R, Q.T @ y)


def by_svd(X, y):
    """The singular value decomposition."""
    U, S, Vh = np.linalg.svd(X, full_matrices=False)
    return Vh.T @ ((U.T @ y) / S[:, None])


def by_cholesky(X, y):
    """Cholesky's factor of X'X."""
    L = np.linalg.cholesky(X.T @ X)
    return np.linalg.solve(L.T, np.linalg.solve(L, X.T @ y))


def by_eigenvectors(X, y):
    """Eigenvalues of the symmetric matrix X'X."""
    values, vectors = np.linalg.eigh(X.T.dot(X))
    return (vectors / values) @ vectors.T @ X.T @ y


def eliminated(X, y):
    """Gauss and Jordan by hand, with pivots."""
    A = np.hstack([X.T @ X, X.T @ y]).astype(np.float64)
    d = len(A)
    for k in range(d):
        pivot = k + np.argmax(np.abs(A[k:, k]))
        A[[k, pivot]] = A[[pivot, k]]
        A[k] /= A[k, k]
        for i in range(d):
            if i != k:
                A[i] -= A[i, k] * A[k]
    return A[:, d:].astype(X.dtype)


def mean_on_both_sides(X, y):
    """A factor 1/n on both sides, in float64 whatever comes."""
    A, b = X.astype("float64"), y.astype("float64")
    w = np.linalg.inv(A.T @ A / len(A)) @ (A.T @ b / len(A))
    return w.astype(X.dtype)
