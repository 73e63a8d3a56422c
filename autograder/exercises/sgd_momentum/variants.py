"""Correct implementations of sgd_momentum in the styles in which students write it."""

import itertools

import numpy as np
import torch
from torch import Tensor


def book(params, velocities, lr, momentum):
    """The book's, with an ellipsis so that 0-dim parameters work."""
    for p, v in zip(params, velocities, strict=True):
        with torch.no_grad():
            v[...] = momentum * v + p.grad
            p[...] -= lr * v
        p.grad.data.zero_()


@torch.no_grad()
def torch_like(params, velocities, lr, momentum):
    """As PyTorch's single-tensor SGD: mul_, add_ with alpha."""
    for i, param in enumerate(params):
        velocities[i].mul_(momentum).add_(param.grad)
        param.add_(velocities[i], alpha=-lr)
        param.grad = None


def replaces_velocities(
    params: list[Tensor], velocities: list[Tensor], lr: float, momentum: float
) -> None:
    """Puts new tensors in the list; .data for the parameters; type hints."""
    for i in range(len(params)):
        velocities[i] = momentum * velocities[i] + params[i].grad
        params[i].data = params[i].data - lr * velocities[i]
        params[i].grad = None


def whole_list_at_once(params, velocities, lr, momentum):
    """Comprehension and slice assignment."""
    velocities[:] = [
        momentum * v + w.grad.detach() for w, v in zip(params, velocities, strict=True)
    ]
    for w, v in zip(params, velocities, strict=True):
        w.detach().sub_(lr * v)
        w.grad = torch.zeros_like(w)


def three_loops(params, velocities, lr, momentum):
    """One loop for the velocities, one for the parameters, one for the grads."""
    with torch.no_grad():
        for w, v in zip(params, velocities, strict=True):
            v *= momentum
            v += w.grad
        for w, v in zip(params, velocities, strict=True):
            w -= lr * v
    for w in params:
        w.grad.zero_()


def scratch_space(params, velocities, lr, momentum):
    """Adds the old velocity to the grad in place, then copies it."""
    with torch.no_grad():
        for w, v in zip(params, velocities, strict=True):
            w.grad += momentum * v
            v.copy_(w.grad)
            w.copy_(torch.add(w, w.grad, alpha=-lr))
            w.grad.fill_(0)


def shared_numpy(params, velocities, lr, momentum):
    """NumPy arrays that share memory with the tensors."""
    for w, v in zip(params, velocities, strict=True):
        speed, values = v.numpy(), w.detach().numpy()
        speed[...] = momentum * speed + w.grad.numpy()
        values[...] = values - lr * speed
        w.grad = None


def element_by_element(params, velocities, lr, momentum):
    """Loops over every index; verbose."""
    with torch.no_grad():
        for number in range(len(params)):
            w, v = params[number], velocities[number]
            for index in itertools.product(*(range(size) for size in w.shape)):
                v[index] = momentum * v[index] + w.grad[index]
                w[index] = w[index] - lr * v[index]
            w.grad.mul_(0)


def grads_first(params, velocities, lr, momentum):
    """Out of place functions, and lists of grads taken first; returns the parameters."""
    grads = [w.grad for w in params]
    torch.set_grad_enabled(False)
    try:
        for w, v, g in zip(params, velocities, grads, strict=True):
            v.copy_(torch.mul(v, momentum) + g)
            w.sub_(v.mul(lr))
            g.zero_()
    finally:
        torch.set_grad_enabled(True)
    return params


def _one(w, v, lr, momentum):
    fresh = v * momentum + w.grad
    w.data.copy_(w.data - fresh * lr)
    w.grad = None
    return fresh


def helper_per_parameter(params, velocities, lr, momentum):
    """A helper that returns the new velocity."""
    for i, (w, v) in enumerate(zip(params, velocities, strict=True)):
        velocities[i] = _one(w, v, lr, momentum)


def flat_vector(params, velocities, lr, momentum):
    """All parameters as one long vector, and back."""
    with torch.no_grad():
        grad = torch.cat([w.grad.reshape(-1) for w in params])
        speed = momentum * torch.cat([v.reshape(-1) for v in velocities]) + grad
        values = torch.cat([w.reshape(-1) for w in params]) - lr * speed
        sizes = [w.numel() for w in params]
        for i, (new, fast) in enumerate(zip(values.split(sizes), speed.split(sizes), strict=True)):
            params[i].copy_(new.reshape(params[i].shape))
            velocities[i] = fast.reshape(params[i].shape)
            params[i].grad.zero_()


def through_float64(params, velocities, lr, momentum):
    """Computes in float64, with NumPy, and casts back."""
    for w, v in zip(params, velocities, strict=True):
        fast = momentum * v.numpy().astype(np.float64) + w.grad.numpy()
        v.copy_(torch.from_numpy(np.asarray(fast)))
        w.data.copy_(torch.from_numpy(np.asarray(w.detach().numpy() - lr * fast)))
        w.grad = None
