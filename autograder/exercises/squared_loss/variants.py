"""Correct implementations of squared_loss, in styles as far apart as students write them."""

import torch


def book(y_hat, y):
    """The book's line."""
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def viewed(y_hat, y):
    """A column of labels by view, and half in front."""
    return 0.5 * torch.square(y_hat - y.view(-1, 1))


def by_dimensions(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Adds the dimension only where it is missing."""
    if y.dim() == 1:
        y = y.unsqueeze(1)
    error = y_hat - y
    return error.pow(2).div(2)


def expanded(y_hat, y):
    """The binomial formula."""
    y = y.reshape(-1, 1)
    return y_hat**2 / 2 - y_hat * y + y**2 / 2


def flat_and_back(y_hat, y):
    """Vectors, turned into a column at the end."""
    losses = (y_hat.flatten() - y.flatten()) ** 2 / 2
    return losses[:, None]


def one_by_one(y_hat, y):
    """A loop over the examples."""
    losses = []
    for prediction, label in zip(y_hat, y):
        difference = prediction - label
        losses.append(difference * difference / 2)
    return torch.stack(losses).reshape(len(y_hat), 1)


def filled(y_hat, y):
    """A tensor of zeros, filled by index."""
    out = torch.zeros(y_hat.shape, dtype=y_hat.dtype)
    labels = y.squeeze(-1) if y.ndim > 1 else y
    for i in range(y_hat.size(0)):
        out[i, 0] = 0.5 * (y_hat[i, 0] - labels[i]) ** 2
    return out


def absolute_then_squared(y_hat, y):
    """The absolute error times half of itself."""
    error = torch.abs(torch.sub(y.view_as(y_hat), y_hat))
    return error * (error / 2)


def summed_indices(y_hat, y):
    """einsum of the error with itself."""
    error = y_hat - y.reshape(len(y), 1)
    return torch.einsum("ij,ij->ij", error, error) * 0.5


def helper(y_hat, y):
    """A helper, and operations in place on tensors of its own."""

    def square(a):
        return a**2

    error = y_hat.clone()
    error -= y.reshape_as(y_hat)
    return square(error) / 2.0
