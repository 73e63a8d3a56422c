"""The built-ins that softmax_regression_epoch forbids."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
