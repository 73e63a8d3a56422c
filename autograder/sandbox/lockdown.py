"""What a worker can no longer do, one layer after the other.

Layers are prepared in the fork server and applied in the forked worker. `close_files` comes before the
notebook's cells run: root is dropped, limits are set, and files can only be read, and only those of the
Python installation. `close_all` comes before the first call is answered: nothing can be opened at all.
Linux alone; elsewhere a worker has a process of its own and nothing more (processes.py).
Sources: landlock(7), seccomp(2), prctl(2), setrlimit(2), and the figures in docs/security.md.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import site
import struct
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.limits import Limits

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_NOBODY = 65534
_THREADS = 64
"""Room under RLIMIT_NPROC, which counts threads too, and those of a user's other programs."""
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_VERSION_FLAG, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR, _EXECUTE = 1 << 2, 1 << 3, 1 << 0
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_RIGHTS_SINCE_5 = (1 << 16) - 1
_NETWORK_RIGHTS, _SCOPES = 0b11, 0b11

# Memory, threads, clocks, and reading and writing what is already open.
_STRICT = """
    read write readv writev pread64 close fstat lseek mmap mprotect munmap mremap brk madvise
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack futex sched_yield sched_getaffinity
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getrusage
    getpid gettid getppid getuid geteuid getgid getegid exit exit_group set_robust_list rseq
    getrandom poll ppoll select pselect6 recvfrom sendto getcwd uname sysinfo membarrier
    set_tid_address restart_syscall newfstatat
""".split()
_READING = """
    open openat stat lstat readlink readlinkat access faccessat faccessat2 getdents64 statx dup fcntl
""".split()
_CLONE_THREAD, _TCGETS, _FIONBIO = 0x00010000, 0x5401, 0x5421


