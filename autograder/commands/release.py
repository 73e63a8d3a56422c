"""`autograder release`: the students' notebooks and package, with the proof that no solution is in them."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from autograder.authoring.other_language import release_in
from autograder.authoring.release import RELEASE_DIRECTORY, ReleasedNotebook, release
from autograder.authoring.wheel import build_wheel, read_project
from autograder.notebooks.course import CourseError, find_course


def run(
    assignments: Sequence[str], *, language: str | None, output: Console, errors: Console
) -> int:
    """Release and say of every notebook how it went; returns 0, or 1 where something is wrong.

    While it works, a terminal shows what it is doing.

    Args:
        assignments: their names; none for all.
        language: another than English for the notebooks in that language, beside the English ones.
    """
    sound = True
    try:
        with errors.status("reading the course") as status:

            def say(text: str) -> None:
                status.update(Text(text))

            course = find_course()
            project = read_project(course.root)  # before the long work: it may be unusable
            other = language not in (None, "en")
            releasing = (
                release_in(course, str(language), assignments, say)
                if other
                else release(course, assignments, say)
            )
            for notebook in releasing:
                sound = sound and not notebook.problems
                output.print(Text(_line(notebook)))
                for problem in notebook.problems:
                    errors.print(Text(problem))
            if project is not None and sound and not other:
                say("building the students' package")
                built = build_wheel(course, project, course.root / RELEASE_DIRECTORY)
                sound = sound and not built.problems
                output.print(
                    Text(f"{built.path.relative_to(course.root)}: the package for your students")
                )
                for problem in built.problems:
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
