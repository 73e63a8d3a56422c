"""Answers that are correct on everyday inputs and wrong at one edge: `<exercise>__<edge>`."""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot


def _softmax(X: Tensor) -> Tensor:
    E = torch.exp(X - X.amax(1, keepdim=True))
    return E / E.sum(1, keepdim=True)


def softmax__view_of_a_transpose(X: Tensor) -> Tensor:
    return _softmax(X.view(-1).view(X.shape))


def softmax__float32_buffer(X: Tensor) -> Tensor:
    result = torch.zeros(X.shape)
    for i, row in enumerate(_softmax(X)):
        result[i] = row
    return result


def softmax__computed_in_float32(X: Tensor) -> Tensor:
    return _softmax(X.float()).to(X.dtype)


def softmax__squeezed_batch_of_one(X: Tensor) -> Tensor:
    return _softmax(X).squeeze()


def softmax__one_class_is_zero(X: Tensor) -> Tensor:
    return _softmax(X) if X.shape[1] > 1 else X * 0


def softmax__overflows(X: Tensor) -> Tensor:
    return X.exp() / X.exp().sum(1, keepdim=True)


def softmax__shifted_by_the_global_maximum(X: Tensor) -> Tensor:
    E = torch.exp(X - X.max())
    return E / E.sum(1, keepdim=True)


def softmax__gradient_overflows(X: Tensor) -> Tensor:
    return 1 / torch.exp(X[:, None, :] - X[:, :, None]).sum(2)


def softmax__small_epsilon(X: Tensor) -> Tensor:
    E = torch.exp(X - X.amax(1, keepdim=True))
    return E / (E.sum(1, keepdim=True) + 1e-8)


