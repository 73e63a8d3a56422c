"""nbgrader's hooks: releasing with recorded cases, a clean copy of every submission, grading in workers.

`configure(c)` is all that a course's nbgrader_config.py needs.
"""

from autograder.nbgrader.settings import configure

__all__ = ["configure"]
