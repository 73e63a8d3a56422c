"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ return torch.exp(-torch.logaddexp(torch.zeros_like(X), -X))": "logaddexp is symmetric",
}
