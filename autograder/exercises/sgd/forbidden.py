"""What sgd does without."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
