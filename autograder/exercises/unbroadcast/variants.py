"""Correct implementations of unbroadcast, in styles as far apart as students write them."""

import torch
from torch import Tensor


def added_then_stretched(grad, shape):
    """Sums the first dimension while there are too many, then those of size 1."""
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for i, (have, want) in enumerate(zip(grad.shape, shape, strict=True)):
        if want == 1 and have != 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


def padded_shape(grad: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Type hints; shape is filled up with ones at the front, one sum, one reshape."""
    padded = (1,) * (grad.dim() - len(shape)) + tuple(shape)
    dims = [i for i, size in enumerate(padded) if size == 1]
    return (grad.sum(dim=dims, keepdim=True) if dims else grad).reshape(shape)


def equal_first(grad, shape):
    """The easy cases first."""
    if tuple(grad.shape) == tuple(shape):
        return grad
    if len(shape) == 0:
        return grad.sum()
    extra = grad.dim() - len(shape)
    if extra:
        grad = grad.sum(dim=tuple(range(extra)))
    dims = tuple(i for i, size in enumerate(shape) if size == 1)
    return torch.sum(grad, dim=dims, keepdim=True) if dims else grad


def from_the_right(grad, shape):
    """Negative dims, from the last one to the first."""
    result = grad
    for back in range(1, len(shape) + 1):
        if shape[-back] == 1:
            result = result.sum(-back, keepdim=True)
    for _ in range(result.dim() - len(shape)):
        result = result.sum(0)
    return result


def recursive(grad, shape):
    """One dimension at a time."""
    if grad.dim() > len(shape):
        return recursive(grad.sum(0), shape)
    if not len(shape):
        return grad
    if shape[0] == 1:
        grad = grad.sum(0, keepdim=True)
    return torch.stack([recursive(part, shape[1:]) for part in grad])


def product_with_ones(grad, shape):
    """A matrix product with ones sums the dimensions in question, after a permutation."""
    padded = [1] * (grad.dim() - len(shape)) + list(shape)
    keep = [i for i, size in enumerate(padded) if size != 1]
    drop = [i for i, size in enumerate(padded) if size == 1]
    moved = grad.permute(*keep, *drop) if grad.dim() else grad
    kept = [grad.shape[i] for i in keep]
    columns = moved.reshape(int(torch.tensor(kept).prod()) if kept else 1, -1)
    return (columns @ columns.new_ones(columns.shape[1])).reshape(tuple(shape))


def scattered(grad, shape):
    """Every entry is added where it came from: indices are broadcast as the operand was."""
    size = 1
    for extent in shape:
        size *= extent
    places = torch.arange(size).reshape(shape).expand(grad.shape).reshape(-1)
    total = torch.zeros(size, dtype=grad.dtype).index_add(0, places, grad.detach().reshape(-1))
    return total.reshape(shape)


def einsum(grad, shape):
    """Einstein summation of the dimensions that don't stay."""
    padded = [1] * (grad.dim() - len(shape)) + list(shape)
    letters = "abcdefgh"[: grad.dim()]
    stay = "".join(letter for letter, size in zip(letters, padded, strict=True) if size != 1)
    return torch.einsum(f"{letters}->{stay}", grad).reshape(tuple(shape))


def through_numpy(grad, shape):
    """NumPy's sum with a tuple of axes."""
    array = grad.detach().numpy()
    extra = array.ndim - len(shape)
    axes = tuple(i for i in range(array.ndim) if i < extra or shape[i - extra] == 1)
    return torch.from_numpy(array.sum(axis=axes, keepdims=True).reshape(tuple(shape)))
