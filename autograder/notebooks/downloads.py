"""Reads the zip with all submissions to an assignment that Moodle or Canvas makes: whose each file is.

Nothing is unpacked to where an entry says: its name only tells the student and the notebook. Sources:
Moodle, mod/assign/feedback/file/importziplib.php (`fullname_id_assignsubmission_file`, a folder or the
beginning of a file's name); Canvas, lib/content_zipper.rb and app/models/abstract_assignment.rb
(`name_LATE_user_file_name`, or `anon_id_file_name`: the first two numbers are the student's, the file's).
"""

import re
import stat
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from autograder.notebooks.files import is_notebook
from autograder.notes import Note, note
from autograder.text import file_name

System = Literal["moodle", "canvas"]

MAX_ENTRIES = 100_000
"""Files in a download: a thousand students with a hundred files each."""
MAX_STUDENT_BYTES = 100_000_000
"""Of one student's notebooks: nbgrader's own limit on a submission (max_dir_size)."""

_MOODLE = re.compile(
    r"(?P<name>[^_]*)_(?P<id>\d+)_(?P<plugin>assignsubmission_[a-z]+)(?:_(?P<file>.*))?", re.S
)
_CANVAS = re.compile(
    r"(?P<name>.*?)_?(?P<late>LATE_)?(?:(?<![^_])(?P<id>\d+)|anon_(?P<anonymous>\w+?))"
    r"_(?P<number>\d+)_(?P<file>.+)",
    re.S,
)
_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>\d{1,9})| ?\((?P<round>\d{1,9})\))", re.S)
"""A file that was handed in again: `softmax-1`, `softmax (2)`."""

ARCHIVES = (".zip", ".tar", ".gz", ".7z", ".rar")
NO_ZIP = "{path}: is not a zip file that can be read ({why})"
NO_DOWNLOAD = (
    "{path}: holds no notebook that is named as in Moodle's or Canvas's download of all submissions"
)


class DownloadError(Exception):
    """Raised when a download, or a file in it, cannot be used; the text names it and says why."""


@dataclass(frozen=True)
class HandedInFile:
    """A notebook in a download.

    entry: its name there.
    student: the name of the student's folder here.
    id: the system's number for the student, or for an anonymous one its letters.
    name: the student's name as it stands there.
    notebook: the file's name here.
    prefix: the beginning of the name of a file that is uploaded for the same student and file.
    late: whether Canvas marked it so.
    """

    entry: str
    student: str
    id: str
    name: str
    notebook: str
    prefix: str
    late: bool
    info: zipfile.ZipInfo
    order: tuple[int, ...]


@dataclass(frozen=True)
class Download:
    """The notebooks of a download, one for each student and name: the newest.

    older: notes about files that were handed in again.
    left_out: notes about notebooks that cannot be used, and why.
    others: how many files are no notebooks.
    """

    path: Path
    system: System
    files: tuple[HandedInFile, ...]
    older: tuple[Note, ...]
    left_out: tuple[Note, ...]
    others: int


def read_download(path: Path, names: Collection[str], limit: int) -> Download:
    """The content of a download.

    Args:
        path: the zip.
        names: of the assignment's notebooks: `lab-1` may be one of them, or `lab` handed in again.
        limit: the bytes of a notebook.

    Raises:
        DownloadError: when it is no such zip.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or error
        raise DownloadError(NO_ZIP.format(path=path, why=why)) from None
    if len(entries) > MAX_ENTRIES:
        raise DownloadError(NO_ZIP.format(path=path, why=f"more than {MAX_ENTRIES:,} files"))
    reading = max((_Reading(*way, path, names, limit, entries) for way in _WAYS), key=len)
    if not len(reading):
        raise DownloadError(NO_DOWNLOAD.format(path=path))
    return reading.download()


class _Reading:
    """The entries of a zip, sorted out, if it is a system's."""

    def __init__(
        self,
        system: System,
        read: "_Read",
        path: Path,
        names: Collection[str],
        limit: int,
        entries: Iterable[zipfile.ZipInfo],
    ) -> None:
        self._system: System = system
        self._path = path
        self._found: list[HandedInFile] = []
        self._left_out: list[Note] = []
        self._others = 0
        for place, info in enumerate(entries):
            file = None if _is_hidden(info.filename) else read(info, names, place)
            if file is None:
                continue
            if not is_notebook(file.notebook):
                self._others += 1
                if file.notebook.lower().endswith(ARCHIVES):
                    self._leave_out(info.filename, note("entry_archive", folder=file.student))
            elif why := _why_not(info, limit):
                self._leave_out(info.filename, why)
            else:
                self._found.append(file)

    def __len__(self) -> int:
        return len(self._found) + len(self._left_out)

    def _leave_out(self, entry: str, why: Note) -> None:
        self._left_out.append(_about(self._path, entry, why))

    def download(self) -> Download:
        newest, older = _newest(self._path, self._found)
        size: dict[str, int] = defaultdict(int)
        chosen = []
        for file in newest:
            size[file.student] += file.info.file_size
            if size[file.student] <= MAX_STUDENT_BYTES:
                chosen.append(file)
            else:
                self._leave_out(file.entry, note("entry_too_much", limit=MAX_STUDENT_BYTES))
        left_out = tuple(self._left_out)
        return Download(
            self._path, self._system, tuple(chosen), tuple(older), left_out, self._others
        )


