"""The built-ins that cosine_similarity forbids."""

from autograder.checking.forbidden import COSINE_SIMILARITY

FORBIDDEN = COSINE_SIMILARITY
