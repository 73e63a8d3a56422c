"""What centered does without."""

from autograder.checking.forbidden import Forbidden

# For instance Forbidden(names=("layer_norm",), operators=("*layer_norm*",)).
FORBIDDEN = Forbidden()
