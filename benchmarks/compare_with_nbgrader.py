"""The cost of grading here and with stock nbgrader, side by side, as one table.

    .venv/bin/python benchmarks/compare_with_nbgrader.py [--runs 5] [--class-runs 3] [--quick] [--profile]

(1) One notebook, cold: `autograder grade NOTEBOOK` as a whole process against `nbgrader autograde` of
    one notebook. The five notebooks take turns, all answered correctly.
(2) A class of 30 with five notebooks each, a third of the answers wrong (benchmarks/large_class.py):
    `autograder grade --jobs 2 FOLDER` with its start, against stock nbgrader's autograde of the same
    answers. Stock grades a few of the students; the rest is extrapolated: what `nbgrader autograde`
    takes with nothing left to grade is its start, everything else grows with the students.
(3) How busy the two cores are between start and end of (2): CPU time of all processes, the killed ones
    too, by twice the wall time.
(4) The same class by `nbgrader autograde` with this repository's nbgrader_config.py, against the same
    stock figure. Both grade assignment by assignment; the sum counts.

Here and stock alternate. Stock nbgrader has the same notebooks with 20 plain asserts in place of each
check, without pictures and matplotlib, which aren't run here either. A first run of each that isn't
counted fills caches of files, and the autograder's own stores. The marks are checked: a correct answer
that lost points, or a wrong one that lost none, ends the benchmark.

The figures are wall time and mean something on an idle machine only: under the table stand the other
processes' CPU time, and the same ratios in CPU time, which other work disturbs less.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks import large_class, processes, profile_cold  # noqa: E402
from benchmarks.courses import ASSIGNMENTS, CLASS, Course  # noqa: E402
from benchmarks.processes import Cost  # noqa: E402
from examples.build_class import EXERCISES, Student, fill_in, read_answers  # noqa: E402

SINGLE = "single"
"""The student whose notebooks are graded one by one."""
TARGETS = {
    "cold": "at most 0.60",
    "class": "at least 40",
    "busy": "at least 85 %",
    "hooks": "at least 15",
}
"""From the project's issue 8."""


@dataclass
class Measured:
    """The costs of both sides, a run an entry."""

    ours: list[Cost] = field(default_factory=list)
    stock: list[Cost] = field(default_factory=list)


def total(costs: Sequence[Cost]) -> Cost:
    """Return the cost of commands that ran one after the other."""
    others = [cost.others for cost in costs]
    known = None if None in others else sum(part for part in others if part is not None)
    walls, cpus = sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs)
    return Cost(walls, cpus, known, "")


class Benchmark:
    """Both courses with their submissions.

    Args:
        folder: where they are made.
        students: of the class.
        stock_students: how many of them stock nbgrader grades.
    """

    def __init__(self, folder: Path, students: int, stock_students: int) -> None:
        self._folder = folder
        self._share = students / stock_students
        self.ours, self.stock = (
            Course(folder / name, ours=name == "ours") for name in ("ours", "stock")
        )
        self._correct = large_class.build(self.ours.released, self.ours.submitted, students)
        large_class.build(self.stock.released, self.stock.submitted, students, stock_students)
        answers = read_answers(ROOT / "examples" / "answers.py")
        for released, submitted in (
            (self.ours.released, folder / SINGLE),
            (self.stock.released, self.stock.submitted / SINGLE),
        ):
            for notebook in EXERCISES:
                path = submitted / f"{notebook}.ipynb"
                path.parent.mkdir(parents=True, exist_ok=True)
                filled = fill_in(released / f"{notebook}.ipynb", Student("short"), answers)
                nbformat.write(filled, path)

    def notebook(self, run: int) -> Path:
        """The notebook whose turn it is."""
        name = list(EXERCISES)[run % len(EXERCISES)]
        return self._folder / SINGLE / f"{name}.ipynb"

    def cold(self, run: int) -> Cost:
        """Grade one notebook by the command."""
        cost = self._grade(str(self.notebook(run)))
        self._look_at(cost.output, {(SINGLE, name): True for _, name in self._exercises()})
        return cost

    def cold_stock(self, run: int) -> Cost:
        """Grade the same notebook by stock nbgrader."""
        path = self.notebook(run)
        assignment, name = path.parent.name, path.stem
        options = (f"--student={SINGLE}", f"--notebook={name}", "--force")
        cost = self.stock.autograde(assignment, *options)
        graded = self.stock.root / "autograded" / SINGLE / assignment / path.name
        if any(output.output_type == "error" for output in _outputs(graded)):
            raise SystemExit(f"stock nbgrader rejects {name}")
        return cost

    def in_class(self) -> Cost:
        """Grade the class by the command, with two jobs."""
        cost = self._grade("--jobs", "2", str(self.ours.submitted))
        self._look_at(cost.output, self._correct)
        return cost

    def in_class_stock(self) -> Cost:
        """Grade some students by stock nbgrader; returns the cost of the class."""
        some = total(self.stock.autograde_all())
        start = total([self.stock.autograde(a, CLASS) for a in ASSIGNMENTS])
        wall = start.wall + (some.wall - start.wall) * self._share
        return replace(some, wall=wall, cpu=start.cpu + (some.cpu - start.cpu) * self._share)

    def by_hooks(self) -> Cost:
        """Grade the class by nbgrader with our configuration."""
        cost = total(self.ours.autograde_all())
        graded = self.ours.submitted.with_name("autograded")
        found = len(list(graded.glob("*/*/*.ipynb")))
        wanted = len(list(self.ours.submitted.glob("*/*/*.ipynb")))
        if found != wanted:
            raise SystemExit(f"nbgrader graded {found} of {wanted} notebooks")
        return cost

    @staticmethod
    def _exercises() -> list[tuple[str, str]]:
        return [(notebook, name) for notebook, names in EXERCISES.items() for name in names]

    @staticmethod
    def _grade(*arguments: str) -> Cost:
        return processes.run("autograder", "grade", "--again", "--json", "-", *arguments, cwd=ROOT)

    @staticmethod
    def _look_at(report: str, correct: dict[tuple[str, str], bool]) -> None:
        """Check that the answers got the marks that they deserve."""
        for submission in json.loads(report)["submissions"]:
            for exercise in submission["exercises"]:
                who, name = submission["student"], exercise["name"]
                full = exercise["score"] == exercise["max_score"]
                if full != correct.get((who, name), True):
                    raise SystemExit(f"{who}, {name}: {exercise['score']} points")


