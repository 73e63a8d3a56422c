"""Correct answers in styles that few choose: `<exercise>__<style>`."""

import math
import random
from typing import Any

import numpy as np
import torch
from torch import Tensor


def softmax__on_the_transpose(X: Tensor) -> Tensor:
    T = X.T - X.T.sort(0, descending=True).values[0]
    return (T.exp() / T.exp().cumsum(0)[-1]).T


def softmax__in_float64_and_back(X: Tensor) -> Tensor:
    Z = X.double()
    return torch.exp(Z - torch.logsumexp(Z, 1, keepdim=True)).to(X.dtype)


class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, X: Tensor) -> Tensor:
        E = torch.exp(X - X.max(1, keepdim=True).values)
        S = E / E.sum(1, keepdim=True)
        ctx.save_for_backward(S)
        return S

    @staticmethod
    def backward(ctx: Any, G: Tensor) -> Tensor:
        (S,) = ctx.saved_tensors
        return S * (G - (G * S).sum(1, keepdim=True))


def softmax__by_hand_forward_and_backward(X: Tensor) -> Tensor:
    return _Softmax.apply(X)


def softmax__number_by_number(X: Tensor) -> Tensor:
    rows = []
    for row in X:
        top = max(row.tolist())
        powers = [torch.exp(x - top) for x in row]
        total = sum(powers)
        rows.append(torch.stack([power / total for power in powers]))
    return torch.stack(rows)


def cross_entropy__trace_of_the_picked_columns(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat[:, y].diagonal().log()


def cross_entropy__sum_of_what_a_mask_leaves(y_hat: Tensor, y: Tensor) -> Tensor:
    is_label = torch.arange(y_hat.shape[1]) == y.unsqueeze(1)
    return -torch.where(is_label, y_hat, 0).sum(1).log()


def cross_entropy__logarithm_of_the_inverse(y_hat: Tensor, y: Tensor) -> Tensor:
    return torch.take_along_dim(y_hat, y[:, None], 1)[:, 0].reciprocal().log()


def cross_entropy_with_logits__differences_to_the_label(logits: Tensor, y: Tensor) -> Tensor:
    mine = logits.gather(1, y.reshape(-1, 1))
    return torch.logsumexp(logits - mine, 1)


def cross_entropy_with_logits__logaddexp_loop(logits: Tensor, y: Tensor) -> Tensor:
    losses = []
    for row, label in zip(logits, y.tolist(), strict=True):
        total = row[0]
        for x in row[1:]:
            total = torch.logaddexp(total, x)
        losses.append(total - row[label])
    return torch.stack(losses)


def l2_penalty__dot_product(w: Tensor) -> Tensor:
    flat = w.reshape(-1)
    return 0.5 * flat @ flat


def l2_penalty__number_by_number(w: Tensor) -> Tensor:
    total = torch.zeros((), dtype=w.dtype)
    for x in w.flatten():
        total = total + x * x / 2
    return total


def sgd__data_and_none(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.data = w.data - w.grad * (lr / batch_size)
        w.grad = None


def sgd__through_numpy(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.detach().copy_(torch.from_numpy(np.asarray(w.detach() - lr / batch_size * w.grad)))
        w.grad.zero_()


def sgd__out_argument(params: list[Tensor], lr: float, batch_size: int) -> list[Tensor]:
    with torch.no_grad():
        for w in params:
            torch.add(w, w.grad, alpha=-lr / batch_size, out=w)
            w.grad.fill_(0)
    return params


def sgd_weight_decay__shrink_first(param_groups: list[dict], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            factor = 1 - lr * group.setdefault("weight_decay", 0)
            for w in group["params"]:
                w.mul_(factor).sub_(w.grad, alpha=lr / batch_size)
                w.grad = None


def sgd_weight_decay__into_the_grad(param_groups: list[dict], lr: float, batch_size: int) -> None:
    for group in reversed(param_groups):
        for w in group["params"][::-1]:
            w.grad.div_(batch_size).add_(w.data, alpha=group.get("weight_decay", 0.0))
            w.data.add_(w.grad, alpha=-lr)
            w.grad.zero_()


def dropout__pythons_random(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    if p == 1:
        return X * 0
    keep = torch.tensor([float(random.random() >= p) for _ in range(X.numel())], dtype=X.dtype)
    return X * keep.reshape(X.shape) / (1 - p)


def dropout__geometric_gaps(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training or p == 0:
        return X.clone()
    keep = torch.ones(X.numel(), dtype=X.dtype)
    place = -1
    while p < 1:
        place += 1 + int(math.log(1 - random.random()) / math.log1p(-p))
        if place >= len(keep):
            return X * keep.view(X.shape) / (1 - p)
        keep[place] = 0
    return X * 0


def dropout__numpy_binomial(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    mask = torch.from_numpy(np.random.binomial(1, 1 - p, X.shape)).to(X)
    return X * (mask / (1 - p)) if p < 1 else X * mask
