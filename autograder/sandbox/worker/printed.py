"""The output of student code: kept for the notebook's outputs, counted for the advice against printing."""

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from typing import TextIO


class Printed(io.TextIOBase):
    """A standard output that keeps the first characters of a cell and counts the rest.

    Args:
        limit: how many characters are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._kept, self._total, self._warned = limit, io.StringIO(), 0, 0

    @property
    def count(self) -> int:
        """How many characters were printed since the last `take`, without those of warnings."""
        return self._total - self._warned

    def writable(self) -> bool:
        """True: a standard output is writable."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for; everything counts as written."""
        room = self._limit - self._kept.tell()
        if room > 0:
            self._kept.write(text[:room])
        self._total += len(text)
        return len(text)

    def take(self) -> tuple[str, int]:
        """The kept text and the number of dropped characters, since the last time."""
        text, total = self._kept.getvalue(), self._total
        self._kept, self._total, self._warned = io.StringIO(), 0, 0
        return text.encode("utf-8", "replace").decode(), max(0, total - len(text))

    def show_warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """Takes the place of `warnings.showwarning`: shows a warning, and doesn't count it as printed."""
        text = warnings.formatwarning(message, category, filename, lineno, line)
        stream = sys.stderr if file is None else file
        if stream is None:
            return
        stream.write(text)
        if stream is self:
            self._warned += len(text)

    @contextlib.contextmanager
    def instead(self) -> Iterator[None]:
        """Within it, this takes the place of the standard outputs."""
        shows = warnings.showwarning
        with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
            warnings.showwarning = self.show_warning
            try:
                yield
            finally:
                warnings.showwarning = shows
