"""The edition in NumPy of squared_loss: the same function and reference, with arrays."""

EDITION_OF = "squared_loss"
