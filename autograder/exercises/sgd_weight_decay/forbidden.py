"""The built-ins that sgd_weight_decay forbids."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
