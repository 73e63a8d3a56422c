"""Frames on a worker's socket: a length, then as many bytes; under a size limit and a deadline."""

import socket
import struct
import time

MAX_REQUEST, MAX_REPLY = 64 * 2**20, 16 * 2**20
"""Bytes in one frame: a request may hold a check's whole battery, a reply holds one answer."""
_HEADER = struct.Struct(">I")


class WireError(Exception):
    """Raised when what a worker sent is not a well-formed message; the text says what was wrong."""


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


def receive_frame(
    connection: socket.socket, deadline: float | None = None, limit: int = MAX_REPLY
) -> bytes:
    """Receive one frame of at most `limit` bytes under a total deadline."""
    (size,) = _HEADER.unpack(_receive_exactly(connection, _HEADER.size, deadline))
    if size > limit:
        raise WireError(f"the worker announced a message of {size:,} bytes (limit {limit:,})")
    return _receive_exactly(connection, size, deadline)


def _receive_exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < size:
        _wait_until(connection, deadline)
        try:
            chunk = connection.recv(min(size - len(received), 2**20))
        except TimeoutError:
            continue
        except OSError:
            chunk = b""
        if not chunk:
            raise WorkerGone("the worker's process ended")
        received += chunk
    return bytes(received)


def _wait_until(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise WireTimeout("no complete answer in time")
    connection.settimeout(remaining)
