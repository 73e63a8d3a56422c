"""Correct implementations of sgd_weight_decay in the styles in which students write it."""

import itertools
from contextlib import suppress
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import torch
from torch import Tensor


def one_formula(param_groups, lr, batch_size):
    """The formula as it stands, under no_grad."""
    with torch.no_grad():
        for group in param_groups:
            weight_decay = group.get("weight_decay", 0)
            for w in group["params"]:
                w -= lr * (w.grad / batch_size + weight_decay * w)
                w.grad.zero_()


@torch.no_grad()
def decays_first(param_groups, lr, batch_size):
    """Decorator; shrinks the weight, then the gradient's step."""
    for group in param_groups:
        for w in group["params"]:
            w *= 1 - lr * group.get("weight_decay", 0.0)
            w -= lr * w.grad / batch_size
            w.grad.zero_()


def through_data(param_groups, lr, batch_size):
    """.data and an explicit test for the key."""
    for group in param_groups:
        for p in group["params"]:
            step = p.grad.data / batch_size
            if "weight_decay" in group:
                step = step + group["weight_decay"] * p.data
            p.data -= lr * step
            p.grad.data.zero_()


def catches_key_error(param_groups, lr, batch_size):
    """try and except for the missing key, grads set to None."""
    for group in param_groups:
        try:
            decay = group["weight_decay"]
        except KeyError:
            decay = 0
        for w in group["params"]:
            w.data = w.data - lr * w.grad / batch_size - lr * decay * w.data
            w.grad = None


def suppresses_key_error(param_groups, lr, batch_size):
    """contextlib.suppress, with the default set anew for each group."""
    with torch.no_grad():
        for group in param_groups:
            decay = 0.0
            with suppress(KeyError):
                decay = group["weight_decay"]
            for w in group["params"]:
                w.sub_(w.grad / batch_size + w * decay, alpha=lr)
                w.grad.zero_()


def fills_in_default(param_groups, lr, batch_size):
    """setdefault, which adds the missing key."""
    with torch.no_grad():
        for group in param_groups:
            group.setdefault("weight_decay", 0)
            for w in group["params"]:
                w.add_(w.grad / batch_size + group["weight_decay"] * w, alpha=-lr)
                w.grad.zero_()


def decay_added_to_gradient(param_groups, lr, batch_size):
    """Builds the whole gradient in .grad, scaled to the batch."""
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                w.grad.div_(batch_size)
                w.grad.add_(w, alpha=group.get("weight_decay", 0))
                w -= lr * w.grad
                w.grad.zero_()


def _sgd(params, lr, batch_size):
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad / batch_size
            w.grad.zero_()


def reuses_sgd(param_groups, lr, batch_size):
    """Adds batch_size times the decay, then plain sgd per group."""
    for group in param_groups:
        for w in group["params"]:
            w.grad += batch_size * group.get("weight_decay", 0) * w.detach()
        _sgd(group["params"], lr, batch_size)


def decays_all_then_sgd(param_groups, lr, batch_size):
    """One pass for the decay of all groups, then sgd on all tensors."""
    for group in param_groups:
        for w in group["params"]:
            w.data.mul_(1 - lr * group.get("weight_decay", 0))
    _sgd(itertools.chain.from_iterable(map(itemgetter("params"), param_groups)), lr, batch_size)


def autograd_of_penalty(param_groups, lr, batch_size):
    """Lets autograd differentiate the penalty."""
    for group in param_groups:
        decay = group.get("weight_decay", 0.0)
        for w in group["params"]:
            (decay_gradient,) = torch.autograd.grad(decay * (w**2).sum() / 2, w)
            with torch.no_grad():
                w -= lr * (w.grad / batch_size + decay_gradient)
            w.grad = None


def flat_list_of_pairs(param_groups, lr, batch_size):
    """Flattens the groups to (tensor, decay) pairs first."""
    pairs = [(w, g.get("weight_decay", 0)) for g in param_groups for w in g["params"]]
    with torch.no_grad():
        for w, decay in pairs:
            w -= lr / batch_size * w.grad + lr * decay * w
            w.grad.zero_()


def keeps_old_value(param_groups, lr, batch_size):
    """Two steps that both use a copy of the old value."""
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                old = w.clone()
                w -= lr * w.grad / batch_size
                w -= lr * group.get("weight_decay", 0.0) * old
                w.grad.zero_()


