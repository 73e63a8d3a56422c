"""Correct implementations of normal_equation, in styles as far apart as students write them."""

import numpy as np
import torch


def textbook(X, y):
    """The formula as it stands, with an inverse."""
    return torch.inverse(X.T @ X) @ X.T @ y


def solved(X, y):
    """A system of equations, without an inverse."""
    return torch.linalg.solve(torch.matmul(X.t(), X), torch.matmul(X.t(), y))


def by_qr(X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The QR decomposition, which does not square the condition number."""
    Q, R = torch.linalg.qr(X)
    return torch.linalg.solve_triangular(R, Q.T @ y, upper=True)


def by_svd(X, y):
    """The singular value decomposition."""
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh.T @ ((U.T @ y) / S[:, None])


def by_cholesky(X, y):
    """Cholesky's factor of X'X."""
    L = torch.linalg.cholesky(X.mT @ X)
    return torch.cholesky_solve(X.mT @ y, L)


def by_eigenvectors(X, y):
    """The eigenvectors of X'X."""
    values, vectors = torch.linalg.eigh(X.T @ X)
    return vectors @ torch.diag(1 / values) @ vectors.T @ X.T @ y


def through_numpy(X, y):
    """NumPy and back; values alone are graded."""
    A, b = X.detach().numpy(), y.detach().numpy()
    w = np.linalg.inv(A.T.dot(A)).dot(A.T).dot(b)
    return torch.from_numpy(w).to(X.dtype)


def numpy_solve(X, y):
    """NumPy's solver in float64, brought back to the dtype of X."""
    A, b = np.array(X.tolist()), np.array(y.tolist())
    return torch.tensor(np.linalg.solve(A.T @ A, A.T @ b), dtype=X.dtype)


def eliminated(X, y):
    """Gauss' elimination with pivots, in Python's numbers."""
    d = X.shape[1]
    A = [[float((X[:, i] * X[:, j]).sum()) for j in range(d)] for i in range(d)]
    b = [float((X[:, i] * y[:, 0]).sum()) for i in range(d)]
    for k in range(d):
        pivot = max(range(k, d), key=lambda i: abs(A[i][k]))
        A[k], A[pivot], b[k], b[pivot] = A[pivot], A[k], b[pivot], b[k]
        for i in range(k + 1, d):
            factor = A[i][k] / A[k][k]
            A[i] = [one - factor * other for one, other in zip(A[i], A[k])]
            b[i] -= factor * b[k]
    w = [0.0] * d
    for i in reversed(range(d)):
        w[i] = (b[i] - sum(A[i][j] * w[j] for j in range(i + 1, d))) / A[i][i]
    return torch.tensor(w, dtype=X.dtype).reshape(d, 1)


def orthogonalized(X, y):
    """Gram and Schmidt, twice for the digits, then back substitution."""
    Q, R = [], torch.zeros(X.shape[1], X.shape[1], dtype=X.dtype)
    for j in range(X.shape[1]):
        q = X[:, j]
        for _ in range(2):
            for i, known in enumerate(Q):
                part = torch.dot(known, q)
                R[i, j] += part
                q = q - part * known
        R[j, j] = q.norm()
        Q.append(q / R[j, j])
    return torch.linalg.inv(R) @ torch.stack(Q) @ y


def mean_on_both_sides(X, y):
    """A factor 1/n on both sides, in float64 whatever comes."""
    A, b = X.double(), y.double()
    return ((A.T @ A / len(A)).inverse() @ (A.T @ b / len(A))).type_as(X)
