"""A new course: a folder of its own, with everything but exercises."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder import __version__
from autograder.authoring.scaffold import NewFile
from autograder.notebooks.course import CourseError
from autograder.notebooks.installed import DISTRIBUTION, GROUP
from autograder.notebooks.secret import SECRET_FILE, new_secret

PREFIX = "autograder_course_"
"""Of a course's package: workers may read no library whose name begins with `autograder`."""
LONGEST = 60
"""Characters of a name."""
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def course_name(folder: Path) -> str:
    """A folder's name as that of a distribution. Raises CourseError where nothing is left of it."""
    name = _NOT_IN_NAMES.sub("-", folder.name.lower()).strip("-")[:LONGEST]
    if not name:
        raise CourseError(
            f"{folder}: its name needs letters or digits, since the course is called so"
        )
    if name in (DISTRIBUTION, "autograder"):
        raise CourseError(f"{folder}: this is the engine's name; call the course something else")
    return name


def init(folder: Path) -> list[NewFile]:
    """The files of a new course; none is written yet.

    Args:
        folder: the course's folder, which need not exist; its name becomes the course's.

    Raises:
        CourseError: when the name cannot be used, or a file is already there.
    """
    name = course_name(folder)
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder}: is no folder")
    files = [*_files(folder, name)]
    for file in files:
        if file.path.exists() or file.path.is_symlink():
            raise CourseError(f"{file.path}: already there; nothing was written")
    return files


def _files(folder: Path, name: str) -> Iterator[NewFile]:
    environment = Environment(
        loader=PackageLoader("autograder.authoring", "templates/course"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # nothing of this is HTML
    )
    values = {
        "name": name,
        "package": PREFIX + name.replace("-", "_"),
        "file": name.replace("-", "_"),
        "engine": DISTRIBUTION,
        "version": __version__,
        "group": GROUP,
        "address": engine_address(),
    }

    def render(template: str) -> str:
        return environment.get_template(f"{template}.jinja").render(values)

    yield NewFile(folder / "README.md", render("README.md"), "what lies where, and the commands")
    yield NewFile(
        folder / "nbgrader_config.py", render("nbgrader_config.py"), "nbgrader's settings"
    )
    yield NewFile(folder / "pyproject.toml", render("pyproject.toml"), "the package for students")
    yield NewFile(
        folder / "requirements.txt", render("requirements.txt"), "what instructors install"
    )
    yield NewFile(folder / ".gitignore", render("gitignore"), "what stays out of git")
    workflow = folder / ".github" / "workflows" / "course.yml"
    yield NewFile(workflow, render("course.yml"), "audits and releases on every push")
    secret = f"{new_secret()}\n"
    yield NewFile(folder / SECRET_FILE, secret, "the secret: keep a copy, not in git", private=True)
    yield NewFile(folder / "solutions" / ".gitkeep", "", "notebooks with solutions go here")
    yield NewFile(folder / "exercises" / ".gitkeep", "", "checks of your own exercises go here")


def engine_address() -> str:
    """The Git address that the engine was installed from, with its commit; "" for anything else.

    pip notes it in direct_url.json (PEP 610).
    """
    with suppress(metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
        noted = json.loads(text or "{}")
        version = noted["vcs_info"]
        return f"{version['vcs']}+{noted['url']}@{version['commit_id']}"
    return ""
