"""The built-ins that tanh forbids."""

from autograder.checking.forbidden import ACTIVATIONS

FORBIDDEN = ACTIVATIONS
