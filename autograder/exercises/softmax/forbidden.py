"""What softmax does without."""

from autograder.checking.forbidden import SOFTMAX

FORBIDDEN = SOFTMAX
