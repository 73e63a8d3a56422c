"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ scores = Q @ K.transpose(2, 1) / math.sqrt(Q.shape[2])": (
        "two dimensions are exchanged, in whatever order they are named"
    ),
}
