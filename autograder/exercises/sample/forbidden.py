"""The built-ins that sample forbids: they draw from categories by themselves."""

from autograder.checking.forbidden import SAMPLING

FORBIDDEN = SAMPLING
