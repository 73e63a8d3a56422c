"""The grader's end: keeps one submission's worker alive, and asks it."""

import re
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import msgspec

from autograder.language import tr
from autograder.sandbox.cells import Cell
from autograder.sandbox.isolation import COMPILER, LIBRARIES
from autograder.sandbox.spawning import ForkServer, Process, SandboxError
from autograder.sandbox.wire import frames, messages
from autograder.sandbox.wire.messages import (
    Answer,
    Call,
    CellOutput,
    Cotangent,
    Found,
    Gradients,
    Raised,
)

_EXTRAS = {
    COMPILER: re.compile(
        r"optim|compile|dynamo|deterministic|\bfunc\b|functorch|forward_ad|jvp|hessian|checkpoint|jit"
        r"|d2l|lightning|fastai"
    ),
    LIBRARIES: re.compile(
        r"pandas|scipy|sklearn|seaborn|tqdm|torchvision|d2l|import_module|__import__"
    ),
}
"""Text in cells that may use what the fork server loads on request. A worker that may open no file can't
import it any more, so code that hides the name has to do without it."""
_SIGNALS: dict[int, str] = {number.value: number.name for number in signal.Signals}


class StudentCodeError(Exception):
    """Raised in place of an answer that a worker did not give: base of the next three."""


class TimedOut(StudentCodeError):
    """Raised when a call, a cell or the submission used up its seconds."""


class Crashed(StudentCodeError):
    """Raised when the worker's process ended in the middle of a request."""


class Misbehaved(StudentCodeError):
    """Raised when a worker sent something that is not an answer."""


