"""Gradescope: results.json as it reads it, and the zip, run in a folder that is laid out like /autograder.

`setup.sh` installs from the network: of it the syntax is tested, and that its wheel can be installed.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.gradescope import build
from autograder.cli import main
from autograder.grading.results import Report, Ungraded
from autograder.notebooks.course import Course, CourseError
from autograder.reports import gradescope
from tests.downloads import notebook
from tests.one_class import ROOT
from tests.sample_class import sample
from tests.test_reports import HOSTILE, acts, result

WRONG = "import torch\ndef softmax(X):\n    return X.exp() / X.exp().sum(1, keepdim=True)"
METADATA = {  # as its page "Submission Metadata" shows it, shortened
    "id": 123456,
    "created_at": "2026-11-26T08:00:00.000000-08:00",
    "assignment": {"id": 25828, "title": "Softmax", "total_points": "20.0"},
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "submission_method": "upload",
    "previous_submissions": [],
}


def read(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gradescope.render(report))
    return found


def fits(document: dict[str, Any]) -> None:
    """What the specification asks for."""
    assert document["tests"] or isinstance(document["score"], float)
    for test in document["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] in ("passed", "failed")
        assert test["visibility"] == "visible"
        assert isinstance(test["output"], str)
        assert test["name"]
    assert document["test_output_format"] == document["test_name_format"] == "text"
    assert document["stdout_visibility"] == "hidden"


def test_points_and_maxima_are_those_of_the_report() -> None:
    for number in range(4):
        report = sample(4)
        student = report.students[number]
        one = replace(
            report,
            students=(student,),
            results=tuple(r for r in report.results if r.student == student),
            ungraded=tuple(f for f in report.ungraded if f.student == student),
            missing=tuple(m for m in report.missing if m.student == student),
        )
        document = read(one)
        fits(document)
        assert sum(test["score"] for test in document["tests"]) == sum(r.score for r in one.results)
        assert sum(test["max_score"] for test in document["tests"]) == 30


def test_an_exercise_whose_checks_do_not_add_up_is_one_test() -> None:
    [exercise] = result("nope").exercises
    one = replace(exercise, status="forbidden", checks=(exercise.checks[0],))
    [test] = read(Report((replace(result("x"), exercises=(one,)),)))["tests"]
    assert (test["name"], test["score"], test["max_score"]) == ("softmax", 0.0, 3.0)
    assert test["output"].startswith("nope")


def test_nothing_is_a_result_too() -> None:
    document = read(Report())
    fits(document)
    assert document["score"] == 0.0
    assert "No notebook" in document["output"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_text(text: str) -> None:
    written = gradescope.render(Report((result(text),), (Ungraded(text, text, text),)))
    assert written.isascii()
    assert not acts(written)
    fits(json.loads(written))


@pytest.fixture(scope="module")
def packed() -> bytes:
    return build(Course(ROOT), "softmax_regression")


def test_the_zip_has_what_gradescope_and_pip_need(packed: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        for script in ("setup.sh", "run_autograder"):
            assert archive.getinfo(script).external_attr >> 16 & 0o111
        requirements = archive.read("requirements.txt").decode().splitlines()
        [wheel] = [name for name in names if name.endswith(".whl")]
        (tmp_path / wheel).write_bytes(archive.read(wheel))
        assert "course/solutions/softmax_regression/softmax.ipynb" in names
        assert not [name for name in names if name.startswith("course/solutions/linear")]
    assert all("==" in line and "+" not in line for line in requirements)
    assert {line.partition("==")[0] for line in requirements} >= {"torch", "hypothesis", "pytest"}
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index"]
    subprocess.run(
        [*install, "--no-compile", "--target", target, tmp_path / wheel],
        check=True,
        capture_output=True,
    )
    assert (target / "autograder/exercises/softmax/misconceptions.py").is_file()


def test_a_course_brings_its_own_exercises(tmp_path: Path) -> None:
    for name in ("solutions/softmax_regression/softmax.ipynb",):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes((ROOT / name).read_bytes())
    own = tmp_path / "exercises/softmax"
    own.mkdir(parents=True)
    (own / "test_softmax.py").write_text("own")
    (tmp_path / "secret.txt").write_text("s" * 40)
    with zipfile.ZipFile(io.BytesIO(build(Course(tmp_path), "softmax_regression"))) as archive:
        assert archive.read("course/exercises/softmax/test_softmax.py") == b"own"
        assert archive.read("course/secret.txt").strip() == b"s" * 40
    with pytest.raises(CourseError, match="softmax_regression"):
        build(Course(tmp_path), "other")


def test_the_command_writes_it(
    packed: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    path = tmp_path / "x.zip"
    assert main(["gradescope", "softmax_regression", "--to", str(path)]) == 0
    assert path.read_bytes() == packed  # the same course gives the same zip
    assert main(["gradescope", "nothing", "--to", str(path)]) == 2
    assert "softmax_regression" in capsys.readouterr().err


def lay_out(root: Path, packed: bytes) -> None:
    """/autograder, as Gradescope's page "Technical Details" has it."""
    source = root / "source"
    source.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, source))
            path.chmod(info.external_attr >> 16 & 0o777)
    (root / "run_autograder").write_bytes((source / "run_autograder").read_bytes())
    (root / "run_autograder").chmod(0o755)
    (root / "submission").mkdir()
    (root / "results").mkdir()
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))


def run(root: Path) -> dict[str, Any]:
    environment = {
        "AUTOGRADER_ROOT": str(root),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(root),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
    }
    done = subprocess.run(
        [root / "run_autograder"], cwd=root, env=environment, capture_output=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((root / "results/results.json").read_text())
    return found


def test_the_scripts_are_shell(packed: bytes, tmp_path: Path) -> None:
    lay_out(tmp_path / "autograder", packed)
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", tmp_path / "autograder/source" / name], check=True)


@pytest.mark.slow
def test_a_submission_is_graded_in_a_bare_folder(packed: bytes, tmp_path: Path) -> None:
    root = tmp_path / "autograder"
    lay_out(root, packed)
    (root / "submission/softmax.ipynb").write_bytes(notebook(WRONG))
    document = run(root)
    fits(document)
    tests = [test for test in document["tests"] if test["name"].startswith("softmax: ")]
    assert sum(test["score"] for test in tests) == 8.5
    assert any("nan" in test["output"] for test in tests if test["status"] == "failed")
    missing = [test for test in document["tests"] if "not handed in" in test["output"]]
    assert missing
    assert not (root / "source").stat().st_mode & 0o077
    root.joinpath("results/results.json").unlink()
    (root / "submission/softmax.ipynb").unlink()
    assert run(root)["score"] == 0
