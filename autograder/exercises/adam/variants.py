"""Correct implementations of adam in the styles in which students write it."""

import itertools
import math

import numpy as np
import torch
from torch import Tensor


def book(params, states, t, lr, beta1, beta2, eps):
    """The book's, with an ellipsis for 0-dim parameters and eps outside the root."""
    for p, (v, s) in zip(params, states, strict=True):
        with torch.no_grad():
            v[...] = beta1 * v + (1 - beta1) * p.grad
            s[...] = beta2 * s + (1 - beta2) * torch.square(p.grad)
            v_bias_corr = v / (1 - beta1**t)
            s_bias_corr = s / (1 - beta2**t)
            p[...] -= lr * v_bias_corr / (torch.sqrt(s_bias_corr) + eps)
        p.grad.data.zero_()


@torch.no_grad()
def torch_like(params, states, t, lr, beta1, beta2, eps):
    """As PyTorch's single-tensor Adam: lerp_, addcmul_, addcdiv_."""
    for i, param in enumerate(params):
        exp_avg, exp_avg_sq = states[i]
        exp_avg.lerp_(param.grad, 1 - beta1)
        exp_avg_sq.mul_(beta2).addcmul_(param.grad, param.grad, value=1 - beta2)
        step_size = lr / (1 - beta1**t)
        denom = (exp_avg_sq.sqrt() / math.sqrt(1 - beta2**t)).add_(eps)
        param.addcdiv_(exp_avg, denom, value=-step_size)
        param.grad = None


def replaces_pairs(
    params: list[Tensor],
    states: list[list[Tensor]],
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """Puts new tuples in the list; .data for the parameters; type hints."""
    for i, w in enumerate(params):
        m, v = states[i]
        m = beta1 * m + (1 - beta1) * w.grad
        v = beta2 * v + (1 - beta2) * w.grad**2
        states[i] = (m, v)
        w.data = w.data - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
        w.grad = None


def writes_into_pairs(params, states, t, lr, beta1, beta2, eps):
    """Replaces the items of the pairs, as of a list."""
    for w, state in zip(params, states, strict=True):
        g = w.grad
        state[0] = beta1 * state[0] + (1 - beta1) * g
        state[1] = beta2 * state[1] + (1 - beta2) * g * g
        m_hat = state[0] / (1 - math.pow(beta1, t))
        v_hat = state[1] / (1 - math.pow(beta2, t))
        w.detach().sub_(lr * m_hat / (v_hat.sqrt() + eps))
        w.grad = torch.zeros_like(w)


def efficient_order(params, states, t, lr, beta1, beta2, eps):
    """The order of the paper's remark, with eps scaled to be the same."""
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    scaled = eps * (1 - beta2**t) ** 0.5
    with torch.no_grad():
        for w, (v, s) in zip(params, states, strict=True):
            v += (1 - beta1) * (w.grad - v)
            s += (1 - beta2) * (w.grad.square() - s)
            w -= rate * v / (s.sqrt() + scaled)
            w.grad.zero_()


def shared_numpy(params, states, t, lr, beta1, beta2, eps):
    """NumPy arrays that share memory with the tensors."""
    for w, (v, s) in zip(params, states, strict=True):
        g, first, second, values = w.grad.numpy(), v.numpy(), s.numpy(), w.detach().numpy()
        first[...] = beta1 * first + (1 - beta1) * g
        second[...] = beta2 * second + (1 - beta2) * np.square(g)
        values[...] -= lr * (first / (1 - beta1**t)) / (np.sqrt(second / (1 - beta2**t)) + eps)
        w.grad = None


def element_by_element(params, states, t, lr, beta1, beta2, eps):
    """Loops over every index, with Python numbers; verbose."""
    with torch.no_grad():
        for number in range(len(params)):
            w = params[number]
            v, s = states[number][0], states[number][1]
            for index in itertools.product(*(range(size) for size in w.shape)):
                g = w.grad[index].item()
                v[index] = beta1 * v[index].item() + (1 - beta1) * g
                s[index] = beta2 * s[index].item() + (1 - beta2) * g * g
                top = v[index].item() / (1 - beta1**t)
                w[index] -= lr * top / (math.sqrt(s[index].item() / (1 - beta2**t)) + eps)
            w.grad.mul_(0)


def powers_as_tensors(params, states, t, lr, beta1, beta2, eps):
    """Corrections as tensors of the parameter's dtype."""
    torch.set_grad_enabled(False)
    try:
        for w, pair in zip(params, states, strict=True):
            v, s = pair
            one = torch.ones((), dtype=w.dtype)
            v.copy_(beta1 * v + (1 - beta1) * w.grad)
            s.copy_(beta2 * s + (1 - beta2) * w.grad.pow(2))
            v_hat = v / (one - torch.pow(one * beta1, t))
            s_hat = s / (one - torch.pow(one * beta2, t))
            w.sub_(lr * v_hat.div(s_hat.sqrt().add(eps)))
            w.grad.zero_()
    finally:
        torch.set_grad_enabled(True)


def _average(old, new, beta):
    return old * beta + new * (1 - beta)


def helpers(params, states, t, lr, beta1, beta2, eps):
    """Helper functions, three loops, and the whole list of states replaced at once."""
    states[:] = [
        [_average(v, w.grad, beta1), _average(s, w.grad * w.grad, beta2)]
        for w, (v, s) in zip(params, states, strict=True)
    ]
    for w, (v, s) in zip(params, states, strict=True):
        step = (v / (1 - beta1**t)) / (torch.sqrt(s / (1 - beta2**t)) + eps)
        w.data.add_(step, alpha=-lr)
    for w in params:
        w.grad = None


def counts_back(params, states, t, lr, beta1, beta2, eps):
    """Powers by multiplication, recursion over the lists; returns the states."""
    decay1 = math.prod([beta1] * t)
    decay2 = math.prod([beta2] * t)

    def rest(i):
        if i == len(params):
            return
        w, (v, s) = params[i], states[i]
        with torch.no_grad():
            v.mul_(beta1).add_(w.grad * (1 - beta1))
            s.mul_(beta2).add_(w.grad * w.grad * (1 - beta2))
            w.copy_(w - lr * v / (1 - decay1) / (torch.sqrt(s / (1 - decay2)) + eps))
        w.grad.fill_(0)
        rest(i + 1)

    rest(0)
    return states
