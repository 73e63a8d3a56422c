"""Where worker processes come from: a fork server on Linux, a fresh interpreter each elsewhere."""

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from autograder.sandbox.isolation import (
    FORK,
    JOIN,
    LEVELS,
    READY,
    Isolation,
    Settings,
    judge,
)
from autograder.sandbox.limits import Limits

START_SECONDS = 120.0
"""For an interpreter to import torch: 2 s measured, much more on a cold network disk."""
FIRST_REPLY_SECONDS = 10.0
"""For a fork and its lockdown: 30 ms measured."""
TOKEN_SECONDS = 10.0
"""For a worker to say who it is, which it does as soon as it is connected."""
CLOSE_SECONDS = 5.0
"""For the fork server to end its workers and remove its folder: 10 ms measured."""

FORKS = sys.platform == "linux"
"""Elsewhere torch may not be forked (macOS), nothing can be forked (Windows), no layer is known."""


class SandboxError(Exception):
    """Raised when there is no worker to be had.

    It ends nothing but the work that needed the worker: the next `spawn()` tries anew.
    """


@dataclass(frozen=True)
class Process:
    """A worker's process.

    connection: where it answers.
    end: ends it, whatever it is doing; returns its exit code (negative: the signal) if known.
    """

    connection: socket.socket
    end: Callable[[], int | None]


def start_interpreter(module: str, stdin: int) -> "subprocess.Popen[bytes]":
    """Start a module in an interpreter that sees nothing of the caller's environment or folder."""
    # torch's roundings depend on the last: machines that differ can be set to compute alike.
    kept = ("PATH", "LANG", "TZ", "SYSTEMROOT", "TEMP", "TMPDIR", "ATEN_CPU_CAPABILITY")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", module],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise _no_worker(error) from error


def _no_worker(error: OSError) -> SandboxError:
    return SandboxError(f"no worker could be started: {error.strerror or error}")


def _await_ready(connection: socket.socket, seconds: float) -> None:
    """Wait until a worker is locked in. Raises OSError."""
    connection.settimeout(seconds)
    if connection.recv(len(READY)) != READY:
        raise ConnectionError("it ended while it was locked in")


def _last_words(process: "subprocess.Popen[bytes]") -> str:
    process.kill()
    _, errors = process.communicate()
    lines = (errors or b"").decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"


class _ServerGone(Exception):
    """Raised when the fork server doesn't answer: another one may."""


