"""The built-ins that sigmoid forbids."""

from autograder.checking.forbidden import ACTIVATIONS

FORBIDDEN = ACTIVATIONS
