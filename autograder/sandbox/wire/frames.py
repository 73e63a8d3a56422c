"""Frames on a worker's socket: a length, then as many bytes; under a size limit and a deadline."""

import socket
import struct
import time

MAX_REQUEST, MAX_REPLY = 64 * 2**20, 16 * 2**20
"""Bytes in one frame: a request may hold a check's whole battery, a reply holds one answer."""
PATIENCE_SECONDS = 0.0005
_HEADER = struct.Struct(">I")


class WireError(Exception):
    """Raised when a worker's message is not well-formed; the text says what is wrong."""


class WorkerGone(WireError):
    """Raised when the other end closed the connection."""


class WireTimeout(WireError):
    """Raised when a complete message did not arrive before its deadline."""


def send_frame(connection: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame; with a deadline (in time.monotonic() seconds) raise WireTimeout after it."""
    frame = memoryview(_HEADER.pack(len(payload)) + payload)
    while frame:
        _wait_until(connection, deadline)
        try:
            frame = frame[connection.send(frame) :]
        except TimeoutError:
            continue
        except OSError:
            raise WorkerGone("the worker's process ended") from None


class FrameReader:
    """Reads a connection's frames, each of at most `limit` bytes, and keeps what comes early."""

    def __init__(self, connection: socket.socket, limit: int = MAX_REPLY) -> None:
        self._connection = connection
        self._limit = limit
        self._early = bytearray()

    def receive(self, deadline: float | None = None, *, patient: bool = False) -> bytes:
        """The next frame, under a total deadline (in time.monotonic() seconds).

        A patient reader lets some frames come together: to be woken for each takes longer than
        most answers do.
        """
        size = _HEADER.size
        while len(self._early) < size:
            self._read(deadline, patient=patient)
        size += _HEADER.unpack_from(self._early)[0]
        if size - _HEADER.size > self._limit:
            announced = f"a message of {size - _HEADER.size:,} bytes (limit {self._limit:,})"
            raise WireError(f"the worker announced {announced}")
        while len(self._early) < size:
            self._read(deadline, patient=patient)
        frame = bytes(self._early[_HEADER.size : size])
        del self._early[:size]
        return frame

    def _read(self, deadline: float | None, *, patient: bool) -> None:
        if patient:
            time.sleep(PATIENCE_SECONDS)
        _wait_until(self._connection, deadline)
        try:
            chunk = self._connection.recv(2**20)
        except TimeoutError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            raise WorkerGone("the worker's process ended")
        self._early += chunk


def _wait_until(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        if connection.gettimeout() is not None:  # each setting is a system call
            connection.settimeout(None)
        return
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise WireTimeout("no complete answer in time")
    connection.settimeout(remaining)
