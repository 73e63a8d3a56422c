"""Releasing: assignments/ is in step with solutions/, holds no solution, and its stubs score 0."""

import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import nbformat
import pytest
import torch

from autograder.authoring.proof import is_telling, leaks, released_text, stub_problems
from autograder.authoring.release import released_path
from autograder.cli import main
from autograder.grading.battery.cases import Battery, Case
from autograder.grading.battery.file import (
    FORMAT,
    BatteryError,
    Released,
    ReleasedExercise,
    decode_released,
    encode_released,
    read_released,
)
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course, read_source
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire.values import Packed, unpack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


def copy_course(to: Path, notebooks: str = "*/*.ipynb") -> Course:
    for path in (ROOT / "solutions").glob(notebooks):
        copy = to / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(ROOT / "nbgrader_config.py", to)
    return Course(to)


SOFTMAX = "softmax_regression/softmax.ipynb"


@pytest.fixture(scope="module")
def released_again(tmp_path_factory) -> Course:
    """A course into which all assignments have been released anew, with the command."""
    course = copy_course(tmp_path_factory.mktemp("course"))
    command = [sys.executable, "-m", "autograder", "release"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=2400)
    assert (done.returncode, done.stderr) == (0, "")
    printed = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert printed == [f"{notebook.assignment}/{notebook.name}" for notebook in course.notebooks]
    return course


def batteries(released: Released):
    return {
        f"{exercise.name}/{battery.check}": battery.cases
        for exercise in released.exercises
        for battery in exercise.batteries
    }


def test_released_notebooks_are_in_step(released_again):
    names = [f"{notebook.assignment}/{notebook.path.name}" for notebook in released_again.notebooks]
    present = (ROOT / "assignments").glob("*/*.ipynb")
    assert sorted(str(path.relative_to(ROOT / "assignments")) for path in present) == sorted(names)
    for name in names:
        fresh = released_again.root / "assignments" / name
        assert fresh.read_text() == (ROOT / "assignments" / name).read_text(), (
            f"release {name} again"
        )


def test_released_cases_are_in_step(released_again):
    for notebook in released_again.notebooks:
        path = released_path(released_again, notebook).with_suffix(".battery")
        fresh = read_released(path)
        committed = read_released(ROOT / path.relative_to(released_again.root))
        assert [(e.name, e.points) for e in fresh.exercises] == list(notebook.points.items())
        assert [(e.name, e.points) for e in committed.exercises] == list(notebook.points.items())
        assert batteries(fresh).keys() == batteries(committed).keys()
        for check, cases in batteries(fresh).items():
            assert_same_cases(cases, batteries(committed)[check], check)


def assert_same_cases(cases, committed, check):
    assert len(cases) == len(committed), check
    for case, other in zip(cases, committed, strict=True):
        assert (case.names, case.values) == (other.names, other.values), check
        assert case.tensors == other.tensors, check
        assert not case.student, check
        for answer, known in zip(case.reference, other.reference, strict=True):
            assert answer.call.function == known.call.function
            pairs = zip(answer.answer.tensors, known.answer.tensors, strict=True)
            pairs = [pair for pair in pairs if pair != (None, None)]
            for (_, mine), (_, theirs) in zip(answer.pulled, known.pulled, strict=True):
                pairs += zip(mine.gradients, theirs.gradients, strict=True)
            for mine, theirs in pairs:
                torch.testing.assert_close(unpack(mine), unpack(theirs))


def test_batteries_are_small():
    sizes = {path.name: path.stat().st_size for path in ROOT.glob("assignments/*/*.battery")}
    assert sizes and max(sizes.values()) < 2_000_000, sizes  # those of images are the largest


def test_no_solution_line_leaked():
    for notebook in Course(ROOT).notebooks:
        assert leaks(notebook, ROOT / "assignments" / notebook.assignment) == ()


def test_stubs_score_nothing():
    course = Course(ROOT)
    with GradingService(course, Limits()) as service:
        for notebook in course.notebooks:
            assert stub_problems(course, service, released_path(course, notebook)) == ()


def edit(path: Path, change) -> None:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def solution_cell(notebook):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution"))


def test_command_finds_a_leak(tmp_path, monkeypatch, capsys):
    copy_course(tmp_path, SOFTMAX)
    path = tmp_path / "solutions" / SOFTMAX
    line = "exps / exps.sum(dim=1,  keepdim=True)"
    edit(
        path, lambda notebook: notebook.cells.append(nbformat.v4.new_markdown_cell(f"Try `{line}`"))
    )
    monkeypatch.chdir(tmp_path)
    assert main(["release"]) == 1
    printed, errors = capsys.readouterr()
    assert "1 PROBLEMS" in printed
    assert "holds the solution line `exps / exps.sum(dim=1, keepdim=True)`" in errors


@pytest.mark.parametrize("place", ["markdown", "output", "metadata", "other file"])
def test_a_leak_is_found_wherever_it_is(tmp_path, place):
    line = "exps = torch.exp(X - X.amax(dim=1, keepdim=True))"
    source = read_source(ROOT / "solutions/softmax_regression/softmax.ipynb")
    shutil.copytree(ROOT / "assignments/softmax_regression", tmp_path / "softmax_regression")
    path = tmp_path / "softmax_regression/softmax.ipynb"

    def leak(notebook):
        cell = solution_cell(notebook)
        if place == "markdown":
            notebook.cells[0].source += f"\n    {line}\n"
        if place == "output":
            cell.outputs = [nbformat.v4.new_output("stream", text=line)]
        if place == "metadata":
            cell.metadata["was"] = line

    edit(path, leak)
    if place == "other file":
        (path.parent / "helpers.py").write_text(f"def softmax(X):\n    {line}\n")
    [problem] = leaks(source, path.parent)
    assert line in problem


