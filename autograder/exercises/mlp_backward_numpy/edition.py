"""The edition in NumPy of mlp_backward: the same function and reference, with arrays."""

EDITION_OF = "mlp_backward"
