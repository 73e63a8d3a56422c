"""The grader's end: starts the fork server, and keeps one submission's worker alive."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import msgspec

from autograder.sandbox import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.server import Ready, Settings
from autograder.sandbox.wire import Answer, Call, CellOutput, Found, Gradients

START_SECONDS = 120.0
"""For the fork server to import torch: 2 s measured, much more on a cold network disk."""
FIRST_REPLY_SECONDS = 10.0
"""For a fork and its lockdown: 30 ms measured."""


class SandboxError(Exception):
    """Raised when the fork server cannot start: nothing can be graded without it."""


class StudentCodeError(Exception):
    """Raised in place of an answer that a worker did not give: base of the next three."""


class TimedOut(StudentCodeError):
    """Raised when a call, a cell or the submission used up its seconds."""


class Crashed(StudentCodeError):
    """Raised when the worker's process ended in the middle of a request."""


class Misbehaved(StudentCodeError):
    """Raised when a worker sent something that is not an answer."""


@dataclass
class Process:
    """A worker's process: its connection, its number for the fork server, and its descriptor."""

    connection: socket.socket
    number: int
    handle: int

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        os.close(self.handle)
        self.connection.close()


class ForkServer:
    """A clean interpreter that forks workers; start it before anything of a course is loaded."""

    def __init__(self, limits: Limits | None = None, *, isolate: bool = True) -> None:
        self.limits = limits or Limits()
        self._settings = Settings(self.limits, isolate)
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._ready: Ready | None = None
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
        self.close()
        self._control, theirs = socket.socketpair()
        environment = {
            name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ
        } | {
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-m", "autograder.sandbox.server"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        self._control.sendall(msgspec.msgpack.encode(self._settings))
        self._ready = None

    @property
    def ready(self) -> Ready:
        """What isolates the workers; waits for the server to have loaded its libraries."""
        if self._ready is None:
            assert self._control is not None and self._server is not None
            self._control.settimeout(START_SECONDS)
            try:
                greeting = self._control.recv(65536)
            except TimeoutError:
                greeting = b""
            if not greeting:
                self._server.kill()
                _, errors = self._server.communicate()
                text = (errors or b"").decode(errors="replace").strip().splitlines()
                raise SandboxError(
                    f"the fork server did not start: {text[-1] if text else 'no message'}"
                )
            self._ready = msgspec.msgpack.decode(greeting, type=Ready)
        return self._ready

    def spawn(self) -> Process:
        """A new worker; a fork server that died is started again."""
        try:
            return self._spawn()
        except OSError:
            self._launch()
            return self._spawn()

    def _spawn(self) -> Process:
        _ = self.ready
        assert self._control is not None
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
        self._control.settimeout(FIRST_REPLY_SECONDS)
        number, handles, _, _ = socket.recv_fds(self._control, 64, 1)
        if not handles:
            ours.close()
            raise ConnectionError("the fork server ended")
        return Process(ours, int(number), handles[0])

    def reap(self, process: Process) -> int | None:
        """The exit code of a worker that ended or was killed (negative: the signal)."""
        assert self._control is not None
        try:
            self._control.sendall(str(process.number).encode())
            return int(self._control.recv(64))
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """End the server; its workers end with it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
            self._server = None


@dataclass(frozen=True)
class Cell:
    """A code cell to run: its place in the notebook (counted from 1) and its source."""

    number: int
    source: str


@dataclass(frozen=True)
class CellRun:
    """What became of a cell: its output, or why there is none."""

    cell: Cell
    output: CellOutput | None
    failure: StudentCodeError | None = None


class Session:
    """One submission in its worker; when the worker ends, the next request gets a fresh one.

    A fresh worker runs the cells again, without those that ended or hung a worker before.
    """

    def __init__(
        self,
        server: ForkServer,
        cells: Sequence[Cell],
        *,
        show: bool = False,
        forbidden: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._server = server
        self._limits = server.limits
        self._cells = list(cells)
        self._show = show
        self._forbidden = {name: list(operators) for name, operators in (forbidden or {}).items()}
        self._called = ""
        self.hits: dict[str, str] = {}
        """By function, the first forbidden operator that it was seen to call."""
        self._process: Process | None = None
        self._number = 0
        self._spent = 0.0
        self._restarts = 0
        self._fatal: dict[int, StudentCodeError] = {}
        self.runs: list[CellRun] = []
        self.generation = 0
        """How many workers there were: what one worker kept, the next one doesn't have."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            self._server.reap(process)

    def start(self) -> list[CellRun]:
        """Run the cells top to bottom, unless a worker that did is alive."""
        while self._process is None:
            self._check_budget()
            if self._restarts > self._limits.restarts:
                raise Crashed(
                    f"the submission ended {self._restarts} workers (limit {self._limits.restarts})"
                )
            self._restarts += 1
            self._process = self._server.spawn()
            self.generation += 1
            self.runs = []
            for cell in self._cells:
                if not self._run(cell):
                    break
        return self.runs

    def _run(self, cell: Cell) -> bool:
        """Run one cell; False when the worker is gone."""
        if cell.number in self._fatal:
            self.runs.append(CellRun(cell, None, self._fatal[cell.number]))
            return True
        request = wire.RunCell(cell.source, self._show)
        try:
            [output] = self._exchange(request, 1, self._limits.seconds_per_cell)
            if not isinstance(output, CellOutput):
                raise Misbehaved("the worker answered a cell with something else")
        except StudentCodeError as failure:
            self._fatal[cell.number] = failure
            self.close()
            return False
        self.runs.append(CellRun(cell, output))
        return True

    def lookup(self, names: list[str]) -> dict[str, str | None]:
        """What each name is in the notebook, in words; None where nothing callable has that name."""
        [found] = self._request(wire.Lookup(names), 1)
        if not isinstance(found, Found) or len(found.signatures) != len(names):
            raise Misbehaved("the worker answered a lookup with something else")
        return dict(zip(names, found.signatures, strict=True))

    def calls(self, calls: Sequence[Call]) -> Iterator[tuple[int, Answer]]:
        """Make calls in one trip; yields each answer, with its number, as it comes.

        Raises StudentCodeError at the first call that has none; later calls are then not made.
        """
        functions = {call.function for call in calls} & self._forbidden.keys()
        forbidden = {name: self._forbidden[name] for name in functions}
        answers = self._request(wire.Calls(list(calls), forbidden), len(calls))
        for call, answer in zip(calls, answers, strict=True):
            if not isinstance(answer, Answer):
                raise self._misbehaved("the worker answered a call with something else")
            self._called = call.function
            self._note(answer)
            yield self._number - len(calls), answer

    def pull_back(self, call: int, cotangent: wire.Packed) -> Gradients:
        """The vector-Jacobian product of the result of an earlier single call."""
        [gradients] = self._request(wire.PullBack(call, cotangent), 1)
        if not isinstance(gradients, Gradients):
            raise self._misbehaved("the worker answered a gradient with something else")
        self._note(gradients)
        return gradients

    def _note(self, answer: Answer | Gradients) -> None:
        if answer.forbidden is not None:
            self.hits.setdefault(self._called, answer.forbidden)

    def _misbehaved(self, reason: str) -> Misbehaved:
        self.close()
        return Misbehaved(reason)

    def _request(self, body: Any, replies: int) -> Iterator[Any]:
        self.start()
        try:
            yield from self._exchange(body, replies, self._limits.seconds_per_call)
        except StudentCodeError:
            self.close()
            raise

    def _exchange(self, body: Any, replies: int, seconds: float) -> Iterator[Any]:
        assert self._process is not None
        first = self._number
        self._number += replies
        connection = self._process.connection
        started = time.monotonic()
        try:
            payload = wire.encode(wire.Request(first, body))
            wire.send_frame(connection, payload, self._deadline(started, seconds))
            for number in range(first, first + replies):
                deadline = self._deadline(started, seconds)
                reply = wire.decode_reply(wire.receive_frame(connection, deadline))
                if reply.number != number:
                    raise wire.WireError("the worker sent an answer that was not asked for")
                self._spent += time.monotonic() - started
                yield reply.body
                started = time.monotonic()
        except wire.WireTimeout:
            self._spent += time.monotonic() - started
            self._check_budget()
            raise TimedOut(f"no answer within {seconds:g} seconds") from None
        except wire.WorkerGone:
            self._spent += time.monotonic() - started
            raise Crashed(self._how_it_ended()) from None
        except wire.WireError as error:
            raise Misbehaved(str(error)) from None

    def _deadline(self, started: float, seconds: float) -> float:
        left = self._limits.seconds_per_submission - self._spent
        return started + min(seconds, left)

    def _check_budget(self) -> None:
        limit = self._limits.seconds_per_submission
        if self._spent >= limit:
            self.close()
            raise TimedOut(f"the submission used up its {limit:g} seconds")

    def _how_it_ended(self) -> str:
        assert self._process is not None
        process, self._process = self._process, None
        process.kill()
        code = self._server.reap(process)
        if code is None or code == -signal.SIGKILL:
            return "its process was killed"
        if code < 0:
            return f"its process was ended by {signal.Signals(-code).name}"
        return f"its process ended with exit code {code}"
