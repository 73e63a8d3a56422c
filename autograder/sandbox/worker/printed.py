"""What student code prints: kept for the notebook's outputs, and counted for the advice not to."""

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
        """How many characters were printed since the last `take`; warnings are none of them."""
        return self._total - self._warned

    def writable(self) -> bool:
        """True: a standard output is."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for; everything counts as written."""
        room = self._limit - self._kept.tell()
        if room > 0:
            self._kept.write(text[:room])
        self._total += len(text)
        return len(text)

    def take(self) -> tuple[str, int]:
        """What was kept and how many characters were dropped, since the last time."""
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
        """In place of `warnings.showwarning`: a warning is shown, and is no printing of the student's."""
        text = warnings.formatwarning(message, category, filename, lineno, line)
        stream = sys.stderr if file is None else file
        if stream is None:
            return
        stream.write(text)
        if stream is self:
            self._warned += len(text)

    @contextlib.contextmanager
    def instead(self) -> Iterator[None]:
        """Within it, this is where everything is printed that goes to the standard outputs."""
        shows = warnings.showwarning
        with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
            warnings.showwarning = self.show_warning
            try:
                yield
            finally:
                warnings.showwarning = shows
