"""The fork server: a clean interpreter with the libraries loaded, which forks one worker a request.

Started with `python -m autograder.sandbox.server`, before anything of a course is loaded, with one socket
as its standard input. On it the grader sends the end of a new connection and gets a process
descriptor (pidfd) of a worker that serves that connection.
"""

import gc
import os
import signal
import socket
import tempfile
from typing import Any

import msgspec

from autograder.sandbox.limits import Limits
from autograder.sandbox.lockdown import Lockdown


class Settings(msgspec.Struct, frozen=True):
    """What the grader decides about its workers."""

    limits: Limits
    isolate: bool = True


class Ready(msgspec.Struct, frozen=True):
    """The server's greeting: what isolates its workers."""

    level: str
    layers: list[str]
    missing: list[str]


def preload() -> Any:
    """Load and warm up what courses use, and build the shell. One thread, or children would hang."""
    import matplotlib

    matplotlib.use("agg")
    import numpy as np
    import torch
    from matplotlib import pyplot as plt

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    import autograder
    from autograder.sandbox import warmup, worker

    autograder.check = _checked_elsewhere
    warmup.use_torch(torch, np)
    warmup.draw(plt)
    shell = worker.build_shell()
    warmup.use_shell(shell)
    return shell


def _checked_elsewhere(exercise: str) -> None:
    """In a worker, check() does nothing: the grader makes the checks."""


def main() -> None:
    """Serve until the grader closes its end."""
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    settings = msgspec.msgpack.decode(control.recv(65536), type=Settings)
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch:
        os.chdir(scratch)
        os.environ |= {"IPYTHONDIR": scratch, "MPLCONFIGDIR": scratch, "HOME": scratch}
        _serve(control, settings)


def _serve(control: socket.socket, settings: Settings) -> None:
    shell = preload()
    lockdown = Lockdown(settings.limits, enabled=settings.isolate)
    os.dup2(0, 1)
    os.dup2(0, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    gc.collect()
    gc.freeze()
    control.sendall(
        msgspec.msgpack.encode(Ready(lockdown.level, lockdown.layers, lockdown.missing))
    )
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return
        if not descriptors:  # a request to reap: the worker is dead or was killed
            _, status = os.waitpid(int(message), 0)
            control.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        connection = socket.socket(fileno=descriptors[0])
        process = os.fork()
        if process == 0:
            _become_worker(control, connection, shell, settings.limits, lockdown)
        connection.close()
        handle = os.pidfd_open(process)
        socket.send_fds(control, [str(process).encode()], [handle])
        os.close(handle)


def _become_worker(
    control: socket.socket,
    connection: socket.socket,
    shell: Any,
    limits: Limits,
    lockdown: Lockdown,
) -> None:
    from autograder.sandbox.worker import become_worker

    signal.signal(signal.SIGINT, signal.default_int_handler)
    control.close()
    become_worker(connection, shell, limits, lockdown)


if __name__ == "__main__":
    # Run as a module this file is __main__; its classes must be found under one name alone.
    main()
