"""Correct implementations of cross_entropy_with_logits, in styles as far apart as possible."""

import math
from functools import partial, reduce

import torch
from torch import Tensor


def logsumexp_minus_label(logits, y):
    """The formula of the text with torch.logsumexp."""
    return torch.logsumexp(logits, dim=1) - logits[range(len(y)), y]


def typed_and_checked(logits: Tensor, y: Tensor) -> Tensor:
    """Type hints and asserts of the contract."""
    assert logits.dim() == 2 and y.dim() == 1 and len(logits) == len(y)
    assert logits.is_floating_point() and y.dtype == torch.int64
    normalizer: Tensor = logits.logsumexp(dim=-1)
    losses: Tensor = normalizer - logits[torch.arange(logits.shape[0]), y]
    assert losses.shape == y.shape and losses.dtype == logits.dtype
    return losses


def maximum_by_hand(logits, y):
    """log-sum-exp by hand: the maximum is taken out and added back."""
    m = logits.max(dim=1, keepdim=True).values
    log_sum = torch.log(torch.exp(logits - m).sum(1)) + m.squeeze(1)
    return log_sum - logits.gather(1, y.unsqueeze(1)).squeeze(1)


def shifted_logits(logits, y):
    """All logits are shifted first, so that the maximum never has to return."""
    shifted = logits - logits.amax(1, keepdim=True)
    return shifted.exp().sum(1).log() - shifted[torch.arange(len(y)), y]


def shifted_by_label(logits, y):
    """Logits relative to the label's: log of the sum of exp(o_k - o_y)."""
    margins = logits - logits.gather(1, y.view(-1, 1))
    return margins.logsumexp(1)


def detached_maximum(logits, y):
    """The shift is a constant for autograd."""
    o = logits - logits.detach().max(1)[0].unsqueeze(1)
    return -(o - o.exp().sum(1, True).log())[torch.arange(len(o)), y]


def data_maximum(logits, y):
    """The shift is read through .data, the lookup uses take_along_dim."""
    o = logits - logits.data.amax(1)[:, None]
    picked = torch.take_along_dim(o, y[:, None], dim=1)[:, 0]
    return torch.log(torch.sum(torch.exp(o), 1)) - picked


@torch.no_grad()
def _row_maxima(logits):
    return logits.max(dim=1, keepdim=True).values


def no_grad_helper(logits, y):
    """A helper decorated with no_grad finds the shift."""
    o = logits - _row_maxima(logits)
    log_probabilities = o - o.exp().sum(1, keepdim=True).log()
    return -log_probabilities.gather(1, y.reshape(-1, 1)).reshape(-1)


def with_no_grad_block(logits, y):
    """A with block builds the shift and the one-hot target."""
    with torch.no_grad():
        m = logits.amax(1, keepdim=True)
        target = torch.nn.functional.one_hot(y, logits.shape[1]).to(logits.dtype)
    o = logits - m
    return (target * (o.exp().sum(1, keepdim=True).log() - o)).sum(1)


def one_hot_product(logits, y):
    """One-hot labels times the log-probabilities of all classes."""
    log_probabilities = logits - logits.logsumexp(1, keepdim=True)
    return -(torch.nn.functional.one_hot(y, logits.shape[1]) * log_probabilities).sum(1)


def scatter_target(logits, y):
    """A target that scatter_ writes, multiplied with mul."""
    target = torch.zeros(logits.shape, dtype=logits.dtype)
    target.scatter_(1, y.unsqueeze(1), 1)
    return logits.logsumexp(1).sub(target.mul(logits).sum(1))


def where_mask(logits, y):
    """torch.where selects the label's logit."""
    is_label = torch.arange(logits.shape[1]) == y.unsqueeze(1)
    zeros = torch.zeros_like(logits)
    return torch.logsumexp(logits, 1) - torch.where(is_label, logits, zeros).sum(1)


def masked_fill_zero(logits, y):
    """masked_fill clears the other classes."""
    others = y.view(-1, 1) != torch.arange(logits.size(1)).view(1, -1)
    return (logits.logsumexp(-1, keepdim=True) - logits).masked_fill(others, 0).sum(-1)


def boolean_mask(logits, y):
    """Boolean indexing: exactly one entry of each row survives, in row order."""
    mask = torch.nn.functional.one_hot(y, logits.shape[1]).bool()
    return logits.logsumexp(1) - logits[mask]


