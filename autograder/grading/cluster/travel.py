"""The messages between the command and a grader of the cluster, as bytes."""

import zlib
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.grading.dependencies import all_code, installed, versions
from autograder.grading.judges import Judges
from autograder.grading.kept import NOT_PART
from autograder.language import of_notebook
from autograder.notebooks.course import EXERCISES_DIRECTORY, Course
from autograder.notebooks.exercises import ExerciseError
from autograder.notebooks.submission import Submission
from autograder.notes import Note
from autograder.sandbox.cells import Cell
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits

FASTEST = 1
"""Of zlib's levels: halves the recorded cases of a course, 30 MB for 40 exercises, in a second."""


class Same(msgspec.Struct, frozen=True, array_like=True):
    """The versions and code that have to be equal on two machines for equal results."""

    autograder: str
    versions: tuple[str, ...]
    code: bytes
    libraries: list[str]

    def difference(self, here: "Same") -> str:
        """The differences here, in words; empty where there are none."""
        if self.code != here.code and self.autograder == here.autograder:
            return f"its autograder is another {here.autograder}, with other code"
        for asked, found in zip(self.versions, here.versions, strict=True):
            if asked != found:
                return f"it has {found} in place of {asked}"
        other = sorted(set(self.libraries) ^ set(here.libraries))
        named = ", ".join(name.removesuffix(".dist-info") for name in other[:4])
        return f"other libraries are installed there ({named})" if other else ""


def of_this_machine() -> Same:
    """The versions, code and libraries of this machine, which another one has to have, too."""
    return Same(__version__, tuple(map(str, versions())), all_code(), installed())


class Settings(msgspec.Struct, frozen=True, array_like=True):
    """How submissions are graded.

    strict: whether a machine that isolates less than fully is refused.
    """

    same: Same
    limits: Limits
    isolate: bool
    strict: bool


class Bundle(msgspec.Struct, frozen=True, array_like=True):
    """A course, without its students.

    files: of its folder, by path: the source notebooks, and the exercises without their variants.
    recorded: the files of the store by their names.
    secret: the last, since Dask may log how a task's arguments begin.
    """

    settings: Settings
    files: dict[str, bytes]
    recorded: dict[str, bytes]
    secret: str


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """A submission, without the student's name and the file's path, which no grader needs.

    language: of its report.
    """

    assignment: str
    notebook: str
    cells: tuple[Cell, ...]
    problems: tuple[Note, ...]
    language: str


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """The answer of a grader.

    grader: its address.
    isolation: of its workers.
    refused: why it grades nothing at all.
    failed: why it couldn't grade this submission.
    result: a packed result.
    """

    grader: str
    isolation: Isolation | None = None
    refused: str = ""
    failed: str = ""
    result: bytes = b""


encode = msgspec.msgpack.encode


def settings_for(limits: Limits, *, isolate: bool, strict: bool) -> Settings:
    """The settings of this run: the results have to be those that this machine would get."""
    return Settings(of_this_machine(), limits, isolate, strict)


def pack_course(course: Course, judges: Judges, settings: Settings) -> bytes:
    """The bytes of a course, with what its judges have recorded. Raises OSError."""
    files = {f"solutions/{nb.assignment}/{nb.path.name}": nb.path for nb in course.notebooks}
    for name in {name for notebook in course.notebooks for name in notebook.points}:
        try:
            folder = course.exercise(name).folder
        except ExerciseError:  # it is missing on that machine as it is here
            continue
        files |= {
            f"{EXERCISES_DIRECTORY}/{name}/{path.name}": path
            for path in sorted(folder.glob("*.*"))
            if path.is_file() and path.name not in NOT_PART
        }
    content = {place: path.read_bytes() for place, path in sorted(files.items())}
    bundle = Bundle(settings, content, judges.recorded(), course.secret)
    return zlib.compress(encode(bundle), FASTEST)


def unpack_course(data: bytes) -> Bundle:
    """The course of those bytes."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=Bundle)


def write_course(bundle: Bundle, folder: Path) -> None:
    """Write a course's files into a folder; the secret isn't written. Raises OSError."""
    for place, content in bundle.files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def pack_submission(submission: Submission) -> bytes:
    """The bytes of a submission."""
    source = submission.source
    language = of_notebook(submission.language)
    return encode(
        Asked(source.assignment, source.name, submission.cells, submission.problems, language)
    )
