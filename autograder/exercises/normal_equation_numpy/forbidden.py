"""The built-ins that normal_equation forbids, in NumPy as in PyTorch."""

from autograder.checking.forbidden import LEAST_SQUARES

FORBIDDEN = LEAST_SQUARES
