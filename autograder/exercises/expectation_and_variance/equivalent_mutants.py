"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ variance = (probs * (mean - values) ** 2).sum()": "a square has no sign",
}
