"""The terminal report: a table for each submission, and the first counterexample of a failed exercise."""

from collections.abc import Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from autograder.grading.results import ExerciseResult, Report, SubmissionResult
from autograder.sandbox.isolation import Isolation
from autograder.text import one_line, printable, score

_STYLES = {"passed": "green", "partial": "yellow", "not_attempted": "dim"}


def submission(result: SubmissionResult) -> RenderableType:
    """One submission: its exercises with points and status, then why points are missing."""
    table = Table(box=None, pad_edge=False)
    table.add_column("exercise")
    table.add_column("points", justify="right")
    table.add_column("status")
    table.add_column("what to look at", overflow="fold")
    for exercise in result.exercises:
        style = _STYLES.get(exercise.status, "red")
        points = f"{score(exercise.score)} / {score(exercise.max_score)}"
        status = Text(exercise.status.replace("_", " "), style=style)
        table.add_row(exercise.name, points, status, Text(_summary(exercise)))
    parts: list[RenderableType] = [*_title(result), table]
    parts += [Text(f"  note: {one_line(problem)}", style="yellow") for problem in result.problems]
    parts += [Text(f"  look at: {one_line(text)}", style="magenta") for text in result.review]
    for exercise in result.exercises:
        parts += _why(exercise)
    return Group(*parts, "")


def exercise(result: ExerciseResult, problems: Sequence[str] = ()) -> RenderableType:
    """One exercise, as a console or a script shows it that has no room for a page."""
    style = _STYLES.get(result.status, "red")
    points = f"{score(result.score)} of {score(result.max_score)} points"
    status = result.status.replace("_", " ")
    title = Text.assemble((result.name, "bold"), ": ", (f"{points}, {status}", style))
    notes = [Text(f"  note: {printable(problem)}", style="yellow") for problem in problems]
    if result.diagnosis is not None:
        notes.append(Text(f"  {result.name} {printable(result.diagnosis.title)}"))
    return Group(title, *notes, *_why(result))


def _title(result: SubmissionResult) -> list[RenderableType]:
    """Whose notebook it is; below it the file, where its path says something else.

    Not the table's own title, which is wrapped to the table's width.
    """
    who = f"{result.student}  " if result.student else ""
    title = Text(one_line(f"{who}{result.assignment}/{result.notebook}"), style="bold")
    usual = (result.student, result.assignment, f"{result.notebook}.ipynb")
    if PurePath(result.path).parts[-3:] == usual:
        return [title]
    return [title, Text(one_line(result.path), style="dim", overflow="fold")]


def _summary(exercise: ExerciseResult) -> str:
    if exercise.diagnosis is not None:
        return printable(exercise.diagnosis.title)
    failed = [check for check in exercise.checks if check.outcome in ("failed", "error")]
    if exercise.status == "forbidden" and failed:
        return one_line(failed[0].message)
    return failed[0].title if failed else ""


def _why(exercise: ExerciseResult) -> list[RenderableType]:
    parts: list[RenderableType] = []
    failed = [check for check in exercise.checks if check.outcome in ("failed", "error")]
    if failed and exercise.status != "forbidden":
        first = failed[0]
        parts.append(Text(f"  {exercise.name}: {first.title}", style="bold"))
        parts.append(Padding(Text(printable(first.message)), (0, 0, 0, 4)))
        if first.code:
            code = Syntax(
                printable(first.code), "python", background_color="default", word_wrap=True
            )
            parts.append(Padding(code, (0, 0, 0, 4)))
    if exercise.diagnosis is not None:
        parts.append(Padding(Text(f"hint: {printable(exercise.diagnosis.hint)}"), (0, 0, 0, 4)))
    parts += [Padding(Text(f"advice: {printable(line)}"), (0, 0, 0, 4)) for line in exercise.advice]
    return parts


def totals(results: Sequence[SubmissionResult], ungraded: int = 0) -> str:
    """One line about all of them, and how many files could not be graded."""
    points = sum(result.score for result in results)
    possible = sum(result.max_score for result in results)
    share = f" ({points / possible:.0%})" if possible else ""
    noun = "notebook" if len(results) == 1 else "notebooks"
    rest = f"; {ungraded} could not be graded" if ungraded else ""
    return f"{len(results)} {noun} graded, {score(points)} of {score(possible)} points{share}{rest}"


def sandbox(isolation: Isolation) -> str:
    """One line about what isolated student code."""
    layers = ", ".join(["a process of its own", *isolation.layers])
    missing = "".join(f"; {sentence}" for sentence in isolation.missing)
    return one_line(f"sandbox: {isolation.level} ({layers}){missing}")


def render(report: Report) -> RenderableType:
    """Every submission, what isolated it, and the totals."""
    parts = [submission(result) for result in report.results]
    if report.isolation is not None:
        parts.append(Text(sandbox(report.isolation)))
    return Group(*parts, Text(totals(report.results, len(report.ungraded))))
