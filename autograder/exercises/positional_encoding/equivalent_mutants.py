"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ P[:, 1::2] = torch.cos(angles)": "sines and cosines may be written in either order",
    "+ positions = torch.arange(n)[:, None]": "the quotient is float64 by its denominator",
    "+ angles = positions / 10000 ** (torch.arange(0, d, 2) / d)": (
        "exponents in float32 move an angle by less than is graded"
    ),
}
