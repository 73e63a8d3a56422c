"""A course of one's own, from `autograder init` to the gradebook, without a fork."""

import os
import shutil
import stat
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config, PyFileConfigLoader

from autograder.authoring.wheel import wheel_problems
from autograder.cli import main
from autograder.grading.battery import store
from autograder.notebooks import installed
from autograder.notebooks.course import Course
from autograder.notebooks.secret import SECRET_VARIABLE
from tests import wheels

NAME = "softmax"
"""Of the course's only exercise, and of one of the engine's: the course's own has to be used."""
RIGHT, WRONG = "X - X.mean(1)[:, None]", "X - X.mean(0)"
"""Answers to what a scaffold asks for: rows, each minus its mean."""


@dataclass(frozen=True)
class Done:
    """A course after its release. printed: what the release printed."""

    root: Path
    printed: str

    @property
    def wheel(self) -> Path:
        [path] = (self.root / "dist").iterdir()
        return path


def run(*command: str | Path, cwd: Path, python: Path | str = sys.executable) -> str:
    """Run Python; no settings of whoever runs the tests count."""
    places = dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"), str(cwd / ".home"))
    environment = (
        os.environ | places | {"OMP_NUM_THREADS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    )
    environment.pop(SECRET_VARIABLE, None)
    done = subprocess.run(
        [python, *command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course."""
    root = tmp_path_factory.mktemp("courses") / "Deep Learning 2"
    assert main(["init", str(root)]) == 0
    return root


@pytest.fixture(scope="module")
def course(empty: Path) -> Done:
    """The course with one exercise, released."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(empty)
        assert main(["new", f"intro/{NAME}"]) == 0
    return Done(empty, run("-m", "autograder", "release", cwd=empty))


def test_a_secret_of_its_own(empty: Path, tmp_path: Path) -> None:
    secret = empty / "secret.txt"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text().strip()) == 64
    assert "/secret.txt" in (empty / ".gitignore").read_text().splitlines()
    assert main(["init", str(tmp_path / "another")]) == 0
    assert (tmp_path / "another/secret.txt").read_text() != secret.read_text()


def test_nothing_is_overwritten(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (empty / "secret.txt").read_text()
    assert main(["init", str(empty)]) == 2
    assert "already there; nothing was written" in capsys.readouterr().err
    assert (empty / "secret.txt").read_text() == before


@pytest.mark.parametrize("name", ["...", "autograder", "Autograder from scratch"])
def test_names_that_cannot_be_used(name: str, tmp_path: Path, capsys) -> None:
    assert main(["init", str(tmp_path / name)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("command", ["audit", "release", "grade ."])
def test_an_empty_course_says_what_is_missing(command: str, tmp_path, monkeypatch, capsys) -> None:
    assert main(["init", str(tmp_path / "course")]) == 0
    monkeypatch.chdir(tmp_path / "course")
    capsys.readouterr()
    assert main(command.split()) != 0
    printed = capsys.readouterr()
    assert "the course has no notebooks yet" in printed.out + printed.err


def test_a_course_without_nbgraders_settings(tmp_path, monkeypatch, capsys) -> None:
    source = wheels.ROOT / "solutions/softmax_regression"
    shutil.copytree(source, tmp_path / "solutions/softmax_regression")
    monkeypatch.chdir(tmp_path)
    assert main(["release"]) == 1
    error = capsys.readouterr().err
    assert "nbgrader_config.py is missing" in error
    assert "configure(c)" in error


def test_nbgraders_settings_are_the_same_however_often_they_are_loaded(empty: Path) -> None:
    config = Config()
    for _ in range(3):
        config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(empty)).load_config())
    steps = [str(step) for step in config.GenerateAssignment.preprocessors]
    assert len(steps) == 13
    assert sum("AttachBattery" in step for step in steps) == 1
    assert config.CourseDirectory.root == str(empty)
    assert Path(config.Exchange.root).is_relative_to(empty / "course")
    assert Path(config.Exchange.root).is_dir()


@pytest.mark.slow
def test_the_release_builds_a_wheel(course: Done) -> None:
    assert "no solution line leaked, stubs score 0, the solution scores all" in course.printed
    assert f"dist/{course.wheel.name}: the package for your students" in course.printed
    with zipfile.ZipFile(course.wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    package = "autograder_course_deep_learning_2"
    assert names == {
        f"{package}/__init__.py",
        f"{package}/batteries/intro/{NAME}.battery",
        f"{package}/exercises/{NAME}/forbidden.py",
        f"{package}/exercises/{NAME}/test_{NAME}.py",
        f"{package}/exercises/{NAME}/vectorization.py",
    }


@pytest.mark.slow
def test_a_wheel_with_answers_is_found(course: Done, tmp_path: Path) -> None:
    from autograder.authoring.wheel import read_project

    project = read_project(course.root)
    assert project is not None
    solution = "return X - X.mean(dim=1, keepdim=True)"
    assert any(solution in cell.source for cell in Course(course.root).notebooks[0].cells)
    bad = Path(shutil.copy(course.wheel, tmp_path))
    with zipfile.ZipFile(bad, "a") as file:
        file.writestr(f"{project.package}/exercises/{NAME}/misconceptions.py", "")
        file.writestr(f"{project.package}/exercises/{NAME}/test_more.py", f"    {solution}\n")
    problems = list(wheel_problems(Course(course.root), project, bad))
    assert len(problems) == 2
    assert "misconceptions.py, which students should not get" in problems[0]
    assert f"holds the solution line `{solution.removeprefix('return ')}`" in problems[1]


@pytest.fixture(scope="module")
def student(course: Done, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment: the engine's wheel and the course's, beside torch."""
    folder = tmp_path_factory.mktemp("student")
    engine = wheels.build(tmp_path_factory.mktemp("engine"))
    venv.create(folder, symlinks=True)
    python = folder / "bin/python"
    installed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    [packages] = (folder / "lib").glob("python*/site-packages")
    (packages / "torch_and_others.pth").write_text("\n".join(installed) + "\n")
    offline = ("--no-index", "--no-deps", "--quiet")
    pip = ("-m", "pip", "--python", python, "install", *offline)
    run(*pip, engine, course.wheel, cwd=folder)
    return python


SCRIPT = """\
import pathlib, sys, torch, autograder
from autograder import check
assert pathlib.Path(autograder.__file__).is_relative_to(sys.prefix), autograder.__file__

def softmax(X):
    return {answer}

def l2_penalty(w):
    return (w * w).sum() / 2

print(check("softmax"), check(softmax), check("l2_penalty"), "pytest" in sys.modules)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "points"), [(RIGHT, "10.0 10.0"), (WRONG, "0.0 0.0")])
def test_the_wheels_alone_are_enough_at_home(
    student: Path, tmp_path: Path, answer: str, points: str
) -> None:
    (tmp_path / "answer.py").write_text(SCRIPT.format(answer=answer))
    printed = run("answer.py", cwd=tmp_path, python=student)
    assert printed.splitlines()[-1] == f"{points} 3.0 False"  # below the reports


@pytest.mark.slow
def test_graded_through_nbgrader(course: Done) -> None:
    answers = {"ada": RIGHT, "bob": WRONG}
    for name, answer in answers.items():
        notebook = nbformat.read(course.root / f"assignments/intro/{NAME}.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace("raise NotImplementedError()", f"return {answer}")
        path = course.root / f"course/submitted/{name}/intro/{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    run("-m", "nbgrader", "autograde", "intro", cwd=course.root)
    with Gradebook(f"sqlite:///{course.root / 'course/gradebook.db'}") as gradebook:
        submissions = gradebook.assignment_submissions("intro")
        assert {s.student.id: s.score for s in submissions} == {"ada": 10, "bob": 0}


@pytest.mark.slow
def test_released_to_the_exchange(course: Done) -> None:
    run("-m", "nbgrader", "release_assignment", "intro", cwd=course.root)
    [outbound] = (course.root / "course/exchange").glob("*/outbound/intro")
    assert (outbound / f"{NAME}.battery").is_file()


@pytest.mark.slow
def test_the_doctor(empty: Path, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(store, "folder", lambda: tmp_path)
    (tmp_path / f"old{store.SUFFIX}").touch()
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    monkeypatch.chdir(empty)
    (empty / "solutions/intro").mkdir(exist_ok=True)
    if not list((empty / "solutions").glob("*/*.ipynb")):
        source = wheels.ROOT / "solutions/softmax_regression/softmax.ipynb"
        shutil.copy(source, empty / "solutions/intro/engines_softmax.ipynb")
    main(["doctor", "--clear-store"])
    assert not list(tmp_path.iterdir())
    printed = capsys.readouterr().out
    words = ("isolation", "torch", "the file secret.txt", "deep-learning-2 1.0")
    assert all(word in printed for word in words), printed
    assert str(empty) in printed.replace("\n", "")
    assert (empty / "secret.txt").read_text().strip() not in printed


def test_what_grading_lacks_is_said(monkeypatch, capsys) -> None:
    monkeypatch.setattr(installed, "NEEDED_FOR_GRADING", ("platformdirs", "no_such_library"))
    assert main(["grade", "."]) == 2
    error = capsys.readouterr().err
    assert error.startswith("no_such_library: not installed.")
    assert "autograder-from-scratch[grading]" in error


def test_help_and_version(capsys) -> None:
    assert main([]) == 0
    assert "init" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith("autograder 0.")