@dataclass(frozen=True)
class CellRun:
    """The run of a cell: its output, or why there is none."""

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
        spent: float = 0.0,
    ) -> None:
        self._server = server
        self.limits = server.limits
        self._cells = list(cells)
        self._show = show
        self._extras = [
            extra
            for extra, text in _EXTRAS.items()
            if any(text.search(cell.source) for cell in cells)
        ]
        self._forbidden = {name: list(operators) for name, operators in (forbidden or {}).items()}
        self._called = ""
        self.hits: dict[str, str] = {}
        """By function, the first forbidden operator that it was seen to call."""
        self.printing: set[str] = set()
        """The functions that were seen to print."""
        self._process: Process | None = None
        self._frames: frames.FrameReader | None = None
        self._number = 0
        self.spent = spent
        """Seconds that the submission used, in an earlier session too."""
        self._restarts = 0
        self._fatal: dict[int, StudentCodeError] = {}
        self.runs: list[CellRun] = []
        self._cells_spent = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            process, self._process = self._process, None
            process.end()

    def start(self) -> list[CellRun]:
        """Run the cells top to bottom, unless a worker that did is alive."""
        while self._process is None:
            self._check_budget()
            if self._restarts > self.limits.restarts:
                limit = self.limits.sentence("restarts")
                said = tr("the submission ended {count} workers ({limit})")
                raise Crashed(said.format(count=self._restarts, limit=limit))
            self._restarts += 1
            self._process = self._server.spawn(self._extras)
            self._frames = frames.FrameReader(self._process.connection)
            self.runs, self._cells_spent = [], 0.0
            for cell in self._cells:
                if not self._run(cell):
                    break
        return self.runs

    def _run(self, cell: Cell) -> bool:
        """Run one cell; False when the worker is gone."""
        if cell.number in self._fatal:
            self.runs.append(CellRun(cell, None, self._fatal[cell.number]))
            return True
        request = messages.RunCell(cell.source, self._show)
        before = self.spent
        left = self.limits.seconds_for_cells - self._cells_spent
        limit = "seconds_per_cell" if self.limits.seconds_per_cell <= left else "seconds_for_cells"
        try:
            [output] = self._exchange(request, 1, limit, min(self.limits.seconds_per_cell, left))
            self._cells_spent += self.spent - before
            if not isinstance(output, CellOutput):
                raise Misbehaved("the worker answered a cell with something else")
            output = self._bounded(output)
        except StudentCodeError as failure:
            self._fatal[cell.number] = failure
            if isinstance(failure, TimedOut) and limit == "seconds_for_cells":
                self._leave_out_after(cell)
            self.close()
            return False
        self.runs.append(CellRun(cell, output))
        return True

    def _leave_out_after(self, cell: Cell) -> None:
        """Run no cell below one with which the time for all cells ended."""
        limit = self.limits.sentence("seconds_for_cells")
        why = tr("the cells above it took too long ({limit})").format(limit=limit)
        below = self._cells[self._cells.index(cell) + 1 :]
        self._fatal |= {later.number: TimedOut(why) for later in below}

    def _bounded(self, output: CellOutput) -> CellOutput:
        """A worker's report on a cell, cut to the lengths that are kept."""
        kept = self.limits.output
        return msgspec.structs.replace(
            output,
            text=output.text[:kept],
            dropped=output.dropped + len(output.text[kept:]),
            value=None if output.value is None else output.value[:kept],
            raised=self._explained(output.raised),
        )

    def lookup(self, names: list[str]) -> dict[str, str | None]:
        """The signature of each name in the notebook; None where nothing callable has that name."""
        [found] = self._request(messages.Lookup(names), 1)
        if not isinstance(found, Found) or len(found.signatures) != len(names):
            raise Misbehaved("the worker answered a lookup with something else")
        return dict(zip(names, found.signatures, strict=True))

    def watched(self) -> list[str]:
        """The attempts of student code that the present worker saw; nothing when it ended."""
        if self._process is None:
            return []
        try:
            [seen] = self._request(messages.Watched(), 1)
        except StudentCodeError:
            return []
        return seen.attempts if isinstance(seen, messages.Seen) else []

    def guard_raises(self) -> bool:
        """Whether, as the worker says, forbidden built-ins still raise; True where nothing was called."""
        if self._process is None:
            return True
        try:
            [said] = self._request(messages.AskGuard(), 1)
        except StudentCodeError:
            return False
        return isinstance(said, messages.Guarded) and said.raises

    def calls(self, calls: Sequence[Call]) -> Iterator[tuple[int, Answer]]:
        """Make calls in one trip; yields each answer, with its number, as it comes.

        Raises StudentCodeError at the first call that has none; later calls are then not made.
        """
        if not calls:
            return
        functions = {call.function for call in calls} & self._forbidden.keys()
        forbidden = {name: self._forbidden[name] for name in functions}
        answers = self._request(messages.Calls(list(calls), forbidden), len(calls))
        for call, answer in zip(calls, answers, strict=True):
            if not isinstance(answer, Answer):
                raise self._misbehaved("the worker answered a call with something else")
            self._called = call.function
            self._note(answer)
            if answer.printed:
                self.printing.add(call.function)
            if answer.raised is not None or answer.gradient_error is not None:
                answer = msgspec.structs.replace(
                    answer,
                    raised=self._explained(answer.raised),
                    gradient_error=self._explained(answer.gradient_error),
                )
            yield self._number - len(calls), answer

    def pull_back(self, call: int, cotangents: list[Cotangent]) -> Gradients:
        """The vector-Jacobian product of the result of an earlier single call."""
        [gradients] = self._request(messages.PullBack(call, cotangents), 1)
        if not isinstance(gradients, Gradients):
            raise self._misbehaved("the worker answered a gradient with something else")
        self._note(gradients)
        return msgspec.structs.replace(gradients, raised=self._explained(gradients.raised))

    def _explained(self, raised: Raised | None) -> Raised | None:
        """An exception with the limit that it comes from, if it is one."""
        limit = raised and self.limits.hit_by(raised.kind, raised.message)
        if raised is None or limit is None:
            return raised
        said = tr("{message} ({limit})").format(message=raised.message, limit=limit)
        return msgspec.structs.replace(raised, message=said.lstrip())

    def _note(self, answer: Answer | Gradients) -> None:
        if answer.forbidden is not None:
            self.hits.setdefault(self._called, answer.forbidden)

    def _misbehaved(self, reason: str) -> Misbehaved:
        self.close()
        return Misbehaved(reason)

    def _request(self, body: Any, replies: int) -> Iterator[Any]:
        self.start()
        try:
            seconds = self.limits.seconds_per_call
            yield from self._exchange(body, replies, "seconds_per_call", seconds)
        except StudentCodeError:
            self.close()
            raise

    def _exchange(self, body: Any, replies: int, limit: str, seconds: float) -> Iterator[Any]:
        """Send a request and yield the bodies of its replies, each within so many seconds.

        limit: the name of the limit that they come from.
        """
        assert self._process is not None and self._frames is not None
        first, room = self._number, messages.MAX_REPLIES
        self._number += replies
        connection, reader = self._process.connection, self._frames
        started = time.monotonic()
        try:
            payload = messages.encode(messages.Request(first, body))
            frames.send_frame(connection, payload, self._deadline(started, seconds))
            for number in range(first, first + replies):
                deadline = self._deadline(started, seconds)
                frame = reader.receive(deadline, patient=number > first)
                reply = messages.decode_reply(frame)
                tensors = len(reply.body.tensors) if isinstance(reply.body, Answer) else 0
                room -= len(frame) + tensors * messages.TENSOR_BYTES
                if room < 0:
                    raise frames.WireError("its answers are too many or too large")
                if reply.number != number:
                    raise frames.WireError("the worker sent an answer that was not asked for")
                self.spent += time.monotonic() - started
                yield reply.body
                started = time.monotonic()
        except frames.WireTimeout:
            self.spent += time.monotonic() - started
            self._check_budget()
            sentence = self.limits.sentence(limit)
            said = tr("no answer within {seconds:g} seconds ({limit})")
            raise TimedOut(said.format(seconds=seconds, limit=sentence)) from None
        except frames.WorkerGone:
            self.spent += time.monotonic() - started
            raise Crashed(self._how_it_ended()) from None
        except frames.WireError as error:
            raise Misbehaved(str(error)) from None

    def _deadline(self, started: float, seconds: float) -> float:
        left = self.limits.seconds_per_submission - self.spent
        return started + min(seconds, left)

    def _check_budget(self) -> None:
        limit = self.limits.seconds_per_submission
        if self.spent >= limit:
            self.close()
            sentence = self.limits.sentence("seconds_per_submission")
            said = tr("the submission used up its {seconds:g} seconds ({limit})")
            raise TimedOut(said.format(seconds=limit, limit=sentence))

    def _how_it_ended(self) -> str:
        assert self._process is not None
        process, self._process = self._process, None
        code = process.end()
        name = _SIGNALS.get(-code, f"signal {-code}") if code is not None and code < 0 else None
        if code is None or name == "SIGKILL":
            return tr("its process was killed")
        if name is not None:
            if name != "SIGXCPU":
                return tr("its process was ended by {signal}").format(signal=name)
            limit = self.limits.sentence("seconds_per_submission")
            return tr("its process was ended by {signal} ({limit})").format(
                signal=name, limit=limit
            )
        return tr("its process ended with exit code {code}").format(code=code)


def self_test(server: ForkServer) -> None:
    """Let a worker do a student's work once; raises SandboxError where it cannot.

    A layer that broke the worker itself would otherwise be taken for the fault of every student.
    """
    call = Call("proof", [], [], [])
    try:
        with Session(server, [Cell(1, "import torch\ndef proof(): return 1")]) as session:
            [(_, answer)] = session.calls([call])
    except StudentCodeError as error:
        raise SandboxError(f"the sandbox failed its self-test: {error}") from error
    if answer.raised is not None or answer.value != 1:
        raise SandboxError(f"the sandbox failed its self-test: {answer.raised}")
