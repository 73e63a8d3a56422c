"""The built-ins that mlp_backward forbids, in NumPy as in PyTorch."""

from autograder.checking.forbidden import AUTOGRAD

FORBIDDEN = AUTOGRAD
