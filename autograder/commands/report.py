"""`autograder report`: the page about a class, from the JSON of `autograder grade`."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.reports import class_page, json_report
from autograder.reports.anonymous import anonymous
from autograder.reports.json_report import UnreadableReport
from autograder.text import one_line


def run(source: Path, html_to: Path, *, without_names: bool, errors: Console) -> int:
    """Write the page: 0, or 2 when the report could not be read or the page not be written."""
    try:
        report = json_report.read(source.read_bytes())
        page = class_page.render(anonymous(report) if without_names else report)
        write(html_to, page)
    except OSError as error:
        errors.print(Text(one_line(f"{error.filename}: {error.strerror}")))
        return 2
    except UnreadableReport as error:
        errors.print(Text(one_line(f"{source}: {error}")))
        return 2
    return 0
