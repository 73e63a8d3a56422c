"""Recording what is released with a notebook: cases of its checks, with the reference's answers."""

from collections.abc import Sequence
from pathlib import Path

from autograder import __version__
from autograder.grading.battery.file import Released, ReleasedExercise, without_student
from autograder.grading.checks import ChecksNotLoaded, collect
from autograder.grading.feedback.naming import figures_of, table_of
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import CourseError, SourceNotebook, beside, home_among
from autograder.notebooks.exercises import Exercise, ExerciseError, find_exercise

RELEASE_SECRET = "released"
"""Seeds of released cases are public, as the cases are; so a battery changes with checks and solutions
alone, never with a text. Grading seeds come from Course.secret."""


def record_notebook(notebook: SourceNotebook, folders: Sequence[Path]) -> Released:
    """The cases of every check of a notebook's exercises, with the reference's answers.

    Args:
        notebook: a source notebook.
        folders: where its exercises are looked for (Course.exercise_folders).

    Raises:
        CourseError: when an exercise has no checks, when its points are not those of its checks (unless
            it is graded again here), or when the reference fails a check.
    """
    try:
        others = beside(notebook) if notebook.again else ()
        references: dict[Path, Reference] = {}
        recorded = []
        for name, points in notebook.points.items():
            again = name in notebook.again
            home = (home_among(others, name) if again else None) or notebook
            reference = references.setdefault(home.path, Reference(home, folders))
            exercise = find_exercise(name, folders)
            recorded.append(_record(exercise, reference, points, again=again))
    except (ChecksNotLoaded, ExerciseError) as error:  # says itself which file
        raise CourseError(str(error)) from error
    except CourseError as error:
        raise CourseError(f"{notebook.path}: {error}") from error
    except Exception as error:  # of solutions or of checks: whatever these raise
        raise CourseError(f"{notebook.path}: {type(error).__name__}: {error}") from error
    path = notebook.path.resolve()
    return Released(__version__, path.parent.name, notebook.name, recorded)


def _record(
    exercise: Exercise, reference: Reference, points: float, *, again: bool
) -> ReleasedExercise:
    checks = collect(exercise)
    name, total = exercise.name, sum(check.points for check in checks)
    if not checks:
        raise CourseError(f"the exercise {name} has no checks")
    if total != points and not again:
        raise CourseError(f"the cell of {name} has {points:g} points, its checks have {total:g}")
    judge = GradingJudge(exercise, checks, reference, RELEASE_SECRET)
    judge.prepare()
    recorded = [judge.battery(check) for check in checks]
    batteries = [without_student(battery) for battery in recorded]
    if exercise.is_random:
        mistakes, figures = figures_of(judge.diagnostician)
        return ReleasedExercise(name, points, batteries, mistakes, figures=figures)
    mistakes, naming = table_of(judge.diagnostician, recorded)
    return ReleasedExercise(name, points, batteries, mistakes, naming)
