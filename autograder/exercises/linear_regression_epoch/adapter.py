"""Several epochs in one call. Grads that are left over meet the next epoch, and then are removed."""

from autograder.adapting import number


def adapt(function, w, b, batches, lr, epochs=1):
    """What the last of the epochs returns."""
    try:
        for _ in range(epochs):
            loss = function(w, b, batches, lr)
    finally:
        w.grad = b.grad = None
    return number(loss)
