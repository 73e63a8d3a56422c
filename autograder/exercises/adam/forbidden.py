"""The built-ins that adam forbids."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
