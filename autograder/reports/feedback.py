"""Reports for students as a zip that Moodle and Canvas take back: a file beside each one's notebook.

Sources: Moodle, mod/assign/feedback/file/importziplib.php ("Upload multiple feedback files in a zip");
Canvas, AbstractAssignment#generate_comments_from_files ("Upload submissions"): it finds the student and the
file by the numbers in the name, and shows the uploaded file under the name of the file that was handed in.
So Moodle gets a page, Canvas a notebook.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath

import nbformat
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.grading.results import ExerciseResult, Report, SubmissionResult
from autograder.language import speaking
from autograder.notebooks.downloads import Download, HandedInFile
from autograder.reports import html
from autograder.text import visible

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same report gives the same zip; this is the first day that a zip knows."""


def render(report: Report, assignment: str, download: Download) -> tuple[bytes, list[str]]:
    """The zip, and the students whose notebook of that assignment has no report (or no longer).

    Args:
        report: of the class that was collected from the download.
        assignment: which of its assignments the download is of.
        download: names the students as the system does.
    """
    results = {
        (result.student, PurePath(result.path).name): result
        for result in report.results
        if result.assignment == assignment
    }
    without: list[str] = []
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in download.files:
            result = results.get((file.student, file.notebook))
            if result is None:
                without.append(file.student)
                continue
            info = zipfile.ZipInfo(_name(file, download), EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, _file(result, download.system))
    return buffer.getvalue(), without


def _file(result: SubmissionResult, system: str) -> str:
    """The file that a student gets from that system, in the language of the report."""
    with speaking(result.language):
        return _page(result) if system == "moodle" else _notebook(result)


def _name(file: HandedInFile, download: Download) -> str:
    if download.system == "canvas":
        return f"{file.prefix}{file.notebook}"
    return f"{file.prefix}_/{PurePath(file.notebook).stem}.html"


def _title(result: SubmissionResult) -> str:
    return f"{result.assignment}/{result.notebook}"


def _fragments(result: SubmissionResult) -> Iterator[tuple[ExerciseResult, str]]:
    """The exercises with their reports; what is odd about the notebook stands above the first."""
    problems = tuple(problem.text for problem in result.problems)
    for exercise in result.exercises:
        yield exercise, html.render(exercise, problems)
        problems = ()


def _page(result: SubmissionResult) -> str:
    return html.TEMPLATES.get_template("student.html").render(
        title=_title(result),
        points=html.points(result.score, result.max_score),
        fragments=[Markup(fragment) for _, fragment in _fragments(result)],
    )


def _notebook(result: SubmissionResult) -> str:
    points = html.points(result.score, result.max_score)
    head = f"# {visible(_title(result))}\n\n{points}"
    cells = [new_markdown_cell(head, id="points")]
    for number, (exercise, fragment) in enumerate(_fragments(result), 1):
        plain = html.heading(exercise)
        data = {"text/plain": plain, "text/html": fragment}
        output = new_output("display_data", data=data)
        cells.append(new_code_cell("", outputs=[output], id=f"report-{number}"))
    notebook = new_notebook(cells=cells)
    return str(nbformat.writes(notebook))