def _outputs(notebook: Path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(notebook, as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """Return the median and the extremes."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"


def wall(cost: Cost) -> float:
    """Return the seconds that passed."""
    return cost.wall


def cpu(cost: Cost) -> float:
    """Return the seconds that all processes worked."""
    return cost.cpu


def ratio(measured: Measured, of: Callable[[Cost], float], *, times: bool) -> str:
    """Return the ratio of the medians: here by stock, or stock by here (`times`)."""
    here = statistics.median(map(of, measured.ours))
    there = statistics.median(map(of, measured.stock))
    return f"{there / here:.1f} times" if times else f"{here / there:.2f}"


def show(cold: Measured, in_class: Measured, by_hooks: Measured, students: int) -> None:
    """Print the table."""
    busy = [100 * cost.busy for cost in in_class.ours]
    rows = [("", "here", "stock nbgrader", "ratio", "target", "runs")]
    for name, key, measured in (
        ("(1) one notebook, cold", "cold", cold),
        (f"(2) {students} students, five notebooks, two jobs", "class", in_class),
        (f"(4) {students} students through nbgrader", "hooks", by_hooks),
    ):
        here, there = ([c.wall for c in costs] for costs in (measured.ours, measured.stock))
        compared = ratio(measured, wall, times=key != "cold")
        cells = (spread(here, "s"), spread(there, "s"), compared, TARGETS[key], str(len(here)))
        rows.append((name, *cells))
    rows.insert(3, ("(3) two cores busy during (2)", spread(busy, "%", 0), "", "", TARGETS["busy"],
                    str(len(busy))))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
    costs = [cost for m in (cold, in_class, by_hooks) for cost in (*m.ours, *m.stock)]
    times = f"(1) {ratio(cold, cpu, times=False)}, (2) {ratio(in_class, cpu, times=True)}"
    print(f"in CPU time: {times}, (4) {ratio(by_hooks, cpu, times=True)};")
    spent = [spread([c.cpu for c in m.ours], "s") for m in (cold, in_class, by_hooks)]
    print(f"CPU here: (1) {spent[0]}, (2) {spent[1]}, (4) {spent[2]}")
    if all(cost.others is not None for cost in costs):
        during = sum((c.others or 0) / (c.wall * processes.CORES) for c in in_class.ours)
        share = 100 * during / len(in_class.ours)
        print(f"other processes had {share:.0f} % of the two cores during (2)")


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="of one notebook (default 5)")
    parser.add_argument("--class-runs", type=int, default=3, help="of the class (default 3)")
    parser.add_argument("--students", type=int, default=30, help="in the class (default 30)")
    parser.add_argument(
        "--stock-students", type=int, default=3, help="of them graded by stock nbgrader (default 3)"
    )
    parser.add_argument("--quick", action="store_true", help="one run of each, three students")
    parser.add_argument(
        "--profile", action="store_true", help="where one cold notebook's time goes"
    )
    options = parser.parse_args()
    if options.quick:
        options.runs, options.class_runs, options.students, options.stock_students = 1, 1, 3, 1
    processes.prepare()
    if options.profile:
        profile_cold.show(ROOT / "examples/submitted/ada/softmax_regression/softmax.ipynb")
        return
    versions = f"Python {platform.python_version()}, torch {version('torch')}"
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {versions}, nbgrader {version('nbgrader')}"
    )
    cold, in_class, by_hooks = Measured(), Measured(), Measured()
    with tempfile.TemporaryDirectory() as folder:
        benchmark = Benchmark(Path(folder), options.students, options.stock_students)
        first, stock_first = benchmark.cold(0).wall, benchmark.cold_stock(0).wall
        print(f"not counted: first run here {first:.1f} s, of stock nbgrader {stock_first:.1f} s")
        for run in range(options.runs):
            cold.ours.append(benchmark.cold(run))
            cold.stock.append(benchmark.cold_stock(run))
        for _ in range(options.class_runs):
            in_class.ours.append(benchmark.in_class())
            in_class.stock.append(benchmark.in_class_stock())
            by_hooks.ours.append(benchmark.by_hooks())
        by_hooks.stock = in_class.stock
    show(cold, in_class, by_hooks, options.students)
    extent = f"{options.stock_students} of {options.students} students"
    print(f"stock nbgrader graded {extent} in (2) and (4); the rest is extrapolated")


if __name__ == "__main__":
    try:
        main()
    except processes.CommandFailed as failed:
        sys.exit(str(failed))
