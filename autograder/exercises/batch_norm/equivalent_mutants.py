"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ var = ((mean.reshape(shape) - X) ** 2).mean(dim=dims)": (
        "the square of a difference is that of its opposite"
    ),
    "+ moving_var.copy_(momentum * moving_var + (1 - momentum) * var)": (
        "the two updates don't depend on each other"
    ),
}
