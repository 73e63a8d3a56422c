"""A large class: memory over time, killed halfway, rates, and the needs of still larger classes.

    .venv/bin/python benchmarks/many_submissions.py [--students 400] [--no-stock] [--memory] [--write FILE]

A class with five notebooks a student, a third of the answers wrong (benchmarks/large_class.py), in a
course of its own:

(1) `autograder grade --jobs 2` of everything; meanwhile the memory of all its processes is sampled.
(2) The same again from the start, killed (SIGKILL) when half of the results are kept, and started again:
    the report has to be that of (1), except for `seconds`.
(3) A part of the class with one job, with two, by the floor (benchmarks/floor.py), and 30 students by stock
    nbgrader (as in benchmarks/compare_with_nbgrader.py).
(4) From these rates: the needs of 10,000 and 100,000 submissions.

Wall time means something on an idle machine only: the CPU time of other processes stands below the
figures, and that of the command beside them. Memory does not depend on what else runs: `--memory` does (1)
alone, and prints it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks import floor, large_class, memory, processes  # noqa: E402
from benchmarks.compare_with_nbgrader import Benchmark  # noqa: E402
from benchmarks.courses import ASSERTS  # noqa: E402
from benchmarks.processes import Cost  # noqa: E402
from examples.build_class import EXERCISES  # noqa: E402

SOME = 20
"""Students whose notebooks are graded in (3)."""
STOCK_CLASS, STOCK_GRADED = 30, 3
"""Students of the class for stock nbgrader, and how many of them it grades; the rest is extrapolated."""
PAGE = """\
# Performance: how many submissions a second, and what large classes need

Measured by `python benchmarks/many_submissions.py --write docs/performance.md`: {machine} ({system}),
{cores} cores, Python {python}, torch {torch}, nbgrader {nbgrader}. A submission is a notebook with one or
two exercises of ours; a third of the answers is wrong. Stock nbgrader has the same notebooks, with
{asserts} plain asserts in place of each check. `python benchmarks/compare_with_nbgrader.py` compares one
notebook, and a class of 30, in more detail. How to use the many cores of the last table:
[more than one machine](more-than-one-machine.md).\
"""
SHORT_RUNS = """\
The short runs pay for the start of Python and torch, which the long one hardly notices, and for answers
that are seen for the first time: in a large class many answer bit for bit the same, and those are judged
once.\
"""
FLOOR = """\
The floor is the least that any grader can take that calls the students' functions on all these inputs: it
compares nothing, computes no gradient and isolates nobody. Two cores at the floor would grade some
{floor:.0f} submissions a second\
"""
LARGER = (10_000, 100_000)
CORES = (2, 32)
"""This machine's, and those of a small cluster."""


@dataclass(frozen=True)
class Measured:
    """The measured figures.

    count: submissions of the class; some: those of (3).
    again: seconds of the second half after the kill, and how many results were kept then.
    report, results: bytes of the JSON report, and of all kept results.
    """

    count: int
    some: int
    whole: Cost
    peaks: list[int]
    again: tuple[float, int]
    one_job: Cost
    two_jobs: Cost
    floor: float
    stock: Cost | None
    report: int
    results: int


def measure(folder: Path, students: int, *, stock: bool) -> Measured:
    """Build the class in a folder, and measure; raises SystemExit where a report isn't the same."""
    course, handed_in = _class_of(folder, students)
    some = folder / "some"
    for name in large_class.student_names(students)[:SOME]:
        shutil.copytree(handed_in / name, some / name)
    notebooks = sorted(some.glob("*/*/*.ipynb"))

    _grade(course, some, "warm.json", "--jobs", "2")  # fills caches of files, and records the cases
    shutil.rmtree(course / "course" / "results")
    print("grading everything", file=sys.stderr)
    with memory.Sampled() as sampled:
        whole = _grade(course, handed_in, "whole.json", "--jobs", "2")
    kept = [path.stat().st_size for path in (course / "course" / "results").glob("*.result")]
    print("killing it halfway", file=sys.stderr)
    again = _killed_halfway(course, handed_in, len(kept))
    if _without_seconds(course / "whole.json") != _without_seconds(course / "again.json"):
        raise SystemExit("the report of the run that was killed and started again is another one")
    print("one job, two jobs, the floor, stock nbgrader", file=sys.stderr)
    return Measured(
        count=students * len(EXERCISES),
        some=len(notebooks),
        whole=whole,
        peaks=memory.peaks(sampled.samples),
        again=again,
        one_job=_grade(course, some, "one.json", "--again"),
        two_jobs=_grade(course, some, "two.json", "--again", "--jobs", "2"),
        floor=floor.seconds(floor.Course(course), notebooks),
        stock=Benchmark(folder, STOCK_CLASS, STOCK_GRADED).in_class_stock() if stock else None,
        report=(course / "whole.json").stat().st_size,
        results=sum(kept),
    )


def _class_of(folder: Path, students: int) -> tuple[Path, Path]:
    """Build a course with a class; returns its folder, and that of what was handed in."""
    course = folder / "large"
    handed_in = course / "course" / "submitted"
    shutil.copytree(ROOT / "solutions", course / "solutions")
    (course / "secret.txt").write_text("of the benchmark")
    large_class.build(ROOT / "assignments", handed_in, students)
    return course, handed_in


def memory_alone(folder: Path, students: int) -> str:
    """Grade a class, and say how much memory that took."""
    course, handed_in = _class_of(folder, students)
    with memory.Sampled() as sampled:
        whole = _grade(course, handed_in, "whole.json", "--jobs", "2")
    return _of_memory(memory.peaks(sampled.samples), whole)


