"""Shows `nbgrader autograde` a clean copy of every submission.

Odd things in a student's folder (links, pipes, broken notebooks, forged metadata) stop nbgrader's own
readers for the whole class. `c.Autograde.exporter_class = SubmissionExporter` is the one
setting that comes early enough: nbgrader builds its exporter once a run, after it has listed the
folders and before it touches one.
"""

import fnmatch
import glob
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets import Dict

from autograder.language import of_notebook, speaking
from autograder.nbgrader.ahead import Ahead, Key
from autograder.nbgrader.log import PRINTABLE
from autograder.nbgrader.repair import Template, repair, templates
from autograder.notebooks.course import Course, CourseError
from autograder.notebooks.files import UnreadableSubmission, files_below, is_notebook, read_file
from autograder.notebooks.submission import Submission, first_of, is_answered, read_submission
from autograder.notes import Note, note
from autograder.sandbox.limits import Limits
from autograder.text import one_line

MAX_EXTRA_FILES = 1_000
MAX_EXTRA_BYTES = 100_000_000
"""Of files beside the notebooks; nbgrader's own limit on a submission (max_dir_size)."""
MAX_RENAMED = 20
"""Notebooks of other names that are looked into for one that is missing."""
TIMESTAMP = Path("timestamp.txt")
NOT_RELEASED = "%s: not in this course's gradebook yet; run `autograder release %s` here first"


@dataclass(frozen=True)
class Staged:
    """One notebook of one student: the submission to grade, or None; and notes for the instructor."""

    submission: Submission | None
    problems: tuple[Note, ...]


