"""The limits on a worker, with their defaults, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a submission may use; a limit that is hit becomes a sentence with its name and value."""

    seconds_per_call: float = 10.0
    """One call of a student's function; the slowest correct answer needs a few milliseconds."""
    seconds_per_cell: float = 30.0
    """One notebook cell: room for a training loop on a toy data set."""
    seconds_per_submission: float = 120.0
    """Everything that one submission makes its workers do."""
    memory: int = 2 * 2**30
    """Bytes of address space above what the preloaded libraries take."""
    open_files: int = 64
    output: int = 20_000
    """Characters of printed text kept of a cell; the rest is counted."""
    restarts: int = 12
    """Workers that one submission may use up; a check that kills its worker costs one."""
    notebook_bytes: int = 20 * 2**20
    """A notebook file, its stored outputs included."""
    cell_characters: int = 100_000
