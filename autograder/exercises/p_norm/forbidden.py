"""The built-ins that p_norm forbids."""

from autograder.checking.forbidden import NORMS

FORBIDDEN = NORMS
