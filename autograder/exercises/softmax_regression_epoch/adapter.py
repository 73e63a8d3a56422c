"""Several epochs in one call. Grads that are left over meet the next epoch, and then are removed."""

from autograder.adapting import number


def adapt(function, W, b, batches, lr, epochs=1):
    """What the last of the epochs returns."""
    try:
        for _ in range(epochs):
            figures = function(W, b, batches, lr)
    finally:
        W.grad = b.grad = None
    return number(figures)
