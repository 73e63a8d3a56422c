"""`nbgrader export` with students' names that no spreadsheet takes for a formula or another row."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.text import no_formula


class SafeCsvExport(CsvExportPlugin):  # type: ignore[misc]  # nbgrader is untyped
    """nbgrader's CSV, which writes names as they are: a folder's name may hold commas and lines."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the CSV file."""
        super().export(_Shown(gradebook))


def csv_cell(text: str) -> str:
    """A text as one cell of a CSV file, not as a formula."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([no_formula(text)])
    return buffer.getvalue()


@dataclass(frozen=True)
class _Student:
    id: str
    last_name: str
    first_name: str
    email: str


class _Shown:
    """Reads a gradebook for nbgrader's plugin, with the students' texts made safe as cells."""

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook
        self.assignments = gradebook.assignments
        self._ids = {csv_cell(student.id): student.id for student in gradebook.students}
        self.students = [
            _Student(
                *(
                    csv_cell(text or "")
                    for text in (student.id, student.last_name, student.first_name, student.email)
                )
            )
            for student in gradebook.students
        ]

    def find_submission(self, assignment: str, student: str) -> Any:
        """The submission of a student; raises MissingEntry as the gradebook does."""
        return self._gradebook.find_submission(assignment, self._ids[student])
