"""`autograder report`: files for people and systems, from `autograder grade`'s JSON or a gradebook."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.commands.prompts import write_prompts
from autograder.grading.results import Report
from autograder.notebooks.course import CourseError, find_course
from autograder.notebooks.downloads import Download, DownloadError, read_download
from autograder.notebooks.lines import line_in
from autograder.reports import (
    annotations,
    class_page,
    feedback,
    gradebooks,
    gradescope,
    json_report,
    markdown,
)
from autograder.reports.anonymous import anonymous
from autograder.reports.gradebooks import Person
from autograder.reports.json_report import UnreadableReport
from autograder.sandbox.limits import Limits
from autograder.text import one_line

SEVERAL = "the report is about {names}, and {of} is about one assignment: add --assignment NAME"
NO_ASSIGNMENT = "--assignment {name}: the report is about {names}"
ONLY_HTML = (
    "of a gradebook only --html is made; the others need the JSON of autograder grade, and "
    "`nbgrader export` writes a gradebook's points"
)
NO_NBGRADER = (
    "a gradebook is read with nbgrader; install the extra `nbgrader` ({module} is missing)"
)
SQLITE = b"SQLite format 3\0"
NO_NAMES = "--anonymous: {of} is sorted by students; only --html, --markdown and --prompts go without names"
NO_DOWNLOAD = "--feedback needs --download: the zip that the class was collected from"
OTHER = "{download}: is a download of {found}, not of {wanted}"
STRANGERS = (
    "{path}: nobody in the report is in it; is it the download that the class was collected from?"
)
NO_RECORD = "{student}: is not in {download}, so their points are not in {of}"
NO_REPORT = "{student}: there is no report on this notebook, so no feedback for it"


class NotWritten(Exception):
    """Raised when options don't go together, or not with the report; the text says which and why."""


@dataclass(frozen=True)
class Wanted:
    """The files to write; None for one that isn't wanted.

    download: the zip of Moodle or Canvas that the class was collected from, which tells the students'
        numbers there.
    assignment: the only one that is reported on.
    annotations: a system of `annotations.SYSTEMS`, whose form is printed.
    """

    html: Path | None = None
    markdown: Path | None = None
    annotations: str | None = None
    canvas: Path | None = None
    moodle: Path | None = None
    feedback: Path | None = None
    gradescope: Path | None = None
    prompts: Path | None = None
    download: Path | None = None
    assignment: str | None = None
    without_names: bool = False

    @property
    def anything(self) -> bool:
        """Return whether anything is to be written."""
        return self.html is not None or not self.only_html

    @property
    def only_html(self) -> bool:
        """Return whether nothing but the page is to be written."""
        others = (
            self.markdown,
            self.annotations,
            self.canvas,
            self.moodle,
            self.feedback,
            self.gradescope,
            self.prompts,
        )
        return all(other is None for other in others)


def run(source: str, wanted: Wanted, *, errors: Console) -> int:
    """Write the wanted files: 0, or 2 when the report could not be read or a file not be written.

    Args:
        source: a JSON report; or nbgrader's gradebook, a file or an address, for the page alone.
        wanted: the files to write.
        errors: for notes.
    """
    try:
        report, about = _read(source, wanted)
        for note in _write(report, wanted, about):
            errors.print(Text(one_line(note)))
    except OSError as error:
        errors.print(Text(one_line(f"{error.filename}: {error.strerror}")))
        return 2
    except UnreadableReport as error:
        errors.print(Text(one_line(f"{source}: {error}")))
        return 2
    except (NotWritten, DownloadError, CourseError) as error:
        errors.print(Text(one_line(str(error))))
        return 2
    return 0


def _read(source: str, wanted: Wanted) -> tuple[Report, tuple[str, ...]]:
    """The report, and notes about it."""
    if not _is_gradebook(source):
        return json_report.read(Path(source).read_bytes()), ()
    if not wanted.only_html:
        raise NotWritten(ONLY_HTML)
    try:
        from autograder.nbgrader.gradebook import GradebookError, read_gradebook
    except ModuleNotFoundError as error:
        raise NotWritten(NO_NBGRADER.format(module=error.name)) from None
    folder = None
    if "://" in source:
        with suppress(CourseError):
            folder = find_course().private / "autograded"
    try:
        return read_gradebook(source, folder)
    except GradebookError as error:
        raise NotWritten(str(error)) from None