def read_notebook(download: Download, file: HandedInFile, limit: int) -> bytes:
    """The bytes of a file of a download; its size is measured, not believed. Raises DownloadError."""
    try:
        with zipfile.ZipFile(download.path) as archive, archive.open(file.info) as stream:
            data = stream.read(limit + 1)
            if len(data) <= limit and stream.read(1):
                raise zipfile.BadZipFile("it has more bytes than it says")
    except (
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        said = _about(download.path, file.entry, note("entry_damaged", why=error))
        raise DownloadError(said) from None
    if len(data) > limit:
        said = note("entry_too_large", size=len(data), limit=limit)
        raise DownloadError(_about(download.path, file.entry, said))
    return data


def _moodle(info: zipfile.ZipInfo, names: Collection[str], place: int) -> HandedInFile | None:
    parts = info.filename.replace("\\", "/").split("/")
    for depth, part in enumerate(parts):
        if match := _MOODLE.fullmatch(part):
            inside = [match["file"] or "", *parts[depth + 1 :]]
            name, again = _notebook([text for text in inside if text], names)
            return HandedInFile(
                entry=info.filename,
                student=f"{file_name(match['name'])}_{match['id']}",
                id=match["id"],
                name=match["name"],
                notebook=name,
                prefix=f"{match['name']}_{match['id']}_{match['plugin']}",
                late=False,
                info=info,
                order=(again, *info.date_time, place),
            )
    return None


def _canvas(info: zipfile.ZipInfo, names: Collection[str], place: int) -> HandedInFile | None:
    match = _CANVAS.fullmatch(info.filename.replace("\\", "/").rpartition("/")[2])
    if match is None:
        return None
    name, again = _notebook([match["file"]], names)
    person = match["id"] or f"anon_{match['anonymous']}"
    who = file_name(match["name"]) if match["id"] else ""
    return HandedInFile(
        entry=info.filename,
        student=f"{who}_{person}" if who else person,
        id=person,
        name=match["name"] or person,
        notebook=name,
        prefix=match[0].removesuffix(match["file"]),
        late=match["late"] is not None,
        info=info,
        order=(int(match["number"]), again, place),
    )


_Read = Callable[[zipfile.ZipInfo, Collection[str], int], HandedInFile | None]
_WAYS: tuple[tuple[System, _Read], ...] = (("moodle", _moodle), ("canvas", _canvas))


def _notebook(parts: list[str], names: Collection[str]) -> tuple[str, int]:
    """The name of a file here, without the number of a resubmission; and that number."""
    name = PurePosixPath(parts[-1] if parts else "").name
    stem, dot, ending = name.rpartition(".")
    if not is_notebook(name) or not stem:
        return name, 0
    again = 0
    match = _AGAIN.fullmatch(stem)
    if match and stem not in names and match["stem"] in names:
        stem, again = match["stem"], int(match["dash"] or match["round"])
    return f"{stem if stem in names else file_name(stem)}{dot}{ending.lower()}", again


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._") or ".ipynb_checkpoints" in parts


def _why_not(info: zipfile.ZipInfo, limit: int) -> Note | None:
    """Why an entry is not used, if it is not."""
    parts = info.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] in ("", ".") or parts[0].endswith(":"):
        return note("entry_outside")
    if stat.S_ISLNK(info.external_attr >> 16):
        return note("entry_link")
    if info.flag_bits & 1:
        return note("entry_encrypted")
    if info.file_size > limit:
        return note("entry_too_large", size=info.file_size, limit=limit)
    return None


def _newest(path: Path, files: Iterable[HandedInFile]) -> tuple[list[HandedInFile], list[Note]]:
    """For each student and notebook the newest file, and notes about the others."""
    groups: dict[tuple[str, str], list[HandedInFile]] = defaultdict(list)
    for file in files:
        groups[file.student.casefold(), file.notebook.casefold()].append(file)
    chosen: list[HandedInFile] = []
    left_out: list[Note] = []
    for group in groups.values():
        *older, newest = sorted(group, key=lambda file: file.order)
        chosen.append(newest)
        said = note("entry_older", newer=newest.entry)
        left_out += [_about(path, file.entry, said) for file in older]
    return sorted(chosen, key=lambda file: (file.student, file.notebook)), left_out


def _about(path: Path, name: str, why: Note) -> Note:
    return replace(why, text=f"{path}: {name}: {why.text}")
