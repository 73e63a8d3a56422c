"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ if norm >= theta:": "a norm of exactly theta gives the factor 1",
}
