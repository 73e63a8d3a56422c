"""How much memory a command and all its processes take while they run."""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

SAMPLE_SECONDS = 0.5
PARTS = 10
"""Of a run, for each of which its peak is shown: where memory grows, each is larger than the one before."""
MEGABYTE = 2**20


@dataclass
class Sampled:
    """Samples the memory of this process's descendants, while it is used in a `with` (Linux).

    Pages that processes share are shared out among them (PSS, from /proc/PID/smaps_rollup), so that the sum
    is the memory that the machine has to have.
    """

    samples: list[tuple[float, int]] = field(default_factory=list)
    """When, and how many bytes."""
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            found = sum(map(_bytes_of, _descendants(os.getpid())))
            if found:
                self.samples.append((time.monotonic(), found))


def peaks(samples: Sequence[tuple[float, int]], parts: int = PARTS) -> list[int]:
    """The peak of each of some equally long parts of a run, in MB; fewer where there are fewer samples."""
    if not samples:
        return []
    first, last = samples[0][0], samples[-1][0]
    length = (last - first) / parts or 1.0
    found: dict[int, int] = {}
    for when, size in samples:
        part = min(int((when - first) / length), parts - 1)
        found[part] = max(found.get(part, 0), size)
    return [round(found[part] / MEGABYTE) for part in sorted(found)]


def _descendants(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it has just ended
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    members = {root}
    while more := {process for process, parent in parents.items() if parent in members} - members:
        members |= more
    return members - {root}


def _bytes_of(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
