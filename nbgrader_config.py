"""This folder as an nbgrader course: solutions/ is the source, assignments/ the release.

Everything of students (submissions, graded notebooks, feedback, the gradebook) lies under course/,
which git ignores. `nbgrader autograde` grades with the autograder in place of a kernel.
"""

import os
import sys
from pathlib import Path

from autograder.nbgrader import timestamps

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader defines it)
root = Path(__file__).resolve().parent
private = root / "course"
private.mkdir(exist_ok=True)  # SQLite makes the gradebook's file, but not its folder

# For a new gradebook nbgrader starts `alembic` by its name, which stands beside this Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "deep-learning"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.solution_directory = "course/solution"
c.CourseDirectory.source_with_tests_directory = "course/source_with_tests"
c.CourseDirectory.db_url = f"sqlite:///{private / 'gradebook.db'}"

c.GenerateAssignment.preprocessors.insert(0, "autograder.authoring.release.AttachBattery")

c.Autograde.exporter_class = "autograder.nbgrader.staging.SubmissionExporter"
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader.grade.GradeInWorker",  # in place of Execute
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Fields of autograder.sandbox.limits.Limits, for instance {"seconds_per_submission": 60.0}.
c.SubmissionExporter.limits = {}

c.ExportApp.plugin_class = "autograder.nbgrader.export.SafeCsvExport"
c.HTMLExporter.filters = {
    "markdown2html": "autograder.nbgrader.markdown.text_cell",
    "highlight_code": "autograder.nbgrader.markdown.code_cell",
}
timestamps.install()
