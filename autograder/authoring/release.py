"""Releasing: nbgrader writes the students' notebooks, the recorded cases are put beside them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder import __version__
from autograder.authoring.proof import prove
from autograder.grading.battery.cases import Battery
from autograder.grading.battery.file import (
    SUFFIX,
    Released,
    ReleasedExercise,
    encode_released,
    without_student,
)
from autograder.grading.checks import ChecksNotLoaded, collect
from autograder.grading.judge import GradingJudge
from autograder.notebooks.course import Course, CourseError, SourceNotebook, read_source
from autograder.notebooks.exercises import Exercise, ExerciseError, find_exercise

RELEASE_DIRECTORY = "assignments"
RELEASE_SECRET = "released"
"""Seeds of released cases are public, as the cases are; so a battery changes with checks and solutions
alone, never with a text. Grading seeds come from Course.secret."""
RELEASE_SECONDS = 600
"""For one assignment: nbgrader's start and the recording take about 10."""


class AttachBattery(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the recorded cases beside the released notebook.

    First in GenerateAssignment.preprocessors: nbgrader's exporter writes what is in `outputs`.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record the cases of the notebook's checks against its solutions."""
        name = resources["nbgrader"]["notebook"]
        source = read_source(Path(resources["metadata"]["path"]) / f"{name}.ipynb")
        folders = Course(source.path.parents[2]).exercise_folders
        if source.points:
            data = encode_released(record_notebook(source, folders))
            resources.setdefault("outputs", {})[name + SUFFIX] = data
        return nb, resources


def record_notebook(notebook: SourceNotebook, folders: Sequence[Path]) -> Released:
    """The cases of every check of a notebook's exercises, with the reference's answers.

    Args:
        notebook: a source notebook.
        folders: where its exercises are looked for (Course.exercise_folders).

    Raises:
        CourseError: when an exercise has no checks, when its points are not those of its checks, or
            when the reference fails a check.
    """
    try:
        reference = notebook.namespace()
        recorded = [
            _record(find_exercise(name, folders), reference, points)
            for name, points in notebook.points.items()
        ]
    except (ChecksNotLoaded, ExerciseError) as error:  # says itself which file
        raise CourseError(str(error)) from error
    except CourseError as error:
        raise CourseError(f"{notebook.path}: {error}") from error
    except Exception as error:  # of solutions or of checks: whatever these raise
        raise CourseError(f"{notebook.path}: {type(error).__name__}: {error}") from error
    name = notebook.path.resolve()
    return Released(__version__, name.parent.name, notebook.name, recorded)


def _record(exercise: Exercise, reference: dict[str, Any], points: float) -> ReleasedExercise:
    checks = collect(exercise)
    name, total = exercise.name, sum(check.points for check in checks)
    if not checks:
        raise CourseError(f"the exercise {name} has no checks")
    if total != points:
        raise CourseError(f"the cell of {name} has {points:g} points, its checks have {total:g}")
    judge = GradingJudge(exercise, checks, reference, RELEASE_SECRET)
    batteries = [
        Battery(check.name, [without_student(case) for case in judge.cases(check)])
        for check in checks
    ]
    return ReleasedExercise(name, points, batteries)


@dataclass(frozen=True)
class ReleasedNotebook:
    """What became of one notebook; `problems` is empty when the release is proven to be sound."""

    name: str
    exercises: tuple[str, ...]
    battery_bytes: int
    problems: tuple[str, ...]


def release(course: Course, assignments: Sequence[str] = ()) -> Iterator[ReleasedNotebook]:
    """Release assignments with nbgrader's generate_assignment, and prove what must be true of them.

    Args:
        course: its root is an nbgrader course with `solutions/` as source directory and `assignments/`
            as release directory.
        assignments: their names; none for all.

    Raises:
        CourseError: for an assignment that doesn't exist, or that nbgrader fails to release.
    """
    known = list(dict.fromkeys(notebook.assignment for notebook in course.notebooks))
    for name in assignments:
        if name not in known:
            raise CourseError(f"{name}: no such assignment; there are {', '.join(known)}")
    chosen = [name for name in known if name in assignments or not assignments]
    for name in chosen:
        generate(course.root, name)
    notebooks = [notebook for notebook in course.notebooks if notebook.assignment in chosen]
    pairs = [(notebook, released_path(course, notebook)) for notebook in notebooks]
    for (notebook, path), problems in zip(pairs, prove(course, pairs), strict=True):
        battery = path.with_suffix(SUFFIX)
        size = battery.stat().st_size if battery.exists() else 0
        name = f"{notebook.assignment}/{notebook.name}"
        yield ReleasedNotebook(name, tuple(notebook.points), size, problems)


def released_path(course: Course, notebook: SourceNotebook) -> Path:
    """Where nbgrader writes the students' version of a source notebook."""
    return course.root / RELEASE_DIRECTORY / notebook.assignment / notebook.path.name


def generate(root: Path, assignment: str) -> None:
    """Run nbgrader's generate_assignment; raises CourseError with what it logged when it fails."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force"]
    environment = {"OMP_NUM_THREADS": "1"} | os.environ
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=RELEASE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise CourseError(
            f"{assignment}: nbgrader generate_assignment took longer than {RELEASE_SECONDS} s"
        ) from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        own = f"{CourseError.__module__}.{CourseError.__qualname__}: "
        for line in reversed(lines):
            if line.strip().startswith(own):
                raise CourseError(line.strip().removeprefix(own))
        telling = [line for line in lines if "ERROR" in line] or lines
        raise CourseError(
            f"{assignment}: nbgrader generate_assignment failed (exit code {done.returncode}):\n"
            + "\n".join(telling[-5:])
        )
