"""Finds the data for check(): the recorded cases of an exercise, and the checks that they belong to."""

import difflib
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.checking import messages
from autograder.grading.battery.file import SUFFIX, BatteryError, Released, read_released
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.installed import InstalledCourse, installed_courses
from autograder.text import joined

LISTED = 12
"""Names in a sentence."""


@dataclass(frozen=True)
class Found:
    """An exercise that can be checked here.

    released: the cases of its notebook.
    exercise: its checks.
    """

    released: Released
    exercise: Exercise


def find(exercise: str, folders: Sequence[Path]) -> Found:
    """The recorded cases of an exercise, and its checks.

    Cases are looked for in some folders, then in installed courses. Checks are those of the course
    that the cases came with, else of the first installed course that has the exercise; the engine is
    the last of them.

    Args:
        exercise: its name.
        folders: where the notebook may lie; see `notebook_folders`.

    Raises:
        BatteryError: when there are no such cases or no such checks; the text says where they were
            looked for, what is there, and what to do.
    """
    search = _Search(exercise)
    courses = installed_courses()
    released = search.among(path for folder in folders for path in batteries_in(folder))
    if released is not None:
        return Found(released, _checks(exercise, released, courses))
    for course in courses:
        released = search.among(course.battery_files())
        if released is not None:
            return Found(released, _checks(exercise, released, (course, *courses[-1:])))
    raise search.error(folders, courses)


def batteries_in(folder: Path) -> list[Path]:
    """The battery files of a folder."""
    return sorted(folder.glob(f"*{SUFFIX}"))


class _Search:
    """Looks through battery files, and remembers their exercises."""

    def __init__(self, exercise: str) -> None:
        self._exercise = exercise
        self._unreadable: BatteryError | None = None
        self._seen: dict[str, None] = {}

    def among(self, paths: Iterable[Path]) -> Released | None:
        """The battery with cases of the exercise: the file of its name, else of several that of its home.

        In a notebook that only grades it again an exercise has fewer points than at home.
        """
        found: list[tuple[float, Released]] = []
        for path in sorted(paths, key=lambda path: path.stem != self._exercise):
            try:
                released = read_released(path)
            except BatteryError as error:
                self._unreadable = self._unreadable or error
                continue
            exercise = released.exercise(self._exercise)
            if exercise is not None:
                if path.stem == self._exercise:
                    return released
                found.append((exercise.points, released))
            self._seen |= dict.fromkeys(exercise.name for exercise in released.exercises)
        return max(found, key=lambda one: one[0])[1] if found else None

    def error(self, folders: Sequence[Path], courses: Sequence[InstalledCourse]) -> BatteryError:
        """Says what is missing; a file that could not be read comes first."""
        if self._unreadable is not None:
            return self._unreadable
        known = list(self._seen)
        if close := _closest(self._exercise, known):
            text = messages.OTHER_NAME.format(exercise=self._exercise, close=close)
            return BatteryError(text)
        places = [str(folder) for folder in folders]
        places += [course.name for course in courses if course.battery_files()]
        sentences = [
            messages.BATTERY_MISSING.format(exercise=self._exercise, places=_joined(places)),
            messages.BATTERY_SEEN.format(names=_joined(f"`{name}`" for name in known))
            if known
            else messages.BATTERY_NONE_SEEN,
            messages.BATTERY_COLAB if "google.colab" in sys.modules else messages.BATTERY_GET,
        ]
        return BatteryError(joined(sentences))


def _checks(exercise: str, released: Released, courses: Sequence[InstalledCourse]) -> Exercise:
    """The checks of the course that released the notebook, where several have such an exercise."""
    found = [course for course in courses if Exercise(course.exercises / exercise).check_files()]
    notebook = Path(released.assignment, released.notebook + SUFFIX)
    found.sort(key=lambda course: not (course.batteries / notebook).is_file())
    if not found:
        raise BatteryError(messages.CHECKS_MISSING.format(exercise=exercise))
    return Exercise(found[0].exercises / exercise)


def _closest(name: str, known: Sequence[str]) -> str | None:
    """A known name that was most likely meant: other letters, or another case."""
    for candidate in known:
        if candidate.lower() == name.lower():
            return candidate
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)


def _joined(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join([*listed[:LISTED], *(["…"] if len(listed) > LISTED else [])])


def notebook_folders(namespace: dict[str, Any]) -> list[Path]:
    """Where the notebook that runs here may lie, most likely first.

    Args:
        namespace: the notebook's: IPython keeps the folder there in which it started (`_dh`), VS Code
            the notebook's path.
    """
    here = Path.cwd()
    candidates = [here]
    started = namespace.get("_dh")
    if isinstance(started, list) and started:  # the student may have left it since
        candidates.append(Path(str(started[0])))
    path = namespace.get("__vsc_ipynb_file__")
    if isinstance(path, str):
        candidates.append(Path(path).parent)
    session = os.environ.get("JPY_SESSION_NAME", "")  # the notebook's path, from Jupyter Server
    if session.endswith(".ipynb"):
        candidates.append((here / session).parent)
    existing = [folder for folder in candidates if folder.is_dir()]
    return list(dict.fromkeys(existing)) or [here]


def name_of(exercise: Any, namespace: dict[str, Any]) -> str:
    """The name that check() was meant for: a text, or the function itself.

    Raises:
        BatteryError: when it is neither.
    """
    if isinstance(exercise, str):
        return exercise.strip()
    named = [name for name, value in namespace.items() if value is exercise and name[:1] != "_"]
    own = getattr(exercise, "__name__", None)
    if callable(exercise) and isinstance(own, str) and (own in named or not named):
        return own
    if named:
        return named[0]
    raise BatteryError(messages.NOT_A_NAME.format(kind=type(exercise).__name__))
