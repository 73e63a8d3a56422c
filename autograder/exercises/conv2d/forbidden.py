"""The built-ins that conv2d forbids."""

from autograder.checking.forbidden import CONVOLUTIONS, POOLINGS

FORBIDDEN = CONVOLUTIONS | POOLINGS
"""An average pooling of products is a convolution, too."""
