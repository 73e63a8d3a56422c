"""Correct implementations of softmax_regression_epoch, in styles as far apart as students write them."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


def book(W, b, batches, lr):
    """Sums in a list like the book's Accumulator, the summed loss, a step with the batch size."""
    metric = [0.0, 0.0, 0]
    for X, y in batches:
        logits = X @ W + b
        loss = F.cross_entropy(logits, y, reduction="none")
        loss.sum().backward()
        with torch.no_grad():
            for param in [W, b]:
                param -= lr * param.grad / X.shape[0]
                param.grad.zero_()
        metric[0] += float(loss.sum())
        metric[1] += float((logits.argmax(1) == y).sum())
        metric[2] += y.numel()
    return metric[0] / metric[2], metric[1] / metric[2]


@torch.no_grad()
def by_hand(W, b, batches, lr):
    """The gradient X'(P - Y) as a formula, with a stable softmax; tensors are returned."""
    losses, hits = [], []
    for X, y in batches:
        Z = X @ W + b
        Z = Z - Z.amax(1, keepdim=True)
        P = Z.exp() / Z.exp().sum(1, keepdim=True)
        losses.append(Z.exp().sum(1).log() - Z[range(len(y)), y])
        hits.append(Z.argmax(1) == y)
        G = P - F.one_hot(y, b.numel()).to(P.dtype)
        W -= lr * X.T @ G / len(X)
        b -= lr * G.mean(0)
    return torch.cat(losses).mean(), torch.cat(hits).double().mean()


def mean_loss(W, b, batches, lr):
    """The mean cross-entropy and autograd.grad; .data is changed; a list is returned."""
    loss_sum = correct = seen = 0
    for X, y in batches:
        outputs = torch.addmm(b, X, W)
        loss = F.cross_entropy(outputs, y)
        gW, gb = torch.autograd.grad(loss, (W, b))
        W.data.sub_(gW, alpha=lr)
        b.data.sub_(gb, alpha=lr)
        loss_sum += loss.item() * len(y)
        correct += (outputs.max(1)[1] == y).sum().item()
        seen += len(y)
    return [loss_sum / seen, correct / seen]


def zeroes_first(W, b, batches, lr):
    """Grads are cleared before each backward pass, and the last ones stay; NumPy means."""
    losses, correct = np.empty(0), np.empty(0)
    for X, y in batches:
        for p in (W, b):
            if p.grad is not None:
                p.grad.zero_()
        log_p = F.log_softmax(X.matmul(W) + b, dim=-1)
        own = -log_p.gather(1, y.reshape(-1, 1)).reshape(-1)
        own.mean().backward()
        with torch.no_grad():
            W.copy_(W - lr * W.grad)
            b.copy_(b - lr * b.grad)
        losses = np.concatenate([losses, own.detach().numpy()])
        correct = np.concatenate([correct, (log_p.argmax(1) == y).numpy()])
    return losses.mean(), correct.mean()


def logsumexp(W: Tensor, b: Tensor, batches: list[tuple[Tensor, Tensor]], lr: float):
    """Type hints; logsumexp minus the label's logit; running sums as tensors with their graph."""
    total, hits = torch.zeros(()), torch.zeros(())
    for X, y in batches:
        O = X.mm(W).add(b)  # noqa: E741
        losses = O.logsumexp(1) - O[torch.arange(O.shape[0]), y]
        total, hits = total + losses.sum(), hits + O.argmax(1).eq(y).sum()
        (losses.sum() / len(losses)).backward(retain_graph=True)
        W.data, W.grad = W.data - lr * W.grad, None
        b.data, b.grad = b.data - lr * b.grad, None
    n = sum(len(y) for _, y in batches)
    return total / n, hits / n


def _softmax(o):
    e = torch.exp(o - o.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


@torch.no_grad()
def example_by_example(W, b, batches, lr):
    """Loops over examples; outer products gathered."""
    losses, correct = [], []
    for X, y in batches:
        dW, db = torch.zeros_like(W), torch.zeros_like(b)
        for x, label in zip(X, y.tolist(), strict=True):
            o = x @ W + b
            losses.append((torch.logsumexp(o, 0) - o[label]).item())
            correct.append(int(o.argmax()) == label)
            g = _softmax(o[None])[0]
            g[label] -= 1
            dW += torch.outer(x, g)
            db += g
        W.add_(dW / len(X), alpha=-lr)
        b.add_(db / len(X), alpha=-lr)
    return sum(losses) / len(losses), sum(correct) / len(correct)


def with_module(W, b, batches, lr):
    """nn.Linear and nn.CrossEntropyLoss; the module's weights are copied back."""
    layer, criterion = nn.Linear(*W.shape).to(W.dtype), nn.CrossEntropyLoss()
    with torch.no_grad():
        layer.weight.copy_(W.T)
        layer.bias.copy_(b)
    loss_sum, correct, n = 0.0, 0, 0
    for X, y in batches:
        layer.zero_grad()
        logits = layer(X)
        loss = criterion(logits, y)
        loss.backward()
        for p in layer.parameters():
            p.data -= lr * p.grad
        loss_sum += loss.item() * X.size(0)
        correct += int((logits.argmax(dim=1) == y).sum())
        n += X.size(0)
    W.data.copy_(layer.weight.data.T)
    b.data.copy_(layer.bias.data)
    return loss_sum / n, correct / n


def targets_as_probabilities(W, b, batches, lr):
    """One-hot targets, einsum, running means."""
    mean, share, seen = 0.0, 0.0, 0
    for X, y in batches:
        Y = torch.zeros(len(y), W.shape[1], dtype=X.dtype).scatter_(1, y.unsqueeze(1), 1)
        logits = torch.einsum("nd,dq->nq", X, W) + b
        loss = -(Y * logits.log_softmax(1)).sum() / len(y)
        loss.backward()
        with torch.no_grad():
            for p in (W, b):
                p.sub_(lr * p.grad)
                p.grad = None
        seen += len(y)
        mean += (loss.item() - mean) * len(y) / seen
        share += ((logits.argmax(1) == y).float().mean().item() - share) * len(y) / seen
    return mean, share
