"""The built-ins that sgd forbids."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