def test_a_mark_left_behind_is_found(tmp_path):
    source = read_source(ROOT / "solutions/softmax_regression/softmax.ipynb")
    shutil.copytree(ROOT / "assignments/softmax_regression", tmp_path / "softmax_regression")
    path = tmp_path / "softmax_regression/softmax.ipynb"
    edit(path, lambda notebook: setattr(notebook.cells[-1], "source", "# End Solution"))
    assert leaks(source, path.parent) == (f"{path} still holds END SOLUTION",)


def test_an_answered_stub_is_found(tmp_path):
    course = Course(ROOT)
    path = tmp_path / "softmax.ipynb"
    shutil.copy(ROOT / "assignments/softmax_regression/softmax.ipynb", path)
    answer = "def softmax(X):\n    return X.softmax(1) if len(X) else X"
    edit(path, lambda notebook: setattr(solution_cell(notebook), "source", answer))
    with GradingService(course, Limits()) as service:
        [problem] = stub_problems(course, service, path)
    assert "not as a stub" in problem or "not 0" in problem


@pytest.mark.parametrize(
    ("line", "telling"),
    [
        ("return X", False),
        ("else:", False),
        ("with torch.no_grad():", False),
        ("for w in params:", False),
        ("w.grad.zero_()", True),
        ("return (w**2).sum() / 2", True),
    ],
)
def test_which_lines_tell_something(line, telling):
    assert is_telling(line) is telling


def test_unknown_assignment_is_one_sentence(tmp_path, monkeypatch, capsys):
    copy_course(tmp_path, SOFTMAX)
    monkeypatch.chdir(tmp_path)
    assert main(["release", "convolutions"]) == 1
    errors = capsys.readouterr().err
    assert errors.startswith("convolutions: no such assignment; there are ")
    assert len(errors.splitlines()) == 1


def test_wrong_points_fail_the_release(tmp_path, monkeypatch, capsys):
    copy_course(tmp_path, SOFTMAX)

    def change(notebook):
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_softmax":
                cell.metadata.nbgrader.points = 9

    edit(tmp_path / "solutions" / SOFTMAX, change)
    monkeypatch.chdir(tmp_path)
    assert main(["release", "softmax_regression"]) == 1
    path = tmp_path / "solutions" / SOFTMAX
    sentence = f"{path}: the cell of softmax has 9 points, its checks have 10\n"
    assert capsys.readouterr().err == sentence


# ---- reading a battery file


BATTERY = ROOT / "assignments/softmax_regression/softmax.battery"


def test_round_trip():
    data = BATTERY.read_bytes()
    assert encode_released(decode_released(data, "x")) == data


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: b"", "is not a file of recorded cases"),
        (lambda data: b"PK\x03\x04" + data, "is not a file of recorded cases"),
        (lambda data: data[:-10], "is damaged"),
        (lambda data: data[:300], "is damaged"),
        (lambda data: data[:3000] + bytes([data[3000] ^ 1]) + data[3001:], "is damaged"),
        (lambda data: data + b"more", "is damaged"),
        # A hundred bytes a million of empty lists, each an object in memory.
        (lambda data: data[: data.index(b"\n") + 1] + zlib.compress(b"\x90" * 2**25), "is damaged"),
        (lambda data: data.replace(b"%d" % FORMAT, b"9", 1), "Update the autograder"),
        (lambda data: data.replace(b"%d" % FORMAT, b"0", 1), "Copy it again"),
    ],
)
def test_unusable_battery_is_one_sentence(change, sentence):
    with pytest.raises(BatteryError, match=r"softmax\.battery") as caught:
        decode_released(change(BATTERY.read_bytes()), "softmax.battery")
    assert sentence in str(caught.value)


def released_with(case: Case, count: int = 1) -> Released:
    exercise = ReleasedExercise("softmax", 1, [Battery("test_values", [case] * count)])
    return Released("1", "softmax_regression", "softmax", [exercise])


def test_a_small_file_of_many_objects_is_refused_before_they_are_made():
    """24 kB would be 2.8 million cases, and a gigabyte. Who releases so many gets a larger file."""
    many = released_with(Case([], [], [], [], []), 200_000)
    data = encode_released(many)
    header, _, body = data.partition(b"\n")
    small = header + b"\n" + zlib.compress(zlib.decompress(body), 9)
    assert len(small) < 10_000 < len(data)
    with pytest.raises(BatteryError, match="is damaged"):
        decode_released(small, "softmax.battery")
    assert decode_released(data, "softmax.battery") == many


@pytest.mark.parametrize("grad", [False, True])
def test_a_shape_without_its_bytes_is_refused(grad):
    """Unpacked, it would be a tensor of eight gigabytes."""
    huge = Packed("float32", [2 * 10**9], b"")
    tensor = Packed("float32", [], bytes(4), grad=huge) if grad else huge
    data = encode_released(released_with(Case(["X"], [], [tensor], [], [])))
    with pytest.raises(BatteryError, match="is damaged"):
        decode_released(data, "softmax.battery")


def test_released_text_sees_into_a_battery():
    assert "softmax_regression" in released_text(BATTERY)
