"""The built-ins that squared_loss forbids, in NumPy as in PyTorch."""

from autograder.checking.forbidden import SQUARED_LOSSES

FORBIDDEN = SQUARED_LOSSES
