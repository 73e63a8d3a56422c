"""Results of earlier gradings, so that an unchanged submission isn't graded again.

A file a result, in the course's private folder, which no worker can read. Its name is a digest of the
student and of everything that the result depends on. Files that no run could find any more are
removed when there are too many.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from autograder.grading.dependencies import all_code, catalog, installed, versions
from autograder.grading.packed import pack, unpack
from autograder.grading.results import SubmissionResult
from autograder.grading.sealed import SealedFiles, make_private
from autograder.language import of_notebook
from autograder.notebooks.course import Course, SourceNotebook
from autograder.notebooks.exercises import ExerciseError
from autograder.notebooks.submission import Submission
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.limits import Limits

FORMAT = 2
"""Raised by one whenever the structure of a packed result changes."""
SUFFIX = ".result"
KEY = "key"
MAX_FILE = 64 * 2**20
"""Bytes of a file that is read; without pictures of a student's own a result has some thousand."""
MAX_BYTES = 2_000_000_000
"""Of all files: some hundred thousand results without pictures."""
NOT_PART = ("variants.py",)
"""Files of an exercise on which no result depends."""


def folder_of(course: Course) -> Path:
    """Where the results of a course are."""
    return course.private / "results"


def forget(course: Course, student: str) -> int:
    """Remove all results of a student; returns how many there were."""
    files = SealedFiles(folder_of(course), SUFFIX, b"", MAX_FILE)
    return files.remove(_prefix(student))


class KeptResults:
    """The results that are kept of a course, for gradings with these limits and this isolation."""

    def __init__(self, course: Course, limits: Limits, isolation: Isolation) -> None:
        self._course = course
        self._sources: dict[Path, bytes | None] = {}
        there = (versions(), installed(), course.secret, limits, isolation)
        self._run = repr((FORMAT, *there)).encode()
        folder = folder_of(course)
        try:
            key = _key(folder)
        except OSError:  # nothing can be kept here, and nothing is found
            key = secrets.token_bytes()
        sealed_by = hashlib.sha256(key + course.secret.encode()).digest()
        self._files = SealedFiles(folder, SUFFIX, sealed_by, MAX_FILE)
        with suppress(OSError):
            self._files.forget_oldest(MAX_BYTES)

    def find(self, submission: Submission) -> SubmissionResult | None:
        """The result of an equal submission of the same student, as if it were graded now."""
        name = self._name(submission)
        content = self._files.load(name) if name is not None else None
        if content is None:
            return None
        return unpack(content, submission)

    def keep(self, submission: Submission, result: SubmissionResult) -> None:
        """Keep a result for the next grading, unless grading again might give another."""
        name = self._name(submission)
        ended_well = sum(run.output is not None for run in result.cells)
        if name is None or not result.repeatable or ended_well != len(submission.cells):
            return
        try:
            content = pack(result)
        except OverflowError:  # a counterexample holds a value that no such file can hold
            return
        with suppress(OSError):
            self._files.save(name, content)

    def _name(self, submission: Submission) -> str | None:
        """The name of a submission's file; None where the course itself is at fault."""
        source = submission.source
        if source.path not in self._sources:
            self._sources[source.path] = self._digest_of(source)
        course = self._sources[source.path]
        if course is None:
            return None
        language = of_notebook(submission.language)
        digest = hashlib.sha256(self._run + course + repr((language, catalog(language))).encode())
        digest.update(msgspec.json.encode([submission.cells, submission.problems]))
        return _prefix(submission.student) + digest.hexdigest()

    def _digest_of(self, source: SourceNotebook) -> bytes | None:
        """A digest of a notebook's source, of its exercises and their references, and the engine's code."""
        digest = hashlib.sha256(repr((source.assignment, source.name, source.cells)).encode())
        digest.update(all_code())
        try:
            exercises = [self._course.exercise(name) for name in source.points]
            for exercise in exercises:
                for name in (
                    exercise.name,
                    exercise.function,
                ):  # an edition has another's reference
                    home = self._course.home_of(name)
                    digest.update(repr(home and home.cells).encode())
                for path in sorted(exercise.folder.glob("*.*")):
                    if path.is_file() and path.name not in NOT_PART:
                        digest.update(path.name.encode() + b"\0" + path.read_bytes())
        except (ExerciseError, OSError):
            return None
        return digest.digest()


def _prefix(student: str) -> str:
    """The beginning of the names of a student's files; it is a legal file name for any student."""
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16] + "-"


def _key(folder: Path) -> bytes:
    """The folder's own part of the key, which is made with it: a course need not have a secret.

    Raises OSError.
    """
    path = folder / KEY
    if not path.exists():
        make_private(folder)
        aside = folder / f".{KEY}.{os.getpid()}"
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes())
            with suppress(FileExistsError):  # another grader was first
                path.hardlink_to(aside)
        finally:
            aside.unlink(missing_ok=True)
    return path.read_bytes()
