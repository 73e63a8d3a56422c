"""Where check() finds the recorded cases of an exercise, and what it says when it doesn't."""

import shutil
import sys
from pathlib import Path

import pytest

from autograder import battery_search
from autograder.battery_search import find, name_of, notebook_folders
from autograder.grading.battery.file import (
    BatteryError,
    Released,
    ReleasedExercise,
    encode_released,
)
from autograder.notebooks import installed
from autograder.notebooks.installed import InstalledCourse
from autograder.paths import EXERCISES

ROOT = Path(__file__).resolve().parents[1]
BATTERY = ROOT / "assignments/softmax_regression/softmax.battery"


def battery(path: Path, *exercises: str) -> None:
    """A file with no cases, of the notebook that its path names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    released = [ReleasedExercise(name, 1.0, []) for name in exercises]
    path.write_bytes(encode_released(Released("1", path.parent.name, path.stem, released)))


def course(folder: Path, name: str, *exercises: str) -> InstalledCourse:
    """A package with checks (which nobody runs here)."""
    for exercise in exercises:
        checks = folder / name / "exercises" / exercise / f"test_{exercise}.py"
        checks.parent.mkdir(parents=True)
        checks.touch()
    return InstalledCourse(name, "1", folder / name / "exercises", folder / name / "batteries")


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch):
    """Makes courses the installed ones, besides the engine."""

    def install(*courses: InstalledCourse) -> None:
        engine = installed.engine_course()
        monkeypatch.setattr(battery_search, "installed_courses", lambda: (*courses, engine))

    install()
    return install


def test_beside_the_notebook(install, tmp_path: Path) -> None:
    shutil.copy(BATTERY, tmp_path / "softmax.battery")
    found = find("softmax", [tmp_path])
    assert found.released.notebook == "softmax"
    assert found.exercise.folder == EXERCISES / "softmax"


def test_in_an_installed_course(install, tmp_path: Path) -> None:
    own = course(tmp_path, "own", "relu")
    battery(own.batteries / "intro/activations.battery", "relu", "softmax")
    install(own)
    found = find("relu", [tmp_path])
    assert (found.released.notebook, found.exercise.folder) == (
        "activations",
        own.exercises / "relu",
    )
    assert find("softmax", [tmp_path]).exercise.folder == EXERCISES / "softmax"


def test_the_notebooks_folder_comes_first(install, tmp_path: Path) -> None:
    own = course(tmp_path, "own", "relu")
    battery(own.batteries / "intro/old.battery", "relu")
    battery(tmp_path / "here/new.battery", "relu")
    install(own)
    assert find("relu", [tmp_path / "here"]).released.notebook == "new"


def test_a_course_uses_its_own_exercise_of_an_engines_name(install, tmp_path: Path) -> None:
    own = course(tmp_path, "own", "softmax")
    battery(tmp_path / "here/softmax.battery", "softmax")
    install(own)
    assert find("softmax", [tmp_path / "here"]).exercise.folder == own.exercises / "softmax"


def test_of_two_courses_the_one_that_released_the_notebook(install, tmp_path: Path) -> None:
    first, second = course(tmp_path, "a", "relu"), course(tmp_path, "b", "relu")
    battery(second.batteries / "intro/relu.battery", "relu")
    battery(tmp_path / "intro/relu.battery", "relu")
    install(first, second)
    assert find("relu", [tmp_path / "intro"]).exercise.folder == second.exercises / "relu"


def test_cases_of_one_course_never_meet_the_checks_of_another(install, tmp_path: Path) -> None:
    first, second = course(tmp_path, "a", "softmax"), course(tmp_path, "b")
    battery(second.batteries / "intro/softmax.battery", "softmax")
    install(first, second)
    assert find("softmax", [tmp_path]).exercise.folder == EXERCISES / "softmax"


def test_cases_without_checks(install, tmp_path: Path) -> None:
    battery(tmp_path / "unheard_of.battery", "unheard_of")
    with pytest.raises(BatteryError, match="not its checks: they are in your course's package"):
        find("unheard_of", [tmp_path])


def test_a_damaged_battery_does_not_hide_a_good_one(install, tmp_path: Path) -> None:
    shutil.copy(BATTERY, tmp_path / "softmax.battery")
    (tmp_path / "a.battery").write_bytes(b"?")
    assert find("softmax", [tmp_path]).released.notebook == "softmax"
    with pytest.raises(BatteryError, match=r"a\.battery is not a file of recorded cases"):
        find("dropout", [tmp_path])


@pytest.mark.parametrize(
    ("typed", "meant"), [("sofmax", "softmax"), ("Softmax", "softmax"), ("soft_max", "softmax")]
)
def test_a_misspelt_name(install, tmp_path: Path, typed: str, meant: str) -> None:
    battery(tmp_path / "softmax.battery", "softmax", "relu")
    with pytest.raises(BatteryError, match=f"no exercise `{typed}` here. Did you mean `{meant}`"):
        find(typed, [tmp_path])


def test_nothing_there(install, tmp_path: Path) -> None:
    with pytest.raises(BatteryError) as caught:
        find("softmax", [tmp_path])
    text = str(caught.value)
    assert f"no recorded cases of `softmax` here. Looked for in: {tmp_path}." in text
    assert "There are none of any exercise." in text
    assert "In VS Code, open the folder" in text


def test_another_notebooks_cases_on_colab(install, tmp_path: Path, monkeypatch) -> None:
    battery(tmp_path / "sgd.battery", "sgd")
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    with pytest.raises(BatteryError) as caught:
        find("softmax", [tmp_path])
    assert "There are cases of `sgd`. Colab opens a notebook" in str(caught.value)
    assert "%pip install" in str(caught.value)


def test_where_a_notebook_may_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cwd", "started", "code", "lab"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "lab/softmax.ipynb"))
    namespace = {
        "_dh": [tmp_path / "started", tmp_path / "cwd"],
        "__vsc_ipynb_file__": str(tmp_path / "code/softmax.ipynb"),
    }
    found = [folder.name for folder in notebook_folders(namespace)]
    assert found == ["cwd", "started", "code", "lab"]
    monkeypatch.setenv("JPY_SESSION_NAME", "elsewhere/softmax.ipynb")
    assert notebook_folders({"_dh": 3}) == [tmp_path / "cwd"]


def test_the_function_itself() -> None:
    def softmax(X):
        return X

    assert name_of(softmax, {"softmax": softmax}) == "softmax"
    assert name_of(softmax, {"other": softmax}) == "other"
    assert name_of(" softmax ", {}) == "softmax"
    with pytest.raises(BatteryError, match="takes the name of the function as a text"):
        name_of(3, {})
