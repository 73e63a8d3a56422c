"""Changes the caller's arguments as the called function changed its copies."""

import math
import operator
import warnings
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from autograder.sandbox.wire.values import Packed, unpack


def restore(given: list[Tensor], after: list[Packed | None]) -> None:
    """Change the caller's tensors as the callee changed its copies (None: unchanged).

    A leaf that became part of a graph becomes part of one here, a part that was detached is detached.
    """
    for tensor, packed in zip(given, after, strict=False):
        if packed is not None:
            _restore_tensor(tensor, packed, unpack(packed))


def restore_shape(array: Any, packed: Packed) -> None:
    """Give the caller's array the shape, and the elements, of the callee's, whose shape was assigned to."""
    if list(array.shape) == packed.shape or array.size != math.prod(packed.shape):
        return
    values = unpack(packed).detach().numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy 2.5 advises `reshape`
        with suppress(AttributeError):  # strided in a way that has no such shape
            array.shape = values.shape
            array[...] = values


def _restore_tensor(tensor: Tensor, packed: Packed, new: Tensor) -> None:
    if tensor.is_leaf and not new.dtype.is_floating_point:
        tensor.requires_grad_(False)
    if new.dtype == tensor.dtype and new.shape == tensor.shape:
        tensor.data.copy_(new.detach())
    else:
        tensor.data = new.detach()
    if tensor.is_leaf:
        if tensor.grad is not None and new.grad is not None and tensor.grad.shape == new.grad.shape:
            tensor.grad.copy_(new.grad)
        else:
            tensor.grad = None if not packed.leaf else new.grad
        tensor.requires_grad_(packed.requires_grad and packed.leaf)
        if packed.requires_grad and not packed.leaf:
            with torch.enable_grad():  # an in-place operation makes a leaf a part of a graph
                tensor.add_(torch.zeros_like(tensor, requires_grad=True))
    elif not packed.requires_grad and tensor._base is None:  # a view cannot be detached in place
        tensor.detach_()


def restored_structure(value: Any, after: Any) -> Any:
    """The caller's list, dict or tuple, holding what the callee's holds: the same object if it can be.

    Args:
        value: the caller's.
        after: the callee's, with the caller's own tensors in it.
    """
    if isinstance(value, list) and isinstance(after, list):
        pairs = zip(value, after, strict=False)
        value[:] = [restored_structure(old, new) for old, new in pairs] + after[len(value) :]
        return value
    if isinstance(value, dict) and isinstance(after, dict):
        kept = {
            key: restored_structure(value[key], new) if key in value else new
            for key, new in after.items()
        }
        value.clear()
        value.update(kept)
        return value
    if isinstance(value, tuple) and isinstance(after, tuple) and len(value) == len(after):
        items = [restored_structure(old, new) for old, new in zip(value, after, strict=True)]
        return value if all(map(operator.is_, items, value)) else after
    return after
