"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ total += losses.sum().item()": "moved: the losses were taken before the step",
    "+ examples += len(y)": "moved: the number of examples doesn't depend on the step",
    "+ losses = (y - (X @ w + b)) ** 2 / 2": "a square is the same for both signs",
    "+ total += losses.sum()": "a tensor without dimensions is a number, too",
}
