"""The edition in NumPy of softmax: the same function and reference, with arrays."""

EDITION_OF = "softmax"
