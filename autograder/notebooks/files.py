"""A student's folders and files, read as data: no link followed, no size believed, nothing run."""

import base64
import errno
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.language import of_notebook, speaking
from autograder.notes import Note, note, note_on
from autograder.sandbox.limits import Limits

KINDS = ("code", "markdown", "raw")
"""The types of cells in notebook format 4."""
METADATA = "autograder"
"""The key in a notebook's metadata: `{"language": "zh"}` is the language of the reports on it."""
MAX_CELLS = 2_000
"""Cells that are read of a notebook; the longest of this course's has twenty."""
MAX_TEXT = 500_000
"""Characters in all cells: parsing half a megabyte of code takes up to six seconds."""
MAX_VALUES = 2_000_000
"""Values in a notebook's JSON, its stored outputs included: about 200 MB of Python objects."""
MAX_DIGITS = 300
"""A whole number with more digits is read as infinite; no float is as great."""
MAX_CLAIM = 200
"""Characters of a text in a cell's nbgrader metadata; its checksum, the longest, has 32."""

MAX_ATTACHMENTS = 20
"""Pictures that are kept of one text cell."""
PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
"""Attachments that are kept, with the first bytes of each: an SVG can hold scripts and links."""

_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
"""Windows has none of these flags: there a link is looked for first."""
_READING = os.O_RDONLY | _NO_LINK
for _flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _READING |= getattr(os, _flag, 0)

Scalar = str | int | float | bool | None


class UnreadableSubmission(Exception):
    """Raised when a file cannot be graded; the text names the file, `why` only says why.

    Args:
        path: the file.
        id: of the sentence that says why, among the notes.
        values: of its template.
    """

    def __init__(self, path: Path, id: str, **values: Any) -> None:
        self.why = note(id, **values)
        super().__init__(path, self.why)

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.why}"


@dataclass(frozen=True)
class SubmittedCell:
    """A cell as handed in: its place in the file (from 1), its type and text.

    kind: "code", "markdown", "raw", or "unknown".
    claims: the plain values in its nbgrader metadata, empty where that is no object; None for none.
    attachments: pictures that were pasted into its text: name -> type -> base64.
    """

    number: int
    kind: str
    source: str
    claims: dict[str, Scalar] | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def grade_id(self) -> str:
        """The grade_id that it claims; "" for none."""
        grade_id = (self.claims or {}).get("grade_id")
        return grade_id if isinstance(grade_id, str) else ""


def files_below(folder: Path, problems: list[Note]) -> list[Path]:
    """Every file below a folder, sorted, without Jupyter's checkpoints and macOS's doubles of files.

    Links are not entered.

    A folder that is called like a notebook is not entered either, but listed. One that cannot be
    listed becomes a note in `problems`.
    """
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        present = waiting.pop()
        try:
            with os.scandir(present) as entries:
                for entry in entries:
                    if entry.name.startswith("._") or entry.name == "__MACOSX":
                        continue
                    if not entry.is_dir(follow_symlinks=False) or is_notebook(entry.name):
                        found.append(present / entry.name)
                    elif entry.name != ".ipynb_checkpoints":
                        waiting.append(present / entry.name)
        except OSError as error:
            problems.append(note_on(present, "unlisted", reason=error.strerror))
    return sorted(found)


