"""The built-ins that squared_loss forbids."""

from autograder.checking.forbidden import SQUARED_LOSSES

FORBIDDEN = SQUARED_LOSSES
