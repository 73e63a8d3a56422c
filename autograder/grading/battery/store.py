"""Recorded cases on disk: what was recorded once isn't recorded again.

One file an exercise, named by a digest of everything that its cases depend on. Graders that race write
equal bytes, aside and then renamed, so none needs a lock. What is read was written by somebody who
knows the course's secret: a file carries a keyed digest, is bounded before it is decoded, and one
that is damaged, foreign or made up is recorded anew.
"""

import hashlib
import hmac
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import hypothesis
import msgspec
import numpy as np
import platformdirs
import torch

from autograder import __version__
from autograder.grading.battery.cases import Battery
from autograder.grading.battery.telling import FILE as TELLING
from autograder.notebooks.exercises import Exercise
from autograder.paths import PACKAGE

FORMAT = 2
"""Raised by one whenever the structures of a battery or of the wire change."""
SUFFIX = ".cases"
MAX_FILE = 64 * 2**20
"""Bytes of a file that is read; the largest exercise of the course has three million."""
MAX_BYTES = 500_000_000
"""Of all files; the oldest are removed above: the seven exercises of the sample take ten million."""
_SEAL = hashlib.sha256().digest_size


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
    versions = (
        FORMAT, __version__, torch.__version__, np.__version__, hypothesis.__version__,
        platform.python_version(), platform.machine(), torch.backends.cpu.get_cpu_capability(),
    )  # fmt: skip
    digest = hashlib.sha256(repr((versions, exercise.name, secret, reference)).encode())
    digest.update(_engine())
    for path in (
        *exercise.check_files(),
        exercise.path(TELLING),
        exercise.path("misconceptions.py"),
        exercise.path("adapter.py"),
    ):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


@cache
def _engine() -> bytes:
    """A digest of the engine's own code that decides what is drawn and recorded: versions change seldom."""
    digest = hashlib.sha256()
    for folder in (PACKAGE / "checking", PACKAGE / "sandbox", PACKAGE / "grading" / "battery"):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()


def load(digest: str, secret: str) -> list[Battery] | None:
    """The batteries of that digest; None where there are none that can be trusted."""
    path = folder() / f"{digest}{SUFFIX}"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError:
        return None
    seal, content = data[:_SEAL], data[_SEAL:]
    if len(data) > MAX_FILE or not hmac.compare_digest(seal, _seal(digest, secret, content)):
        return None
    try:
        return msgspec.msgpack.decode(content, type=list[Battery])
    except (msgspec.MsgspecError, RecursionError):
        return None


def save(digest: str, secret: str, batteries: Sequence[Battery]) -> None:
    """Write the batteries; where that is impossible they are recorded again next time."""
    content = msgspec.msgpack.encode(list(batteries))
    place = folder()
    aside = place / f".{digest}.{os.getpid()}"
    with suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_seal(digest, secret, content) + content)
            aside.replace(place / f"{digest}{SUFFIX}")
        finally:
            aside.unlink(missing_ok=True)
        _forget_oldest(place)


def _seal(digest: str, secret: str, content: bytes) -> bytes:
    """A keyed digest: without the secret nobody can make it, so no student's process can."""
    return hmac.digest(secret.encode(), digest.encode() + content, "sha256")


def _forget_oldest(place: Path) -> None:
    found = [(path.stat(), path) for path in place.glob(f"*{SUFFIX}")]
    total = 0
    for status, path in sorted(found, key=lambda file: file[0].st_mtime, reverse=True):
        total += status.st_size
        if total > MAX_BYTES:
            path.unlink(missing_ok=True)


def size() -> tuple[int, int]:
    """How many files there are, and their bytes."""
    sizes = [path.stat().st_size for path in folder().glob(f"*{SUFFIX}")]
    return len(sizes), sum(sizes)


def clear() -> int:
    """Remove every file; returns how many there were."""
    files = list(folder().glob(f"*{SUFFIX}"))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
