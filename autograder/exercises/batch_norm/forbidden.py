"""The built-ins that batch_norm forbids."""

from autograder.checking.forbidden import NORMALIZATIONS

FORBIDDEN = NORMALIZATIONS
