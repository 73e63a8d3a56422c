"""The built-ins that pairwise_distances forbids."""

from autograder.checking.forbidden import DISTANCES

FORBIDDEN = DISTANCES
