"""Where the package and its exercises are: said once, since isolation depends on it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
"""This package. No worker may read it, nor anything whose name begins with its name."""
CHECKOUT = PACKAGE.parent
"""The folder around the package: a checkout, with the course in it, or site-packages."""
EXERCISES = PACKAGE / "exercises"
"""The exercises that come with the engine: one folder each."""
SANDBOX = PACKAGE / "sandbox"
"""The code that workers load; Python quotes its lines in warnings and tracebacks."""
BATTERIES = PACKAGE / "batteries"
"""The recorded cases of the engine's own notebooks; only a wheel has them."""
