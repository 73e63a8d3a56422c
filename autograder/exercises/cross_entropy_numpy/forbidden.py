"""The built-ins that cross_entropy forbids, in NumPy as in PyTorch."""

from autograder.checking.forbidden import LOSSES, SOFTMAX

FORBIDDEN = LOSSES | SOFTMAX
