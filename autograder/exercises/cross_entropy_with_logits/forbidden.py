"""The built-ins that cross_entropy_with_logits forbids."""

from autograder.checking.forbidden import LOSSES, SOFTMAX

FORBIDDEN = LOSSES | SOFTMAX
