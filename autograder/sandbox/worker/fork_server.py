"""The fork server: a clean interpreter with the libraries loaded, which forks one worker a request.

Started with `python -m autograder.sandbox.worker.fork_server`, before anything of a course is loaded,
with one socket as its standard input. On it the grader sends the end of a new connection and gets a
process descriptor (pidfd) of a worker that serves that connection, or a text that says why there is none:
the server outlives a fork that fails.
"""

import errno
import gc
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from autograder.sandbox.confinement.lockdown import Lockdown
from autograder.sandbox.confinement.orphans import adopt_orphans, end_children
from autograder.sandbox.confinement.probe import probe
from autograder.sandbox.isolation import (
    COMPILER,
    JOIN,
    LIBRARIES,
    READY,
    Isolation,
    Settings,
    judge,
)
from autograder.sandbox.worker.preload import (
    libraries_are_public,
    load_libraries,
    load_standard_library,
    preload,
)
from autograder.sandbox.worker.warmup import use_compiler


def main() -> None:
    """Serve until the grader closes its end or is gone; leave no process and no file behind."""
    gc.disable()  # libraries make a million objects that stay: looking for garbage among them takes 0.2 s
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
    """The layers that work here, and the doors that they leave open."""
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
    extras = {COMPILER: use_compiler}
    no_files = "seccomp" in lockdown.layers and "landlock" not in lockdown.layers
    if no_files or ("no root" in lockdown.layers and not libraries_are_public()):
        load_standard_library()
        extras[LIBRARIES] = load_libraries
    os.dup2(0, 1)
    os.dup2(0, 2)
    _leave_to_workers()
    control.sendall(msgspec.msgpack.encode(isolation))
    adopt_orphans()
    _Service(control, shell, settings, lockdown, extras).run()


def _leave_to_workers() -> None:
    """Keep what is loaded out of the workers' garbage collections, which would copy its pages."""
    gc.freeze()
    gc.enable()


class _Service:
    """Answers the grader's processes on their channels, until the first of them has gone.

    `extras`: by name, the loading of what few submissions use; it would take a second of the start.
    """

    def __init__(
        self,
        control: socket.socket,
        shell: Any,
        settings: Settings,
        lockdown: Lockdown,
        extras: dict[bytes, Callable[[], None]],
    ) -> None:
        self._first = control
        self._workers: dict[socket.socket, set[int]] = {control: set()}
        """By channel: the workers that were asked for on it."""
        self._shell = shell
        self._settings = settings
        self._lockdown = lockdown
        self._extras = extras

    def run(self) -> None:
        """Serve; then end every worker."""
        try:
            while self._first in self._workers:
                ready, _, _ = select.select(list(self._workers), [], [])
                for channel in ready:
                    self._answer(channel)
        finally:
            for channel in list(self._workers):
                self._leave(channel)
            end_children(but=set())

    def _answer(self, channel: socket.socket) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(channel, 64, 1)
            if not message:
                self._leave(channel)
            elif message.isdigit():  # to reap a dead worker
                channel.sendall(self._reap(channel, int(message)))
            elif not descriptors:  # the kernel dropped it: this process may have no more of them
                channel.sendall(os.strerror(errno.EMFILE).encode())
            elif message == JOIN:
                self._workers[socket.socket(fileno=descriptors[0])] = set()
                channel.sendall(READY)
            else:
                self._load(message.split()[1:])
                self._fork(channel, descriptors[0])
        except OSError:  # the process that asked has gone
            self._leave(channel)

    def _load(self, extras: list[bytes]) -> None:
        """Load what was not yet asked for."""
        wanted = [self._extras.pop(extra) for extra in extras if extra in self._extras]
        if wanted:
            gc.disable()
            for load in wanted:
                load()
            _leave_to_workers()

    def _reap(self, channel: socket.socket, process: int) -> bytes:
        _, status = os.waitpid(process, 0)
        self._workers[channel].discard(process)
        end_children(but=set().union(*self._workers.values()))
        return str(os.waitstatus_to_exitcode(status)).encode()

    def _fork(self, channel: socket.socket, descriptor: int) -> None:
        with socket.socket(fileno=descriptor) as connection:
            try:
                process = _start(
                    channel,
                    list(self._workers),
                    connection,
                    self._shell,
                    self._settings,
                    self._lockdown,
                )
                self._workers[channel].add(process)
            except OSError as error:
                channel.sendall((error.strerror or str(error)).encode())

    def _leave(self, channel: socket.socket) -> None:
        """End the workers of a process that has gone."""
        for process in self._workers.pop(channel, ()):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        channel.close()


def _start(
    channel: socket.socket,
    channels: list[socket.socket],
    connection: socket.socket,
    shell: Any,
    settings: Settings,
    lockdown: Lockdown,
) -> int:
    """Fork a worker and send its descriptor; where that fails there is no worker. Raises OSError."""
    process = os.fork()
    if process == 0:
        _become_worker(channels, connection, shell, settings, lockdown)
    try:
        handle = os.pidfd_open(process)
        try:
            socket.send_fds(channel, [str(process).encode()], [handle])
        finally:
            os.close(handle)
    except OSError:
        os.kill(process, signal.SIGKILL)  # not waited for yet: the number is still its own
        os.waitpid(process, 0)
        raise
    return process


def _become_worker(
    channels: list[socket.socket],
    connection: socket.socket,
    shell: Any,
    settings: Settings,
    lockdown: Lockdown,
) -> NoReturn:
    from autograder.sandbox.worker.worker import become_worker

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for channel in channels:
            channel.close()
        become_worker(connection, shell, settings.limits, lockdown)
    finally:
        os._exit(3)


if __name__ == "__main__":
    main()
