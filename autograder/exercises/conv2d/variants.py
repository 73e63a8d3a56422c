"""Correct implementations of conv2d, in styles as far apart as students write them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad, unfold


def book(X, W, b, stride=1, padding=0):
    """The book's functions, one on top of the other."""
    X = pad(X, (padding, padding, padding, padding))
    return torch.stack([_multi_in_out(image, W, b, stride) for image in X])


def _corr2d(X, K, stride):
    h, w = K.shape
    oh, ow = (X.shape[0] - h) // stride + 1, (X.shape[1] - w) // stride + 1
    Y = torch.zeros((oh, ow), dtype=X.dtype)
    for i in range(oh):
        for j in range(ow):
            Y[i, j] = (X[i * stride : i * stride + h, j * stride : j * stride + w] * K).sum()
    return Y


def _multi_in_out(X, W, b, stride):
    return torch.stack(
        [sum(_corr2d(x, k, stride) for x, k in zip(X, K)) + bias for K, bias in zip(W, b)]
    )


def course_style(X, W, b, stride=1, padding=0):
    """As a well-known course has it: four loops over the result, a sum over the window."""
    N, C, H, Wd = X.shape
    F, _, HH, WW = W.shape
    Xp = torch.zeros(N, C, H + 2 * padding, Wd + 2 * padding, dtype=X.dtype)
    Xp[:, :, padding : padding + H, padding : padding + Wd] = X
    Hp, Wp = 1 + (H + 2 * padding - HH) // stride, 1 + (Wd + 2 * padding - WW) // stride
    out = torch.zeros((N, F, Hp, Wp), dtype=X.dtype)
    for n in range(N):
        for o in range(F):
            for i in range(Hp):
                for j in range(Wp):
                    r, c = i * stride, j * stride
                    out[n, o, i, j] = torch.sum(Xp[n, :, r : r + HH, c : c + WW] * W[o]) + b[o]
    return out


def over_the_kernel(X: Tensor, W: Tensor, b: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """A loop over the kernel's entries, a matrix product over channels, slices with a step."""
    kh, kw = W.shape[-2:]
    X = pad(X, [padding] * 4)
    oh = (X.shape[2] - kh) // stride + 1
    ow = (X.shape[3] - kw) // stride + 1
    Y = b.view(-1, 1, 1).expand(len(X), -1, oh, ow)
    for a in range(kh):
        for e in range(kw):
            seen = X[:, :, a : a + stride * oh : stride, e : e + stride * ow : stride]
            Y = Y + torch.einsum("nchw,oc->nohw", seen, W[:, :, a, e])
    return Y


def im2col(X, W, b, stride=1, padding=0):
    """functional.unfold and one matrix product."""
    columns = unfold(X, W.shape[2:], padding=padding, stride=stride)
    flat = W.flatten(1) @ columns + b[:, None]
    ow = (X.shape[3] + 2 * padding - W.shape[3]) // stride + 1
    return flat.unflatten(2, (-1, ow))


def unfolded(X, W, b, stride=1, padding=0):
    """Tensor.unfold twice and einsum, the bias with None indices."""
    if padding > 0:
        X = pad(X, (padding,) * 4, "constant", 0)
    windows = X.unfold(2, W.size(2), stride).unfold(3, W.size(3), stride)
    return torch.einsum("ncijab,ocab->noij", windows, W) + b[None, :, None, None]


def strided_view(X, W, b, stride=1, padding=0):
    """as_strided on a padded copy, tensordot over channels and window."""
    n, c, _, w = X.shape
    o, _, kh, kw = W.shape
    P = torch.cat([X.new_zeros(n, c, padding, w), X, X.new_zeros(n, c, padding, w)], 2)
    side = P.new_zeros(n, c, P.shape[2], padding)
    P = torch.cat([side, P, side], 3).contiguous()
    oh, ow = (P.shape[2] - kh) // stride + 1, (P.shape[3] - kw) // stride + 1
    sn, sc, sh, sw = P.stride()
    view = P.as_strided((n, c, oh, ow, kh, kw), (sn, sc, sh * stride, sw * stride, sh, sw))
    return torch.tensordot(view, W, ([1, 4, 5], [1, 2, 3])).movedim(-1, 1) + b.view(1, o, 1, 1)


def dense_then_thinned(X, W, b, stride=1, padding=0):
    """Stride 1 first, by rolling the padded image; then every stride-th place."""
    P = pad(X, (padding,) * 4)
    kh, kw = W.shape[2:]
    total = 0
    for a in range(kh):
        for e in range(kw):
            rolled = P.roll((-a, -e), (2, 3))
            total = total + (rolled[:, None] * W[None, :, :, a, e, None, None]).sum(2)
    dense = total[:, :, : P.shape[2] - kh + 1, : P.shape[3] - kw + 1]
    return dense[:, :, ::stride, ::stride] + b.reshape(-1, 1, 1)


def bias_as_a_channel(X, W, b, stride=1, padding=0):
    """A further input channel of ones, whose kernel is the bias at one place."""
    n, _, h, w = X.shape
    o, _, kh, kw = W.shape
    P = torch.cat([pad(X, [padding] * 4), X.new_ones(n, 1, h + 2 * padding, w + 2 * padding)], 1)
    extra = torch.cat([b[:, None], b.new_zeros(o, kh * kw - 1)], 1).reshape(o, 1, kh, kw)
    kernels = torch.cat([W, extra], 1)
    rows = []
    for i in range(0, P.shape[2] - kh + 1, stride):
        row = [
            torch.flatten(P[:, :, i : i + kh, j : j + kw], 1) @ kernels.flatten(1).t()
            for j in range(0, P.shape[3] - kw + 1, stride)
        ]
        rows.append(torch.stack(row, dim=-1))
    return torch.stack(rows, dim=2)


def numpy_indices(X, W, b, stride=1, padding=0):
    """im2col indices made by NumPy, the arithmetic in torch."""
    n, c, h, w = X.shape
    o, _, kh, kw = W.shape
    oh, ow = (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    i = np.repeat(np.arange(kh), kw)[:, None] + stride * np.repeat(np.arange(oh), ow)
    j = np.tile(np.arange(kw), kh)[:, None] + stride * np.tile(np.arange(ow), oh)
    P = pad(X, (padding, padding, padding, padding))
    columns = P[:, :, torch.from_numpy(i), torch.from_numpy(j)].reshape(n, c * kh * kw, oh * ow)
    return torch.matmul(W.reshape(o, -1), columns).add(b.unsqueeze(1)).reshape(n, o, oh, ow)
