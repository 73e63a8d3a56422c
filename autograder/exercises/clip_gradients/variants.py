"""Correct implementations of clip_gradients in the styles in which students write it."""

import math

import numpy as np
import torch
from torch import Tensor


def book(params, theta):
    """The book's, with `*=` on the whole grad."""
    norm = torch.sqrt(sum(torch.sum((p.grad**2)) for p in params))
    if norm > theta:
        for param in params:
            param.grad *= theta / norm


def like_torch(params, theta):
    """A small amount in the denominator, and a factor of at most 1."""
    total = torch.linalg.vector_norm(
        torch.stack([torch.linalg.vector_norm(p.grad) for p in params])
    )
    factor = torch.clamp(theta / (total + 1e-6), max=1.0)
    for p in params:
        p.grad.mul_(factor)


def flat(params: list[Tensor], theta: float) -> None:
    """One long vector, with type hints."""
    long = torch.cat([p.grad.flatten() for p in params])
    norm = long.norm().item()
    if norm <= theta:
        return
    for p in params:
        p.grad.copy_(p.grad * (theta / norm))


def replaces(params, theta):
    """New grads in the place of the old ones."""
    norm = math.sqrt(sum(p.grad.pow(2).sum().item() for p in params))
    scale = theta / norm if norm > theta else 1
    if scale != 1:
        for p in params:
            p.grad = p.grad.clone() * scale


def element_loop(params, theta):
    """Every number one by one."""
    total = 0.0
    for p in params:
        for g in p.grad.flatten().tolist():
            total += g * g
    norm = total**0.5
    if norm > theta:
        for p in params:
            p.grad.div_(norm).mul_(theta)


def shared_numpy(params, theta):
    """NumPy arrays that share memory with the grads."""
    arrays = [p.grad.numpy() for p in params]
    norm = np.sqrt(sum(np.sum(np.square(a)) for a in arrays))
    if norm > theta:
        for array in arrays:
            array *= np.asarray(theta / norm, dtype=array.dtype)


@torch.no_grad()
def norm_of_norms(params, theta):
    """hypot, step by step; through .data."""
    norm = torch.zeros((), dtype=torch.float64)
    for p in params:
        norm = torch.hypot(norm, p.grad.data.norm().double())
    if theta >= norm:
        return params
    for p in params:
        p.grad.data = p.grad.data * float(theta / norm)
    return params


def squared(params, theta):
    """Compares squares, and takes the root only when it is needed."""
    gradients = list(map(lambda p: p.grad, params))
    energy = torch.stack([(g * g).sum() for g in gradients]).sum()
    if energy > theta**2:
        factor = theta * energy.rsqrt()
        for g in gradients:
            torch.mul(g, factor, out=g)


def minimum(params, theta):
    """A factor of at most 1, safe for a norm of 0."""
    norm = sum(torch.dot(p.grad.reshape(-1), p.grad.reshape(-1)) for p in params) ** 0.5
    factor = theta / max(norm.item(), theta)
    for i in range(len(params)):
        params[i].grad[...] = factor * params[i].grad
