"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ edges = probs.detach().cumsum(dim=0)": "sums in float32 are off by less than 1e-6 of a probability",
    "+ edges = probs.double().cumsum(dim=0)": "whole numbers have no gradient, whatever the edges have",
    "+ uniform = torch.rand(n, dtype=torch.float64) / edges[-1]": "the last edge is 1 up to rounding",
    "+ uniform = torch.rand(n) * edges[-1]": "float32 has 16 million uniform numbers: steps below 1e-6",
    "+ return torch.searchsorted(edges, uniform, right=False)": (
        "differs where a uniform number is an edge to the last bit"
    ),
}
