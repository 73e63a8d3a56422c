"""Inside a worker: runs the notebook's cells in an IPython shell, then answers calls."""

import io
import os
import socket
import sys
import warnings
from typing import Any

from IPython.core.interactiveshell import ExecutionResult

from autograder.sandbox.isolation import READY, Closing
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire.frames import MAX_REQUEST, FrameReader, send_frame
from autograder.sandbox.wire.messages import (
    MAX_MISSING,
    MAX_PICTURE_BYTES,
    MAX_PICTURES,
    Answer,
    AskGuard,
    Call,
    Calls,
    CellOutput,
    Guarded,
    Lookup,
    PullBack,
    Reply,
    RunCell,
    Seen,
    Watched,
    decode_request,
    encode,
)
from autograder.sandbox.worker import on_demand
from autograder.sandbox.worker.attempts import Watch
from autograder.sandbox.worker.entropy import replace_system_entropy
from autograder.sandbox.worker.executor import Executor, raised_by, seed_everything, unreadable
from autograder.sandbox.worker.printed import Printed
from autograder.sandbox.worker.shell import Shell

TOO_DEEP = "Python's parser gives up: nested too deeply, or no memory is left"
"""CPython 3.11 raises MemoryError for `x = ----...1`, whatever memory there is."""


CELLS_SEED = 0
"""The seed of the cells' randomness; a call has a seed of its own."""


class Worker:
    """Serves one connection until it closes."""

    def __init__(self, connection: socket.socket, shell: Shell, limits: Limits, lockdown: Closing):
        self._connection = connection
        self._frames = FrameReader(connection, MAX_REQUEST)
        self._shell = shell
        self._publisher = shell.display_pub
        self._lockdown = lockdown
        self._output_limit = limits.output
        self._printed = Printed(limits.output)
        sys.stdout = sys.stderr = self._printed
        warnings.showwarning = self._printed.show_warning
        self._executor = Executor(shell.user_ns, lambda: self._printed.count, kept=[])
        self._sealed = False
        shell.begin()
        replace_system_entropy()
        seed_everything(CELLS_SEED)
        self._libraries: set[str] = set()
        """The on-demand libraries that the cells named."""
        self._watch = Watch()
        self._watch.start()

    def serve(self) -> None:
        """Answer requests for ever; returns when the grader closes the connection."""
        while True:
            request = decode_request(self._frames.receive())
            body = request.body
            if isinstance(body, RunCell):
                self._reply(request.number, self._run_cell(body))
                continue
            self._seal()
            if isinstance(body, Calls):
                keep = len(body.calls) == 1
                self._executor.forbidden = body.forbidden
                for offset, call in enumerate(body.calls):
                    number = request.number + offset
                    self._reply(number, self._answer(number, call, keep=keep))
            elif isinstance(body, PullBack):
                self._reply(request.number, self._executor.pull_back(body))
            elif isinstance(body, Lookup):
                self._shell.restore_made(body.names)
                self._reply(request.number, self._executor.lookup(body))
            elif isinstance(body, Watched):
                self._reply(request.number, Seen(self._watch.seen()))
            elif isinstance(body, AskGuard):
                self._reply(request.number, Guarded(self._executor.guard_raises()))

    def _reply(self, number: int, body: Any) -> None:
        send_frame(self._connection, encode(Reply(number, body)))

    def _seal(self) -> None:
        if not self._sealed:
            on_demand.load(self._libraries)
            self._lockdown.close_all()
            self._sealed = True

    def _answer(self, number: int, call: Call, *, keep: bool) -> Answer:
        try:
            return self._executor.answer(number, call, keep=keep)
        except (
            BaseException
        ) as error:  # a notebook may have replaced functions that calls are made with
            why = unreadable("no call works after what the notebook did to torch or Python", error)
            return Answer(None, [None] * len(call.tensors), None, True, why)

    def _run_cell(self, request: RunCell) -> CellOutput:
        self._printed.take()
        sys.stdout = sys.stderr = self._printed  # an earlier cell may have left it closed or gone
        self._libraries |= on_demand.named_in(request.source)
        value, pictures, error = None, [], None
        missing: list[str] = []
        try:
            self._publisher.outputs.clear()
            self._shell.passed_over = None
            result = self._shell.run_cell(request.source, store_history=False)
            error = result.error_before_exec or result.error_in_exec or self._shell.passed_over
            if error is result.error_before_exec and isinstance(error, MemoryError):
                error = SyntaxError(TOO_DEEP)
            value = self._text_of(result) if request.show else None
            pictures = self._pictures(keep=request.show)
            missing = self._shell.missing_modules()
            self._shell.keep_made()
        except BaseException as broken:  # a hook, or a picture that can't be drawn
            error = error or broken
        text, dropped = self._printed.take()
        raised = raised_by(error) if error else None
        return CellOutput(text, dropped, value, pictures, raised, missing[:MAX_MISSING])

    def _text_of(self, result: ExecutionResult) -> str | None:
        if result.result is None:
            return None
        try:
            data, _ = self._shell.display_formatter.format(result.result, include=["text/plain"])
            return str(data.get("text/plain", ""))[: self._output_limit]
        except BaseException:  # a student's __repr__ may raise anything
            return "(its text cannot be shown)"

    def _pictures(self, *, keep: bool) -> list[bytes]:
        from matplotlib import pyplot as plt

        pictures = [
            output.data["image/png"]
            for output in self._publisher.outputs
            if isinstance(output.data.get("image/png"), bytes)
        ]
        try:
            for number in plt.get_fignums() if keep else []:
                picture = io.BytesIO()
                plt.figure(number).savefig(picture, format="png", bbox_inches="tight")
                pictures.append(picture.getvalue())
        finally:
            plt.close("all")
        return [p for p in pictures if len(p) <= MAX_PICTURE_BYTES][:MAX_PICTURES] if keep else []


def become_worker(
    connection: socket.socket, shell: Shell, limits: Limits, lockdown: Closing
) -> None:
    """Turn this freshly forked process into a worker; never returns."""
    status = 1
    try:
        lockdown.close_files()
        worker = Worker(connection, shell, limits, lockdown)
        connection.sendall(READY)
        worker.serve()
    except Exception:  # the grader went away, or memory ran out: there is nobody to tell
        status = 3
    finally:
        os._exit(status)
