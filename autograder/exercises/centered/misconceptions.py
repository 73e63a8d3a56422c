"""Known wrong implementations of centered: simplest first, pairs of mistakes at the end."""

import torch
from torch import Tensor

from autograder.checking import misconception


def _centered(X: Tensor) -> Tensor:
    """The right answer, for mistakes that are made beside it."""
    return X - X.mean(1, keepdim=True)


@misconception(
    title="returns its input unchanged",
    hint="Add up one row of your result. What should the sum be?",
    source="a return statement that names the input",
    trivial=True,
)
def returns_input(X: Tensor) -> Tensor:
    return X


@misconception(
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.",
    source="a result tensor that is allocated and never filled",
    trivial=True,
)
def returns_zeros(X: Tensor) -> Tensor:
    return torch.zeros_like(X)


@misconception(
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.",
    source="forgotten return",
)
def returns_none(X: Tensor) -> None:
    _centered(X)


@misconception(
    title="takes the mean over the batch instead of each row",
    hint="Each row is one example. Along which dimension do its entries lie?",
    source="dim=0 in the place of dim=1",
)
def centers_columns(X: Tensor) -> Tensor:
    return X - X.mean(0)


@misconception(
    title="takes one mean over the whole tensor",
    hint="Try two rows that differ: each of them has a mean of its own.",
    source="mean() without a dimension",
)
def centers_everything(X: Tensor) -> Tensor:
    return X - X.mean()


@misconception(
    title="lines up the row means with the columns",
    hint="Print the shape of your row means. How does broadcasting line it up with n rows and q"
    " columns? Try a square matrix, then another one.",
    source="mean without keepdim",
)
def loses_row_dimension(X: Tensor) -> Tensor:
    return X - X.mean(1)


@misconception(
    title="has the wrong sign",
    hint="Try the row [0, 1] by hand. Which entry should be positive?",
    source="the two terms exchanged",
)
def flips_sign(X: Tensor) -> Tensor:
    return -_centered(X)


@misconception(
    title="returns a result without a gradient",
    hint="Look for a step that leaves autograd: .data, .item(), NumPy, torch.tensor(...).",
    source=".detach(), .data or NumPy",
)
def cuts_graph(X: Tensor) -> Tensor:
    return _centered(X).detach()


@misconception(
    title="changes its input in place",
    hint="Print X before and after the call. Which operation works in place?",
    source="X -= ..., or a method that ends in an underscore",
)
def changes_input(X: Tensor) -> Tensor:
    result = _centered(X)
    X.data.copy_(result.detach())
    return result


@misconception(
    title="returns float64 for a float32 input",
    hint="Compare the dtype of the result with the dtype of X.",
    source=".double(), or a constant that came through NumPy",
)
def returns_float64(X: Tensor) -> Tensor:
    return _centered(X).double()


# Pairs that are often met together


@misconception(combines=("flips_sign", "cuts_graph"), source="both at once")
def flips_sign_and_cuts_graph(X: Tensor) -> Tensor:
    return -_centered(X).detach()
