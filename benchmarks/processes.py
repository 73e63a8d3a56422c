"""Running a command and adding up its cost: wall time, and CPU time of all its processes."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CORES = 2
"""Cores of the measurements; on a larger machine everything is held to so many."""
PR_SET_CHILD_SUBREAPER = 36
"""From <linux/prctl.h>."""
KILLED_SECONDS = 5.0
"""For processes that a command left behind, before the benchmark gives up on their CPU time."""


@dataclass(frozen=True)
class Cost:
    """The cost of a command, in seconds.

    wall: from its start to its end.
    cpu: of all its processes, those that were killed too.
    others: CPU time that other processes had meanwhile on the same cores; None where it isn't known.
    output: its text on stdout.
    """

    wall: float
    cpu: float
    others: float | None
    output: str

    @property
    def busy(self) -> float:
        """The share of the cores' time that the command used."""
        return self.cpu / (self.wall * CORES)


class CommandFailed(Exception):
    """Raised when a command that is measured fails; the text is its output."""


def prepare() -> None:
    """Hold this process and its children to the cores, and become the parent of all orphans.

    Only a process that some process waits for is counted: orphans become children of this process.
    """
    if sys.platform == "linux":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def environment() -> dict[str, str]:
    """One thread a process; nbgrader starts `alembic` by name, which stands beside this Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "OMP_NUM_THREADS": "1", "PATH": path}


def run(
    module: str,
    *arguments: str,
    cwd: Path,
    options: Sequence[str] = (),
    accepted: Sequence[int] = (0,),
    more: Mapping[str, str] | None = None,
) -> Cost:
    """Run `python -m module arguments` to its end; raises CommandFailed.

    Args:
        module: what to run.
        arguments: its arguments.
        cwd: the folder to run it in.
        options: for Python itself.
        accepted: the exit codes that are no failure.
        more: additions to the environment.
    """
    command = [sys.executable, *options, "-m", module, *arguments]
    ours, all_processes = _children(), _cores()
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**environment(), **(more or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    wall = time.perf_counter() - started
    if done.returncode not in accepted:
        raise CommandFailed(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    now = _cores()
    reap()
    cpu = _children() - ours
    known = None if all_processes is None or now is None else now - all_processes
    return Cost(wall, cpu, None if known is None else max(known - cpu, 0.0), done.stdout)


def reap() -> None:
    """Wait for processes that a command left behind."""
    deadline = time.monotonic() + KILLED_SECONDS
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            number, _ = os.waitpid(-1, os.WNOHANG)
            if number == 0:
                time.sleep(0.01)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cores() -> float | None:
    """Seconds that this process's cores have worked since the machine started (proc(5), stat)."""
    if sys.platform != "linux":
        return None
    names = {f"cpu{number}" for number in os.sched_getaffinity(0)}
    ticks = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name in names:
            user, nice, system, _idle, _waiting, hard, soft, *_ = map(int, fields)
            ticks += user + nice + system + hard + soft
    return ticks / os.sysconf("SC_CLK_TCK")