def branches_on_decay(param_groups, lr, batch_size):
    """Two branches: decaying groups, and plain sgd for the others."""
    with torch.no_grad():
        for group in param_groups:
            if group.get("weight_decay"):
                for w in group["params"]:
                    w.copy_(w * (1 - lr * group["weight_decay"]) - lr * w.grad / batch_size)
                    w.grad.zero_()
            else:
                for w in group["params"]:
                    w.copy_(w - lr * w.grad / batch_size)
                    w.grad.zero_()


def zero_for_none(param_groups, lr, batch_size):
    """get with None, replaced by 0."""
    for group in param_groups:
        decay = group.get("weight_decay")
        decay = 0.0 if decay is None else decay
        for i in range(len(group["params"])):
            view = group["params"][i].detach()
            view.sub_(lr * (group["params"][i].grad / batch_size + decay * view))
            group["params"][i].grad = torch.zeros_like(group["params"][i])


def unpacks_dictionaries(param_groups, lr, batch_size):
    """Keyword arguments: each group is unpacked into a helper."""

    @torch.no_grad()
    def step(params, weight_decay=0.0):
        for w in params:
            w -= lr * (w.grad / batch_size + weight_decay * w)
            w.grad.zero_()

    for group in param_groups:
        step(**group)


def _decayed(w, *, lr, batch_size, weight_decay):
    return (w - lr * (w.grad / batch_size + weight_decay * w)).detach()


def functional(param_groups, lr, batch_size):
    """Partial and comprehensions; new values first, assigned last."""
    new_values = [
        list(
            map(
                partial(
                    _decayed,
                    lr=lr,
                    batch_size=batch_size,
                    weight_decay=group.get("weight_decay", 0),
                ),
                group["params"],
            )
        )
        for group in param_groups
    ]
    for group, values in zip(param_groups, new_values, strict=True):
        for w, value in zip(group["params"], values, strict=True):
            w.data.copy_(value)
            w.grad.zero_()


def element_by_element(param_groups, lr, batch_size):
    """Loops over every index tuple; verbose."""
    with torch.no_grad():
        for group in param_groups:
            decay = 0
            for key, value in group.items():
                if key == "weight_decay":
                    decay = value
            for w in group["params"]:
                for index in itertools.product(*(range(size) for size in w.shape)):
                    gradient = w.grad[index] / batch_size + decay * w[index]
                    w[index] = w[index] - lr * gradient
                w.grad.zero_()


def shared_numpy(param_groups, lr, batch_size):
    """NumPy arrays that share memory with the tensors."""
    for group in param_groups:
        decay = group.get("weight_decay", 0.0)
        for w in group["params"]:
            values, g = w.detach().numpy(), w.grad.numpy()
            values[...] = values - lr * (g / batch_size + decay * values).astype(values.dtype)
            np.copyto(g, 0)


def mode_switched_by_hand(param_groups, lr, batch_size):
    """set_grad_enabled with the previous mode restored."""
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for group in reversed(param_groups):
        for w in reversed(group["params"]):
            w -= lr * (w.grad / batch_size + group.get("weight_decay", 0) * w)
            w.grad = None
    torch.set_grad_enabled(previous)


def typed_and_asserted(param_groups: list[dict[str, Any]], lr: float, batch_size: int) -> None:
    """Type hints, asserts of the contract, requires_grad toggled."""
    assert param_groups and batch_size >= 1
    for group in param_groups:
        params: list[Tensor] = group["params"]
        decay: float = float(group.get("weight_decay", 0.0))
        for w in params:
            assert w.is_leaf and w.requires_grad and w.grad is not None
            w.requires_grad_(False)
            w.lerp_(torch.zeros_like(w), lr * decay)
            w.sub_(w.grad, alpha=lr / batch_size)
            w.requires_grad_(True)
            w.grad.zero_()


def copies_of_groups(param_groups, lr, batch_size):
    """Works on shallow copies of the dictionaries, so that pop is harmless."""
    with torch.no_grad():
        for group in map(dict, param_groups):
            decay = group.pop("weight_decay", 0)
            for w in group.pop("params"):
                w += -lr * w.grad / batch_size - lr * decay * w
                w.grad.zero_()
