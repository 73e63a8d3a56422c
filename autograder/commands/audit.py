"""`autograder audit`: grade the grader, print the kill tables, write docs/grading-quality.md."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.authoring import quality
from autograder.authoring.audit import ExerciseAudit, audit_in_processes
from autograder.authoring.mutants import Scope
from autograder.authoring.slips import AuthoringError
from autograder.authoring.telling import make
from autograder.grading.battery import telling
from autograder.grading.checks import ChecksNotLoaded
from autograder.notebooks.course import Course, CourseError, find_course
from autograder.notebooks.exercises import ExerciseError


def run(
    names: list[str],
    *,
    jobs: int,
    write: Path | None,
    make_telling: bool,
    mutants: str,
    output: Console,
    errors: Console,
) -> int:
    """Audit exercises (all without names): 0 when all is well, 1 when not, 2 when it cannot run.

    Args:
        names: the exercises.
        jobs: how many processes.
        write: where the figures go as Markdown.
        make_telling: whether the telling cases are made anew instead.
        mutants: of which correct answers mutants are made, as Scope has it.
    """
    try:
        course = find_course()
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    known = list(course.exercise_names)
    for name in names:
        if name not in known:
            there = ", ".join(known) or "none"
            errors.print(Text(f"{name}: no notebook has a cell check_{name} (exercises: {there})"))
            return 2
    if make_telling:
        return _make_telling(course, names or known, output, errors)
    audits = []
    for audit in audit_in_processes(course, names or known, jobs, Scope(mutants)):
        output.print(_kill_table(audit))
        for problem in audit.problems:
            output.print(Text(f"  {audit.name}: {problem}", style="red"))
        audits.append(audit)
    output.print(Text(_distribution(audits)))
    output.print(_summary(audits))
    if write is not None:
        write.write_text(quality.render(audits), encoding="utf-8")
    return 1 if any(audit.problems for audit in audits) else 0


def _make_telling(course: Course, names: list[str], output: Console, errors: Console) -> int:
    """Make the telling cases of some exercises anew, and say how many there are."""
    for name in names:
        try:
            found = make(course, name)
        except (AuthoringError, ChecksNotLoaded, ExerciseError) as error:
            errors.print(Text(f"{name}: {error}"))
            return 1
        if found:
            path = telling.write(course.exercise(name), found)
            output.print(Text(f"{name}: {sum(map(len, found.values()))} telling cases in {path}"))
        else:
            output.print(Text(f"{name}: its results are random, so no case tells more than others"))
    return 0


def _kill_table(audit: ExerciseAudit) -> Table:
    """The mistakes by checks: x where the check catches the mistake."""
    table = Table(title=audit.name, title_justify="left", box=None, pad_edge=False)
    table.add_column("misconception", no_wrap=True)
    table.add_column("keeps", justify="right")
    for check in audit.checks:
        table.add_column(check.removeprefix("test_"), justify="center")
    for id, killers in audit.kills.items():
        keeps = f"{audit.shares[id]:.0%}" if id in audit.shares else ""
        table.add_row(id, keeps, *("x" if check in killers else "" for check in audit.checks))
    if audit.idle:
        table.caption = f"never the only check to catch a mistake: {', '.join(audit.idle)}"
        table.caption_justify = "left"
    return table


def _distribution(audits: list[ExerciseAudit]) -> str:
    """How much of the points the known mistakes keep, in one line."""
    shares = [share for audit in audits for share in audit.shares.values()]
    kinds = (
        ("nothing", sum(share == 0 for share in shares)),
        ("up to a fifth", sum(0 < share <= 0.2 for share in shares)),
        ("up to a half", sum(0.2 < share < 0.5 for share in shares)),
        ("half or more", sum(share >= 0.5 for share in shares)),
    )
    return "of the points, mistakes keep " + ", ".join(f"{what}: {count}" for what, count in kinds)


def _summary(audits: list[ExerciseAudit]) -> Table:
    """A line an exercise; "full marks" says how many of the correct answers get them."""
    table = Table(box=None, pad_edge=False)
    table.add_column("exercise")
    headings = ("mistakes", "caught", "named", "full marks", "mutants", "killed", "problems")
    for heading in headings:
        table.add_column(heading, justify="right")
    for audit in audits:
        mistakes, caught, named, correct, full, mutants, killed, _ = quality.counts(audit)
        figures = (mistakes, caught, named, f"{full} of {correct}", mutants, killed)
        table.add_row(audit.name, *map(str, figures), str(len(audit.problems)))
    return table
