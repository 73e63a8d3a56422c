"""An autograder for deep learning from scratch: what a notebook imports."""

import sys
import warnings
from typing import Any

if sys.flags.optimize:
    raise ImportError(
        "The autograder needs Python's assert statements and docstrings, which PYTHONOPTIMIZE or -O "
        "takes away: checks are made of the first, and their titles of the second. Start Python without."
    )

__version__ = "0.1.0"
__all__ = ["__version__", "check"]


def check(exercise: str) -> Any:
    """Check one exercise of the notebook that calls this, and show the report.

    Args:
        exercise: the exercise's name, which is the name of the function to write.

    Returns:
        The report: HTML in a notebook; its text is the number of points, which nbgrader reads. It
        says so, with 0 points, where the cases that were released with the notebook are missing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader gives a cell with anything on stderr no points
        from autograder.notebook_check import check_in_notebook

    return check_in_notebook(exercise)