class Landlock:
    """A ruleset that leaves some folders readable and no other file reachable."""

    def __init__(self, readable: Iterator[Path]) -> None:
        version = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
        if version < 1:
            raise OSError("the kernel has no Landlock")
        rights = _FILE_RIGHTS.get(version, _FILE_RIGHTS_SINCE_5)
        attributes = struct.pack(
            "QQQ",
            rights,
            _NETWORK_RIGHTS if version >= 4 else 0,
            _SCOPES if version >= 6 else 0,
        )
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        self._ruleset = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, attributes, size, 0)
        if self._ruleset < 0:
            raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
        for path in readable:
            self._allow(path)

    def _allow(self, path: Path) -> None:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        rule = struct.pack("=Qi", rights, descriptor)
        if _LIBC.syscall(_LANDLOCK_ADD_RULE, self._ruleset, _LANDLOCK_PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
        os.close(descriptor)

    def apply(self) -> None:
        """Restrict this process for good; needs no_new_privs."""
        if _LIBC.syscall(_LANDLOCK_RESTRICT_SELF, self._ruleset, 0):
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
        os.close(self._ruleset)


def library_paths() -> Iterator[Path]:
    """What Python needs to read to import a library: not this package, nor the course."""
    ours = Path(__file__).resolve().parents[1]
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {Path(sysconfig.get_path(name)).resolve() for name in names}
    if site.ENABLE_USER_SITE:
        folders.add(Path(site.getusersitepackages()).resolve())
    for folder in sorted(filter(Path.is_dir, folders)):
        for entry in sorted(folder.iterdir()):
            inside = entry.resolve()
            if inside not in (*folders, ours, *ours.parents) and ours.name not in entry.name:
                yield inside
    system = ("/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/usr/share/fonts", "/dev/null")
    yield from filter(Path.exists, map(Path, system))
    yield from random_device()


def random_device() -> Iterator[Path]:
    """What `torch.Generator.seed()` opens at every call: an honest source for a dropout mask."""
    yield from filter(Path.exists, [Path("/dev/urandom")])


def _seccomp_filter(*, reading: bool, opening: bool = False) -> Any:
    """Allow memory, threads, clocks and open descriptors; reading also files; opening, only open."""
    import pyseccomp  # needs libseccomp, which a system may lack: then this layer is reported missing

    allowed = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _STRICT + (_READING if reading else []):
        with contextlib.suppress(OSError):  # a name that this architecture doesn't have
            allowed.add_rule(pyseccomp.ALLOW, name)
    thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    allowed.add_rule(pyseccomp.ALLOW, "clone", thread)
    allowed.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # glibc then falls back to clone
    process = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
    allowed.add_rule(pyseccomp.ERRNO(errno.EAGAIN), "clone", process)  # as RLIMIT_NPROC answers
    for name in ("fork", "vfork"):
        with contextlib.suppress(OSError):
            allowed.add_rule(pyseccomp.ERRNO(errno.EAGAIN), name)
    allowed.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    for request in (_TCGETS, _FIONBIO):  # isatty, settimeout
        allowed.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    if opening and not reading:  # Landlock decides what: the random device alone
        for name, flags in (("open", 1), ("openat", 2)):
            with contextlib.suppress(OSError):
                read_only = pyseccomp.Arg(flags, pyseccomp.MASKED_EQ, os.O_ACCMODE, os.O_RDONLY)
                allowed.add_rule(pyseccomp.ALLOW, name, read_only)
    if reading:  # what loading the second filter takes
        allowed.add_rule(pyseccomp.ALLOW, "seccomp")
        allowed.add_rule(pyseccomp.ALLOW, "landlock_restrict_self")
        no_new_privs = pyseccomp.Arg(0, pyseccomp.EQ, _PR_SET_NO_NEW_PRIVS)
        allowed.add_rule(pyseccomp.ALLOW, "prctl", no_new_privs)
    return allowed


@dataclass(frozen=True)
class Layer:
    """A layer: what to do before the cells run, and before the first call."""

    name: str
    before_cells: Callable[[], None]
    before_calls: Callable[[], None] = lambda: None


class Lockdown:
    """The layers of this machine.

    Some can only be seen to fail where they are applied: `failing` finds them, `leave_out` does without.
    `unavailable` says, by name, why a layer isn't there.
    """

    def __init__(self, limits: Limits, *, enabled: bool = True) -> None:
        self._limits = limits
        self._enabled = enabled
        self._tasks = _tasks_of(_NOBODY if os.geteuid() == 0 else os.geteuid())
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

    def _seccomp(self) -> Layer:
        files = (
            "landlock" in self.layers
        )  # decides which; without it cells run on what is preloaded
        last = _seccomp_filter(reading=False, opening=files)
        if not files:
            return Layer("seccomp", last.load)
        return Layer("seccomp", _seccomp_filter(reading=True).load, last.load)

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
        _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limits = {
            resource.RLIMIT_AS: pages * resource.getpagesize() + self._limits.memory,
            resource.RLIMIT_CPU: int(self._limits.seconds_per_submission) + 1,
            resource.RLIMIT_NOFILE: self._limits.open_files,
            resource.RLIMIT_FSIZE: self._limits.file_bytes,
            resource.RLIMIT_CORE: 0,
        }
        if "seccomp" not in self.layers:  # with it there are no processes at all
            limits[resource.RLIMIT_NPROC] = self._tasks + self._limits.processes + _THREADS
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


def adopt_orphans() -> None:
    """Let processes whose parents end become this process's children, so that it can end them."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children(but: set[int]) -> None:
    """End what workers left behind: every child of this process that is no worker."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")  # a kernel may lack it
    with contextlib.suppress(FileNotFoundError):
        while strangers := set(map(int, children.read_text().split())) - but:
            for process in strangers:
                os.kill(
                    process, signal.SIGKILL
                )  # ours and not waited for: the number is still its own
            for process in strangers:
                os.waitpid(process, 0)


def _tasks_of(user: int) -> int:
    """How many processes and threads a user has."""
    count = 0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == user:
                count += sum(1 for _ in (entry / "task").iterdir())
    return count