def is_notebook(name: str) -> bool:
    """Return whether a file has the name of a notebook."""
    return name.lower().endswith(".ipynb")


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, not through a link. Raises UnreadableSubmission."""
    try:
        if not _NO_LINK and path.is_symlink():
            raise UnreadableSubmission(path, "link")
        descriptor = os.open(path, _READING)
    except ValueError:
        raise UnreadableSubmission(path, "bad_name") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableSubmission(path, "link") from None
        raise UnreadableSubmission(path, "unreadable", reason=error.strerror) from None
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSubmission(path, "folder")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSubmission(path, "no_file")
        if status.st_size > limit:
            raise UnreadableSubmission(path, "too_large", size=status.st_size, limit=limit)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)


def read_cells(path: Path, limits: Limits, problems: list[Note]) -> list[SubmittedCell]:
    """The cells of a notebook, numbered as in the file; a damaged one becomes a problem.

    Raises UnreadableSubmission.
    """
    return read_notebook(path, limits, problems)[0]


def read_notebook(
    path: Path, limits: Limits, problems: list[Note]
) -> tuple[list[SubmittedCell], str]:
    """The cells of a notebook as `read_cells` has them, and the language that it says it is in ("": none).

    Raises UnreadableSubmission.
    """
    notebook = _parse(path, read_file(path, limits.notebook_bytes))
    language = language_of(notebook.get("metadata"))
    cells = []
    room = MAX_TEXT
    for number, raw in enumerate(_raw_cells(path, notebook), start=1):
        with speaking(of_notebook(language)):
            cell = _cell(number, raw, limits, problems)
        if cell is None:
            continue
        room -= len(cell.source)
        if room < 0:
            raise UnreadableSubmission(path, "too_much_text", limit=MAX_TEXT)
        cells.append(cell)
    return cells, language


def language_of(metadata: Any) -> str:
    """The language in a notebook's metadata, as the release writes it; "" where there is none."""
    ours = metadata.get(METADATA) if isinstance(metadata, dict) else None
    said = ours.get("language") if isinstance(ours, dict) else None
    return said if isinstance(said, str) else ""


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    """A notebook, unchecked.

    Not with nbformat's reader: that one gives up on a notebook for one damaged cell.
    """
    if not data.strip():
        raise UnreadableSubmission(path, "empty")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise UnreadableSubmission(path, "too_many_values", limit=MAX_VALUES)
    try:
        notebook = json.loads(data.decode("utf-8-sig"), parse_int=_whole_number)
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(path, "not_utf8", place=error.start) from None
    except RecursionError:
        raise UnreadableSubmission(path, "too_deep") from None
    except ValueError as error:
        raise UnreadableSubmission(path, "not_json", reason=error) from None
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise UnreadableSubmission(path, "no_notebook")
    return notebook


def _raw_cells(path: Path, notebook: dict[str, Any]) -> list[Any]:
    """The cells of a notebook in format 4 or 3, unchecked."""
    if notebook["nbformat"] == 4:
        cells = notebook.get("cells")
    elif notebook["nbformat"] == 3:
        cells = _format_3_cells(notebook.get("worksheets"))
    else:
        raise UnreadableSubmission(path, "other_format")
    if not isinstance(cells, list):
        raise UnreadableSubmission(path, "no_cells")
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(path, "too_many_cells", count=len(cells), limit=MAX_CELLS)
    return cells


def _whole_number(digits: str) -> int | float:
    """Python refuses to read an int of thousands of digits, wherever in the file it stands."""
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)


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


def _cell(number: int, raw: Any, limits: Limits, problems: list[Note]) -> SubmittedCell | None:
    """A cell of a file, None where it has no text that can be used."""
    source = raw.get("source") if isinstance(raw, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        problems.append(note("cell_damaged", cell=number))
        return None
    if len(source) > limits.cell_characters:
        problems.append(
            note("cell_too_long", cell=number, size=len(source), limit=limits.cell_characters)
        )
        return None
    source = source.replace("\r\n", "\n").replace("\r", "\n")  # an editor of another system
    clean = source.encode("utf-8", "replace").decode().replace("\0", "?")
    if clean != source:
        problems.append(note("cell_characters", cell=number))
    kind = raw.get("cell_type")
    known = isinstance(kind, str) and kind in KINDS
    attachments = _attachments(raw.get("attachments"))
    claims = _claims(raw.get("metadata"))
    return SubmittedCell(number, kind if known else "unknown", clean, claims, attachments)


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    """The pictures that were pasted into a cell; other attachments are left out."""
    found: dict[str, dict[str, str]] = {}
    for name, types in value.items() if isinstance(value, dict) else ():
        for kind, data in types.items() if isinstance(types, dict) else ():
            if isinstance(data, list) and all(isinstance(line, str) for line in data):
                data = "".join(data)
            if isinstance(data, str) and len(name) <= MAX_CLAIM and _is_picture(kind, data):
                found[name] = {kind: "".join(data.split())}
                break
        if len(found) == MAX_ATTACHMENTS:
            break
    return found


def _is_picture(kind: str, data: str) -> bool:
    try:
        begin = base64.b64decode("".join(data.split()), validate=True)[:10]
    except ValueError:
        return False
    return kind in PICTURES and begin.startswith(PICTURES[kind])


def _claims(metadata: Any) -> dict[str, Scalar] | None:
    """The nbgrader metadata of a cell, without nested or long values, which nothing needs."""
    if not isinstance(metadata, dict) or "nbgrader" not in metadata:
        return None
    claims = metadata["nbgrader"]
    if not isinstance(claims, dict):
        return {}
    return {
        key: value
        for key, value in claims.items()
        if isinstance(value, Scalar) and len(f"{key}{value}") <= MAX_CLAIM
    }
