"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ mask = torch.rand_like(X) >= p": "drawn above the line about p = 1, which doesn't use it",
    "+ mask = torch.rand_like(X) > p": "a draw equals p once in 2**24 draws (float32), at most",
}
