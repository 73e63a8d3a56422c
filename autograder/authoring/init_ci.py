"""The workflow with which a code hosting service grades a class, or checks a student's repository."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder import __version__
from autograder.authoring.init import engine_address
from autograder.authoring.scaffold import NewFile
from autograder.notebooks.course import CourseError
from autograder.notebooks.installed import DISTRIBUTION
from autograder.paths import CHECKOUT

WORKFLOWS = {
    "github": ".github/workflows/{name}.yml",
    "gitlab": ".gitlab-ci.yml",
    "forgejo": ".forgejo/workflows/{name}.yml",
}
"""Where a system looks for a workflow."""
STUDENTS_FILE = "students.txt"
FOR_STUDENTS, FOR_A_CLASS = 60, 0
"""Percent below which a job fails. The job of a class fails when a file is not graded, and not because
the class isn't done yet."""


def init_ci(root: Path, system: str, fail_under: int | None = None) -> list[NewFile]:
    """The files of a workflow; none is written yet.

    A folder with solutions/ is a course's: its workflow fetches and grades the students' repositories.
    Any other folder is handed out to students: its workflow checks notebooks by their released cases.

    Args:
        root: the folder of the repository.
        system: a key of WORKFLOWS.
        fail_under: percent of the points below which a job fails; None for the default.

    Raises:
        CourseError: when the folder is neither, or a file is already there.
    """
    is_class = (root / "solutions").is_dir()
    if not is_class and not any(root.rglob("*.battery")):
        raise CourseError(
            f"{root}: neither a course (a folder with solutions/) nor what students get (notebooks with "
            "their .battery files); nothing was written"
        )
    files = [*_files(root, system, is_class, fail_under)]
    for file in files:
        if file.path.exists() or file.path.is_symlink():
            raise CourseError(f"{file.path}: already there; nothing was written")
    return files


def _files(root: Path, system: str, is_class: bool, fail_under: int | None) -> Iterator[NewFile]:
    environment = Environment(
        loader=PackageLoader("autograder.authoring", "templates/ci"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        variable_start_string="[[",  # `${{ x }}` is the workflow's own
        variable_end_string="]]",
        autoescape=False,  # nothing of this is HTML
    )
    default = FOR_A_CLASS if is_class else FOR_STUDENTS
    values = {
        "fail_under": default if fail_under is None else fail_under,
        "students": STUDENTS_FILE,
        "own": root.resolve() == CHECKOUT,
        "engine": DISTRIBUTION,
        "version": __version__,
        "address": engine_address(),
    }

    def render(template: str) -> str:
        return environment.get_template(f"{template}.jinja").render(values)

    kind, name = ("class", "grade-class") if is_class else ("students", "autograder")
    purpose = "fetches and grades the class" if is_class else "checks what a push changed"
    workflow = root / WORKFLOWS[system].format(name=name)
    yield NewFile(workflow, render(f"{kind}.{system}.yml"), purpose)
    if is_class and not (root / STUDENTS_FILE).exists():
        yield NewFile(root / STUDENTS_FILE, render(STUDENTS_FILE), "who has which repository")
    if not (root / "requirements.txt").exists():
        yield NewFile(root / "requirements.txt", render("requirements.txt"), "what CI installs")
