"""What students install: the checks and the templates, and no answer."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.proof import solution_lines
from autograder.notebooks.course import Course

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The texts of the files in the wheel, by name; built from a copy, which it litters."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("autograder", "solutions", "examples"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('.'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [path] = copy.glob("*.whl")
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_every_check_is_in_it(wheel: dict[str, str]) -> None:
    for notebook in Course(ROOT).notebooks:
        for name in notebook.points:
            assert f"autograder/exercises/{name}/test_{name}.py" in wheel


@pytest.mark.parametrize("folder", ["authoring", "reports"])
def test_templates_are_in_it(wheel: dict[str, str], folder: str) -> None:
    templates = (ROOT / "autograder" / folder / "templates").iterdir()
    names = [str(path.relative_to(ROOT)) for path in templates]
    assert names and set(names) <= wheel.keys()


def test_no_answers_are_in_it(wheel: dict[str, str]) -> None:
    folders = {name.split("/")[0] for name in wheel}
    assert {name for name in folders if not name.endswith(".dist-info")} == {"autograder"}
    assert not [name for name in wheel if name.endswith(".ipynb")]
    secret = ("/misconceptions.py", "/variants.py")
    assert not [name for name in wheel if "/exercises/" in name and name.endswith(secret)]
    everything = "".join("".join(text.split()) for text in wheel.values())
    for notebook in Course(ROOT).notebooks:
        for line in solution_lines(notebook):
            assert "".join(line.split()) not in everything, line
