"""An autograder for deep learning from scratch; a notebook imports `check` from here."""

import sys
import warnings
from typing import Any

if sys.flags.optimize:
    raise ImportError(
        "The autograder needs Python's assert statements and docstrings, which PYTHONOPTIMIZE or -O "
        "takes away: checks are made of the first, and their titles of the second. Start Python without."
    )

from autograder import kernel_cells

__version__ = "0.1.0"
__all__ = ["__version__", "check"]


def check(exercise: Any, *, language: str = "") -> Any:
    """Check one exercise of the notebook that calls this, and show the report.

    Args:
        exercise: the exercise's name, which is the name of the function to write; or
            that function itself.
        language: of the report: "en" or "zh"; by default that of the released notebook, else that of
            this machine's user.

    Returns:
        The report: HTML in a notebook; its text is the number of points, which nbgrader reads. It
        says so, with 0 points, where the cases that were released with the notebook are missing.

    Raises:
        ImportError: when another package of the same name has taken the place of a part of this one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader gives a cell with anything on stderr no points
        try:
            from autograder.notebook_check import check_in_notebook
        except ImportError as error:
            raise ImportError(_explained(error)) from error
    return check_in_notebook(exercise, language)


kernel_cells.watch()


def _explained(error: ImportError) -> str:
    """Explain why a part of this package cannot be imported."""
    from autograder.notebooks.installed import DISTRIBUTION, strangers

    others = ", ".join(strangers())
    if not others:
        return str(error)
    from autograder.checking import messages

    return f"{error}. {messages.CLASH.format(strangers=others, ours=DISTRIBUTION)}"
