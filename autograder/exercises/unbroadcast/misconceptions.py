"""Known wrong implementations of unbroadcast: simplest first."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Shape = Sequence[int]


def _unbroadcast(
    grad: Tensor,
    shape: Shape,
    *,
    reduce: Callable[..., Tensor] = torch.sum,
    added: int = 4,
    keeps_added: bool = False,
    front: bool = True,
    stretched: int = 4,
    drops_stretched: bool = False,
) -> Tensor:
    """Reduces added, then stretched dimensions, so many of each at the most."""
    extra = min(grad.dim() - len(shape), added)
    for place in range(extra):
        dim = (place if keeps_added else 0) if front else -1
        grad = reduce(grad, dim, keepdim=keeps_added)
    start = grad.dim() - len(shape)
    dims = [
        dim + start for dim, size in enumerate(shape) if size == 1 and grad.shape[dim + start] > 1
    ]
    for dim in reversed(dims[:stretched]):
        grad = reduce(grad, dim, keepdim=not drops_stretched)
    return grad


def _first(grad: Tensor, dim: int, keepdim: bool = False) -> Tensor:
    return grad.narrow(dim, 0, 1) if keepdim else grad.select(dim, 0)


# What is done with the dimensions

averages = mistake(
    _unbroadcast,
    reduce=torch.mean,
    title="takes means instead of sums",
    hint="An entry that is used four times: does it get the sum or the mean of the four gradients?",
    source="mean() for sum(), with the loss's mean over the batch in mind",
)
takes_first = mistake(
    _unbroadcast,
    reduce=_first,
    title="keeps the first of the entries instead of their sum",
    hint="Every use of an entry contributes to its gradient. What becomes of the others?",
    source="indexing with 0, or a reshape of the beginning",
)
takes_greatest = mistake(
    _unbroadcast,
    reduce=torch.amax,
    title="takes the greatest of the entries instead of their sum",
    hint="Every use of an entry contributes to its gradient. What becomes of the others?",
    source="max() for sum()",
)
keeps_added_dimensions = mistake(
    _unbroadcast,
    keeps_added=True,
    title="keeps the dimensions that broadcasting added, with size 1",
    hint="Compare the number of dimensions of your result with the length of shape.",
    source="keepdim=True for every sum, without a reshape at the end",
)
drops_stretched_dimensions = mistake(
    _unbroadcast,
    drops_stretched=True,
    title="loses the dimensions of size 1 that were stretched",
    hint="For (2, 1) the result still has two dimensions. What does a sum do with the dimension?",
    source="keepdim forgotten, as in many an autograd engine of one's own",
)
drops_and_keeps = mistake(
    _unbroadcast,
    keeps_added=True,
    drops_stretched=True,
    title="keeps the dimensions that were added and loses those that were stretched",
    hint="Which of the two kinds of dimensions does the operand have?",
    source="keepdim the wrong way round",
)

# Which dimensions

leaves_stretched = mistake(
    _unbroadcast,
    stretched=0,
    title="sums the dimensions that were added, but not those that were stretched",
    hint="A dimension of size 1 is stretched without being added. Try shape (2, 1).",
    source="only leading dimensions reduced; a wrong shape of the bias gradient in several engines",
)
leaves_added = mistake(
    _unbroadcast,
    added=0,
    title="sums the dimensions that were stretched, but not those that were added",
    hint="A vector has fewer dimensions than the matrix it was added to. Try shape (3,).",
    source="sizes compared one by one, with no thought of missing dimensions",
)
sums_one_added = mistake(
    _unbroadcast,
    added=1,
    title="sums one of the dimensions that were added, and leaves any others",
    hint="How many dimensions may broadcasting add? Count those of grad and of shape.",
    source="if for while",
)
sums_one_stretched = mistake(
    _unbroadcast,
    stretched=1,
    title="sums one of the dimensions that were stretched, and leaves any others",
    hint="How many dimensions of size 1 may shape have? What does your loop do after the first?",
    source="return or break inside of the loop",
)
counts_from_the_left = mistake(
    _unbroadcast,
    front=False,
    title="sums the last dimensions where the first ones were added",
    hint="Broadcasting lines up shapes at their end. On which side are dimensions added?",
    source="sum(-1) while there are too many dimensions",
)


@misconception(
    title="lines shape up with the first dimensions of grad, and sums where they differ",
    hint="Broadcasting lines up shapes at their end. Which entry of shape belongs to the last dimension?",
    source="how it comes about: shape[i] != grad.shape[i] for every i, counted from the left",
)
def lines_up_from_the_left(grad: Tensor, shape: Shape) -> Tensor:
    dims = [i for i, size in enumerate(grad.shape) if i >= len(shape) or shape[i] != size]
    return (grad.sum(dims, keepdim=True) if dims else grad).reshape(tuple(shape))


@misconception(
    title="sums over the first dimension whatever shape is",
    hint="The bias of a layer is one case. Where does shape come into your code?",
    source="the gradient of a bias, grad.sum(0)",
)
def sums_rows(grad: Tensor, shape: Shape) -> Tensor:
    return grad.sum(0) if grad.dim() else grad


@misconception(
    title="sums over the first dimension whatever shape is, and reshapes the result",
    hint="A reshape can give the correct shape to wrong numbers. Which dimensions does shape ask for?",
    source="grad.sum(0).reshape(shape)",
)
def sums_rows_and_reshapes(grad: Tensor, shape: Shape) -> Tensor:
    return grad.sum(0).reshape(tuple(shape))


@misconception(
    title="fills the result with the sum of everything",
    hint="Each entry collects its own uses. Which entries of grad belong to entry 0?",
    source="grad.sum() put into the shape",
)
def fills_with_total(grad: Tensor, shape: Shape) -> Tensor:
    return grad.sum().expand(tuple(shape)).clone()


@misconception(
    title="cuts a piece of the wanted shape out of grad",
    hint="Every use of an entry contributes to its gradient. What becomes of what you cut off?",
    source="reshape or slices until the shapes fit",
)
def cuts_out(grad: Tensor, shape: Shape) -> Tensor:
    size = torch.Size(shape).numel()
    return grad.reshape(-1)[:size].reshape(tuple(shape))


@misconception(
    title="finds the dimensions to sum by their sizes, wherever they stand",
    hint="Try a grad of shape (3, 3) and shape (3,). By what do you recognize an added dimension?",
    source="[d for d, size in enumerate(grad.shape) if size not in shape]",
)
def matches_sizes(grad: Tensor, shape: Shape) -> Tensor:
    dims = [dim for dim, size in enumerate(grad.shape) if size not in tuple(shape)]
    return (grad.sum(dims) if dims else grad).reshape(tuple(shape))


@misconception(
    title="mistakes the places of stretched dimensions where others were added",
    hint="After a dimension has gone, the others move up. To which of the two tensors do your indices belong?",
    source="indices of grad used after the sum over the added dimensions; mended in public engines",
)
def shifts_places(grad: Tensor, shape: Shape) -> Tensor:
    extra = grad.dim() - len(shape)
    result = grad.sum(tuple(range(extra))) if extra else grad
    for dim, size in enumerate(shape):
        if size == 1:
            result = result.sum(dim + extra if dim + extra < result.dim() else dim, keepdim=True)
    return result


@misconception(
    title="sums stretched dimensions while those that were added still stand before them",
    hint="While grad has more dimensions than shape, which of its dimensions is the first of shape?",
    source="the two loops in the wrong order, both counting from the left",
)
def counts_too_early(grad: Tensor, shape: Shape) -> Tensor:
    for dim, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(dim, keepdim=True)
    return grad.sum(tuple(range(grad.dim() - len(shape)))) if grad.dim() > len(shape) else grad


@misconception(
    title="raises where two dimensions were added and grad is not contiguous",
    hint="A transpose has no view with two dimensions in one. Which function makes a copy where it must?",
    source="grad.view(-1, *shape).sum(0)",
)
def needs_one_added(grad: Tensor, shape: Shape) -> Tensor:
    kept = grad.shape[grad.dim() - len(shape) :]
    return _unbroadcast(grad.view(-1, *kept).sum(0), shape)


# Shapes that are odd


@misconception(
    title="asks for a sum over no dimensions, which adds up all",
    hint="Print torch.ones(2, 3).sum(dim=()). When is your list of dimensions empty?",
    source="grad.sum(dim=dims, keepdim=True), where dims may be ()",
)
def sums_over_nothing(grad: Tensor, shape: Shape) -> Tensor:
    extra = grad.dim() - len(shape)
    dims = [dim for dim in range(grad.dim()) if dim < extra or shape[dim - extra] == 1]
    return grad.sum(dim=tuple(dims), keepdim=True).reshape(tuple(shape))


@misconception(
    title="returns shape (1,) where shape is ()",
    hint="A tensor without dimensions has the shape (). How does yours come by its dimension?",
    source="the total wrapped in a list, or reshape(1)",
)
def returns_one_for_none(grad: Tensor, shape: Shape) -> Tensor:
    result = _unbroadcast(grad, shape)
    return result.reshape(1) if not len(shape) else result


@misconception(
    title="returns grad as it is where shape is ()",
    hint="What is the truth value of an empty tuple? Which dimensions were added to a single number?",
    source="if not shape: return grad",
)
def takes_empty_for_equal(grad: Tensor, shape: Shape) -> Tensor:
    return _unbroadcast(grad, shape) if len(shape) else grad


@misconception(
    title="returns a single number where shape is (1,)",
    hint="The shapes () and (1,) differ by a dimension. Which has your result?",
    source="grad.sum() or squeeze() for both",
)
def returns_none_for_one(grad: Tensor, shape: Shape) -> Tensor:
    result = _unbroadcast(grad, shape)
    return result.reshape(()) if tuple(shape) == (1,) else result


@misconception(
    title="sums over the first dimension where shape is grad's own",
    hint="Where nothing was broadcast, nothing is summed. When does your loop begin?",
    source="a do-while loop, or a sum without a condition for equal numbers of dimensions",
)
def sums_without_need(grad: Tensor, shape: Shape) -> Tensor:
    same = tuple(grad.shape) == tuple(shape)
    return grad.sum(0) if same and grad.dim() else _unbroadcast(grad, shape)


@misconception(
    title="raises where grad requires grad",
    hint="NumPy can't follow a graph. Which step takes the numbers alone, without their history?",
    source="grad.numpy().sum(...)",
)
def needs_plain_grad(grad: Tensor, shape: Shape) -> Tensor:
    grad.numpy()
    return _unbroadcast(grad, shape)


@misconception(
    title="raises where grad is not contiguous",
    hint="A transpose has no flat view. Which function makes a copy where it must?",
    source="grad.view(...)",
)
def needs_contiguous_grad(grad: Tensor, shape: Shape) -> Tensor:
    return _unbroadcast(grad.view(-1).view(grad.shape), shape)


@misconception(
    title="adds up the rows in the first row of grad, which changes grad",
    hint="Is total = grad[0] a new tensor? Print grad before and after the call.",
    source="total = grad[0], then += in a loop: the running sum is a view",
)
def adds_into_grad(grad: Tensor, shape: Shape) -> Tensor:
    result = _unbroadcast(grad, shape)
    if grad.dim() > len(shape):
        total = grad.detach()[0]
        for row in grad.detach()[1:]:
            total += row
    return result


PAIRS = [
    ("averages", "keeps_added_dimensions"),
    ("averages", "drops_stretched_dimensions"),
    ("averages", "leaves_stretched"),
    ("leaves_added", "drops_stretched_dimensions"),
    ("averages", "leaves_added"),
]
