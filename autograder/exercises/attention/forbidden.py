"""The built-ins that attention forbids."""

from autograder.checking.forbidden import ATTENTION

FORBIDDEN = ATTENTION
