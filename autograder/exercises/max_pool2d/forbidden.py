"""The built-ins that max_pool2d forbids."""

from autograder.checking.forbidden import CONVOLUTIONS, POOLINGS

FORBIDDEN = CONVOLUTIONS | POOLINGS
"""A transposed convolution is no pooling, but nothing here needs one: one list for the whole notebook."""
