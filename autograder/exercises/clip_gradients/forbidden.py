"""The built-ins that clip_gradients forbids."""

from autograder.checking.forbidden import CLIPPING

FORBIDDEN = CLIPPING
