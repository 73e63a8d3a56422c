"""Correct implementations of corr2d, in styles as far apart as students write them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import unfold


def book(X, K):
    """The book's loops, with the dtype of the image."""
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1), dtype=X.dtype)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


def over_the_kernel(X, K):
    """A loop over the kernel's entries: each adds a shifted image."""
    oh, ow = X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1
    return sum(
        K[a, b] * X[a : a + oh, b : b + ow] for a in range(K.shape[0]) for b in range(K.shape[1])
    )


def four_loops(X: Tensor, K: Tensor) -> Tensor:
    """Single products in four loops, collected in lists."""
    kh, kw = K.shape
    rows = []
    for i in range(X.size(0) - kh + 1):
        row = []
        for j in range(X.size(1) - kw + 1):
            total = X.new_zeros(())
            for a in range(kh):
                for b in range(kw):
                    total = total + X[i + a][j + b] * K[a][b]
            row.append(total)
        rows.append(torch.stack(row))
    return torch.stack(rows)


def unfolded(X, K):
    """Windows by Tensor.unfold, products by einsum."""
    windows = X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)
    return torch.einsum("ijab,ab->ij", windows, K)


def im2col(X, K):
    """Columns by functional.unfold and one matrix product."""
    kh, kw = K.shape
    columns = unfold(X[None, None], (kh, kw))[0]
    return (K.reshape(1, -1) @ columns).reshape(X.shape[0] - kh + 1, X.shape[1] - kw + 1)


def strided_view(X, K):
    """as_strided on a contiguous copy, tensordot over the window."""
    X = X.contiguous()
    kh, kw = K.shape
    shape = (X.shape[0] - kh + 1, X.shape[1] - kw + 1, kh, kw)
    windows = torch.as_strided(X, shape, X.stride() * 2)
    return torch.tensordot(windows, K, dims=([2, 3], [0, 1]))


def index_tensors(X, K):
    """Advanced indexing with tensors of rows and columns."""
    kh, kw = K.shape
    i = torch.arange(X.shape[0] - kh + 1)[:, None, None, None] + torch.arange(kh)[:, None]
    j = torch.arange(X.shape[1] - kw + 1)[None, :, None, None] + torch.arange(kw)
    return X[i, j].mul(K).sum((-1, -2))


def fourier(X, K):
    """The correlation theorem, and the part in which the kernel lies within the image."""
    product = torch.fft.rfft2(X) * torch.fft.rfft2(K, s=X.shape).conj()
    whole = torch.fft.irfft2(product, s=X.shape)
    return whole[: X.shape[0] - K.shape[0] + 1, : X.shape[1] - K.shape[1] + 1]


def toeplitz(X, K):
    """A matrix for each row of the kernel: products of banded matrices."""
    h, w = X.shape
    kh, kw = K.shape
    bands = X.new_zeros(kh, w, w - kw + 1)
    for j in range(w - kw + 1):
        bands[:, j : j + kw, j] = K
    return torch.stack([X[a : a + h - kh + 1] @ bands[a] for a in range(kh)]).sum(0)


def numpy_indices(X, K):
    """Window starts from NumPy, the arithmetic in torch; the result allocated by new_empty."""
    kh, kw = (int(size) for size in K.shape)
    Y = X.new_empty((X.shape[0] - kh + 1, X.shape[1] - kw + 1))
    for place in np.ndindex(*Y.shape):
        i, j = place
        Y[place] = torch.dot(X[i : i + kh, j : j + kw].flatten(), K.flatten())
    return Y
