"""The built-ins that softmax forbids."""

from autograder.checking.forbidden import SOFTMAX

FORBIDDEN = SOFTMAX