class ForkServer:
    """A clean interpreter that forks workers; start it before anything of a course is loaded.

    Where there is no fork it starts an interpreter for every worker instead. Every failure to start
    something is a SandboxError; after one it can be asked again.
    """

    def __init__(self, limits: Limits | None = None, *, isolate: bool = True) -> None:
        self.limits = limits or Limits()
        self._settings = Settings(self.limits, isolate)
        self._closed = False
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._isolation: Isolation | None = None
        self._weakest = LEVELS[0]
        """The level that a server in place of another has to reach."""
        if FORKS:
            with suppress(
                SandboxError
            ):  # the next request for a worker tries again, and reports it
                self._launch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _launch(self) -> None:
        self._stop()
        if self._closed:
            raise SandboxError("the sandbox was closed")
        self._isolation = None
        try:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._server = start_interpreter(
                    "autograder.sandbox.worker.fork_server", theirs.fileno()
                )
            self._control.sendall(msgspec.msgpack.encode(self._settings))
        except OSError as error:
            self._stop()
            raise _no_worker(error) from error
        except SandboxError:
            self._stop()
            raise

    @property
    def isolation(self) -> Isolation:
        """The isolation of the workers; waits for the server to have loaded its libraries.

        Raises SandboxError, also where a server that was started again isolates less than before.
        """
        if not FORKS:
            from autograder.sandbox.worker.fresh_interpreter import DOORS, LAYERS

            return judge(self._settings, LAYERS, DOORS, [])
        if self._isolation is None:
            if self._server is None:
                self._launch()
            control, server = self._control, self._server
            if self._closed or control is None or server is None:
                raise SandboxError("the sandbox was closed")
            control.settimeout(START_SECONDS)
            try:
                greeting = control.recv(65536)
            except OSError:
                greeting = b""
            if not greeting:
                words = _last_words(server)
                self._stop()
                raise SandboxError(f"the fork server did not start: {words}")
            found = msgspec.msgpack.decode(greeting, type=Isolation)
            if LEVELS.index(found.level) < LEVELS.index(self._weakest):
                self._stop()
                why = "; ".join(found.missing)
                raise SandboxError(f"a new fork server isolates less than the first one: {why}")
            self._isolation, self._weakest = found, found.level
        return self._isolation

    def spawn(self, extras: Iterable[bytes] = ()) -> Process:
        """A new worker; a fork server that died is started again. Raises SandboxError.

        extras: what its cells may use and the fork server loads on request: COMPILER, LIBRARIES.
        """
        if not FORKS:
            return spawn_alone(self._settings)
        for _ in range(2):
            _ = self.isolation
            try:
                ours, theirs = socket.socketpair()
            except OSError as error:
                raise _no_worker(error) from error
            try:
                return self._fork(ours, theirs, list(extras))
            except _ServerGone:
                ours.close()
                self._stop()
                self._isolation = None
            except BaseException:
                ours.close()
                raise
        raise SandboxError("no worker could be started: the fork server ended twice")

    def _fork(self, ours: socket.socket, theirs: socket.socket, extras: list[bytes]) -> Process:
        """Ask for a worker. Raises SandboxError, and _ServerGone where there is no answer."""
        control = self._control
        if control is None:
            raise SandboxError("the sandbox was closed")
        try:
            # The compiler is a thousand modules: on a busy machine they took longer than a first reply may.
            control.settimeout(START_SECONDS if extras else FIRST_REPLY_SECONDS)
            with theirs:
                socket.send_fds(control, [b" ".join([FORK, *extras])], [theirs.fileno()])
            number, handles, _, _ = socket.recv_fds(control, 256, 1)
        except OSError as error:
            raise _ServerGone from error
        if not number:
            raise _ServerGone
        if not handles:
            if number.isdigit():  # there is a worker, but no descriptor left here to end it by
                ours.close()  # which ends it
                self._reap(control, number)
                raise _no_worker(OSError(errno.EMFILE, os.strerror(errno.EMFILE)))
            raise SandboxError(f"no worker could be started: {number.decode(errors='replace')}")
        handle = handles[0]

        def end() -> int | None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
            ours.close()
            return self._reap(control, number)

        try:
            _await_ready(ours, FIRST_REPLY_SECONDS)
        except OSError as error:
            end()
            raise _no_worker(error) from error
        return Process(ours, end)

    def shared(self) -> "ForkServer":
        """Another end of the same server, for another process. Raises SandboxError."""
        other = ForkServer.__new__(ForkServer)
        other.__dict__ |= self.__dict__ | {"_control": None, "_server": None}
        if not FORKS:
            return other
        _, control = self.isolation, self._control
        if control is None:
            raise SandboxError("the sandbox was closed")
        try:
            other._control, theirs = socket.socketpair()
            control.settimeout(FIRST_REPLY_SECONDS)
            with theirs:
                socket.send_fds(control, [JOIN], [theirs.fileno()])
            if control.recv(len(READY)) != READY:
                raise ConnectionError("the fork server ended")
        except OSError as error:
            other.forget()
            raise _no_worker(error) from error
        return other

    def forget(self) -> None:
        """Leave it to another process: close this end, and end nothing."""
        control, self._control, self._server = self._control, None, None
        if control is not None:
            control.close()

    @staticmethod
    def _reap(control: socket.socket, number: bytes) -> int | None:
        """Let the server wait for a worker that ends; its exit code, if known."""
        try:
            control.sendall(number)
            return int(control.recv(64))
        except (OSError, ValueError):  # a late answer must not be taken for another's
            with suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)
            return None

    def close(self) -> None:
        """End the server; its workers end with it. A call that waits for an answer gets a SandboxError."""
        self._closed = True
        self._stop()

    def _stop(self) -> None:
        control, self._control = self._control, None
        server, self._server = self._server, None
        if control is not None:
            with suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for an answer
            control.close()
        if server is not None:
            try:
                server.communicate(timeout=CLOSE_SECONDS)  # it removes its folder
            except subprocess.TimeoutExpired:
                server.kill()
                server.communicate()


def accept_from(listener: socket.socket, token: bytes, seconds: float) -> socket.socket:
    """The connection on which the token comes.

    Any process of the machine can connect to the port: one that scans ports, or a client that takes it for
    the port of a server that has just ended. Such connections are closed.

    Raises:
        OSError: when the token didn't come in time.
    """
    end = time.monotonic() + seconds
    while True:
        listener.settimeout(max(end - time.monotonic(), 0.001))
        connection, _ = listener.accept()
        connection.settimeout(TOKEN_SECONDS)
        with suppress(OSError):
            if secrets.compare_digest(connection.recv(len(token), socket.MSG_WAITALL), token):
                return connection
        connection.close()


def spawn_alone(settings: Settings) -> Process:
    """A worker in an interpreter of its own, with a connection that works on every platform."""
    token = secrets.token_bytes(32)
    try:
        listener = socket.create_server(("127.0.0.1", 0))
    except OSError as error:
        raise _no_worker(error) from error
    with listener:
        process = start_interpreter("autograder.sandbox.worker.fresh_interpreter", subprocess.PIPE)
        assert process.stdin is not None

        def end() -> int | None:
            process.kill()
            connection.close()
            process.communicate()
            return process.returncode

        try:
            port = listener.getsockname()[1]
            process.stdin.write(msgspec.msgpack.encode((port, token, settings)))
            process.stdin.close()
            process.stdin = None
            connection = accept_from(listener, token, START_SECONDS)
            _await_ready(connection, START_SECONDS)
        except BaseException as error:
            words = _last_words(process)
            if isinstance(error, OSError):
                raise SandboxError(f"no worker could be started: {error} ({words})") from error
            raise
    return Process(connection, end)
