"""Correct implementations of cross_entropy, in styles as far apart as students write them."""

from functools import reduce

import torch
from torch import Tensor


def fancy_indexing(y_hat, y):
    """Row numbers and labels as a pair of index tensors."""
    return -torch.log(y_hat[range(len(y_hat)), y])


def typed_and_checked(y_hat: Tensor, y: Tensor) -> Tensor:
    """Type hints and asserts of the contract."""
    assert y_hat.dim() == 2 and y.dim() == 1 and len(y_hat) == len(y)
    assert y_hat.is_floating_point() and y.dtype == torch.int64
    rows: Tensor = torch.arange(y_hat.shape[0])
    losses: Tensor = y_hat[rows, y].log().neg()
    assert losses.shape == y.shape and losses.dtype == y_hat.dtype
    return losses


def gather_squeeze(y_hat, y):
    """gather with a column of labels, squeezed along its own dimension."""
    return -y_hat.gather(1, y.unsqueeze(1)).squeeze(1).log()


def gather_view(y_hat, y):
    """gather with reshape before and after."""
    picked = torch.gather(y_hat, dim=-1, index=y.reshape(-1, 1))
    return torch.log(picked).reshape(-1) * -1


def take_along(y_hat, y):
    """take_along_dim with None indexing."""
    return -torch.log(torch.take_along_dim(y_hat, y[:, None], dim=1)[:, 0])


def one_hot_sum(y_hat, y):
    """A one-hot matrix selects the probability, then comes the logarithm."""
    target = torch.nn.functional.one_hot(y, num_classes=y_hat.shape[1])
    return -torch.log((target * y_hat).sum(1))


def one_hot_scatter(y_hat, y):
    """A one-hot matrix written with scatter_ and multiplied by xlogy."""
    target = torch.zeros_like(y_hat, requires_grad=False)
    target.scatter_(1, y.unsqueeze(1), 1.0)
    return -torch.xlogy(target, y_hat).sum(dim=1)


def where_mask(y_hat, y):
    """torch.where turns the other classes into log(1)."""
    is_label = torch.arange(y_hat.shape[1]) == y.unsqueeze(1)
    return -torch.where(is_label, y_hat, torch.ones_like(y_hat)).log().sum(1)


def masked_fill_ones(y_hat, y):
    """masked_fill with the complement of a comparison."""
    others = y.view(-1, 1) != torch.arange(y_hat.size(1)).view(1, -1)
    return y_hat.masked_fill(others, 1).log().sum(-1).neg()


def boolean_mask(y_hat, y):
    """Boolean indexing: exactly one entry of each row survives, in row order."""
    mask = torch.nn.functional.one_hot(y, y_hat.shape[1]).bool()
    return -torch.log(y_hat[mask])


def einsum(y_hat, y):
    """Einstein summation with rows of the identity matrix."""
    target = torch.eye(y_hat.shape[1], dtype=y_hat.dtype)[y]
    return -torch.einsum("nq,nq->n", y_hat, target).log()


def batched_matmul(y_hat, y):
    """A batch of dot products with bmm."""
    target = torch.nn.functional.one_hot(y, y_hat.shape[1]).to(y_hat.dtype)
    return -torch.log(torch.bmm(y_hat.unsqueeze(1), target.unsqueeze(2)).flatten())


def diagonal(y_hat, y):
    """The diagonal of the matrix of every row with every label."""
    return -torch.log(torch.diagonal(y_hat[:, y]))


def flat_index(y_hat, y):
    """One index into the flattened probabilities."""
    n, q = y_hat.shape
    return -torch.log(y_hat.reshape(-1)[torch.arange(n) * q + y])


def take(y_hat, y):
    """torch.take with flat positions."""
    start = torch.arange(0, y_hat.numel(), y_hat.shape[1])
    return torch.take(y_hat, start + y).log().mul(-1.0)


def comprehension(y_hat, y):
    """A list comprehension over zip, stacked."""
    return torch.stack([-torch.log(row[label]) for row, label in zip(y_hat, y, strict=True)])


def filled_result(y_hat, y):
    """A result tensor filled in place by a loop."""
    result = torch.zeros(y_hat.shape[0], dtype=y_hat.dtype)
    for i in range(y_hat.shape[0]):
        result[i] = -torch.log(y_hat[i][y[i].item()])
    return result


def double_loop(y_hat, y):
    """Verbose: every class is compared with the label."""
    losses = []
    for i in range(y_hat.shape[0]):
        loss = 0
        for k in range(y_hat.shape[1]):
            if k == int(y[i]):
                loss = loss - torch.log(y_hat[i, k])
        losses.append(loss.reshape(1))
    return torch.cat(losses)


def class_by_class(y_hat, y):
    """A loop over the classes that updates the examples of each class."""
    picked = torch.ones_like(y_hat[:, 0])
    for k in range(y_hat.shape[1]):
        picked = torch.where(y == k, y_hat[:, k], picked)
    return -picked.log()


def in_place_on_copy(y_hat, y):
    """In-place operations on a copy that gather made."""
    loss = y_hat.gather(1, y.data.reshape(-1, 1))
    loss = loss.log_().neg_()
    return loss.flatten()


def logarithm_first(y_hat, y):
    """The logarithm of everything, then the lookup."""
    log_probabilities = torch.log(y_hat)
    return 0 - log_probabilities[torch.arange(y.numel()), y]


def log_of_reciprocal(y_hat, y):
    """The logarithm of 1/p, with index_select for each row."""
    pick = lambda i: y_hat[i].index_select(0, y[i : i + 1])
    return torch.log(1 / torch.cat(list(map(pick, range(len(y))))))


def base_two(y_hat, y):
    """Base-2 logarithms converted to nats."""
    return -torch.log2(_pick(y_hat, y)) / torch.log2(torch.exp(torch.ones((), dtype=y_hat.dtype)))


def _pick(y_hat, y):
    return y_hat[torch.arange(len(y)), y]


def folded(y_hat, y):
    """functools.reduce concatenates the losses one by one."""
    losses = (-_pick(y_hat[i : i + 1], y[i : i + 1]).log() for i in range(len(y)))
    return reduce(lambda a, b: torch.cat((a, b)), losses)


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y_hat, y):
        p = _pick(y_hat, y)
        ctx.save_for_backward(y_hat, y, p)
        return -p.log()

    @staticmethod
    def backward(ctx, cotangent):
        y_hat, y, p = ctx.saved_tensors
        grad = torch.zeros_like(y_hat)
        grad[torch.arange(len(y)), y] = -cotangent / p
        return grad, None


def custom_function(y_hat, y):
    """An autograd.Function with the gradient by hand."""
    return _CrossEntropy.apply(y_hat, y)


def target_without_grad(y_hat, y):
    """The one-hot target is built in a no_grad block, the product by power and prod."""
    with torch.no_grad():
        target = (y[:, None] == torch.arange(y_hat.shape[1])).to(y_hat.dtype)
    return -torch.log((y_hat**target).prod(1))
