"""The built-ins that normal_equation forbids."""

from autograder.checking.forbidden import LEAST_SQUARES

FORBIDDEN = LEAST_SQUARES
