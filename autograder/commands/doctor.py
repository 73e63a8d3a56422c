"""`autograder doctor`: lists what this machine has, and what it lacks."""

import platform
import stat
from collections.abc import Iterator
from importlib import metadata

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder import __version__
from autograder.authoring.wheel import read_project
from autograder.checking import messages
from autograder.notebooks.course import Course, CourseError, find_course
from autograder.notebooks.installed import (
    DISTRIBUTION,
    installed_courses,
    strangers,
    why_not_grading,
)
from autograder.notebooks.secret import PUBLIC_NOTE, SECRET_FILE
from autograder.paths import EXERCISES, PACKAGE
from autograder.sandbox.limits import Limits
from autograder.sandbox.spawning import ForkServer, SandboxError

LIBRARIES = (
    "torch",
    "numpy",
    "hypothesis",
    "ipython",
    "msgspec",
    "pytest",
    "nbgrader",
    "setuptools",
)

Row = tuple[str, str]


def run(*, clear_store: bool, output: Console, errors: Console) -> int:
    """Print what was found; 0, or 1 when something is in the way of grading (named on stderr).

    On a machine without the libraries for grading, as a student's, it leaves out isolation and store.
    """
    problems: list[str] = []
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    rows = [*_versions()]
    if why := why_not_grading():
        rows.append(("grading", why))
    else:
        rows += [*_isolation(problems), *_store(clear_store)]
    for name, found in (*rows, *_course(problems), *_installed()):
        table.add_row(Text(name), Text(found))
    output.print(table)
    if others := strangers():
        problems.append(messages.CLASH.format(strangers=", ".join(others), ours=DISTRIBUTION))
    for problem in problems:
        errors.print(Text(problem))
    return 1 if problems else 0


def _versions() -> Iterator[Row]:
    yield "autograder", f"{__version__} in {PACKAGE}"
    yield "Python", f"{platform.python_version()} on {platform.platform()}"
    for name in LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def _isolation(problems: list[str]) -> Iterator[Row]:
    try:
        with ForkServer(Limits()) as server:
            found = server.isolation
    except (SandboxError, OSError) as error:
        problems.append(f"no submission can be run here: {error}")
        yield "isolation", "none"
        return
    yield "isolation", f"{found.level}: {', '.join(found.layers)}"
    for missing in found.missing:
        yield "", f"missing: {missing}"


def _store(clear: bool) -> Iterator[Row]:
    """Where recorded cases are kept, so that they are recorded once."""
    from autograder.grading.battery import store  # needs platformdirs, which students lack

    yield "store", str(store.folder())
    if clear:
        yield "", f"{store.clear()} files removed"
    files, size = store.size()
    yield (
        "",
        f"{files} files, {size / 1e6:.1f} MB (--clear-store removes them; they are recorded again)",
    )


def _course(problems: list[str]) -> Iterator[Row]:
    try:
        course = find_course()
    except CourseError as error:
        yield "course", str(error)
        return
    yield "course", str(course.root)
    yield "", f"{len(course.notebooks)} notebooks, {len(course.exercise_names)} exercises"
    yield from _secret(course, problems)
    try:
        if (project := read_project(course.root)) is not None:
            yield "package", f"{project.name} {project.version}: `autograder release` builds it"
    except CourseError as error:
        problems.append(str(error))


def _secret(course: Course, problems: list[str]) -> Iterator[Row]:
    """Where the secret comes from; never the secret."""
    try:
        secret = course.found_secret
    except CourseError as error:
        problems.append(str(error))
        return
    yield "secret", secret.origin
    if secret.is_public:
        yield "", PUBLIC_NOTE
    path = course.root / SECRET_FILE
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield "", f"others on this machine can read {path}: chmod 600 {SECRET_FILE}"


def _installed() -> Iterator[Row]:
    """The courses whose packages are installed, as a student's notebook sees them."""
    for course in installed_courses():
        checks = len(list(course.exercises.glob("*/test_*.py")))
        cases = len(course.battery_files())
        kind = "engine" if course.exercises == EXERCISES else "installed"
        yield (
            kind,
            f"{course.name} {course.version}: checks of {checks} exercises, cases of {cases} notebooks",
        )
