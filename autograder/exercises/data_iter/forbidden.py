"""The built-ins that data_iter forbids."""

from autograder.checking.forbidden import DATA_LOADERS

FORBIDDEN = DATA_LOADERS