def _of_memory(peaks: Sequence[int], whole: Cost) -> str:
    megabytes = ", ".join(map(str, peaks))
    lasted = duration(whole.wall)
    return f"Memory of all processes, the peak of each tenth of the {lasted}: {megabytes} MB."


def _grade(course: Path, handed_in: Path, report: str, *options: str) -> Cost:
    arguments = ("grade", str(handed_in), "--json", report, *options)
    return processes.run("autograder", *arguments, cwd=course)


def _killed_halfway(course: Path, handed_in: Path, expected: int) -> tuple[float, int]:
    """Grade from the start, kill it halfway and start again: the second run's seconds, kept results."""
    results = course / "course" / "results"
    shutil.rmtree(results)
    arguments = ["grade", str(handed_in), "--json", "again.json", "--jobs", "2"]
    command = subprocess.Popen(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=course,
        env=processes.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(list(results.glob("*.result"))) < expected // 2:
        if command.poll() is not None:
            raise SystemExit("it ended before it was killed")
        time.sleep(0.2)
    command.kill()
    command.wait()
    processes.reap()
    kept = len(list(results.glob("*.result")))
    return _grade(course, handed_in, "again.json", "--jobs", "2").wall, kept


def _without_seconds(report: Path) -> Any:
    found = json.loads(report.read_text())
    for submission in found["submissions"]:
        submission["seconds"] = 0
    return found


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first row the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figures(found: Measured) -> str:
    """The measured figures, as Markdown."""
    rate = found.count / found.whole.wall
    two, one = found.some / found.two_jobs.wall, found.some / found.one_job.wall
    cpu_two, cpu_one = found.two_jobs.cpu / found.some, found.one_job.cpu / found.some
    rows = [
        ("", "submissions a second", "CPU a submission", "compared with two jobs"),
        (f"two jobs, {found.count:,} submissions", f"{rate:.1f}", _ms(found.whole.cpu / found.count), ""),
        (f"two jobs, {found.some} submissions", f"{two:.1f}", _ms(cpu_two), "1"),
        (f"one job, {found.some} submissions", f"{one:.1f}", _ms(cpu_one), f"{one / two:.2f}"),
    ]  # fmt: skip
    if found.stock is not None:
        count = STOCK_CLASS * len(EXERCISES)
        stock = count / found.stock.wall
        cells = (f"{stock:.2f}", _ms(found.stock.cpu / count), f"1/{two / stock:.0f}")
        rows.append(("stock nbgrader, one process, 20 plain asserts a function", *cells))
    lowest = found.some / found.floor
    at_floor = FLOOR.format(floor=2 * lowest)
    if found.stock is not None:
        at_floor += f", {2 * lowest / stock:.0f} times as many as stock nbgrader with its asserts"
    cells = (f"{lowest:.0f}", _ms(found.floor / found.some), f"{lowest / two:.1f}")
    rows.append(("the floor: a forked child that only calls the functions, one at a time", *cells))
    seconds, kept = found.again
    killed = (
        f"Killed (SIGKILL) with {kept:,} of {found.count:,} results kept, and started again: the other "
        f"{found.count - kept:,} took {duration(seconds)}; the same report, `seconds` excepted."
    )
    parts = (
        table(rows),
        SHORT_RUNS,
        f"{at_floor}.",
        _of_memory(found.peaks, found.whole),
        killed,
        table(_larger(found)),
    )
    return "\n\n".join(parts)


def _larger(found: Measured) -> list[tuple[str, ...]]:
    """The needs of more submissions, from the needs of these."""
    rate = found.count / found.whole.wall / 2
    rows = [("submissions", *(f"{count:,}" for count in LARGER))]
    for cores in CORES:
        times = (duration(count / (rate * cores)) for count in LARGER)
        rows.append((f"{cores} cores", *times))
    if found.stock is not None:
        each = found.stock.wall / (STOCK_CLASS * len(EXERCISES))
        rows.append(("stock nbgrader, one process", *(duration(each * n) for n in LARGER)))
    for name, size in (("JSON report", found.report), ("kept results", found.results)):
        rows.append((name, *(f"{size / found.count * n / 1e6:,.0f} MB" for n in LARGER)))
    return rows


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def page(found: Measured) -> str:
    """The page for readers, with the figures of this machine."""
    python, torch = platform.python_version(), version("torch")
    parts = [PAGE.format(
        machine=platform.machine(), system=platform.system(), cores=os.cpu_count(), python=python,
        torch=torch, nbgrader=version("nbgrader"), asserts=ASSERTS,
    ), figures(found)]  # fmt: skip
    if found.whole.others is not None:
        share = 100 * found.whole.others / (found.whole.wall * processes.CORES)
        parts.append(f"Other processes had {share:.0f} % of the two cores during the long run.")
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Measure, and print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--students", type=int, default=400, help="five notebooks each (default 400)"
    )
    parser.add_argument("--no-stock", action="store_true", help="without stock nbgrader")
    parser.add_argument("--memory", action="store_true", help="the memory alone")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    options = parser.parse_args()
    processes.prepare()
    with tempfile.TemporaryDirectory() as folder:
        if options.memory:
            print(memory_alone(Path(folder), options.students))
            return
        text = page(measure(Path(folder), options.students, stock=not options.no_stock))
    print(text)
    if options.write is not None:
        options.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except processes.CommandFailed as failed:
        sys.exit(str(failed))
