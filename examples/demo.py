"""Grade a class of sample students through nbgrader, from the release to the feedback.

    make demo

releases the three assignments, hands in examples/submitted/, and runs nbgrader's own autograde and
generate_feedback. Then it prints why students lost points, from the notebooks that nbgrader wrote,
and last the class, from nbgrader's gradebook. Exits with 1 when a student's points are not those
of `build_class.py`.

Everything that it makes lies under course/, where a real course keeps its students' work. So a
course/ that this demo did not make is left alone.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook, MissingEntry
from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Column, Table
from rich.text import Text

from autograder.checking.messages import WORDS
from autograder.text import printable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
COURSE = ROOT / "course"
MARK = COURSE / "made-by-the-demo"

sys.path.insert(0, str(HERE))
from build_class import EXERCISES, STUDENTS, Outcome, expected  # noqa: E402

ASSIGNMENTS = tuple(dict.fromkeys(notebook.partition("/")[0] for notebook in EXERCISES))
ONE_LINE = Column(no_wrap=True, overflow="ellipsis")
MARKS = {"full": "green", "partial": "yellow", "zero": "red"}


@dataclass(frozen=True)
class Score:
    """The gradebook's entry for one exercise of one student."""

    points: float
    most: float

    @property
    def outcome(self) -> Outcome:
        """The score in words."""
        if self.points == self.most:
            return "full"
        return "partial" if self.points > 0 else "zero"


def main() -> int:
    """Run the demo; returns its exit code."""
    console = Console(highlight=False)
    if COURSE.exists() and not MARK.exists() and not _only_results():
        console.print(f"{COURSE} holds a course that this demo did not make: move it away first.")
        return 1
    shutil.rmtree(COURSE, ignore_errors=True)
    shutil.copytree(HERE / "submitted", COURSE / "submitted")
    MARK.touch()
    started = time.monotonic()
    console.print(
        f"{len(STUDENTS)} students, {len(ASSIGNMENTS)} assignments: five to ten minutes the first time."
    )
    _run(console, "release the assignments", "autograder", "release", *ASSIGNMENTS)
    for assignment in ASSIGNMENTS:
        _run(console, f"autograde {assignment}", "nbgrader", "autograde", assignment)
    for assignment in ASSIGNMENTS:
        _run(console, f"feedback {assignment}", "nbgrader", "generate_feedback", assignment)
    console.print(f"{len(STUDENTS)} students in {time.monotonic() - started:.0f} s\n")

    with Gradebook(f"sqlite:///{COURSE / 'gradebook.db'}") as gradebook:
        scores = {student: dict(_scores(gradebook, student)) for student in STUDENTS}
        totals = {student: gradebook.find_student(student).score for student in STUDENTS}
    for student in STUDENTS:
        _explain(console, student, scores[student])
    console.print()
    console.print(_class_table(scores, totals))
    console.print()
    differences = list(_differences(scores, totals))
    for difference in differences:
        console.print(Text(difference, style="red"))
    if not differences:
        console.print("OK: every exercise of every student earns what it should.")
    console.print(f"Feedback pages: {COURSE.relative_to(ROOT)}/feedback/<student>/<assignment>/")
    jupyter = Path(sys.executable).with_name("jupyter")
    console.print(f"Instructors' page: {jupyter} lab, then the menu Nbgrader > Formgrader")
    console.print(f"All of it lies in {COURSE.relative_to(ROOT)}/, which you may remove.")
    return 1 if differences else 0


