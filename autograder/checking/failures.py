"""The exceptions that a check raises when a submission is wrong."""

from typing import Any, Literal

Kind = Literal[
    "type", "results", "shape", "dtype", "finite", "values", "gradient", "graph", "input", "state",
    "random",
]  # fmt: skip
"""The property that broke, by which a mistake is named when it is not a known one."""


class CheckFailure(AssertionError):
    """Raised by the comparisons of `checking` when an answer is wrong.

    kind: which property broke.
    shows: an expression that shows what was judged, after the calls of the case: of `result`, of arguments
        by their names (`X.grad`), or of the N-th tensor among the arguments (`#0.grad`); "" for none.
    should: the value that it should have, as a comment says it.
    facts: figures that a diagnosis may look at.
    """

    def __init__(
        self, message: str, *, kind: Kind, shows: str = "", should: str = "", **facts: Any
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.shows = shows
        self.should = should
        self.facts = facts
