"""Files that a grader writes for a later one, and that nobody else can forge.

Graders that race write equal bytes, aside and then renamed, so no lock is needed. A file carries a keyed
digest, and its size is bounded before it is read, because a weakly isolated worker could write it.
"""

import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SEAL = hashlib.sha256().digest_size


@dataclass(frozen=True)
class SealedFiles:
    """The files of one kind in a folder.

    key: known to graders alone.
    max_file: bytes of a file that is read.
    """

    folder: Path
    suffix: str
    key: bytes
    max_file: int

    def load(self, name: str) -> bytes | None:
        """The content of a file; None where there is no file, or one that can't be trusted."""
        try:
            with self._path(name).open("rb") as file:
                data = file.read(self.max_file + 1)
        except OSError:
            return None
        seal, content = data[:_SEAL], data[_SEAL:]
        if len(data) > self.max_file or not hmac.compare_digest(seal, self._seal(name, content)):
            return None
        return content

    def save(self, name: str, content: bytes) -> None:
        """Write a file that only the owner reads. Raises OSError."""
        make_private(self.folder)
        path = self._path(name)
        aside = self.folder / f".{path.name}.{os.getpid()}"
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._seal(name, content) + content)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{self.suffix}"

    def _seal(self, name: str, content: bytes) -> bytes:
        """A keyed digest: without the key nobody can make it, so no student's process can."""
        return hmac.digest(self.key, name.encode() + content, "sha256")

    def paths(self, prefix: str = "") -> Iterator[Path]:
        """The files whose names begin so."""
        return self.folder.glob(f"{prefix}*{self.suffix}")

    def remove(self, prefix: str = "") -> int:
        """Remove the files whose names begin so; returns how many there were."""
        files = list(self.paths(prefix))
        for path in files:
            path.unlink(missing_ok=True)
        return len(files)

    def forget_oldest(self, most: int) -> None:
        """Remove the oldest files until the others have that many bytes at most. Raises OSError."""
        found = [(path.stat(), path) for path in self.paths()]
        total = 0
        for status, path in sorted(found, key=lambda file: file[0].st_mtime, reverse=True):
            total += status.st_size
            if total > most:
                path.unlink(missing_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder that only the owner enters. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
