"""All settings of nbgrader for a course; nbgrader_config.py calls `configure`."""

import inspect
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from autograder.notebooks.course import PRIVATE

HOOKS = "autograder.nbgrader"
TEMPLATES = Path(__file__).parent / "templates"
"""Parts of pages that come before those of nbconvert with the same name."""

HALF_MADE = r"Object of type <Submitted\w+> not in session"
"""SQLAlchemy warns so while nbgrader makes an entry, which it adds immediately afterwards."""


def configure(c: Any, *, root: Path | str | None = None, course_id: str | None = None) -> None:
    """Set nbgrader up for a course: solutions/ is its source, assignments/ its release.

    Everything of students (submissions, graded notebooks, feedback, the gradebook, the exchange)
    lies under course/. `nbgrader autograde` grades with the autograder in place of a kernel.
    nbgrader loads its configuration several times in one process, so whole values are assigned:
    calling this again changes nothing.

    Args:
        c: the configuration, `get_config()` in nbgrader_config.py.
        root: the course's folder; by default the folder of the file that calls this.
        course_id: the course's name in nbgrader's exchange; by default the folder's name.
    """
    folder = Path(root if root is not None else _folder_of_caller()).resolve()
    private = folder / PRIVATE
    exchange = private / "exchange"
    if not exchange.is_dir():
        exchange.mkdir(parents=True)  # SQLite makes the gradebook's file, but no folder
        exchange.chmod(0o777)  # as nbgrader makes it at the first release, with a warning
    _let_nbgrader_find_alembic()
    warnings.filterwarnings("ignore", HALF_MADE)

    c.CourseDirectory.course_id = course_id or folder.name
    c.CourseDirectory.root = str(folder)
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "assignments"
    for step in ("submitted", "autograded", "feedback", "solution", "source_with_tests"):
        c.CourseDirectory[f"{step}_directory"] = f"{PRIVATE}/{step}"
    c.CourseDirectory.db_url = f"sqlite:///{private / 'gradebook.db'}"
    c.Exchange.root = str(exchange)
    c.Exchange.cache = str(private / "exchange_cache")

    c.GenerateAssignment.preprocessors = [f"{HOOKS}.attach.AttachBattery", *_release_steps()]
    c.Autograde.exporter_class = f"{HOOKS}.staging.SubmissionExporter"
    c.Autograde.autograde_preprocessors = [
        f"{HOOKS}.grade.GradeInWorker",  # in place of Execute
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.ExportApp.plugin_class = f"{HOOKS}.export.SafeCsvExport"
    c.HTMLExporter.filters = {
        "markdown2html": f"{HOOKS}.markdown.text_cell",
        "highlight_code": f"{HOOKS}.markdown.code_cell",
    }

    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), _nbgraders_templates()]
    c.FormgradeExtension.debug = False  # with it, nbgrader warns that it can't show its settings

    from autograder.nbgrader import timestamps

    timestamps.install()


def _folder_of_caller() -> Path:
    """The folder of nbgrader_config.py, which nbgrader runs with its path as __file__."""
    frame = inspect.currentframe()
    calling = frame.f_back.f_back if frame is not None and frame.f_back is not None else None
    file = calling.f_globals.get("__file__") if calling is not None else None
    return Path(file).parent if file else Path.cwd()


def _release_steps() -> list[Any]:
    """The steps of generate_assignment that are nbgrader's own."""
    from nbgrader.converters import GenerateAssignment

    steps: list[Any] = GenerateAssignment.class_traits()["preprocessors"].default()
    return steps


def _nbgraders_templates() -> str:
    """Where the pages of formgrader and feedback are, as nbgrader itself sets it."""
    from nbgrader.server_extensions.formgrader import handlers

    return str(handlers.template_path)


def _let_nbgrader_find_alembic() -> None:
    """For a new gradebook nbgrader starts `alembic` by its name; the program is beside this Python."""
    beside = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if path.split(os.pathsep)[0] != beside:
        os.environ["PATH"] = os.pathsep.join([beside, path])
