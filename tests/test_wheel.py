"""What students install: the checks, the templates, the recorded cases, and no answer."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.proof import leaked_lines
from autograder.notebooks.course import Course
from tests.wheels import ROOT, build

pytestmark = pytest.mark.slow

ANSWERS = ("/misconceptions.py", "/equivalent_mutants.py", "/variants.py", ".ipynb")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copy")


@pytest.fixture(scope="module")
def wheel(copy: Path) -> dict[str, bytes]:
    """The files in the wheel, by name."""
    with zipfile.ZipFile(build(copy)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_every_check_is_in_it(wheel: dict[str, bytes]) -> None:
    for notebook in Course(ROOT).notebooks:
        for name in notebook.points:
            assert f"autograder/exercises/{name}/test_{name}.py" in wheel


def test_the_recorded_cases_are_in_it(wheel: dict[str, bytes]) -> None:
    for notebook in Course(ROOT).notebooks:
        released = f"{notebook.assignment}/{notebook.name}.battery"
        committed = ROOT / "assignments" / released
        assert wheel[f"autograder/batteries/{released}"] == committed.read_bytes()


@pytest.mark.parametrize("folder", ["authoring", "reports"])
def test_templates_are_in_it(wheel: dict[str, bytes], folder: str) -> None:
    templates = (ROOT / "autograder" / folder / "templates").rglob("*")
    names = [str(path.relative_to(ROOT)) for path in templates if path.is_file()]
    assert names and set(names) <= wheel.keys()


def test_the_name_is_not_the_strangers(wheel: dict[str, bytes]) -> None:
    [name] = [name for name in wheel if name.endswith("/METADATA")]
    lines = wheel[name].decode().splitlines()
    assert "Name: autograder-from-scratch" in lines
    required = [line for line in lines if line.startswith("Requires-Dist:")]
    for_students = [line for line in required if "extra ==" not in line]
    assert any("torch" in line for line in for_students)
    assert not [line for line in for_students if "pytest" in line or "==" in line]


def test_no_answers_are_in_it(wheel: dict[str, bytes]) -> None:
    folders = {name.split("/")[0] for name in wheel}
    assert {name for name in folders if not name.endswith(".dist-info")} == {"autograder"}
    assert not [n for n in wheel if "/exercises/" in n and n.endswith(ANSWERS)]
    assert not [name for name in wheel if name.endswith(".ipynb")]
    course = Course(ROOT)
    assert {name: leaked_lines(course, name, data) for name, data in wheel.items()} == {
        name: [] for name in wheel
    }


def test_no_answers_are_in_the_sdist(copy: Path) -> None:
    with tarfile.open(build(copy, "sdist")) as file:
        names = file.getnames()
    assert any(name.endswith("/softmax/test_softmax.py") for name in names)
    assert any(name.endswith("/assignments/softmax_regression/softmax.battery") for name in names)
    assert not [n for n in names if "/exercises/" in n and n.endswith(ANSWERS)]
    assert not [n for n in names if {"solutions", "examples"} & set(n.split("/"))]
