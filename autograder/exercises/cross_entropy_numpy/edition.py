"""The edition in NumPy of cross_entropy: the same function and reference, with arrays."""

EDITION_OF = "cross_entropy"
