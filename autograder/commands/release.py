"""`autograder release`: the students' notebooks, with the proof that no solution is in them."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from autograder.authoring.release import ReleasedNotebook, release
from autograder.notebooks.course import CourseError, find_course


def run(assignments: Sequence[str], *, output: Console, errors: Console) -> int:
    """Release and say of every notebook how it went; returns 0, or 1 where something is wrong."""
    sound = True
    try:
        for notebook in release(find_course(), assignments):
            sound = sound and not notebook.problems
            output.print(Text(_line(notebook)))
            for problem in notebook.problems:
                errors.print(Text(problem))
    except CourseError as error:
        errors.print(Text(str(error)))
        return 1
    return 0 if sound else 1


def _line(notebook: ReleasedNotebook) -> str:
    exercises = ", ".join(notebook.exercises) or "no exercises"
    battery = f"{notebook.battery_bytes / 1000:.0f} kB of recorded cases"
    if notebook.problems:
        return f"{notebook.name}: {exercises}; {battery}; {len(notebook.problems)} PROBLEMS"
    proof = "no solution line leaked, stubs score 0, the solution scores all"
    return f"{notebook.name}: {exercises}; {battery}; {proof}"
