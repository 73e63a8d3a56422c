"""What a check raises when a submission is wrong."""

from typing import Any


class CheckFailure(AssertionError):
    """Raised by the comparisons of `checking` when an answer is wrong.

    kind: which property broke, one of `raised`, `type`, `results`, `shape`, `dtype`, `finite`, `values`,
        `gradient`, `graph`, `input`, `state`, `random`: the vocabulary of a diagnosis that knows no better.
    facts: figures that a diagnosis may look at.
    """

    def __init__(self, message: str, *, kind: str, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.facts = facts
