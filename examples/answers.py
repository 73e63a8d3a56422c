"""The answers of the sample class: the body of each function goes into a notebook.

A name is `<exercise>__<answer>`. The bodies need nothing but torch, which each notebook imports,
and their own imports. Some are wrong on purpose: `build_class.py` has the points that each should
earn.
"""

import torch
from torch import Tensor

# softmax


def softmax__short(X: Tensor) -> Tensor:
    exps = (X - X.max(dim=1, keepdim=True).values).exp()
    return exps / exps.sum(dim=1, keepdim=True)


def softmax__long(X: Tensor) -> Tensor:
    rows = []
    for row in X:
        # the largest logit becomes 0, so exp can't overflow
        shifted = row - row.max()
        numerator = torch.exp(shifted)
        rows.append(numerator / numerator.sum())
    return torch.stack(rows)


def softmax__overflows(X: Tensor) -> Tensor:
    X_exp = torch.exp(X)
    partition = X_exp.sum(1, keepdim=True)
    return X_exp / partition


def softmax__over_the_batch(X: Tensor) -> Tensor:
    return torch.exp(X) / torch.exp(X).sum(0, keepdim=True)


def softmax__in_numpy(X: Tensor) -> Tensor:
    import numpy as np

    logits = X.detach().numpy()
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return torch.from_numpy(exps / exps.sum(axis=1, keepdims=True))


def softmax__built_in(X: Tensor) -> Tensor:
    return torch.softmax(X, dim=1)


def softmax__loops_for_ever(X: Tensor) -> Tensor:
    result = torch.zeros_like(X)
    i = 0
    while i < len(X):
        exps = torch.exp(X[i] - X[i].max())
        result[i] = exps / exps.sum()
    return result


# cross_entropy


def cross_entropy__short(y_hat: Tensor, y: Tensor) -> Tensor:
    return -y_hat[range(len(y)), y].log()


def cross_entropy__long(y_hat: Tensor, y: Tensor) -> Tensor:
    losses = []
    for i in range(len(y)):
        probability_of_the_label = y_hat[i][y[i]]
        losses.append(-torch.log(probability_of_the_label))
    return torch.stack(losses)


def cross_entropy__average(y_hat: Tensor, y: Tensor) -> Tensor:
    return -torch.log(y_hat[range(len(y)), y]).mean()


def cross_entropy__one_hot(y_hat: Tensor, y: Tensor) -> Tensor:
    labels = torch.zeros_like(y_hat)
    labels[range(len(y)), y] = 1
    return -(labels * torch.log(y_hat)).sum(dim=1)


# cross_entropy_with_logits


def cross_entropy_with_logits__short(logits: Tensor, y: Tensor) -> Tensor:
    return logits.logsumexp(1) - logits.gather(1, y[:, None])[:, 0]


def cross_entropy_with_logits__long(logits: Tensor, y: Tensor) -> Tensor:
    losses = []
    for row, label in zip(logits, y, strict=True):
        largest = row.max()
        log_of_sum = torch.log(torch.exp(row - largest).sum())
        losses.append(log_of_sum - (row[label] - largest))
    return torch.stack(losses)


def cross_entropy_with_logits__overflows(logits: Tensor, y: Tensor) -> Tensor:
    y_hat = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    return -torch.log(y_hat[range(len(y)), y])


def cross_entropy_with_logits__underflows(logits: Tensor, y: Tensor) -> Tensor:
    exps = torch.exp(logits - logits.amax(1, keepdim=True))
    y_hat = exps / exps.sum(1, keepdim=True)
    return -torch.log(y_hat[range(len(y)), y])


# sgd


def sgd__short(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad / batch_size
            w.grad.zero_()


def sgd__long(params: list[Tensor], lr: float, batch_size: int) -> None:
    for param in params:
        mean_gradient = param.grad / batch_size
        param.data = param.data - lr * mean_gradient
    # start the next batch from zero
    for param in params:
        param.grad = None


def sgd__ignores_batch_size(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad
            w.grad.zero_()


def sgd__keeps_gradients(params: list[Tensor], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for w in params:
            w -= lr * w.grad / batch_size


def sgd__rebinds(params: list[Tensor], lr: float, batch_size: int) -> None:
    for param in params:
        gradient = param.grad.clone()
        param.grad.zero_()
        param = param - lr * gradient / batch_size


def sgd__exits(params: list[Tensor], lr: float, batch_size: int) -> None:
    import os

    os._exit(0)


# l2_penalty


def l2_penalty__short(w: Tensor) -> Tensor:
    return w.pow(2).sum() / 2


def l2_penalty__long(w: Tensor) -> Tensor:
    flat = w.reshape(-1)
    return 0.5 * torch.dot(flat, flat)


def l2_penalty__without_half(w: Tensor) -> Tensor:
    return (w**2).sum()


# sgd_weight_decay


def sgd_weight_decay__short(param_groups: list[dict], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                w -= lr * (w.grad / batch_size + group.get("weight_decay", 0) * w)
                w.grad.zero_()


def sgd_weight_decay__long(param_groups: list[dict], lr: float, batch_size: int) -> None:
    for group in param_groups:
        decay = 0.0
        if "weight_decay" in group:
            decay = group["weight_decay"]
        for param in group["params"]:
            # both terms use the weights from before the step
            step = param.grad / batch_size
            step = step + decay * param.detach()
            param.data.sub_(lr * step)
            param.grad.zero_()


def sgd_weight_decay__keeps_gradients(param_groups: list[dict], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                w -= lr * (w.grad / batch_size + group.get("weight_decay", 0) * w)


def sgd_weight_decay__averages_decay(param_groups: list[dict], lr: float, batch_size: int) -> None:
    with torch.no_grad():
        for group in param_groups:
            for w in group["params"]:
                gradient = w.grad + group.get("weight_decay", 0) * w
                w -= lr * gradient / batch_size
                w.grad.zero_()


# dropout


def dropout__short(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training or p == 0:
        return X
    if p == 1:
        return torch.zeros_like(X)
    return X * (torch.rand_like(X) >= p) / (1 - p)


def dropout__long(X: Tensor, p: float, training: bool = True) -> Tensor:
    import random

    result = X.clone()
    if not training:
        return result
    entries = []
    for x in result.flatten():
        if random.random() < p:
            entries.append(x * 0)
        else:
            entries.append(x / (1 - p))
    return torch.stack(entries).reshape(X.shape)


def dropout__in_both_modes(X: Tensor, p: float, training: bool = True) -> Tensor:
    if p == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > p).float()
    return mask * X / (1.0 - p)


def dropout__keep_probability(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    if p == 0:
        return torch.zeros_like(X)
    mask = torch.rand_like(X) < p
    return X * mask / p


def dropout__without_factor(X: Tensor, p: float, training: bool = True) -> Tensor:
    import numpy as np

    if not training:
        return X
    mask = np.random.binomial(1, 1 - p, size=tuple(X.shape))
    return X * torch.tensor(mask, dtype=X.dtype)


def dropout__whole_rows(X: Tensor, p: float, training: bool = True) -> Tensor:
    if not training:
        return X
    if p == 1:
        return torch.zeros_like(X)
    one_number_per_row = torch.rand_like(X.sum(dim=-1, keepdim=True))
    return X * (one_number_per_row >= p) / (1 - p)