def _run(console: Console, what: str, *command: str) -> None:
    """Run a module as a command in the course; its output is shown only when it fails.

    On a terminal a line says how long it takes so far and what the command printed last.
    """
    started = time.monotonic()
    printed: list[str] = []
    with (
        _progress(console) as progress,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        task = progress.add_task(f"{what:<34}", total=None, last="")
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            progress.update(task, last=printable(line.strip()))
    console.print(f"{what:<34}{time.monotonic() - started:5.1f} s")
    if process.returncode != 0:
        console.print(Text("".join(printed)))
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")


def _progress(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", style="dim", markup=False, table_column=ONE_LINE),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _scores(gradebook: Gradebook, student: str) -> Iterator[tuple[str, Score]]:
    """The gradebook's score of each exercise in the assignments that the student handed in."""
    for notebook, exercises in EXERCISES.items():
        assignment, _, name = notebook.partition("/")
        for exercise in exercises:
            try:
                cell = f"check_{exercise}"
                grade = gradebook.find_grade(cell, name, assignment, student)
            except MissingEntry:
                continue
            yield exercise, Score(grade.score, grade.max_score)


def _only_results() -> bool:
    """Return whether course/ holds only the results that `autograder grade` keeps for the next time."""
    return [path.name for path in COURSE.iterdir()] == ["results"]


def _class_table(scores: dict[str, dict[str, Score]], totals: dict[str, float]) -> Table:
    table = Table(
        title="The gradebook",
        title_justify="left",
        title_style="bold",
        box=SIMPLE,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    table.add_column("student")
    for exercises in EXERCISES.values():
        for exercise in exercises:
            table.add_column(exercise.replace("_", "\n"), justify="right", vertical="bottom")
    table.add_column("total", justify="right", style="bold")
    for student, by_exercise in scores.items():
        cells = []
        for exercises in EXERCISES.values():
            for exercise in exercises:
                score = by_exercise.get(exercise)
                cells.append(
                    Text(f"{score.points:g}/{score.most:g}", MARKS[score.outcome])
                    if score
                    else Text("–", "dim")
                )
        table.add_row(student, *cells, f"{totals[student]:g}")
    return table


def _explain(console: Console, student: str, scores: dict[str, Score]) -> None:
    """Print why points are missing: the first failed check of the reports that nbgrader stored."""
    lost = [exercise for exercise, score in scores.items() if score.outcome != "full"]
    why = {exercise: tuple(_first_failure(student, exercise)) for exercise in lost}
    texts = {exercise: [_plain(line) for line in why[exercise]] for exercise in lost}
    for exercise in lost:
        same = [other for other in lost if texts[other] == texts[exercise]]
        if same[0] != exercise:
            continue  # printed already
        heads = [f"{name} {scores[name].points:g}/{scores[name].most:g}" for name in same]
        _, what = expected(student)[exercise]
        console.print(Text(f"{student}  {', '.join(heads)}", "bold"), Text(f"({what})", "dim"))
        for line in why[exercise]:
            console.print(Padding(line, (0, 0, 0, 4)))


def _plain(line: Text | Syntax) -> str:
    return line.plain if isinstance(line, Text) else line.code


def _first_failure(student: str, exercise: str) -> Iterator[Text | Syntax]:
    yield from lines_of(_report(student, exercise))


def lines_of(report: str) -> Iterator[Text | Syntax]:
    """The mistake's name and hint, notes, and the first failed check of an HTML report."""
    page = BeautifulSoup(report, "html.parser")
    folded = page.select("details p")
    for line in (*reversed(folded), *(p for p in page.select("p") if p not in folded)):
        yield Text(" ".join(line.get_text().split()))
    failed = (WORDS["failed"], WORDS["error"])
    rows = [row for row in page.select("li") if row.b and row.b.get_text() in failed]
    for row in rows[:1]:
        yield Text(" ".join("".join(row.find_all(string=True, recursive=False)).split()))
        code = row.pre.extract() if row.pre else None
        message = row.find("div")
        if message is not None:
            yield Text(" ".join(message.get_text().split()))
        if code is not None:
            yield Syntax(code.get_text(), "python", background_color="default", word_wrap=True)


def _report(student: str, exercise: str) -> str:
    """The HTML in the output of the check's cell, as nbgrader wrote it."""
    [notebook] = [path for path, names in EXERCISES.items() if exercise in names]
    path = COURSE / "autograded" / student / f"{notebook}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"check_{exercise}":
            return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    return ""


def _differences(scores: dict[str, dict[str, Score]], totals: dict[str, float]) -> Iterator[str]:
    """Differences from what `build_class.py` expects, in words."""
    for student, found in scores.items():
        wanted = expected(student)
        for exercise in wanted.keys() | found.keys():
            outcome, why = wanted.get(exercise, ("no row", "not handed in"))
            score = found.get(exercise)
            have = score.outcome if score else "no row"
            if have != outcome:
                yield f"DIFFERS: {student}, {exercise} ({why}): {have}, expected {outcome}"
        total = sum(score.points for score in found.values())
        if abs(total - totals[student]) > 1e-6:
            yield f"DIFFERS: {student}: the exercises add up to {total:g}, not {totals[student]:g}"


if __name__ == "__main__":
    sys.exit(main())
