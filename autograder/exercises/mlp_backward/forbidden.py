"""The built-ins that mlp_backward forbids: the gradients are computed by hand."""

from autograder.checking.forbidden import AUTOGRAD

FORBIDDEN = AUTOGRAD
