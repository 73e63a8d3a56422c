"""The package of a course, which its students install: checks and recorded cases, and no solution."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.proof import leaked_lines
from autograder.grading.battery.file import SUFFIX
from autograder.notebooks.course import Course, CourseError
from autograder.notebooks.installed import (
    BATTERIES_FOLDER,
    DISTRIBUTION,
    EXERCISES_FOLDER,
    GROUP,
)

PROJECT_FILE = "pyproject.toml"
SHIPPED = (
    "test_*.py",
    "edition.py",
    "forbidden.py",
    "vectorization.py",
    "profile.py",
    "adapter.py",
)
"""The files of an exercise that a student's check reads. Known mistakes and variants are answers."""
BUILD = "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"
BUILD_SECONDS = 120
"""A build takes about 2 seconds."""
DIGITS = 8
"""Characters of the digest in a version: enough to tell any two releases of a course apart."""


@dataclass(frozen=True)
class Project:
    """The package of a course, as its pyproject.toml describes it."""

    path: Path
    name: str
    package: str
    version: str

    def file_prefix(self) -> str:
        """How the names of its wheels begin."""
        return re.sub(r"[-_.]+", "_", self.name).lower() + "-"


@dataclass(frozen=True)
class Built:
    """A wheel and its problems."""

    path: Path
    problems: tuple[str, ...]


def read_project(root: Path) -> Project | None:
    """The package of a course; None where its pyproject.toml describes none, as in the engine's own.

    Raises:
        CourseError: when the file cannot be used; says why.
    """
    path = root / PROJECT_FILE
    if not path.is_file():
        return None
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: cannot be read ({error})") from error
    project = content.get("project", {})
    entries = project.get("entry-points", {}).get(GROUP, {})
    if not entries:
        return None
    packages = list(entries.values())
    if len(packages) != 1 or not str(packages[0]).isidentifier():
        raise CourseError(f'{path}: [project.entry-points."{GROUP}"] should name one package')
    name = project.get("name")
    version = content.get("tool", {}).get("autograder", {}).get("version")
    if not isinstance(name, str):
        raise CourseError(f"{path}: [project] needs a name")
    if not isinstance(version, str) or "version" not in project.get("dynamic", []):
        raise CourseError(f'{path}: needs dynamic = ["version"], and version in [tool.autograder]')
    return Project(path, name, packages[0], version)


def build_wheel(course: Course, project: Project, assignments: Path) -> Built:
    """Build the students' package from what is released, and prove that no answer is in it.

    Its version ends in a digest of its content, so that pip takes it for another one when, and only
    when, something has changed. Earlier wheels in dist/ are removed.

    Args:
        course: the course.
        project: its package.
        assignments: the folder of its released notebooks.

    Raises:
        CourseError: when setuptools cannot build it; says what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        stage = Path(folder)
        _lay_out(course, project, assignments, stage)
        done = subprocess.run(
            [sys.executable, "-c", BUILD],
            cwd=stage,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=BUILD_SECONDS,
        )
        if done.returncode != 0:
            said = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise CourseError(f"{project.path}: setuptools could not build it:\n{said}")
        [wheel] = stage.glob("*.whl")
        target = course.root / "dist"
        target.mkdir(exist_ok=True)
        for earlier in target.glob(f"{project.file_prefix()}*.whl"):
            earlier.unlink()
        path = Path(shutil.copy(wheel, target))
    return Built(path, tuple(wheel_problems(course, project, path)))


def _lay_out(course: Course, project: Project, assignments: Path, stage: Path) -> None:
    """Copy the files that belong into the package, and no others."""
    package = stage / project.package
    for exercise in _own_exercises(course):
        for pattern in SHIPPED:
            for path in exercise.glob(pattern):
                _copy(path, package / EXERCISES_FOLDER / exercise.name / path.name)
    for notebook in course.notebooks:
        path = assignments / notebook.assignment / f"{notebook.name}{SUFFIX}"
        if path.is_file():
            _copy(path, package / BATTERIES_FOLDER / notebook.assignment / path.name)
    version = f"{project.version}+{_digest(package)}"
    package.mkdir(exist_ok=True)
    text = f'"""The course {project.name}, for its students."""\n\n__version__ = "{version}"\n'
    (package / "__init__.py").write_text(text, encoding="utf-8")
    shutil.copy(project.path, stage)
    readme = project.path.with_name("README.md")
    if readme.is_file():
        shutil.copy(readme, stage)


def _own_exercises(course: Course) -> list[Path]:
    """The folders of the course's own exercises that a notebook of it uses."""
    own = course.root / "exercises"
    return [own / name for name in course.exercise_names if (own / name).is_dir()]


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, to)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:DIGITS]


def wheel_problems(course: Course, project: Project, wheel: Path) -> Iterator[str]:
    """Find the problems of a wheel: forbidden files, lines of solutions, a missing requirement."""
    with zipfile.ZipFile(wheel) as file:
        content = {name: file.read(name) for name in file.namelist()}
    requires: list[str] = []
    for name, data in content.items():
        top, _, inside = name.partition("/")
        if top.endswith(".dist-info"):
            if inside == "METADATA":
                lines = data.decode().splitlines()
                requires = [line for line in lines if line.startswith("Requires-Dist:")]
            continue
        if top != project.package or not _belongs(inside):
            yield f"{wheel.name} holds {name}, which students should not get"
        for line in leaked_lines(course, name, data):
            yield f"{wheel.name}: {name} holds the solution line `{line}`"
    if not any(DISTRIBUTION in line for line in requires):
        yield f"{wheel.name} does not require {DISTRIBUTION}: add it to [project] dependencies"


def _belongs(inside: str) -> bool:
    """Return whether a file of the package is one of those that students should get."""
    path = Path(inside)
    if path.parts[0] == EXERCISES_FOLDER:
        return len(path.parts) == 3 and any(path.match(pattern) for pattern in SHIPPED)
    return path.parts[0] == BATTERIES_FOLDER or inside == "__init__.py"
