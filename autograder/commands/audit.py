"""`autograder audit`: grade the grader, print the kill tables, write docs/grading-quality.md."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.authoring import quality
from autograder.authoring.audit import ExerciseAudit, audit_in_processes
from autograder.notebooks.course import CourseError, find_course


def run(
    names: list[str], *, jobs: int, write: Path | None, output: Console, errors: Console
) -> int:
    """Audit exercises (all without names): 0 when all is well, 1 when not, 2 when it cannot run."""
    try:
        course = find_course()
    except CourseError as error:
        errors.print(Text(str(error)))
        return 2
    known = [name for notebook in course.notebooks for name in notebook.points]
    for name in names:
        if name not in known:
            there = ", ".join(known) or "none"
            errors.print(Text(f"{name}: no notebook has a cell check_{name} (exercises: {there})"))
            return 2
    audits = []
    for audit in audit_in_processes(course, names or known, jobs):
        output.print(_kill_table(audit))
        for problem in audit.problems:
            output.print(Text(f"  {audit.name}: {problem}", style="red"))
        audits.append(audit)
    output.print(_summary(audits))
    if write is not None:
        write.write_text(quality.render(audits), encoding="utf-8")
    return 1 if any(audit.problems for audit in audits) else 0


def _kill_table(audit: ExerciseAudit) -> Table:
    """Mistakes by checks: x where the check fails the mistake."""
    table = Table(title=audit.name, title_justify="left", box=None, pad_edge=False)
    table.add_column("misconception", no_wrap=True)
    for check in audit.checks:
        table.add_column(check.removeprefix("test_"), justify="center")
    for id, killers in audit.kills.items():
        table.add_row(id, *("x" if check in killers else "" for check in audit.checks))
    if audit.idle:
        table.caption = f"kill no mistake alone: {', '.join(audit.idle)}"
        table.caption_justify = "left"
    return table


def _summary(audits: list[ExerciseAudit]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("exercise")
    for heading in ("mistakes", "caught", "named", "right answers", "full marks", "problems"):
        table.add_column(heading, justify="right")
    for audit in audits:
        table.add_row(audit.name, *map(str, quality.counts(audit)), str(len(audit.problems)))
    return table
