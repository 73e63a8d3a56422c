"""What sgd_weight_decay does without."""

from autograder.checking.forbidden import OPTIMIZERS

FORBIDDEN = OPTIMIZERS
