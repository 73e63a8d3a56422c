"""Tries what student code could reach, in a locked-down process, before any student code runs."""

import ctypes
import errno
import os
import select
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from autograder.sandbox.confinement.lockdown import Lockdown

PROBE_SECONDS = 60.0
"""For a fork, a lockdown and a dozen system calls: 15 ms measured."""
_CLOSED = {errno.EPERM, errno.EACCES, errno.EAGAIN, errno.ESRCH, errno.ENOSYS}
_PTRACE_SEIZE = 0x4206
_PROGRAM = "/bin/sh"


class Report(msgspec.Struct):
    """The findings of a probe: layers that failed, with the reason, and the doors that were open."""

    failing: dict[str, str]
    doors: list[str]


def _read(canary: Path, grader: int) -> None:
    canary.read_bytes()


def _write(canary: Path, grader: int) -> None:
    os.close(os.open(canary, os.O_WRONLY))


def _network(canary: Path, grader: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1", 9))  # sends nothing


def _local_socket(canary: Path, grader: int) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect("\0autograder-probe")  # nothing refused it, so it was reached


def _signal(canary: Path, grader: int) -> None:
    try:
        os.kill(grader, 0)
    except OSError:
        os.kill(os.getppid(), 0)


def _inspect(canary: Path, grader: int) -> None:
    try:
        os.close(os.open(f"/proc/{grader}/mem", os.O_RDWR))
    except OSError:
        trace = ctypes.CDLL(None, use_errno=True).ptrace
        if trace(_PTRACE_SEIZE, grader, None, None):
            raise OSError(ctypes.get_errno(), "ptrace") from None


def _fork(canary: Path, grader: int) -> None:
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)


def _thread(canary: Path, grader: int) -> None:
    thread = threading.Thread(target=int)
    try:
        thread.start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, str(error)) from None
    thread.join()


_ATTEMPTS: dict[str, Callable[[Path, int], None]] = {
    "files outside the libraries can be read": _read,
    "files can be written": _write,
    "the network can be reached": _network,
    "other programs can be reached by local sockets": _local_socket,
    "the grader can be signalled": _signal,
    "the grader's memory can be read": _inspect,
    "processes can be started": _fork,
    "threads can be started": _thread,
}
PROGRAMS = "programs can be run"


def _is_open(attempt: Callable[[Path, int], None], canary: Path, grader: int) -> bool:
    try:
        attempt(canary, grader)
    except OSError as error:
        return error.errno not in _CLOSED
    return True


def probe(lockdown: Lockdown, canary: Path, grader: int) -> Report:
    """Try every door from a process like a worker's.

    Args:
        lockdown: the layers that are applied to workers.
        canary: a file that everybody may read and write, and student code should not.
        grader: the number of the grader's process.

    Raises:
        RuntimeError: when the probe gives no report: nothing is known, so nothing may be graded.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            _report(writing, lockdown, canary, grader)
        finally:
            os._exit(1)
    os.close(writing)
    lines = b""
    while select.select([reading], [], [], PROBE_SECONDS)[0]:
        chunk = os.read(reading, 65536)
        if not chunk:
            break
        lines += chunk
    os.close(reading)
    os.kill(process, signal.SIGKILL)  # not waited for yet: the number is still its own
    os.waitpid(process, 0)
    try:
        return msgspec.json.decode(lines.splitlines()[-1], type=Report)
    except (IndexError, msgspec.MsgspecError):
        raise RuntimeError("what isolates student code could not be probed") from None


def _report(writing: int, lockdown: Lockdown, canary: Path, grader: int) -> None:
    """In the new process: apply, try, write a line; and a second one unless exec ends it all."""
    doors: list[str] = []

    def attempt() -> None:
        doors.extend(
            name
            for name, way in _ATTEMPTS.items()
            if not (way is _thread and lockdown.allows_threads) and _is_open(way, canary, grader)
        )

    failing = lockdown.failing(attempt)
    os.write(writing, msgspec.json.encode(Report(failing, [*doors, PROGRAMS])) + b"\n")
    try:
        os.execv(_PROGRAM, [_PROGRAM, "-c", ":"])
    except OSError as error:
        if error.errno in _CLOSED:
            os.write(writing, msgspec.json.encode(Report(failing, doors)) + b"\n")
