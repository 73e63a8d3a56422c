"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ return (y.reshape(y_hat.shape) - y_hat) ** 2 / 2": "a number and its negative have one square",
}