class SubmissionExporter(NotebookExporter):
    """nbconvert's exporter of notebooks, which stages the class first."""

    limits = Dict(help="Fields of autograder.sandbox.limits.Limits that differ.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.staged: dict[Key, Staged] = {}
        self.ahead: Ahead | None = None
        """Grades the class; made when the first of it is graded."""
        self._files: dict[str, list[str]] = {}
        converter: Any = self.parent
        self.log.addFilter(PRINTABLE)
        self._original: CourseDirectory = converter.coursedir
        try:
            self.course = Course(Path(self._original.root))
            self.chosen_limits = Limits(**self.limits)
        except (CourseError, TypeError) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error
        self._folder = tempfile.TemporaryDirectory(prefix="autograder-")  # goes with this object
        # A copy, because the formgrader uses the original for other requests.
        self._clean = CourseDirectory(parent=self._original.parent)
        for name in self._original.trait_names(config=True):
            setattr(self._clean, name, getattr(self._original, name))
        self._clean.submitted_directory = self._folder.name
        self._stage_class()
        self.expected = self._expected()
        converter.coursedir = self._clean
        if self._files:  # nbgrader would take a `[` in a student's name for a pattern
            converter.notebooks, converter.assignments = [], self._files
        else:
            converter.init_notebooks()

    def _expected(self) -> dict[Key, Submission]:
        """The submissions that nbgrader will certainly ask for: those not graded before, or all.

        nbgrader may also ask for those that were handed in again since they were graded.
        """
        converter: Any = self.parent
        original = self._original
        excluded = original.student_id_exclude.split(",")

        def is_new(student: str, assignment: str, notebook: str) -> bool:
            graded = Path(original.format_path(original.autograded_directory, student, assignment))
            if original.notebook_id != "*":
                graded /= f"{notebook}.ipynb"
            return converter.force or not graded.exists()

        return {
            key: staged.submission
            for key, staged in self.staged.items()
            if staged.submission is not None and key[0] not in excluded and is_new(*key)
        }

    def scores_before(self, student: str, assignment: str, notebook: str) -> dict[str, float]:
        """The points that the gradebook has now, by check cell; nothing before the first grading."""
        with Gradebook(self._original.db_url, self._original.course_id) as gradebook:
            try:
                found = gradebook.find_submission_notebook(notebook, assignment, student)
            except MissingEntry:
                return {}
            scores = {grade.name: grade.auto_score for grade in found.grades}
        return {name: score for name, score in scores.items() if score is not None}

    def _stage_class(self) -> None:
        original, step = self._original, self._original.submitted_directory
        pattern = original.format_path(step, "(?P<student>.*)", "(?P<assignment>.*)", escape=True)
        folders = original.format_path(step, original.student_id, original.assignment_id)
        with Gradebook(original.db_url, original.course_id) as gradebook:
            for folder in sorted(glob.glob(folders)):  # noqa: PTH207  (the pattern is absolute)
                match = re.fullmatch(pattern, folder)
                if match is None:
                    continue
                try:
                    known = gradebook.find_assignment(match["assignment"]).notebooks
                except MissingEntry:
                    assignment = one_line(match["assignment"])
                    self.log.error(NOT_RELEASED, assignment, assignment)
                    return  # nbgrader ends, since it finds nothing to grade
                expected = {
                    notebook.name: templates(notebook)
                    for notebook in known
                    if fnmatch.fnmatchcase(notebook.name, original.notebook_id)
                }
                self._stage(Path(folder), match["student"], match["assignment"], expected)

    def _stage(
        self, folder: Path, student: str, assignment: str, expected: dict[str, list[Template]]
    ) -> None:
        target = Path(self._clean.format_path(self._folder.name, student, assignment))
        target.mkdir(parents=True)
        if glob.escape(student) != student:
            said = "nbgrader takes this name for a pattern and makes no feedback: rename the folder"
            self.log.warning("%s: %s", one_line(student), said)
        problems: list[Note] = []
        files = self._list(folder, problems)
        try:
            self._copy_extras(files, target, assignment, problems)
        except OSError as error:  # a name too long for the copy, a full disk
            problems.append(note("extras_left_out", reason=error.strerror))
        # Under another name, or in a folder of its own, as some archives are unpacked.
        others = [
            path
            for name, path in sorted(files.items(), key=lambda item: len(item[0].parts))
            if is_notebook(name.name)
            and (len(name.parts) == 2 or (len(name.parts) == 1 and name.stem not in expected))
        ][:MAX_RENAMED]
        for notebook, wanted in expected.items():
            own = files.get(Path(f"{notebook}.ipynb"))
            found: Submission | None = None
            sentences = list(problems)
            try:
                found = self._read(own, others, student, assignment, notebook)
                sentences += found.problems
                graded = found.path.relative_to(folder)
                with speaking(of_notebook(found.language)):
                    if own is None:
                        sentences.append(note("other_file", notebook=notebook, graded=graded))
                    elif found.path != own:
                        sentences.append(note("answered_file", notebook=own.name, graded=graded))
            except UnreadableSubmission as error:
                sentences.append(Note(error.why.id, f"{notebook}.ipynb {error.why}"))
            nb = repair(found.submitted if found is not None else (), wanted)
            nbformat.write(nb, target / f"{notebook}.ipynb")
            self._files.setdefault(str(target), []).append(str(target / f"{notebook}.ipynb"))
            self._note(student, assignment, notebook, found, sentences)

    def _list(self, folder: Path, problems: list[Note]) -> dict[Path, Path]:
        """The files of a submission by their names within it."""
        if folder.is_symlink() or folder.parent.is_symlink():
            problems.append(note("folder_link"))
            return {}
        unlisted: list[Note] = []
        files = {path.relative_to(folder): path for path in files_below(folder, unlisted)}
        problems += [replace(n, text=n.text.replace(str(folder), folder.name)) for n in unlisted]
        return files

    def _read(
        self, own: Path | None, others: list[Path], student: str, assignment: str, notebook: str
    ) -> Submission:
        """The file of a notebook, also under another name. Raises UnreadableSubmission."""
        if own is None:
            first = next(self._copies(others, student, assignment, notebook), None)
            if first is None:
                raise UnreadableSubmission(Path(notebook), "missing")
            return first
        found = read_submission(own, self.course, self.chosen_limits, student)
        if (found.source.assignment, found.source.name) != (assignment, notebook):
            held = f"{found.source.assignment}/{found.source.name}"
            raise UnreadableSubmission(own, "other_cells", notebook=held)
        if not is_answered(found):  # finished in a copy that the browser made, perhaps
            copies = self._copies(others, student, assignment, notebook)
            answered = [copy for copy in copies if is_answered(copy)]
            return answered[0] if len(answered) == 1 else found
        return found

    def _copies(
        self, others: list[Path], student: str, assignment: str, notebook: str
    ) -> Iterator[Submission]:
        """The cells of a notebook that other files hold."""
        for path in others:
            try:
                found = read_submission(path, self.course, self.chosen_limits, student)
            except UnreadableSubmission:
                continue
            if (found.source.assignment, found.source.name) == (assignment, notebook):
                yield found

    def _copy_extras(
        self, files: dict[Path, Path], target: Path, assignment: str, problems: list[Note]
    ) -> None:
        """Copy the files beside the notebooks that are none of the course's."""
        clean = self._clean
        source = Path(clean.format_path(clean.source_directory, ".", assignment))
        masters = {path.relative_to(source) for path in source.rglob("*")}
        room, copied = MAX_EXTRA_BYTES, 0
        for name, path in files.items():
            if is_notebook(name.name) or masters & {name, *name.parents}:
                continue
            if copied == MAX_EXTRA_FILES:
                problems.append(note("extras_cut", count=copied))
                return
            try:
                data = read_file(path, room if name != TIMESTAMP else 200)
            except UnreadableSubmission as error:
                problems.append(note("extra_unusable", name=name, reason=error.why))
                continue
            if name == TIMESTAMP and not _is_date(data):
                problems.append(note("extra_no_date", name=name))
                continue
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
            room, copied = room - len(data), copied + 1

    def _note(
        self,
        student: str,
        assignment: str,
        notebook: str,
        submission: Submission | None,
        problems: Sequence[Note],
    ) -> None:
        """Keep the problems, and write them into the log."""
        said = tuple(
            replace(problem, text=one_line(problem.text)) for problem in first_of(problems)
        )
        self.staged[student, assignment, notebook] = Staged(submission, said)
        if said:
            what = "graded, but" if submission is not None else "cannot be graded, 0 points:"
            self.log.warning(
                "%s, %s/%s: %s %s", student, assignment, notebook, what, "; ".join(map(str, said))
            )


def _is_date(data: bytes) -> bool:
    try:
        parse_utc(data.decode("ascii").strip())
    except Exception:  # dateutil raises many kinds
        return False
    return True
