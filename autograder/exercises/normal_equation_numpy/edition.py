"""The edition in NumPy of normal_equation: the same function and reference, with arrays."""

EDITION_OF = "normal_equation"
