"""The built-ins that relu forbids."""

from autograder.checking.forbidden import ACTIVATIONS

FORBIDDEN = ACTIVATIONS
