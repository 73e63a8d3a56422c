"""Mutants that are correct, too: the changed line, and why."""

REFERENCE = {
    "+ o, _, kh, kw = W.shape": "the two shapes may be read in either order",
    "+ padded = X.new_zeros(n, c, h + 2 * padding, w + 2 * padding)": (
        "the zeros may be made before or after the kernels' shape is read"
    ),
}
