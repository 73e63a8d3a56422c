"""`autograder grade` a second time, in parts, and compared: the real command in a course of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.one_class import ROOT

pytestmark = pytest.mark.slow

NOTEBOOK = "multilayer_perceptron/weight_decay"
HALVED = "    return (w * w).sum() / 2"
ANSWERS = {"ada": HALVED, "bob": "    return (w * w).sum()", "cleo": HALVED}


def hand_in(root: Path, student: str, line: str) -> None:
    """The solution's notebook with another body for l2_penalty."""
    notebook = nbformat.read(ROOT / "solutions" / f"{NOTEBOOK}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "l2_penalty":
            cell.source = f"def l2_penalty(w):\n{line}"
    path = root / "course" / "submitted" / student / f"{NOTEBOOK}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("again")
    source = root / "solutions" / f"{NOTEBOOK}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((ROOT / "solutions" / f"{NOTEBOOK}.ipynb").read_bytes())
    (root / "secret.txt").write_text("of these tests")
    for student, line in ANSWERS.items():
        hand_in(root, student, line)
    (root / "course" / "submitted" / "dora").mkdir()
    return root


def autograder(root: Path, *arguments: str, expected: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=root,
        env=os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def grade(root: Path, name: str, *options: str, expected: int = 0) -> dict[str, Any]:
    command = ["grade", "course/submitted", "--json", name, *options]
    autograder(root, *command, expected=expected)
    found: dict[str, Any] = json.loads((root / name).read_text())
    return found


def seconds(report: dict[str, Any]) -> dict[str, float]:
    return {one["student"]: one["seconds"] for one in report["submissions"]}


def without_seconds(report: dict[str, Any]) -> dict[str, Any]:
    submissions = [one | {"seconds": 0} for one in report["submissions"]]
    return report | {"submissions": submissions}


def test_grading_again(course: Path) -> None:
    """What hasn't changed has the very seconds of the first run; the report is that of a full run."""
    first = grade(course, "first.json")
    assert [s["score"] for s in first["students"]] == [10, 7, 10, 0]
    assert first["students"][3]["missing"] == [NOTEBOOK.split("/")]
    assert grade(course, "second.json") == first

    hand_in(course, "bob", HALVED)
    third = grade(course, "third.json", "--compare", "first.json", expected=1)
    same, changed = seconds(first), seconds(third)
    assert (same["ada"], same["cleo"]) == (changed["ada"], changed["cleo"])
    assert [s["score"] for s in third["students"]] == [10, 10, 10, 0]
    full = grade(course, "full.json", "--again")
    assert seconds(full) != changed
    assert without_seconds(full) == without_seconds(third)


def test_a_difference_is_shown_before_a_report_is_overwritten(course: Path) -> None:
    grade(course, "report.json")
    hand_in(course, "cleo", "    return w.sum()")
    shown = autograder(course, "grade", "course/submitted", "--json", "report.json")
    assert "differ from report.json" in shown
    [line] = [line for line in shown.splitlines() if line.startswith("cleo ") and "/ 3" in line]
    assert line.split()[-6:] == ["3", "/", "3", "0", "/", "3"]
    hand_in(course, "cleo", HALVED)


def test_parts_make_the_whole(course: Path) -> None:
    whole = grade(course, "whole.json")
    for number in (2, 1):
        part = grade(course, f"part-{number}.json", "--shard", f"{number}/2")
        assert part["shard"] == [number, 2]
        own = [one["student"] for one in whole["students"]][number - 1 :: 2]
        assert [one["student"] for one in part["students"]] == own
        assert {one["student"] for one in part["submissions"]} <= set(own)
    autograder(course, "merge", "part-2.json", "part-1.json", "--json", "merged.json")
    assert json.loads((course / "merged.json").read_text()) == whole


def test_one_student_is_graded_and_forgotten(course: Path) -> None:
    before = grade(course, "before.json")
    assert autograder(course, "forget", "ada") != "ada: 0 results removed\n"
    assert autograder(course, "forget", "ada") == "ada: 0 results removed\n"
    only = grade(course, "only.json", "--only", "ada")
    assert [one["student"] for one in only["students"]] == ["ada"]
    assert without_seconds(only)["submissions"] == without_seconds(before)["submissions"][:1]
