"""`autograder report`: other forms of a JSON report: the page about a class, and what CI shows."""

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.grading.results import Report
from autograder.notebooks.lines import line_in
from autograder.reports import annotations, class_page, json_report, markdown
from autograder.reports.anonymous import anonymous
from autograder.reports.json_report import UnreadableReport
from autograder.sandbox.limits import Limits
from autograder.text import one_line

NOTHING = "nothing to write: give --html, --markdown or --annotations"


@dataclass(frozen=True)
class Options:
    """The forms that are wanted.

    annotate_for: a system of `annotations.SYSTEMS`, whose form is printed.
    """

    html_to: Path | None = None
    markdown_to: Path | None = None
    annotate_for: str | None = None
    without_names: bool = False


def run(source: Path, options: Options, *, errors: Console) -> int:
    """Write them: 0, or 2 when the report could not be read or a file not be written."""
    if not (options.html_to or options.markdown_to or options.annotate_for):
        errors.print(Text(NOTHING))
        return 2
    try:
        report = json_report.read(source.read_bytes())
        shown = anonymous(report) if options.without_names else report
        if options.html_to is not None:
            write(options.html_to, class_page.render(shown))
        if options.markdown_to is not None:
            write(options.markdown_to, markdown.render(shown))
        if options.annotate_for is not None:
            write_remarks = annotations.SYSTEMS[options.annotate_for]
            sys.stdout.write(write_remarks(report, _lines(report)))
    except OSError as error:
        errors.print(Text(one_line(f"{error.filename}: {error.strerror}")))
        return 2
    except UnreadableReport as error:
        errors.print(Text(one_line(f"{source}: {error}")))
        return 2
    return 0


def _lines(report: Report) -> dict[tuple[str, str], int]:
    """Where in their files the answers are, read below the present folder as when they were graded."""
    limit = Limits().notebook_bytes
    return {
        (result.path, exercise.name): line_in(Path(result.path), exercise.name, limit)
        for result in report.results
        for exercise in result.exercises
        if exercise.status != "passed"
    }
