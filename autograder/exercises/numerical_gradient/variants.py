"""Correct implementations of numerical_gradient, in styles as far apart as students write them."""

import itertools
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor


def identity_rows(f, x, eps=1e-5):
    """Steps are the rows of an identity matrix, reshaped; a list that is stacked."""
    steps = eps * torch.eye(x.numel(), dtype=x.dtype)
    slopes = [(f(x + s.reshape(x.shape)) - f(x - s.reshape(x.shape))) / (2 * eps) for s in steps]
    return torch.stack(slopes).reshape(x.shape)


def moves_and_restores(f, x, eps=1e-5):
    """Moves x itself, from a saved value, and puts that value back."""
    grad = torch.zeros(x.shape, dtype=x.dtype)
    with torch.no_grad():
        for index in np.ndindex(*x.shape):
            old = x[index].item()
            x[index] = old + eps
            above = f(x).item()
            x[index] = old - eps
            below = f(x).item()
            x[index] = old
            grad[index] = (above - below) / (2 * eps)
    return grad


def copies(f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5) -> Tensor:
    """Type hints; two fresh copies for every entry."""
    result = torch.empty_like(x)
    for index in itertools.product(*(range(size) for size in x.shape)):
        plus, minus = x.detach().clone(), x.detach().clone()
        plus[index] += eps
        minus[index] -= eps
        with torch.no_grad():
            result.detach()[index] = (f(plus) - f(minus)) / (2.0 * eps)
    return result.detach()


def one_copy(f, x, eps=1e-5):
    """One contiguous copy, moved through a flat view; every entry gets its own value back."""
    copy = x.detach().clone(memory_format=torch.contiguous_format)
    flat, slopes = copy.view(-1), []
    for i in range(flat.numel()):
        old = flat[i].clone()
        flat[i] = old + eps
        above = f(copy).clone()
        flat[i] = old - eps
        below = f(copy).clone()
        flat[i] = old
        slopes.append(float((above - below) / eps / 2))
    return torch.tensor(slopes, dtype=torch.float64).reshape(x.shape)


def through_numpy(f, x, eps=1e-5):
    """NumPy arrays for the steps and for the result."""
    values = x.detach().numpy().copy()
    grad = np.zeros_like(values)
    walk = np.nditer(values, flags=["multi_index"])
    for _ in walk:
        step = np.zeros(values.shape)
        step[walk.multi_index] = eps
        above = f(torch.from_numpy(np.asarray(values + step)))
        below = f(torch.from_numpy(np.asarray(values - step)))
        grad[walk.multi_index] = (above.item() - below.item()) / (2 * eps)
    return torch.from_numpy(grad)


def recursive(f, x, eps=1e-5):
    """Recursion over the first dimension: the rest of x is held fast."""
    if x.dim() == 0:
        return (f(x + eps) - f(x - eps)) / (2 * eps)
    rows = []
    for i in range(x.shape[0]):

        def of_row(row, i=i):
            return f(torch.cat([x[:i], row.unsqueeze(0), x[i + 1 :]]))

        rows.append(recursive(of_row, x[i], eps))
    return torch.stack(rows)


def masks(f, x, eps=1e-5):
    """Boolean masks and torch.where choose the entry that moves."""
    places = torch.arange(x.numel()).reshape(x.shape)
    grad = torch.zeros_like(x)
    for i in range(x.numel()):
        here = places == i
        slope = (f(torch.where(here, x + eps, x)) - f(torch.where(here, x - eps, x))) / (2 * eps)
        grad = torch.where(here, slope, grad)
    return grad


def averaged_sides(f, x, eps=1e-5):
    """The mean of the forward and the backward difference, which is the central one."""
    middle = f(x)
    step = torch.zeros(x.numel(), dtype=x.dtype)
    slopes = []
    for i in range(x.numel()):
        step[i] = eps
        forward = (f(x + step.view(x.shape)) - middle) / eps
        backward = (middle - f(x - step.view(x.shape))) / eps
        slopes.append((forward + backward) / 2)
        step[i] = 0
    return torch.stack(slopes).view(x.shape)


def restored_from_a_copy(f, x, eps=1e-5):
    """Moves x with += and -=, which rounds, and copies the original back at the end of each turn."""
    original = x.detach().clone()
    grad = torch.zeros_like(original)
    moved = x.detach()
    for index in itertools.product(*map(range, x.shape)):
        moved[index] += eps
        above = f(moved).clone()
        moved[index] -= 2 * eps
        below = f(moved).clone()
        moved.copy_(original)
        grad[index] = (above - below) / (2 * eps)
    return grad
