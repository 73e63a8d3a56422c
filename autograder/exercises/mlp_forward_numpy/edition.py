"""The edition in NumPy of mlp_forward: the same function and reference, with arrays."""

EDITION_OF = "mlp_forward"
