"""What dropout does without."""

from autograder.checking.forbidden import DROPOUT

FORBIDDEN = DROPOUT
