"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ differences = B[None, :, :] - A[:, None, :]": "the sign of a difference is gone in its square",
}
