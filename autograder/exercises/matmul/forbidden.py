"""The built-ins that matmul forbids."""

from autograder.checking.forbidden import MATRIX_PRODUCTS

FORBIDDEN = MATRIX_PRODUCTS