def cross_entropy__one_hot_of_the_labels_seen(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(one_hot(y) * y_hat.clamp(min=1e-38).log()).sum(1)


def cross_entropy__zero_times_infinity(y_hat: Tensor, y: Tensor) -> Tensor:
    return -(one_hot(y, y_hat.shape[1]) * y_hat.log()).sum(1)


def cross_entropy__epsilon(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[torch.arange(len(y)), y] + 1e-8)


def cross_entropy__clamped(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat[torch.arange(len(y)), y].clamp(min=1e-12).log()


def cross_entropy__view_of_a_transpose(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat.view(-1)[torch.arange(len(y)) * y_hat.shape[1] + y].log()


def cross_entropy__squeezed_batch_of_one(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat.gather(1, y.unsqueeze(1)).squeeze().log()


def cross_entropy__float32_buffer(y_hat: Tensor, y: Tensor) -> Tensor:
    losses = torch.empty(len(y))
    for i, label in enumerate(y):
        losses[i] = -y_hat[i, label].log()
    return losses


def _with_logits(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits[torch.arange(len(y)), y]


def cross_entropy_with_logits__one_hot_of_the_labels_seen(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - (logits * one_hot(y)).sum(1)


def cross_entropy_with_logits__classes_counted_by_the_labels(logits: Tensor, y: Tensor) -> Tensor:
    return _with_logits(logits[:, : int(y.max()) + 1], y)


def cross_entropy_with_logits__overflows(logits: Tensor, y: Tensor) -> Tensor:
    return logits.exp().sum(1).log() - logits[torch.arange(len(y)), y]


def cross_entropy_with_logits__underflows(logits: Tensor, y: Tensor) -> Tensor:
    return -_softmax(logits)[torch.arange(len(y)), y].log()


def cross_entropy_with_logits__squeezed_batch_of_one(logits: Tensor, y: Tensor) -> Tensor:
    return _with_logits(logits, y).squeeze()


def cross_entropy_with_logits__view_of_a_transpose(logits: Tensor, y: Tensor) -> Tensor:
    return _with_logits(logits.view(-1).view(logits.shape), y)


def cross_entropy_with_logits__float32_buffer(logits: Tensor, y: Tensor) -> Tensor:
    losses = torch.zeros(len(y))
    losses += _with_logits(logits, y).float()
    return losses


def l2_penalty__rows_of_a_0_dim_tensor(w: Tensor) -> Tensor:
    total = w.new_zeros(())
    for row in w:
        total = total + (row * row).sum()
    return total / 2


def l2_penalty__view_of_a_transpose(w: Tensor) -> Tensor:
    return (w.view(-1) ** 2).sum() / 2


def l2_penalty__float32(w: Tensor) -> Tensor:
    return (w.float() ** 2).sum() / 2


def l2_penalty__two_dimensions_at_most(w: Tensor) -> Tensor:
    return (w**2).sum(1).sum() / 2 if w.dim() == 2 else (w**2).sum(-1) / 2


def l2_penalty__number_of_a_single_entry(w: Tensor) -> Any:
    return (w**2).sum() / 2 if w.numel() > 1 else w.item() ** 2 / 2


def _step(w: Tensor, step: Tensor) -> None:
    with torch.no_grad():
        w -= step
    w.grad = None


def sgd__index_into_a_0_dim_tensor(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.data[:] -= lr * w.grad / batch_size
        w.grad.zero_()


def sgd__view_of_a_transpose(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.data.view(-1).sub_(lr * w.grad.view(-1) / batch_size)
        w.grad.zero_()


def sgd__computed_in_float32(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        _step(w, lr * w.grad.float() / batch_size)


def sgd__float32_parameters(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        w.data = (w.data - lr * w.grad / batch_size).float()
        w.grad = None


def sgd__two_dimensions_at_most(params: list[Tensor], lr: float, batch_size: int) -> None:
    for w in params:
        rows, grads = (w, w.grad) if w.dim() == 2 else (w[None, :], w.grad[None, :])
        n, q = rows.shape
        with torch.no_grad():
            for i in range(n):
                for j in range(q):
                    rows[i, j] -= lr * grads[i, j] / batch_size
        w.grad = None


def _decayed(group: dict[str, Any], w: Tensor, batch_size: int) -> Tensor:
    return w.grad / batch_size + group.get("weight_decay", 0) * w.detach()


def sgd_weight_decay__index_into_a_0_dim_tensor(param_groups, lr, batch_size):
    for group in param_groups:
        for w in group["params"]:
            w.data[:] -= lr * _decayed(group, w, batch_size)
            w.grad.zero_()


def sgd_weight_decay__view_of_a_transpose(param_groups, lr, batch_size):
    for group in param_groups:
        for w in group["params"]:
            w.data.view(-1).sub_(lr * _decayed(group, w, batch_size).reshape(-1))
            w.grad.zero_()


def sgd_weight_decay__decay_in_float32(param_groups, lr, batch_size):
    for group in param_groups:
        for w in group["params"]:
            _step(w, lr * _decayed(group, w, batch_size).float())


def sgd_weight_decay__never_below_zero(param_groups, lr, batch_size):
    for group in param_groups:
        for w in group["params"]:
            factor = max(0, 1 - lr * group.get("weight_decay", 0))
            w.data.copy_(factor * w.data - lr * w.grad / batch_size)
            w.grad = None


def _dropout(X: Tensor, p: float, training: bool) -> Tensor:
    if not training or p == 0:
        return X * 1
    if p == 1:
        return X * 0
    return X * (torch.rand(X.shape) >= p) / (1 - p)


def dropout__view_of_a_transpose(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X.view(-1), p, training).view(X.shape)


def dropout__float32_buffer(X: Tensor, p: float, training: bool = True) -> Tensor:
    result = torch.zeros(X.shape)
    result += _dropout(X, p, training).float()
    return result


def dropout__matrices_alone(X: Tensor, p: float, training: bool = True) -> Tensor:
    _n, _q = X.shape
    return _dropout(X, p, training)


def dropout__squeezed(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training).squeeze()


def dropout__zero_by_zero(X: Tensor, p: float, training: bool = True) -> Tensor:
    return _dropout(X, p, training) if p < 1 else X * 0 / (1 - p) if training else X * 1


def dropout__nothing_dropped_from_large_entries(
    X: Tensor, p: float, training: bool = True
) -> Tensor:
    return _dropout(X, p, training) if X.abs().max() < 100 else _dropout(X, p, False) / (1 - p)
