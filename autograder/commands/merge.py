"""`autograder merge`: one report of the parts that `autograder grade --shard` wrote."""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.grading.merging import NotMerged, merge
from autograder.reports import json_report
from autograder.reports.json_report import UnreadableReport
from autograder.text import one_line


def run(files: list[Path], json_to: str, *, errors: Console) -> int:
    """Merge and write: 0; 2 when parts don't belong together, or something in them isn't graded."""
    parts = []
    for path in files:
        try:
            parts.append((str(path), json_report.read(path.read_bytes())))
        except OSError as error:
            errors.print(Text(one_line(f"{path}: cannot be read ({error.strerror})")))
            return 2
        except UnreadableReport as error:
            errors.print(Text(one_line(f"{path}: {error}")))
            return 2
    try:
        report = merge(parts)
    except NotMerged as error:
        errors.print(Text(one_line(str(error))))
        return 2
    text = json_report.render(report)
    if json_to == "-":
        sys.stdout.write(text)
    else:
        write(Path(json_to), text)
    for file in report.ungraded:
        errors.print(Text(one_line(file.reason)))
    return 2 if report.ungraded or not report.complete else 0
