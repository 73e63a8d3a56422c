"""The built-ins that masked_softmax forbids."""

from autograder.checking.forbidden import ATTENTION

FORBIDDEN = ATTENTION
