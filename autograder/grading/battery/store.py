"""Recorded cases on disk, so that no case is recorded twice.

One file an exercise, named by a digest of everything that its cases depend on. A file that is damaged,
foreign or forged is recorded anew.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import platformdirs

from autograder.grading.battery.cases import Battery
from autograder.grading.battery.telling import FILE as TELLING
from autograder.grading.dependencies import code_of, versions
from autograder.grading.sealed import SealedFiles
from autograder.notebooks.exercises import Exercise

FORMAT = 2
"""Raised by one whenever the structures of a battery or of the wire change."""
SUFFIX = ".cases"
MAX_FILE = 64 * 2**20
"""Bytes of a file that is read; the largest exercise of the course has three million."""
MAX_BYTES = 500_000_000
"""Bytes of all files; above it the oldest are removed. Seven exercises take ten million."""


def folder() -> Path:
    """Where the files are, outside of every path that a worker can read."""
    return platformdirs.user_cache_path("autograder", appauthor=False) / "recorded"


def digest_of(exercise: Exercise, reference: str, secret: str) -> str:
    """A digest of everything that an exercise's recorded cases depend on.

    Args:
        exercise: with its checks and its telling cases.
        reference: the source of the reference solution, with all that it relies on.
        secret: the text that its seed is derived from.
    """
    parts = (FORMAT, versions(), exercise.name, secret, reference)
    digest = hashlib.sha256(repr(parts).encode())
    digest.update(code_of("checking", "sandbox", "grading/battery"))
    for path in (
        *exercise.check_files(),
        exercise.path(TELLING),
        exercise.path("misconceptions.py"),
        exercise.path("adapter.py"),
    ):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _files(secret: str = "") -> SealedFiles:
    return SealedFiles(folder(), SUFFIX, secret.encode(), MAX_FILE)


def load(digest: str, secret: str) -> list[Battery] | None:
    """The batteries of that digest; None where no file can be trusted."""
    content = _files(secret).load(digest)
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=list[Battery])
    except (msgspec.MsgspecError, RecursionError):
        return None


def encode(batteries: Sequence[Battery]) -> bytes:
    """The content of a file."""
    return msgspec.msgpack.encode(list(batteries))


def save(digest: str, secret: str, batteries: Sequence[Battery]) -> None:
    """Write the batteries; where that is impossible they are recorded again next time."""
    put(digest, secret, encode(batteries))


def put(digest: str, secret: str, content: bytes) -> None:
    """Write a file that another grader's store had, as `save` does."""
    files = _files(secret)
    with suppress(OSError):
        files.save(digest, content)
        files.forget_oldest(MAX_BYTES)


def size() -> tuple[int, int]:
    """How many files there are, and their bytes."""
    sizes = [path.stat().st_size for path in _files().paths()]
    return len(sizes), sum(sizes)


def clear() -> int:
    """Remove every file; returns how many there were."""
    return _files().remove()