def _is_gradebook(source: str) -> bool:
    """Return whether it is a database's address, or the file of a SQLite database."""
    if "://" in source:
        return True
    with Path(source).open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _write(report: Report, wanted: Wanted, about: Sequence[str]) -> Iterator[str]:
    """Write; yields notes."""
    named = {
        "--annotations": wanted.annotations,
        "--canvas": wanted.canvas,
        "--moodle": wanted.moodle,
        "--feedback": wanted.feedback,
    }
    for option, path in named.items():
        if path is not None and wanted.without_names:
            raise NotWritten(NO_NAMES.format(of=option))
    if wanted.assignment is not None:
        names = gradebooks.assignments_of(report)
        if wanted.assignment not in names:
            there = ", ".join(names) or "nothing"
            raise NotWritten(NO_ASSIGNMENT.format(name=wanted.assignment, names=there))
        report = gradebooks.only(report, wanted.assignment)
    shown = anonymous(report) if wanted.without_names else report
    if wanted.html is not None:
        write(wanted.html, class_page.render(shown, about))
    if wanted.markdown is not None:
        write(wanted.markdown, markdown.render(shown))
    if wanted.annotations is not None:
        remarks = annotations.SYSTEMS[wanted.annotations]
        sys.stdout.write(remarks(report, _lines(report)))
    if wanted.gradescope is not None:
        write(wanted.gradescope, gradescope.render(shown))
    if wanted.canvas or wanted.moodle or wanted.feedback:
        yield from _for_systems(report, wanted)
    if wanted.prompts is not None:
        yield from write_prompts(report, wanted.prompts, without_names=wanted.without_names)


def _lines(report: Report) -> dict[tuple[str, str], int]:
    """Where in their files the answers are, read below the present folder as when they were graded."""
    limit = Limits().notebook_bytes
    return {
        (result.path, exercise.name): line_in(Path(result.path), exercise.name, limit)
        for result in report.results
        for exercise in result.exercises
        if exercise.status != "passed"
    }


def _for_systems(report: Report, wanted: Wanted) -> Iterator[str]:
    if wanted.download is None:
        if wanted.feedback is not None:
            raise NotWritten(NO_DOWNLOAD)
        if wanted.canvas is not None:
            write(wanted.canvas, gradebooks.canvas(report))
        if wanted.moodle is not None:
            write(wanted.moodle, gradebooks.moodle(report))
        return
    assignment = _assignment(report, str(wanted.download))
    notebooks = {e.notebook for e in report.expected if e.assignment == assignment}
    download = read_download(wanted.download, notebooks, Limits().notebook_bytes)
    people = {file.student: Person(file.id, file.name) for file in download.files}
    students = {result.student for result in report.results} | set(report.students)
    if not students & people.keys():
        raise NotWritten(STRANGERS.format(path=wanted.download))
    if wanted.canvas is not None:
        _check_system(download, "canvas")
        write(wanted.canvas, gradebooks.canvas(report, people))
    if wanted.moodle is not None:
        _check_system(download, "moodle")
        write(wanted.moodle, gradebooks.moodle_worksheet(report, assignment, people))
    if (gradebook := wanted.canvas or wanted.moodle) is not None:
        for student in sorted(students - people.keys()):
            yield NO_RECORD.format(student=student, download=download.path, of=gradebook)
    if wanted.feedback is not None:
        data, without = feedback.render(report, assignment, download)
        write(wanted.feedback, data)
        for student in without:
            yield NO_REPORT.format(student=student)


def _assignment(report: Report, of: str) -> str:
    """The one assignment of a report."""
    names = gradebooks.assignments_of(report)
    if len(names) != 1:
        raise NotWritten(SEVERAL.format(names=", ".join(names) or "no assignment", of=of))
    return names[0]


def _check_system(download: Download, wanted: str) -> None:
    if download.system != wanted:
        names = {"moodle": "Moodle", "canvas": "Canvas"}
        raise NotWritten(
            OTHER.format(download=download.path, found=names[download.system], wanted=names[wanted])
        )
