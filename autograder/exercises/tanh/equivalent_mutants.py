"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ return 2 * torch.exp(-torch.logaddexp(torch.zeros_like(X), -2 * X)) - 1": "logaddexp is symmetric",
}
