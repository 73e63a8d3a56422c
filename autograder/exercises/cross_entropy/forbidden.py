"""The built-ins that cross_entropy forbids."""

from autograder.checking.forbidden import LOSSES, SOFTMAX

FORBIDDEN = LOSSES | SOFTMAX
