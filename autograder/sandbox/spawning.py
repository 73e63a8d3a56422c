"""Where worker processes come from: a fork server on Linux, a fresh interpreter each elsewhere."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from autograder.sandbox.isolation import Isolation, Settings, judge
from autograder.sandbox.limits import Limits

START_SECONDS = 120.0
"""For an interpreter to import torch: 2 s measured, much more on a cold network disk."""
FIRST_REPLY_SECONDS = 10.0
"""For a fork and its lockdown: 30 ms measured."""
CLOSE_SECONDS = 5.0
"""For the fork server to end its workers and remove its folder: 10 ms measured."""

FORKS = sys.platform == "linux"
"""Elsewhere torch may not be forked (macOS), nothing can be forked (Windows), no layer is known."""


class SandboxError(Exception):
    """Raised when there is no worker to be had: nothing can be graded without one."""


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
    kept = ("PATH", "LANG", "TZ", "SYSTEMROOT", "TEMP", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-m", module],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )


def _last_words(process: "subprocess.Popen[bytes]") -> str:
    process.kill()
    _, errors = process.communicate()
    lines = (errors or b"").decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"


class ForkServer:
    """A clean interpreter that forks workers; start it before anything of a course is loaded.

    Where there is no fork it starts an interpreter for every worker instead.
    """

    def __init__(self, limits: Limits | None = None, *, isolate: bool = True) -> None:
        self.limits = limits or Limits()
        self._settings = Settings(self.limits, isolate)
        self._closed = False
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._isolation: Isolation | None = None
        if FORKS:
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
        self._control, theirs = socket.socketpair()
        with theirs:
            self._server = start_interpreter(
                "autograder.sandbox.worker.fork_server", theirs.fileno()
            )
        self._control.sendall(msgspec.msgpack.encode(self._settings))
        self._isolation = None

    @property
    def isolation(self) -> Isolation:
        """What isolates the workers; waits for the server to have loaded its libraries."""
        if not FORKS:
            from autograder.sandbox.worker.fresh_interpreter import DOORS, LAYERS

            return judge(self._settings, LAYERS, DOORS, [])
        if self._isolation is None:
            control, server = self._control, self._server
            if self._closed or control is None or server is None:
                raise SandboxError("the sandbox was closed")
            control.settimeout(START_SECONDS)
            try:
                greeting = control.recv(65536)
            except OSError:
                greeting = b""
            if not greeting:
                raise SandboxError(f"the fork server did not start: {_last_words(server)}")
            self._isolation = msgspec.msgpack.decode(greeting, type=Isolation)
        return self._isolation

    def spawn(self) -> Process:
        """A new worker; a fork server that died is started again. Raises SandboxError."""
        if not FORKS:
            return spawn_alone(self._settings)
        try:
            return self._fork()
        except OSError:
            self._launch()
        try:
            return self._fork()
        except OSError as error:
            raise SandboxError(f"no worker could be started: {error}") from error

    def _fork(self) -> Process:
        _ = self.isolation
        if self._control is None:
            raise ConnectionError("the fork server ended")
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            self._control.settimeout(FIRST_REPLY_SECONDS)
            number, handles, _, _ = socket.recv_fds(self._control, 64, 1)
            if not handles:
                raise ConnectionError("the fork server ended")
        except OSError:
            ours.close()
            raise
        control, handle = self._control, handles[0]

        def end() -> int | None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
            ours.close()
            try:
                control.sendall(number)
                return int(control.recv(64))
            except (OSError, ValueError):  # a late answer must not be taken for another's
                with suppress(OSError):
                    control.shutdown(socket.SHUT_RDWR)
                return None

        return Process(ours, end)

    def shared(self) -> "ForkServer":
        """A server for another process of the same grading."""
        return ForkServer(self.limits, isolate=self._settings.isolate)

    def forget(self) -> None:
        """Close what belongs to another process now, and end nothing."""
        if self._control is not None:
            self._control.close()
        self._control = None
        self._server = None

    def close(self) -> None:
        """End the server; its workers end with it. What waits for an answer gets a SandboxError."""
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


def spawn_alone(settings: Settings) -> Process:
    """A worker in an interpreter of its own, with a connection that works on every platform."""
    token = secrets.token_bytes(32)
    with socket.create_server(("127.0.0.1", 0)) as listener:
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
            listener.settimeout(START_SECONDS)
            connection, _ = listener.accept()
            connection.settimeout(START_SECONDS)
            if not secrets.compare_digest(connection.recv(32, socket.MSG_WAITALL), token):
                raise ConnectionError("something else answered")
        except BaseException as error:
            words = _last_words(process)
            if isinstance(error, OSError):
                raise SandboxError(f"no worker could be started: {error} ({words})") from error
            raise
    return Process(connection, end)
