"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ noise = 0.01 * torch.randn(n, 1)": "noise that is drawn in float32 is noise, too",
    "+ return (X, X @ w + b - noise)": "the negative of the noise has the same distribution",
}
