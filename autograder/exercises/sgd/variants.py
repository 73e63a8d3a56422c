"""Correct implementations of sgd in the styles in which students write it."""

import itertools
from functools import partial

import numpy as np
import torch
from torch import Tensor


def book(params, lr, batch_size):
    """Context manager, -= and zero_()."""
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


@torch.no_grad()
def decorated(params, lr, batch_size):
    """Decorator instead of a with block."""
    for w in params:
        w -= lr / batch_size * w.grad
        w.grad.zero_()


def through_data(params, lr, batch_size):
    """The older .data idiom."""
    for w in params:
        w.data -= lr * w.grad.data / batch_size
        w.grad.data.zero_()


def new_data(params, lr, batch_size):
    """Assigns a fresh tensor to .data."""
    for w in params:
        w.data = w.data - lr * (w.grad / batch_size)
        w.grad = None


def detached_view(params, lr, batch_size):
    """Changes a detached view that shares the memory."""
    for w in params:
        view = w.detach()
        view.sub_(w.grad.div(batch_size).mul(lr))
        w.grad.fill_(0)


def sub_with_alpha(params: list[Tensor], lr: float, batch_size: int) -> None:
    """Type hints, sub_ with alpha, grads set to None."""
    with torch.no_grad():
        for w in params:
            w.sub_(w.grad, alpha=lr / batch_size)
            w.grad = None


def add_with_negative_alpha(params, lr, batch_size):
    """add_ with a negative factor."""
    with torch.no_grad():
        for w in params:
            w.add_(w.grad, alpha=-lr / batch_size)
            w.grad.mul_(0)


def addcdiv(params, lr, batch_size):
    """A fused elementwise division."""
    with torch.no_grad():
        for w in params:
            w.addcdiv_(w.grad, torch.tensor(batch_size, dtype=w.dtype), value=-lr)
            w.grad = torch.zeros_like(w)


def copies_result(params, lr, batch_size):
    """Computes out of place, then copy_."""
    with torch.no_grad():
        for w in params:
            w.copy_(w - lr * w.grad / batch_size)
            w.grad.zero_()


def assigns_to_ellipsis(params, lr, batch_size):
    """Index assignment to the whole tensor."""
    with torch.no_grad():
        for i in range(len(params)):
            params[i][...] = params[i] - lr * params[i].grad / batch_size
            params[i].grad[...] = 0


def two_loops(params, lr, batch_size):
    """Steps first, clears all gradients in a second loop."""
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad / batch_size
    for w in params:
        w.grad.zero_()


def collected_then_copied(params, lr, batch_size):
    """List comprehension of new values, then zip."""
    new_values = [(w - lr * w.grad / batch_size).detach() for w in params]
    for w, value in zip(params, new_values, strict=True):
        w.data.copy_(value)
        w.grad = None


def zipped_gradients(params, lr, batch_size):
    """Pairs of parameters and gradients."""
    grads = [w.grad for w in params]
    with torch.no_grad():
        for w, g in zip(params, grads, strict=True):
            w -= lr * g / batch_size
            g.zero_()


def mode_switched_by_hand(params, lr, batch_size):
    """set_grad_enabled with try and finally."""
    torch.set_grad_enabled(False)
    try:
        for w in params:
            w -= lr * w.grad / batch_size
            w.grad.zero_()
    finally:
        torch.set_grad_enabled(True)


def requires_grad_toggled(params, lr, batch_size):
    """Switches requires_grad off and on again."""
    for w in params:
        w.requires_grad_(False)
        w -= lr * w.grad / batch_size
        w.requires_grad_(True)
        w.grad.zero_()


def scales_gradient_in_place(params, lr, batch_size):
    """Uses .grad as scratch space before zeroing it."""
    with torch.no_grad():
        for w in params:
            w.grad /= batch_size
            w.grad *= lr
            w -= w.grad
            w.grad.zero_()


def element_by_element(params, lr, batch_size):
    """Loops over every index tuple; verbose."""
    with torch.no_grad():
        for w in params:
            for index in itertools.product(*(range(size) for size in w.shape)):
                w[index] = w[index] - lr * w.grad[index] / batch_size
            w.grad.zero_()


def shared_numpy(params, lr, batch_size):
    """NumPy arrays that share memory with the tensors."""
    for w in params:
        values, g = w.detach().numpy(), w.grad.numpy()
        np.subtract(values, (lr / batch_size * g).astype(values.dtype), out=values)
        g[...] = 0


def _step(w, rate):
    with torch.no_grad():
        w -= rate * w.grad
    w.grad = None


def helper_per_parameter(params, lr, batch_size):
    """A helper function, partial and map."""
    list(map(partial(_step, rate=lr / batch_size), params))


def recursive(params, lr, batch_size):
    """Recursion over the list, without changing it."""
    if params:
        first, *rest = params
        _step(first, lr / batch_size)
        recursive(rest, lr, batch_size)


def iterator_and_while(params, lr, batch_size):
    """while with an explicit iterator, in reverse order."""
    iterator = reversed(params)
    with torch.no_grad():
        while (w := next(iterator, None)) is not None:
            w -= lr * w.grad / batch_size
            w.grad.zero_()


def flat_and_back(params, lr, batch_size):
    """Flattens, steps, restores the shape."""
    with torch.no_grad():
        for w in params:
            flat = w.reshape(-1) - lr * w.grad.reshape(-1) / batch_size
            w.copy_(flat.reshape(w.shape))
            w.grad.zero_()


def skips_zero_gradients(params, lr, batch_size):
    """Saves the work where the gradient is zero."""
    with torch.no_grad():
        for w in params:
            if w.grad.any():
                w -= lr * w.grad / batch_size
                w.grad.zero_()


def asserts_contract(params, lr, batch_size):
    """Checks its arguments and its own result."""
    assert batch_size >= 1
    for w in params:
        assert w.is_leaf and w.requires_grad and w.grad.shape == w.shape
        mean_gradient = w.grad.detach().clone() / batch_size
        expected = w.detach() - lr * mean_gradient
        w.data.add_(-lr * mean_gradient)
        w.grad = None
        assert torch.allclose(w.detach(), expected)
    assert torch.is_grad_enabled()


def lambda_step(params, lr, batch_size):
    """A lambda for the step, out= for the result."""
    step = lambda w: lr * w.grad / batch_size
    with torch.no_grad():
        for w in params:
            torch.sub(w, step(w), out=w)
            w.grad.zero_()


def interpolates(params, lr, batch_size):
    """lerp towards w - gradient."""
    with torch.no_grad():
        for w in params:
            w.lerp_(w - w.grad, lr / batch_size)
            w.grad.zero_()


def returns_parameters(params, lr, batch_size):
    """In-place update that returns the list as well."""
    with torch.no_grad():
        for w in params:
            w += -(lr * w.grad) / batch_size
            w.grad -= w.grad.clone()
    return params
