"""The built-ins that dropout forbids."""

from autograder.checking.forbidden import DROPOUT

FORBIDDEN = DROPOUT
