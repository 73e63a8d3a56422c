"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ return (y_hat.argmax(dim=1) == y).sum()": "a tensor without dimensions is a number, too",
}
