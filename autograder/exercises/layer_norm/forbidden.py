"""The built-ins that layer_norm forbids."""

from autograder.checking.forbidden import NORMALIZATIONS

FORBIDDEN = NORMALIZATIONS
