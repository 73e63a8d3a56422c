"""Correct implementations of add_in_place, in styles as far apart as students write them."""

import operator

import numpy as np
import torch
from torch import Tensor


def augmented(X, Y):
    """The operator that writes in place."""
    X += Y


def method(X, Y):
    """The method with an underscore, and its result handed back."""
    return X.add_(Y)


def all_of_it(X, Y):
    """Assignment to all entries."""
    X[:] = X + Y
    return X


def ellipsis_and_data(X, Y):
    """Through .data, which has the same memory."""
    X.data[...] = X.data + Y.data


def copied(X: Tensor, Y: Tensor) -> None:
    """The sum first, then copied over."""
    total: Tensor = torch.add(X, Y)
    X.copy_(total)


def out(X, Y):
    """The argument that says where results go."""
    torch.add(X, Y, out=X)


def through_numpy(X, Y):
    """NumPy's array has X's memory."""
    array = X.numpy()
    np.add(array, Y.numpy(), out=array)


def rows(X, Y):
    """A loop over the rows, which are views, with Y broadcast first."""
    for x, y in zip(X, Y.expand_as(X)):
        x += y


def every_entry(X, Y):
    """A loop over all indices."""
    wide = torch.broadcast_to(Y, X.shape)
    for index in np.ndindex(*X.shape):
        X[index] = X[index].item() + wide[index].item()


def special_method(X, Y):
    """The operator's function."""
    operator.iadd(X, Y)
    return None


def back_and_forth(X, Y):
    """Subtracting the opposite, without gradients."""
    with torch.no_grad():
        X.sub_(-Y)


def cleared_first(X, Y):
    """A copy of X, X set to 0, and both added back."""
    old = X.clone()
    X.zero_()
    X.add_(old).add_(Y)


def weighted(X, Y):
    """One multiply-add with the weight 1."""
    X.addcmul_(torch.ones_like(Y), Y)
