"""The built-ins that softmax forbids, in NumPy as in PyTorch."""

from autograder.checking.forbidden import SOFTMAX

FORBIDDEN = SOFTMAX
