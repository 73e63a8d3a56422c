"""`autograder grade` interrupted, terminated or killed: nothing is left behind, and it can run again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
SOFTMAX = """import torch, time
def softmax(X):
    exps = (X - X.amax(1, keepdim=True)).exp()
    return exps / exps.sum(1, keepdim=True)"""
SLOW = f"{SOFTMAX}\nwhile True:\n    time.sleep(0.1)"
GONE_SECONDS = 15.0
START_SECONDS = 300.0
"""Until a worker runs: 4 s on an idle machine; nothing is measured by it."""


@pytest.fixture
def students(tmp_path) -> Path:
    """Two students, one of whom keeps a worker busy."""
    for name, source in (("ada", SOFTMAX), ("slow", SLOW)):
        graded = {"grade_id": "softmax", "solution": True, "grade": False, "schema_version": 3}
        cell = new_code_cell(source, metadata={"nbgrader": graded | {"locked": False}})
        path = tmp_path / "class" / name / "softmax_regression" / "softmax.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=[cell]), path)
    return tmp_path / "class"


def start(students: Path, report: Path, jobs: int, temporary: Path) -> "subprocess.Popen[str]":
    command = [
        "grade",
        "--again",
        students,
        "--json",
        report,
        "--jobs",
        jobs,
        "--limit",
        "seconds_per_cell=60",
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", *map(str, command)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell lets what it runs in the background ignore Ctrl-C, and the tests may be run so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def processes() -> dict[int, tuple[int, str]]:
    """Of every process: its parent and its state."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            found[int(entry.name)] = (int(parent), state)
    return found


def family(root: int) -> set[int]:
    """A process and all below it."""
    present = processes()
    members = {root}
    while more := {p for p, (parent, _) in present.items() if parent in members} - members:
        members |= more
    return members


def workers(members: set[int]) -> set[int]:
    """Those that run a student's code: children of a fork server that run the same program."""
    present = processes()
    commands = {}
    for process in members:
        try:
            commands[process] = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            commands[process] = b""
    servers = {
        p for p, command in commands.items() if b"autograder.sandbox.worker.fork_server" in command
    }
    return {p for p in servers if present.get(p, (0, ""))[0] in servers}


def wait_for(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGTERM, 2),
     (signal.SIGKILL, 1), (signal.SIGKILL, 2)],
)  # fmt: skip
def test_nothing_is_left_behind(students, tmp_path, number, jobs):
    report, temporary = tmp_path / "report.json", tmp_path / "temporary"
    temporary.mkdir()
    temporary.chmod(0o755)
    grader = start(students, report, jobs, temporary)
    if not wait_for(lambda: workers(family(grader.pid)), START_SECONDS):
        grader.kill()
        pytest.fail(f"no worker was started: {grader.communicate()}")
    members = family(grader.pid)
    if number == signal.SIGINT:
        os.killpg(grader.pid, number)  # as a terminal does
    else:
        grader.send_signal(number)
    _, errors = grader.communicate(timeout=120)

    assert wait_for(lambda: not members & processes().keys(), GONE_SECONDS)
    assert list(temporary.glob("autograder-*")) == []
    if number == signal.SIGKILL:
        assert [path.name for path in tmp_path.iterdir() if "report" in path.name] == []
        return
    assert grader.returncode == 128 + number
    assert errors.endswith("autograder: interrupted\n")
    assert "slow/softmax_regression/softmax.ipynb: not graded" in errors
    written = json.loads(report.read_text())
    assert written["complete"] is False
    graded = [result["student"] for result in written["submissions"]]
    missing = [file["student"] for file in written["ungraded"]]
    assert sorted(graded + missing) == ["ada", "slow"]
    assert "slow" in missing


def test_a_report_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    from autograder.commands import files

    report = tmp_path / "report.json"
    report.write_text("before")
    monkeypatch.setattr(os, "fsync", lambda descriptor: 1 / 0)  # the disk fails
    with pytest.raises(ZeroDivisionError):
        files.write(report, json.dumps({"schema": 1}))
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert report.read_text() == "before"


@pytest.mark.skipif(sys.platform != "linux", reason="needs FIFOs and devices")
@pytest.mark.parametrize("kind", ["device", "pipe", "link"])
def test_a_report_goes_into_what_is_no_file(tmp_path: Path, kind: str) -> None:
    """It is written in place: renaming a file over it would take the device, pipe or link away."""
    from autograder.commands import files

    target, linked = tmp_path / "target", tmp_path / "linked.json"
    if kind == "device":
        target = Path(os.devnull)
    elif kind == "pipe":
        os.mkfifo(target)
        reading = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    else:
        target.symlink_to(linked)
    before = target.lstat()
    files.write(target, "a report")
    after = target.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    if kind == "pipe":
        assert os.read(reading, 100) == b"a report"
        os.close(reading)
    if kind == "link":
        assert linked.read_text() == "a report"
        assert target.is_symlink()
