"""A student's folders and files, read as data: no link followed, no size believed, nothing run."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.limits import Limits

KINDS = ("code", "markdown", "raw")
"""The types of cells in notebook format 4."""


class UnreadableSubmission(Exception):
    """Raised when a file cannot be graded; the text names the file, `reason` only says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.reason}"


@dataclass(frozen=True)
class SubmittedCell:
    """A cell as handed in: its place in the file (from 1), its type and text.

    kind: "code", "markdown", "raw", or "unknown".
    claims: its nbgrader metadata, which may be anything; None where there is none.
    """

    number: int
    kind: str
    source: str
    claims: Any = None

    @property
    def grade_id(self) -> str:
        """The grade_id that it claims; "" for none."""
        grade_id = self.claims.get("grade_id") if isinstance(self.claims, dict) else None
        return grade_id if isinstance(grade_id, str) else ""


def files_below(folder: Path, problems: list[str]) -> list[Path]:
    """Everything below a folder but folders and Jupyter's checkpoints, sorted; links not entered.

    A folder that cannot be listed becomes a sentence in `problems`.
    """
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        present = waiting.pop()
        try:
            with os.scandir(present) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        found.append(present / entry.name)
                    elif entry.name != ".ipynb_checkpoints":
                        waiting.append(present / entry.name)
        except OSError as error:
            problems.append(f"{present}: cannot be listed ({error.strerror})")
    return sorted(found)


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, not through a link. Raises UnreadableSubmission."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise UnreadableSubmission(path, "is a link; links are not followed") from None
        raise UnreadableSubmission(path, f"cannot be read ({error.strerror})") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(path, "is not a regular file")
        if status.st_size > limit:
            raise UnreadableSubmission(path, f"has {status.st_size:,} bytes (limit {limit:,})")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)


def read_cells(path: Path, limits: Limits, problems: list[str]) -> list[SubmittedCell]:
    """The cells of a notebook, numbered as in the file; a damaged one becomes a problem.

    Raises UnreadableSubmission.
    """
    cells = []
    for number, raw in enumerate(_parse(path, read_file(path, limits.notebook_bytes)), start=1):
        cell = _cell(number, raw, limits, problems)
        if cell is not None:
            cells.append(cell)
    return cells


def _parse(path: Path, data: bytes) -> list[Any]:
    """The cells of a notebook in format 4 or 3, unchecked.

    Not with nbformat's reader: that one gives up on a notebook for one damaged cell.
    """
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(path, f"is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise UnreadableSubmission(path, "is JSON nested too deeply") from None
    except ValueError as error:
        raise UnreadableSubmission(path, f"is not JSON ({error})") from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise UnreadableSubmission(path, "is JSON, but not a notebook")
    if notebook["nbformat"] == 4:
        cells = notebook.get("cells")
    elif notebook["nbformat"] == 3:
        cells = _format_3_cells(notebook.get("worksheets"))
    else:
        raise UnreadableSubmission(path, "is in a notebook format other than 3 and 4")
    if not isinstance(cells, list):
        raise UnreadableSubmission(path, "has no list of cells")
    return cells


def _format_3_cells(worksheets: Any) -> list[Any] | None:
    """The cells of format 3, where the text of a code cell is called its input."""
    if not isinstance(worksheets, list):
        return None
    found: list[Any] = []
    for sheet in worksheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        found += cells if isinstance(cells, list) else []
    return [
        {"source": cell.get("input"), **cell} if isinstance(cell, dict) else cell for cell in found
    ]


def _cell(number: int, raw: Any, limits: Limits, problems: list[str]) -> SubmittedCell | None:
    """A cell of a file, None where it has no text that can be used."""
    source = raw.get("source") if isinstance(raw, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        problems.append(f"cell {number} is damaged and was left out")
        return None
    if len(source) > limits.cell_characters:
        problems.append(
            f"cell {number} has {len(source):,} characters (limit {limits.cell_characters:,}) "
            "and was left out"
        )
        return None
    clean = source.encode("utf-8", "replace").decode().replace("\0", "?")
    if clean != source:
        problems.append(f"cell {number} held characters that no text may hold; they are now ?")
    metadata = raw.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kind = raw.get("cell_type")
    return SubmittedCell(number, kind if kind in KINDS else "unknown", clean, claims)
