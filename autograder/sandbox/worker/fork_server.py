"""The fork server: a clean interpreter with the libraries loaded, which forks one worker a request.

Started with `python -m autograder.sandbox.worker.fork_server`, before anything of a course is loaded,
with one socket as its standard input. On it the grader sends the end of a new connection and gets a
process descriptor (pidfd) of a worker that serves that connection, or a text that says why there is none:
the server outlives a fork that fails.
"""

import errno
import gc
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from autograder.sandbox.confinement.lockdown import Lockdown
from autograder.sandbox.confinement.orphans import adopt_orphans, end_children
from autograder.sandbox.confinement.probe import probe
from autograder.sandbox.isolation import FORK, Isolation, Settings, judge
from autograder.sandbox.worker.preload import (
    libraries_are_public,
    load_libraries,
    preload,
    seed_without_files,
)


def main() -> None:
    """Serve until the grader closes its end or is gone; leave no process and no file behind."""
    grader = os.getppid()
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    signal.signal(signal.SIGTERM, _exit)
    message = control.recv(65536)
    if not message:
        return
    settings = msgspec.msgpack.decode(message, type=Settings)
    with tempfile.TemporaryDirectory(prefix="autograder-") as scratch, suppress(ConnectionError):
        os.chdir(scratch)
        os.environ |= {"IPYTHONDIR": scratch, "MPLCONFIGDIR": scratch, "HOME": scratch}
        _serve(control, settings, Path(scratch), grader)
    os._exit(0)  # nothing is left to do; taking torch down takes a while


def _exit(*_: object) -> NoReturn:
    sys.exit(0)


def prepare(settings: Settings, scratch: Path, grader: int) -> tuple[Lockdown, Isolation]:
    """The layers that work here, and what they leave open."""
    scratch.chmod(0o711)
    canary = scratch / "canary"
    canary.touch()
    canary.chmod(0o666)
    lockdown = Lockdown(settings.limits, enabled=settings.isolate)
    while True:
        report = probe(lockdown, canary, grader)
        if not report.failing:
            canary.unlink()
            missing = [
                f"{name} is not available: {why}" for name, why in lockdown.unavailable.items()
            ]
            return lockdown, judge(settings, lockdown.layers, report.doors, missing)
        lockdown.leave_out(report.failing)


def _serve(control: socket.socket, settings: Settings, scratch: Path, grader: int) -> None:
    shell = preload()
    lockdown, isolation = prepare(settings, scratch, grader)
    no_files = "seccomp" in lockdown.layers and "landlock" not in lockdown.layers
    if no_files or ("no root" in lockdown.layers and not libraries_are_public()):
        load_libraries()
    if lockdown.opens_nothing:
        seed_without_files()
    os.dup2(0, 1)
    os.dup2(0, 2)
    gc.collect()
    gc.freeze()
    control.sendall(msgspec.msgpack.encode(isolation))
    adopt_orphans()
    workers: set[int] = set()
    try:
        while True:
            message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
            if not message:
                return
            if message != FORK:  # a request to reap: the worker is dead or was killed
                _, status = os.waitpid(int(message), 0)
                workers.discard(int(message))
                end_children(but=workers)
                control.sendall(str(os.waitstatus_to_exitcode(status)).encode())
                continue
            if not descriptors:  # the kernel dropped it: this process may have no more of them
                control.sendall(os.strerror(errno.EMFILE).encode())
                continue
            with socket.socket(fileno=descriptors[0]) as connection:
                try:
                    workers.add(_start(control, connection, shell, settings, lockdown))
                except OSError as error:
                    control.sendall((error.strerror or str(error)).encode())
    finally:
        for process in workers:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        end_children(but=set())


def _start(
    control: socket.socket,
    connection: socket.socket,
    shell: Any,
    settings: Settings,
    lockdown: Lockdown,
) -> int:
    """Fork a worker and send its descriptor; where that fails there is no worker. Raises OSError."""
    process = os.fork()
    if process == 0:
        _become_worker(control, connection, shell, settings, lockdown)
    try:
        handle = os.pidfd_open(process)
        try:
            socket.send_fds(control, [str(process).encode()], [handle])
        finally:
            os.close(handle)
    except OSError:
        os.kill(process, signal.SIGKILL)  # not waited for yet: the number is still its own
        os.waitpid(process, 0)
        raise
    return process


def _become_worker(
    control: socket.socket,
    connection: socket.socket,
    shell: Any,
    settings: Settings,
    lockdown: Lockdown,
) -> NoReturn:
    from autograder.sandbox.worker.worker import become_worker

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        control.close()
        become_worker(connection, shell, settings.limits, lockdown)
    finally:
        os._exit(3)


if __name__ == "__main__":
    main()
