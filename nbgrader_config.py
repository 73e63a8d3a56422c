"""This folder as an nbgrader course; further settings of nbgrader go below."""

from autograder.nbgrader import configure

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader defines it)
configure(c)
