"""The limits on a submission, with their defaults, in one place, and the sentence for each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from autograder.language import tr


@dataclass(frozen=True)
class Limits:
    """The limits on a submission; one that is hit becomes a sentence with its name and value."""

    seconds_per_call: float = 10.0
    """One call of a student's function; the slowest correct answer needs a few milliseconds."""
    seconds_per_cell: float = 30.0
    """One notebook cell: room for a training loop on a toy data set."""
    seconds_for_cells: float = 60.0
    """All cells of a notebook, once through."""
    seconds_per_submission: float = 120.0
    """Everything that one submission makes its workers do."""
    memory: int = 2 * 2**30
    """Bytes of address space above what the preloaded libraries take."""
    processes: int = 0
    """Processes that a worker may start. Above 0 it is a bound on the account's tasks, and a door."""
    threads: int = 0
    """Threads that a worker may start: progress bars, data loaders and pictures need none."""
    file_bytes: int = 0
    """Bytes of a file that a worker may write."""
    open_files: int = 64
    output: int = 20_000
    """Characters of printed text kept of a cell; the rest is counted."""
    restarts: int = 12
    """Workers that one submission may use up; a check that kills its worker costs one."""
    notebook_bytes: int = 20 * 2**20
    """A notebook file, its stored outputs included."""
    cell_characters: int = 100_000

    def sentence(self, name: str) -> str:
        """The limit of that name, with its value: `limit seconds_per_call: 10`."""
        value = getattr(self, name)
        said = f"{value:,}" if isinstance(value, int) else f"{value:g}"
        return tr("limit {name}: {value}").format(name=name, value=said)

    def hit_by(self, kind: str, message: str) -> str | None:
        """The limit that an exception in a worker comes from, as a sentence, if it is one."""
        for pattern, names in _SIGNS:
            if re.search(pattern, f"{kind}: {message}"):
                return "; ".join(self.sentence(name) for name in names)
        return refused() if kind == "PermissionError" else None


def refused() -> str:
    """Why an operation was refused."""
    return tr("a submission runs without files, network and other processes")


# How the limits show in Python and in torch: errno's texts, and the message of torch's allocator.
_SIGNS: Sequence[tuple[str, tuple[str, ...]]] = (
    (r"^MemoryError|[Cc]an(no|')t allocate memory|^SystemError.*memory", ("memory",)),
    (r"can't start new thread|^RuntimeError: Resource temporarily unavailable", ("threads",)),
    (r"Errno 24\b", ("open_files",)),
    (r"Errno 27\b", ("file_bytes",)),
    (r"^BlockingIOError.*Errno 11\b", ("processes",)),
)


def with_limits(limits: Limits, chosen: Sequence[str]) -> Limits:
    """Limits with some of them changed, each as `name=value`; raises ValueError with a sentence."""
    known = {field.name: type(getattr(limits, field.name)) for field in fields(limits)}
    for text in chosen:
        name, _, value = text.partition("=")
        if name not in known:
            raise ValueError(f"no limit is called {name!r}; there are {', '.join(known)}")
        try:
            number = known[name](value)
        except ValueError:
            raise ValueError(f"{text}: not a number") from None
        if not 0 <= number < 2**62:
            raise ValueError(f"{text}: out of range")
        limits = replace(limits, **{name: number})
    return limits
