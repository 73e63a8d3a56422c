"""The grader's settings for its workers' server, and the server's findings about isolation."""

from typing import Protocol

import msgspec

from autograder.sandbox.limits import Limits


class Settings(msgspec.Struct, frozen=True):
    """The grader's settings for its workers."""

    limits: Limits
    isolate: bool = True


class Isolation(msgspec.Struct, frozen=True):
    """The isolation of student code, as the JSON report states it.

    level: `strict` when no door was found open, `partial` when some were, `process-only` when all
        were, or when nothing but a process of its own was asked for.
    missing: the doors that are open, in words, then the layers that this machine lacks, and why.
    """

    level: str
    layers: list[str]
    missing: list[str]


class Closing(Protocol):
    """Takes a worker's rights away, in two steps."""

    def close_files(self) -> None:
        """Before the notebook's cells run."""

    def close_all(self) -> None:
        """Before the first call is answered."""


FORK = b"fork"
"""The request for a worker, sent to the fork server with the worker's end of a connection; after it stand
the extras that its cells may use (COMPILER, LIBRARIES), which the server loads once."""
COMPILER = b"compiler"
"""The parts of torch that import its compiler, such as optimizers."""
LIBRARIES = b"libraries"
"""Libraries such as pandas and SciPy. A worker that may read them loads them itself."""
JOIN = b"join"
"""The request for one more channel like this one, sent with its other end."""
READY = b"\1"
"""A worker's first message, once it is locked in: a worker that ends before it failed to start."""
LEVELS = ("process-only", "partial", "strict")
SWITCHED_OFF = "isolation is switched off (--sandbox=off)"


def judge(settings: Settings, layers: list[str], doors: list[str], missing: list[str]) -> Isolation:
    """The level that the open doors leave."""
    if not settings.isolate:
        return Isolation(LEVELS[0], layers, [SWITCHED_OFF, *doors, *missing])
    confining = set(layers) - {"limits"}
    level = LEVELS[2] if not doors else LEVELS[1] if confining else LEVELS[0]
    return Isolation(level, layers, [*doors, *missing])
