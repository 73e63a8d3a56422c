"""Courses that are installed as packages: their checks and the recorded cases of their notebooks.

`autograder release` builds such a package, which holds no solution.
"""

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from autograder.paths import BATTERIES, EXERCISES

GROUP = "autograder.course"
"""The entry point group by which a course's package is found; the value names the package."""
EXERCISES_FOLDER = "exercises"
BATTERIES_FOLDER = "batteries"
DISTRIBUTION = "autograder-from-scratch"
"""The name under which pip installs this package; PyPI's `autograder` is another project."""


@dataclass(frozen=True)
class InstalledCourse:
    """A package with exercises and batteries, laid out as `<folder>/<name>/...`."""

    name: str
    version: str
    exercises: Path
    batteries: Path

    def battery_files(self) -> list[Path]:
        """The recorded cases of its notebooks."""
        return sorted(self.batteries.glob("*/*.battery"))


NEEDED_FOR_GRADING = ("hypothesis", "matplotlib", "platformdirs", "pytest")
"""The extra `grading`, without libraries that only one system has."""
NOT_FOR_GRADING = (
    "{missing}: not installed. Checking at home does without, grading and releasing don't: "
    'python -m pip install "{ours}[grading]" (or [nbgrader])'
)


def why_not_grading() -> str:
    """A sentence on the libraries for grading that are not installed; "" when all are there."""
    missing = [name for name in NEEDED_FOR_GRADING if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return NOT_FOR_GRADING.format(missing=", ".join(missing), ours=DISTRIBUTION)


def installed_courses() -> tuple[InstalledCourse, ...]:
    """The courses that are installed here, by name; the engine's own is the last.

    A package that was installed while this process runs, as in a notebook, is found as well.
    """
    importlib.invalidate_caches()
    return (*sorted(_courses(), key=lambda course: course.name), engine_course())


def engine_course() -> InstalledCourse:
    """The exercises that come with the engine; only a wheel holds batteries of theirs."""
    from autograder import __version__

    return InstalledCourse(DISTRIBUTION, __version__, EXERCISES, BATTERIES)


def _courses() -> Iterator[InstalledCourse]:
    for entry in metadata.entry_points(group=GROUP):
        try:
            spec = importlib.util.find_spec(entry.value)
        except (ImportError, ValueError):
            spec = None
        if spec is None or not spec.submodule_search_locations:
            continue  # removed by hand, or in part
        folder = Path(spec.submodule_search_locations[0])
        version = entry.dist.version if entry.dist is not None else ""
        yield InstalledCourse(
            entry.name, version, folder / EXERCISES_FOLDER, folder / BATTERIES_FOLDER
        )


def strangers() -> tuple[str, ...]:
    """Other distributions that hold a package `autograder`, where ours is not the only one."""
    found = set(metadata.packages_distributions().get("autograder", []))
    if len(found) < 2:
        return ()
    return tuple(sorted(name for name in found if _plain(name) != DISTRIBUTION))


def _plain(name: str) -> str:
    return name.replace("_", "-").replace(".", "-").lower()
