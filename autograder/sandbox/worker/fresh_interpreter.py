"""A worker in an interpreter of its own, for systems without the fork server (macOS, Windows).

Started with `python -m autograder.sandbox.worker.fresh_interpreter`. It has a process of its own, the
limits that the system knows, and no other layer: it is reported as `process-only`.
"""

import os
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from autograder.sandbox.isolation import Settings
from autograder.sandbox.limits import Limits

LAYERS = [] if sys.platform == "win32" else ["limits"]
DOORS = ["student code has every right of the account that grades"]


class _Open:
    """In the place of a Lockdown: there is nothing to close."""

    def close_files(self) -> None:
        """Do nothing."""

    def close_all(self) -> None:
        """Do nothing."""


def _set_limits(limits: Limits) -> None:
    """The limits that setrlimit(2) knows; memory is not among those that macOS enforces."""
    if sys.platform == "win32":
        return
    import resource

    values = {
        resource.RLIMIT_CPU: int(limits.seconds_per_submission) + 1,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    if not limits.processes + limits.threads:  # otherwise the account's other tasks would count
        values[resource.RLIMIT_NPROC] = 0
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        values[resource.RLIMIT_AS] = pages * resource.getpagesize() + limits.memory
    for limit, value in values.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, value))


def _end_with(grader: int) -> None:
    """End this process when the grader's has ended; where that can be seen, which is not on Windows."""
    while os.getppid() == grader:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """Connect to the grader, load the libraries of courses, and serve until the grader is gone."""
    port, token, settings = msgspec.msgpack.decode(
        sys.stdin.buffer.read(), type=tuple[int, bytes, Settings]
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(token)
    from autograder.sandbox.worker.preload import preload
    from autograder.sandbox.worker.worker import become_worker

    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        os.chdir(scratch)
        os.environ |= {"IPYTHONDIR": scratch, "MPLCONFIGDIR": scratch, "HOME": scratch}
        shell = preload()
        os.chdir(os.sep)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _set_limits(settings.limits)
    become_worker(connection, shell, settings.limits, _Open())


if __name__ == "__main__":
    main()
