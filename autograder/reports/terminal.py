"""The terminal report: of one student each submission with its first counterexamples, of more the class."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from autograder.checking import messages
from autograder.grading.results import ExerciseResult, Report, SubmissionResult
from autograder.language import speaking, tr
from autograder.reports import class_tables, html
from autograder.reports.mistakes import why_not_run
from autograder.reports.overview import Overview
from autograder.sandbox.isolation import Isolation
from autograder.text import gap, one_line, printable, score


def submission(result: SubmissionResult) -> RenderableType:
    """One submission: its exercises with points and status, then why points are missing."""
    table = Table(box=None, pad_edge=False)
    table.add_column(tr("exercise"))
    table.add_column(tr("points"), justify="right")
    table.add_column(tr("status"))
    table.add_column(tr("what to look at"), overflow="fold")
    for exercise in result.exercises:
        style = class_tables.STYLES.get(exercise.status, "red")
        points = f"{score(exercise.score)} / {score(exercise.max_score)}"
        status = Text(messages.IN_TABLE[exercise.status], style=style)
        table.add_row(exercise.name, points, status, Text(_summary(exercise)))
    parts: list[RenderableType] = [*_title(result), table]
    note, look = tr("note:"), tr("look at:")
    parts += [
        Text(f"  {note}{gap(note)}{one_line(one.text)}", style="yellow") for one in result.problems
    ]
    parts += [
        Text(f"  {look}{gap(look)}{one_line(one.text)}", style="magenta") for one in result.review
    ]
    for exercise in result.exercises:
        parts += _why(exercise)
    return Group(*parts, "")


def exercise(result: ExerciseResult, problems: Sequence[str] = ()) -> RenderableType:
    """One exercise, as a console or a script shows it that has no room for a page."""
    style = class_tables.STYLES.get(result.status, "red")
    title = Text(html.heading(result, always=True), style=style)
    title.stylize("bold default", 0, len(result.name))
    note = tr("Note:")
    notes = [
        Text(f"  {note}{gap(note)}{printable(problem)}", style="yellow") for problem in problems
    ]
    if result.diagnosis is not None:
        named = tr("Your function {mistake}.").format(mistake=printable(result.diagnosis.title))
        notes.append(Text(f"  {named}"))
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
    return failed[0].title if failed else one_line(why_not_run(exercise))


def _why(exercise: ExerciseResult) -> list[RenderableType]:
    parts: list[RenderableType] = []
    failed = [check for check in exercise.checks if check.outcome in ("failed", "error")]
    if failed and exercise.status != "forbidden":
        first = failed[0]
        title = tr("{exercise}: {title}").format(exercise=exercise.name, title=first.title)
        parts.append(Text(f"  {title}", style="bold"))
        parts.append(Padding(Text(printable(first.message)), (0, 0, 0, 4)))
        if first.code:
            code = Syntax(
                printable(first.code), "python", background_color="default", word_wrap=True
            )
            parts.append(Padding(code, (0, 0, 0, 4)))
    if exercise.diagnosis is not None:
        parts.append(_labelled(tr("hint:"), exercise.diagnosis.hint))
    parts += [_labelled(tr("advice:"), line.text) for line in exercise.advice]
    return parts


def _labelled(label: str, text: str) -> RenderableType:
    return Padding(Text(f"{label}{gap(label)}{printable(text)}"), (0, 0, 0, 4))


def _details(overview: Overview) -> Iterator[RenderableType]:
    """Every submission; of a student with full marks and nothing to say about it, one line."""
    for row in overview.rows:
        if row.all_passed and not any(map(_says_more, row.results)) and len(row.results) > 1:
            marks = f"{score(row.score)} of {score(row.possible)} points: everything passed"
            yield Text.assemble((one_line(row.student), "bold"), f"  {marks}")
            yield ""
            continue
        for result in row.results:
            with speaking(result.language):
                shown = submission(result)
            yield shown


def _says_more(result: SubmissionResult) -> bool:
    advice = any(exercise.advice for exercise in result.exercises)
    return bool(result.problems or result.review or advice)


def totals(overview: Overview) -> str:
    """How many notebooks were graded, the points out of the maximum, and the missing notebooks."""
    report = overview.report
    count, ungraded, nobody = len(report.results), len(report.ungraded), len(overview.from_nobody)
    missing = len(report.missing) - nobody * len(report.students)
    students = f" ({len(overview.rows)} students)" if len(overview.rows) > 1 else ""
    graded = f"{count} {_notebooks(count)} graded{students}"
    parts = [f"{graded}, {_out_of(overview.score, overview.possible)}"]
    if missing:
        parts.append(f"{missing} not handed in")
    if ungraded:
        parts.append(f"{ungraded} could not be graded")
    said = "; ".join(parts)
    if nobody:
        them, it = ("them", "are") if nobody > 1 else ("it", "is")
        everything = _out_of(overview.score, overview.max_score)
        said += (
            f". {nobody} {_notebooks(nobody)} that nobody handed in {it} left out of this; the JSON report "
            f"and gradebooks count {them}: {everything}"
        )
    return said


def _notebooks(count: int) -> str:
    return "notebook" if count == 1 else "notebooks"


def _out_of(points: float, possible: float) -> str:
    share = f" ({points / possible:.0%})" if possible else ""
    return f"{score(points)} of {score(possible)} points{share}"


def sandbox(isolation: Isolation) -> str:
    """One line about the isolation of student code."""
    layers = ", ".join(["a process of its own", *isolation.layers])
    missing = "".join(f"; {sentence}" for sentence in isolation.missing)
    return one_line(f"sandbox: {isolation.level} ({layers}){missing}")


def render(report: Report, *, details: bool = False) -> RenderableType:
    """The class, its isolation, and the totals.

    Args:
        report: what was found.
        details: whether every submission is shown; those of a single student are in any case.
    """
    overview = Overview(report)
    several = len(overview.rows) > 1
    parts: list[RenderableType] = []
    if details or not several:
        parts += _details(overview)
    if several:
        parts.append(class_tables.view(overview))
    elif report.missing:
        names = overview.in_words([(one.assignment, one.notebook) for one in report.missing])
        parts.append(Text(one_line(f"not handed in: {names}")))
    if report.isolation is not None:
        parts.append(Text(sandbox(report.isolation)))
    return Group(*parts, Text(totals(overview)))
