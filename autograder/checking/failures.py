"""The exceptions that a check raises when a submission is wrong."""

from typing import Any, Literal

Kind = Literal[
    "type", "results", "shape", "dtype", "finite", "values", "gradient", "graph", "input", "state",
    "random",
]  # fmt: skip
"""Which property broke: the vocabulary of a diagnosis that knows no better."""


class CheckFailure(AssertionError):
    """Raised by the comparisons of `checking` when an answer is wrong.

    kind: which property broke.
    facts: figures that a diagnosis may look at.
    """

    def __init__(self, message: str, *, kind: Kind, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.facts = facts
