"""Takes a worker's rights away, one layer after the other.

Layers are prepared in the fork server and applied in the forked worker. `close_files` comes before the
notebook's cells run: root is dropped, limits are set, and files can only be read, and only those of the
Python installation. `close_all` comes before the first call is answered: nothing can be opened at all.
Linux alone; elsewhere a worker has a process of its own and nothing more (processes.py).
Sources: prctl(2), setrlimit(2), and the figures in docs/security.md.
"""

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confinement.landlock import Landlock, library_paths, random_device
from autograder.sandbox.confinement.seccomp import PR_SET_NO_NEW_PRIVS, seccomp_filter
from autograder.sandbox.limits import Limits

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_NOBODY = 65534
_FIRST_VICTIM = "1000"
"""For oom_score_adj(5): where memory runs out, the kernel ends a worker before the grader."""


@dataclass(frozen=True)
class Layer:
    """A layer: its steps before the cells run, and before the first call."""

    name: str
    before_cells: Callable[[], None]
    before_calls: Callable[[], None] = lambda: None


class Lockdown:
    """The layers of this machine.

    Some can only be seen to fail where they are applied: `failing` finds them, `leave_out` drops them.
    `unavailable` says, by name, why a layer isn't there.
    """

    def __init__(self, limits: Limits, *, enabled: bool = True) -> None:
        self._limits = limits
        self._enabled = enabled
        self.unavailable: dict[str, str] = {}
        self._layers: list[Layer] = []
        self._prepare()

    @property
    def layers(self) -> list[str]:
        """The names of the layers, in the order in which they are applied."""
        return [layer.name for layer in self._layers]

    def _prepare(self) -> None:
        self._layers = []
        self._add("limits", lambda: Layer("limits", self._set_limits))
        if self._enabled:
            if os.geteuid() == 0:
                self._add("no root", lambda: Layer("no root", _drop_root))
            self._add("landlock", _landlock)
            self._add("seccomp", self._seccomp)

    def _add(self, name: str, prepare: Callable[[], Layer]) -> None:
        if name in self.unavailable:
            return
        try:
            self._layers.append(prepare())
        except (ImportError, RuntimeError, OSError) as error:
            self.unavailable[name] = _reason(error)

    @property
    def allows_threads(self) -> bool:
        """Whether a worker may start threads, which is no open door: a thread can do no more than it."""
        return self._limits.threads > 0

    def _seccomp(self) -> Layer:
        starts = {"threads": self.allows_threads, "processes": self._limits.processes > 0}
        files = "landlock" in self.layers  # otherwise cells have only the preloaded libraries
        last = seccomp_filter(reading=False, opening=files and not self.allows_threads, **starts)
        if not files:
            return Layer("seccomp", last.load)
        return Layer("seccomp", seccomp_filter(reading=True, **starts).load, last.load)

    def leave_out(self, failing: dict[str, str]) -> None:
        """Prepare again without the layers that were seen to fail."""
        self.unavailable |= failing
        self._prepare()

    def failing(self, between: Callable[[], None]) -> dict[str, str]:
        """Apply everything to this process; by name, why a layer could not be applied."""
        failing: dict[str, str] = {}
        self._apply([(layer.name, layer.before_cells) for layer in self._layers], failing)
        _die_with_parent()
        between()
        self._apply([(layer.name, layer.before_calls) for layer in self._layers], failing)
        return failing

    @staticmethod
    def _apply(steps: list[tuple[str, Callable[[], None]]], failing: dict[str, str]) -> None:
        for name, step in steps:
            try:
                step()
            except (RuntimeError, OSError, ValueError) as error:
                failing.setdefault(name, _reason(error))

    def close_files(self) -> None:
        """Before the notebook's cells: no root, limits, reading of libraries only."""
        for layer in self._layers:
            layer.before_cells()
            if layer.name in ("limits", "no root"):
                _die_with_parent()

    def close_all(self) -> None:
        """Before the first call: nothing but the random device can be opened any more."""
        for layer in self._layers:
            layer.before_calls()

    def _set_limits(self) -> None:
        _LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        with contextlib.suppress(OSError):  # /proc may be read-only
            Path("/proc/self/oom_score_adj").write_text(_FIRST_VICTIM)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limits = {
            resource.RLIMIT_AS: pages * resource.getpagesize() + self._limits.memory,
            resource.RLIMIT_CPU: int(self._limits.seconds_per_submission) + 1,
            resource.RLIMIT_NOFILE: self._limits.open_files,
            resource.RLIMIT_FSIZE: self._limits.file_bytes,
            resource.RLIMIT_CORE: 0,
        }
        # RLIMIT_NPROC counts all tasks of the account, and 0 refuses every new one. Root isn't bound.
        tasks = self._limits.processes + self._limits.threads
        if tasks:  # this worker is not of the account yet where root is dropped
            tasks += _tasks_of(_NOBODY if os.geteuid() == 0 else os.geteuid()) + 1
        limits[resource.RLIMIT_NPROC] = tasks
        for limit, value in limits.items():
            most = resource.getrlimit(limit)[1]
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(limit, (value, value))


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _drop_root() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _landlock() -> Layer:
    libraries, random = Landlock(library_paths()), Landlock(random_device())
    return Layer("landlock", libraries.apply, random.apply)


def _die_with_parent() -> None:
    """A worker ends when the fork server does; a change of user clears this."""
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _tasks_of(user: int) -> int:
    """How many processes and threads a user has."""
    count = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and _user_of(entry) == user:
                count += sum(1 for _ in (entry / "task").iterdir())
    return count


def _user_of(process: Path) -> int:
    """The user of a process; its files in /proc may belong to root all the same."""
    status = (process / "status").read_text()
    return int(status.partition("\nUid:")[2].split()[0])
