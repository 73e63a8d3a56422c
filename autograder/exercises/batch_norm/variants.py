"""Correct implementations of batch_norm, in styles as far apart as students write them."""

import torch
from torch import Tensor


def book(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """The book's branches, with the flag as an argument and the statistics written in place."""
    shape = (1, -1) if len(X.shape) == 2 else (1, -1, 1, 1)
    if not training:
        X_hat = (X - moving_mean.reshape(shape)) / torch.sqrt(moving_var.reshape(shape) + eps)
    else:
        assert len(X.shape) in (2, 4)
        if len(X.shape) == 2:
            mean = X.mean(dim=0)
            var = ((X - mean) ** 2).mean(dim=0)
        else:
            mean = X.mean(dim=(0, 2, 3), keepdim=True)
            var = ((X - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
        X_hat = (X - mean) / torch.sqrt(var + eps)
        moving_mean[:] = momentum * moving_mean + (1.0 - momentum) * mean.detach().flatten()
        moving_var[:] = momentum * moving_var + (1.0 - momentum) * var.detach().flatten()
    return gamma.reshape(shape) * X_hat + beta.reshape(shape)


def flattened(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """Channels last and flat: one formula for matrices and images."""
    flat = X.movedim(1, -1).reshape(-1, X.shape[1])
    if training:
        mean = flat.mean(0)
        var = flat.var(0, unbiased=False)
        moving_mean.data = moving_mean * momentum + mean.data * (1 - momentum)
        moving_var.data = moving_var * momentum + var.data * (1 - momentum)
    else:
        mean, var = moving_mean, moving_var
    flat = gamma * (flat - mean) * (var + eps).rsqrt() + beta
    return flat.reshape(X.movedim(1, -1).shape).movedim(-1, 1)


def squares_less_square(
    X: Tensor, gamma: Tensor, beta: Tensor, moving_mean: Tensor, moving_var: Tensor,
    eps: float, momentum: float, training: bool,
) -> Tensor:  # fmt: skip
    """E[x²] - E[x]², and lerp_ for the update."""
    view = lambda one: one.view(1, -1, *[1] * (X.dim() - 2))
    mean, var = moving_mean, moving_var
    if training:
        dims = [d for d in range(X.dim()) if d != 1]
        mean = X.mean(dims)
        var = (X * X).mean(dims) - mean * mean
        with torch.no_grad():
            moving_mean.lerp_(mean, 1 - momentum)
            moving_var.lerp_(var, 1 - momentum)
    return view(gamma) * (X - view(mean)) / (view(var) + eps) ** 0.5 + view(beta)


def scale_and_shift_first(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """One scale and one shift a channel, then a single multiply-add."""
    dims = (0,) if X.ndim == 2 else (0, 2, 3)
    if training:
        var, mean = torch.var_mean(X, dim=dims, correction=0)
        for moving, new in ((moving_mean, mean), (moving_var, var)):
            moving.mul_(momentum).add_(new.detach(), alpha=1 - momentum)
    else:
        var, mean = moving_var.clone(), moving_mean.clone()
    scale = gamma / torch.sqrt(var + eps)
    shift = beta - mean * scale
    if X.ndim == 4:
        scale, shift = scale[:, None, None], shift[:, None, None]
    return X * scale + shift


def channel_loop(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """One channel after the other, stacked."""
    channels = []
    for c in range(X.shape[1]):
        x = X[:, c]
        if training:
            m = x.sum() / x.numel()
            v = ((x - m) ** 2).sum() / x.numel()
            with torch.no_grad():
                moving_mean[c] = momentum * moving_mean[c] + (1 - momentum) * m
                moving_var[c] = momentum * moving_var[c] + (1 - momentum) * v
        else:
            m, v = moving_mean[c].clone(), moving_var[c].clone()
        channels.append((x - m) / torch.sqrt(v + eps) * gamma[c] + beta[c])
    return torch.stack(channels, dim=1)


@torch.no_grad()
def _track(moving, new, momentum):
    moving.copy_(momentum * moving + (1 - momentum) * new)


def helper_for_state(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """A decorated helper keeps the statistics; the deviation is one of a standardized X."""
    dims = tuple(d for d in range(X.dim()) if d != 1)
    shape = tuple(X.shape[1] if d == 1 else 1 for d in range(X.dim()))
    gamma, beta = gamma.reshape(shape), beta.reshape(shape)
    if training:
        centered = X - X.mean(dims, keepdim=True)
        var = torch.mean(centered.square(), dims, keepdim=True)
        _track(moving_mean, X.mean(dims), momentum)
        _track(moving_var, var.flatten(), momentum)
        return gamma * centered / (var + eps).sqrt() + beta
    centered = X - moving_mean.reshape(shape)
    return gamma * centered / (moving_var.reshape(shape) + eps).sqrt() + beta


def numpy_state(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    """The statistics go through NumPy, which shares their memory; Y stays in torch."""
    axes = "n c h w"[: 2 * X.dim()].split()
    dims = [place for place, name in enumerate(axes) if name != "c"]
    if training:
        mu = X.mean(dim=dims, keepdim=True)
        sigma2 = X.var(dim=dims, keepdim=True, correction=0)
        for moving, new in [(moving_mean, mu), (moving_var, sigma2)]:
            array = moving.numpy()
            array *= momentum
            array += (1 - momentum) * new.detach().numpy().ravel()
    else:
        shape = [1] * X.dim()
        shape[1] = -1
        mu, sigma2 = moving_mean.view(shape), moving_var.view(shape)
    X_hat = X.sub(mu).div(sigma2.add(eps).sqrt())
    return torch.einsum("nc...,c->nc...", X_hat, gamma) + torch.einsum(
        "nc...,c->nc...", torch.ones_like(X_hat), beta
    )
