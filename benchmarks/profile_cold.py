"""Where the time of `autograder grade` of one notebook goes, seen from outside the command.

Nothing here knows the command's inside: imports come from `python -X importtime`, phases are read
from /proc while the command runs, and the extra cost of the first of two equal submissions is the
difference of their `seconds` in the report.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import processes
from benchmarks.large_class import ROOT

TOP = 10
POLL_SECONDS = 0.005
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Import:
    """One module of an import-time report; seconds of its own, and with those of its imports."""

    name: str
    depth: int
    own: float
    whole: float
    parent: str = "the command"
    children: list["Import"] = field(default_factory=list)


def read_imports(report: str) -> list[Import]:
    """Return the modules of a `-X importtime` report, each with who imported it first.

    In the report a module stands after those that it imported, two spaces less deep.
    """
    found: list[Import] = []
    waiting: list[Import] = []
    for line in report.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and len(parts) == 3 and parts[0].strip().isdigit():
            name = parts[2]
            depth = (len(name) - len(name.lstrip()) - 1) // 2
            new = Import(name.strip(), depth, int(parts[0]) / 1e6, int(parts[1]) / 1e6)
            new.children = [child for child in waiting if child.depth > depth]
            for child in new.children:
                child.parent = new.name
            waiting = [child for child in waiting if child.depth <= depth] + [new]
            found.append(new)
    return found


@dataclass
class Seen:
    """A process of the command: when it was seen first and last, and its CPU time then."""

    parent: int
    first: float
    last: float = 0.0
    cpu: float = 0.0
    name: str = ""


def watch(arguments: list[str]) -> tuple[float, int, dict[int, Seen]]:
    """Run the command and look at its processes; returns wall time, its number, and them."""
    command = [sys.executable, "-m", "autograder", "grade", "--again", *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=processes.environment(), stdout=subprocess.DEVNULL
    )
    seen = {process.pid: Seen(0, 0.0, name="the command")}
    while process.poll() is None:
        _look(seen, time.perf_counter() - started)
        time.sleep(POLL_SECONDS)
    wall = time.perf_counter() - started
    processes.reap()
    return wall, process.pid, seen


def _look(seen: dict[int, Seen], now: float) -> None:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            number, parent = int(folder.name), int(fields[1])
            if number not in seen and parent in seen:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                seen[number] = Seen(parent, now, name=command.strip())
            if number in seen:
                seen[number].last = now
                seen[number].cpu = (int(fields[11]) + int(fields[12])) / TICKS
        except (OSError, ValueError):
            continue  # it ended meanwhile


def show(notebook: Path) -> None:
    """Print the imports and the phases of grading one notebook."""
    _show_imports(notebook)
    _show_recording(notebook)
    if sys.platform == "linux":
        _show_phases(notebook)


def _show_imports(notebook: Path) -> None:
    options = [sys.executable, "-X", "importtime", "-m", "autograder", "grade", "--again"]
    options.append(str(notebook))
    done = subprocess.run(
        options, cwd=ROOT, env=processes.environment(), capture_output=True, text=True, check=True
    )
    found = read_imports(done.stderr)
    whole = sum(module.own for module in found)
    print(f"imports of the grader's process: {whole:.2f} s in {len(found)} modules")
    packages: dict[str, float] = {}
    for module in found:
        package = module.name.partition(".")[0]
        packages[package] = packages.get(package, 0.0) + module.own
    print(f"\nthe {TOP} most expensive packages (their own modules)")
    for package, seconds in sorted(packages.items(), key=lambda item: -item[1])[:TOP]:
        entries = [m for m in found if m.name.partition(".")[0] == package]
        outside = [m for m in entries if m.parent.partition(".")[0] != package]
        first = max(outside or entries, key=lambda module: module.whole)
        print(f"{seconds:7.3f} s  {package:<24} {first.whole:6.3f} s with all, by {first.parent}")
    print(f"\nthe {TOP} most expensive modules of the autograder, with what they import")
    ours = [m for m in found if m.name.startswith("autograder")]
    for module in sorted(ours, key=lambda module: -module.whole)[:TOP]:
        print(f"{module.whole:7.3f} s  {module.name:<40} by {module.parent}")


def _show_recording(notebook: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for student in ("first", "second"):
            to = Path(folder, student, notebook.parent.name)
            to.mkdir(parents=True)
            shutil.copy(notebook, to)
        cost = processes.run("autograder", "grade", "--again", "--json", "-", folder, cwd=ROOT)
    first, second = (entry["seconds"] for entry in json.loads(cost.output)["submissions"])
    print(f"\ntwo equal submissions: {cost.wall:.2f} s, of them")
    print(f"{cost.wall - first - second:7.2f} s  before the first and after the second")
    print(f"{first - second:7.2f} s  only the first (what is recorded or read)")
    print(f"{second:7.2f} s  the second, warm")


def _show_phases(notebook: Path) -> None:
    wall, command, seen = watch([str(notebook)])
    print(f"\none notebook, {wall:.2f} s: its processes as /proc shows them (from, to, CPU time)")
    _show_family(seen, command, 0)


def _show_family(seen: dict[int, Seen], number: int, depth: int) -> None:
    process = seen[number]
    name = f"{'  ' * depth}{process.name}"
    print(f"{process.first:7.2f} to {process.last:5.2f} s {process.cpu:6.2f} s CPU  {name[-70:]}")
    for child, member in seen.items():
        if member.parent == number:
            _show_family(seen, child, depth + 1)