def einsum(logits, y):
    """Einstein summation with rows of the identity matrix."""
    target = torch.eye(logits.shape[1], dtype=logits.dtype)[y]
    o = logits - logits.amax(1, keepdim=True)
    return torch.log(torch.einsum("nq->n", o.exp())) - torch.einsum("nq,nq->n", o, target)


def matmul_ones(logits, y):
    """The sum of exponentials as a matrix product with ones."""
    o = logits - logits.amax(1, keepdim=True)
    total = o.exp() @ torch.ones(logits.shape[1], dtype=logits.dtype)
    return total.log() - o[torch.arange(len(y)), y]


def diagonal(logits, y):
    """The diagonal of the matrix of every row with every label."""
    return torch.diagonal(logits.logsumexp(1, keepdim=True) - logits[:, y])


def flat_index(logits, y):
    """One index into the flattened logits."""
    n, q = logits.shape
    return logits.logsumexp(1) - logits.reshape(n * q)[torch.arange(n) * q + y]


def comprehension(logits, y):
    """A list comprehension over zip around a one-example helper."""
    return torch.stack([_one_loss(o, label) for o, label in zip(logits, y, strict=True)])


def _one_loss(o, label):
    m = o.max()
    return m + torch.log(torch.exp(o - m).sum()) - o[label]


def filled_result(logits, y):
    """A result tensor filled in place by a loop."""
    result = torch.zeros(logits.shape[0], dtype=logits.dtype)
    for i in range(logits.shape[0]):
        result[i] = torch.logsumexp(logits[i], 0) - logits[i][y[i].item()]
    return result


def double_loop(logits, y):
    """Scalars only: two loops over examples and classes."""
    losses = []
    for i in range(logits.shape[0]):
        largest = max(logits[i, k].item() for k in range(logits.shape[1]))
        total = 0
        for k in range(logits.shape[1]):
            total = total + torch.exp(logits[i, k] - largest)
        losses.append(torch.log(total) + largest - logits[i, int(y[i])])
    return torch.stack(losses)


def folded_logaddexp(logits, y):
    """functools.reduce with logaddexp over the columns."""
    normalizer = reduce(torch.logaddexp, logits.unbind(dim=1))
    return normalizer - logits[torch.arange(len(y)), y]


def softplus_of_margin(logits, y):
    """The loss as log(1 + exp(rest - label)), the rest being the other classes."""
    if logits.shape[1] == 1:
        return (logits - logits)[:, 0]
    own = torch.nn.functional.one_hot(y, logits.shape[1]).bool()
    rest = logits.masked_fill(own, -math.inf).logsumexp(1)
    margin = rest - logits[own]
    return torch.logaddexp(margin, torch.zeros_like(margin))


def in_place_on_copy(logits, y):
    """In-place arithmetic on a copy; only exp makes a new tensor."""
    o = logits.clone()
    o -= o.detach().amax(1, keepdim=True)
    loss = o.exp().sum(1).log()
    loss -= o[torch.arange(len(y)), y]
    return loss


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, y):
        log_probabilities = logits - logits.logsumexp(1, keepdim=True)
        o = logits - logits.amax(1, keepdim=True)
        probabilities = o.exp() / o.exp().sum(1, keepdim=True)
        ctx.save_for_backward(probabilities, y)
        return -log_probabilities[torch.arange(len(y)), y]

    @staticmethod
    def backward(ctx, cotangent):
        probabilities, y = ctx.saved_tensors
        grad = probabilities.clone()
        grad[torch.arange(len(y)), y] -= 1
        return grad * cotangent.unsqueeze(1), None


def custom_function(logits, y):
    """An autograd.Function with the gradient softmax minus one-hot by hand."""
    return _CrossEntropy.apply(logits, y)


_normalizer = partial(torch.logsumexp, dim=1)


def partials_and_lambdas(logits, y):
    """A functional style: a lambda and functools.partial."""
    label_logit = lambda o: torch.index_select(o, 1, y).diag()
    return _normalizer(logits) - label_logit(logits)


def running_normalizer(logits, y):
    """The online algorithm: one pass that rescales the sum whenever the maximum grows."""
    m = logits[:, 0]
    total = torch.ones_like(m)
    for o in logits[:, 1:].unbind(1):
        new = torch.maximum(m, o)
        total = total * torch.exp(m - new) + torch.exp(o - new)
        m = new
    return m + total.log() - logits[torch.arange(len(y)), y]


def vmapped(logits, y):
    """torch.func.vmap over a one-example function."""
    one = lambda o, label: o.logsumexp(0) - o.gather(0, label.unsqueeze(0)).squeeze(0)
    return torch.func.vmap(one)(logits, y)
