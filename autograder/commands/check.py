"""`autograder check`: a student's notebook, checked by what was released, without a course."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.battery_search import find
from autograder.grading.at_home import HomeFailure
from autograder.grading.battery.file import BatteryError, Released
from autograder.grading.notebook_at_home import judge_notebook
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.files import UnreadableSubmission
from autograder.reports import terminal
from autograder.sandbox.limits import Limits
from autograder.sandbox.spawning import SandboxError


def run(path: Path, *, output: Console, errors: Console) -> int:
    """Check every exercise of a notebook: 0 when it was checked whatever the points, else 2.

    Args:
        path: the notebook; its recorded cases lie in its folder or in an installed course.
    """

    def found(exercise: str) -> tuple[Released, Exercise]:
        here = find(exercise, [path.absolute().parent])
        return here.released, here.exercise

    try:
        result = judge_notebook(path, found, Limits())
    except (UnreadableSubmission, BatteryError, HomeFailure, SandboxError) as error:
        errors.print(Text(str(error)))
        return 2
    output.print(terminal.submission(result))
    return 0
