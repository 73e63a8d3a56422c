"""The built-ins that sgd_momentum forbids."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
