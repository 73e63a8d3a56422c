"""The zip that makes an autograder on Gradescope: the engine, an assignment with solutions, two scripts.

Source: Gradescope's "Autograder Specifications": `setup.sh` and `run_autograder` at the root of the zip,
which is unpacked into /autograder/source.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

from packaging.requirements import Requirement

from autograder.notebooks.course import (
    EXERCISES_DIRECTORY,
    Course,
    CourseError,
    own_exercises,
)
from autograder.notebooks.installed import DISTRIBUTION
from autograder.notebooks.secret import SECRET_FILE
from autograder.paths import EXERCISES, PACKAGE

SCRIPTS = ("setup.sh", "run_autograder")
EXTRAS = ("grading", "course")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same course gives the same zip; this is the first day that a zip knows."""
NO_ASSIGNMENT = "{name}: the course has no such assignment; it has {there}"
NOT_INSTALLED = "the autograder is not installed here, so it cannot be packed: pip install it first"

File = tuple[str, bytes]


def build(course: Course, assignment: str) -> bytes:
    """The zip for an assignment. It holds solutions and the secret: it is for Gradescope alone.

    Raises:
        CourseError: when the course has no such assignment, or the engine is not installed.
    """
    there = sorted({notebook.assignment for notebook in course.notebooks})
    if assignment not in there:
        raise CourseError(NO_ASSIGNMENT.format(name=assignment, there=", ".join(there)))
    try:
        name, engine = _engine()
    except metadata.PackageNotFoundError:
        raise CourseError(NOT_INSTALLED) from None
    templates = resources.files("autograder.authoring").joinpath("templates", "gradescope")
    files = [(script, templates.joinpath(script).read_bytes()) for script in SCRIPTS]
    files += [
        ("assignment.txt", f"{assignment}\n".encode()),
        ("requirements.txt", "".join(f"{line}\n" for line in _requirements()).encode()),
        (name, engine),
        *_course(course, assignment),
    ]
    if not course.found_secret.is_public:
        files.append((f"course/{SECRET_FILE}", f"{course.secret}\n".encode()))
    return _zip(files)


def _course(course: Course, assignment: str) -> Iterator[File]:
    """The assignment's sources, and the exercises of the course's own; the engine brings the others."""
    own = own_exercises(course.root)
    for notebook in course.notebooks:
        if notebook.assignment != assignment:
            continue
        yield f"course/solutions/{assignment}/{notebook.path.name}", notebook.path.read_bytes()
        for name in notebook.points:
            folder = own / name
            if own != EXERCISES and folder.is_dir():
                yield from _tree(folder, f"course/{EXERCISES_DIRECTORY}/{name}")


def _tree(folder: Path, name: str) -> Iterator[File]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _engine() -> File:
    """The engine as it is installed here, as a wheel with its known mistakes, which name a mistake."""
    distribution = metadata.distribution(DISTRIBUTION)
    info = f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}.dist-info"
    files = list(_tree(PACKAGE, PACKAGE.name))
    # A checkout on Python's path is found by its egg-info, which calls the same text PKG-INFO.
    described = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    files.append((f"{info}/METADATA", described.encode()))
    commands = distribution.read_text("entry_points.txt") or ""
    files.append((f"{info}/entry_points.txt", commands.encode()))
    wheel = "Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files.append((f"{info}/WHEEL", wheel.encode()))
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files]
    files.append((f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,", ""]).encode()))
    return f"{info.removesuffix('.dist-info')}-py3-none-any.whl", _zip(files)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _requirements() -> Iterator[str]:
    """The libraries that grading loads, in this machine's versions: others would draw other inputs."""
    found: dict[str, str] = {}
    for line in metadata.requires(DISTRIBUTION) or ():
        wanted = Requirement(line)
        marker = wanted.marker
        extras = ("", *EXTRAS)
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            continue  # of the extra for notebooks, which may be lacking here
        found[wanted.name] = version.partition("+")[0]  # torch's `+cpu` is not on every index
    for name, version in sorted(found.items()):
        yield f"{name}=={version}"


def _zip(files: list[File]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, so that the scripts' modes count
            info.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()
