"""Fetches the notebooks of a student's repository, and nothing else of it.

A repository is fetched without its history and read object by object. It is never checked out, so that
no link, filter, hook or submodule of a student's has any effect.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.notebooks.course import Course
from autograder.notebooks.files import is_notebook
from autograder.notes import Note, note, note_on
from autograder.repositories.git import GitError, TooMuch, git
from autograder.repositories.students import Student

MAX_NOTEBOOKS = 200
"""Notebooks that are taken of a repository; this course has eighteen."""
REPOSITORY_BYTES = 500_000_000
"""Of a repository without its history, as git sends it: a hundred times what notebooks need."""
TOO_BIG = (
    "the repository {address} has more than {limit:,} bytes; the student should remove large files "
    "from it, or hand in the notebooks in another way"
)


@dataclass(frozen=True)
class Fetched:
    """The result of fetching a student's repository.

    count: notebooks that were written.
    notes: on files that were left out since they are no notebooks of the course.
    problems: on notebooks that could not be fetched.
    """

    count: int = 0
    notes: tuple[Note, ...] = ()
    problems: tuple[Note, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """A notebook in a repository: its path there, its place in a submission, its object and size."""

    path: str
    place: tuple[str, str]
    object: str
    size: int


def fetch(student: Student, course: Course, folder: Path, limit: int) -> Fetched:
    """Write the notebooks of a student's default branch as `<assignment>/<notebook>.ipynb`.

    An assignment's folder that is there already is replaced where the repository has that assignment.

    Args:
        student: whose repository is fetched.
        course: says which assignments and notebooks there are.
        folder: the student's folder among the submissions.
        limit: bytes of a notebook.

    Raises:
        GitError: when the repository cannot be fetched or read; nothing is written then.
        OSError: when nothing can be written.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        clone = Path(name)
        git(clone, "init", "--quiet", "--bare")
        options = ["--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"]
        try:
            fetched = ("fetch", *options, "--", student.address, "HEAD")
            git(clone, *fetched, file_bytes=REPOSITORY_BYTES)
        except TooMuch:
            said = TOO_BIG.format(address=student.shown, limit=REPOSITORY_BYTES)
            raise GitError(said) from None
        except GitError as error:
            raise GitError(str(error).replace(student.address, "the repository")) from None
        notes: list[Note] = []
        problems: list[Note] = []
        entries = list(_wanted(clone, course, limit, notes, problems))
        _replace(clone, entries, folder)
    return Fetched(len(entries), tuple(notes), tuple(problems))


def _wanted(
    clone: Path, course: Course, limit: int, notes: list[Note], problems: list[Note]
) -> Iterator[_Entry]:
    """The notebooks that belong to the course; of two for one place, that in fewer folders."""
    listed = git(clone, "ls-tree", "-r", "-z", "--long", "FETCH_HEAD").split(b"\0")
    files = [_parsed(line) for line in listed if line]
    files.sort(key=lambda file: (file[0].count("/"), file[0]))
    taken: dict[tuple[str, str], str] = {}
    for path, mode, object, size in files:
        if not is_notebook(path) or ".ipynb_checkpoints" in path.split("/"):
            continue
        place = _place(PurePosixPath(path), course)
        if place is None:
            notes.append(note_on(path, "file_elsewhere"))
        elif mode not in ("100644", "100755"):
            problems.append(note_on(path, "file_link"))
        elif int(size) > limit:
            problems.append(note_on(path, "file_too_large", size=int(size), limit=limit))
        elif place in taken:
            problems.append(note_on(path, "file_twice", other=taken[place]))
        elif len(taken) == MAX_NOTEBOOKS:
            problems.append(note("files_too_many", limit=MAX_NOTEBOOKS))
            return
        else:
            taken[place] = path
            yield _Entry(path, place, object, int(size))


def _parsed(line: bytes) -> tuple[str, str, str, str]:
    """(path, mode, object, size) from a line of `git ls-tree --long`; the size of a submodule is `-`."""
    head, _, path = line.partition(b"\t")
    mode, _, object, size = head.decode().split()
    return os.fsdecode(path), mode, object, size


def _place(path: PurePosixPath, course: Course) -> tuple[str, str] | None:
    """Assignment and file name of a notebook, by its folder, else by its own name."""
    if path.parent.name in {source.assignment for source in course.notebooks}:
        return path.parent.name, path.name
    named = [source.assignment for source in course.notebooks if source.name == path.stem]
    return (named[0], path.name) if len(named) == 1 else None


def _replace(clone: Path, entries: Sequence[_Entry], folder: Path) -> None:
    """Write the notebooks aside, then put each assignment's folder in the place of the older one."""
    folder.mkdir(parents=True, exist_ok=True)
    for assignment in sorted({entry.place[0] for entry in entries}):
        aside = clone / "fetched" / assignment
        aside.mkdir(parents=True)
        for entry in entries:
            if entry.place[0] == assignment:
                content = git(clone, "cat-file", "blob", entry.object)
                (aside / entry.place[1]).write_bytes(content)
        if (folder / assignment).exists():
            shutil.rmtree(folder / assignment)
        shutil.move(aside, folder / assignment)
