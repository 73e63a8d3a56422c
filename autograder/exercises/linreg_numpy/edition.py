"""The edition in NumPy of linreg: the same function and reference, with arrays."""

EDITION_OF = "linreg"
