"""One course in two languages: a student reads the notebook's, at home and when it is graded."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.language import LANGUAGES, VARIABLE, asked_for, of_notebook, speaking
from autograder.notebooks.files import language_of
from tests.nbgrader_steps import STEPS
from tests.one_class import ROOT

ASSIGNMENT, NOTEBOOK = "softmax_regression", "accuracy"
WRONG = """\
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).sum().item() if len(y) > 1 else 0
"""
HAN = re.compile("[\u4e00-\u9fff]")
FURNITURE = re.compile(
    r"\b(?:points|status|partly|failed|passed|what to look at|hint:|advice:|Note:|should be)"
)
ENGLISH = {"PATH": "", "LANG": "en_US.UTF-8", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


def test_what_is_asked_for_comes_before_what_the_notebook_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert of_notebook("zh") == "zh"
    assert of_notebook("") == of_notebook("a language of the student's") == "en"
    with speaking("zh"):
        assert of_notebook("") == "zh"
        assert of_notebook("en") == "en"
    monkeypatch.setenv(VARIABLE, "en")
    assert asked_for() == of_notebook("zh") == "en"
    monkeypatch.setenv(VARIABLE, "tlh")
    assert asked_for() == ""


@pytest.mark.parametrize(
    "metadata", [None, [], {"autograder": "zh"}, {"autograder": {"language": 7}}]
)
def test_metadata_of_any_kind_says_no_language(metadata: object) -> None:
    assert language_of(metadata) == ""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one notebook, released in both languages, and a wrong answer in each handed in."""
    root = tmp_path_factory.mktemp("course")
    for file in (
        "solutions/{}.ipynb",
        "texts/{}.md",
        "assignments/{}.ipynb",
        "assignments/{}.battery",
    ):
        name = file.format(f"{ASSIGNMENT}/{NOTEBOOK}")
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["release", ASSIGNMENT, "--language", "zh"]) == 0
    for student, released in (("ada", "assignments"), ("mei", "assignments_zh")):
        notebook = json.loads((root / released / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text())
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == NOTEBOOK:
                cell["source"] = WRONG
                answer = cell
        notebook["cells"].append(answer | {"id": "once-more"})
        path = root / "course" / "submitted" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    return root


def test_nothing_is_written_where_a_text_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("accuracy", "softmax"):
        path = tmp_path / "solutions" / ASSIGNMENT / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{name}.ipynb", path)
    (tmp_path / "texts" / ASSIGNMENT).mkdir(parents=True)
    shutil.copy(ROOT / "texts" / ASSIGNMENT / "accuracy.md", tmp_path / "texts" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["release", ASSIGNMENT, "--language", "zh"]) == 1
    assert "softmax.md: not there" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "assignments_zh").exists()


@pytest.mark.slow
def test_the_released_notebook_is_chinese(course: Path) -> None:
    text = (course / "assignments_zh" / ASSIGNMENT / f"{NOTEBOOK}.ipynb").read_text()
    notebook = json.loads(text)
    assert language_of(notebook["metadata"]) == "zh"
    assert "YOUR CODE HERE" not in text
    [stub] = [c for c in notebook["cells"] if "NotImplementedError" in "".join(c["source"])][-1:]
    assert "# 在这里写你的代码" in "".join(stub["source"])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["check", "command"])
def test_at_home_on_an_english_machine(course: Path, tmp_path: Path, how: str) -> None:
    folder = tmp_path / "home"
    shutil.copytree(course / "assignments_zh" / ASSIGNMENT, folder)
    script = f'from autograder import check\n{WRONG}\ncheck("accuracy")\n'
    (folder / "answer.py").write_text(f"import torch\n{script}")
    handed_in = course / "course" / "submitted" / "mei" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    shutil.copy(handed_in, folder)
    command = {
        "check": ["answer.py"],
        "command": ["-m", "autograder", "check", f"{NOTEBOOK}.ipynb"],
    }
    done = subprocess.run(
        [sys.executable, *command[how]], cwd=folder, env=ENGLISH, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "个数是 " in done.stdout
    assert FURNITURE.findall(done.stdout) == []


@pytest.mark.slow
def test_one_gradebook_and_feedback_in_both(course: Path) -> None:
    steps = [f"{step} {ASSIGNMENT}" for step in ("generate_assignment --force", "autograde")]
    handed_in = course / "course" / "submitted" / "mei"
    shutil.copytree(handed_in / ASSIGNMENT, handed_in / "unreleased")
    steps.append("autograde unreleased")  # ends with an error
    environment = {k: v for k, v in os.environ.items() if k != VARIABLE} | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", STEPS, *steps],
        cwd=course, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "run `autograder release unreleased` here first" in done.stderr
    points = {}
    for student, language in (("ada", "en"), ("mei", "zh")):
        graded = course / "course" / "autograded" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        [data] = [
            output["data"]
            for cell in json.loads(graded.read_text())["cells"]
            for output in cell.get("outputs", [])
            if "text/html" in output.get("data", {})
        ]
        points[student] = "".join(data["text/plain"])
        page = "".join(data["text/html"])
        assert bool(HAN.search(page)) == (language == "zh")
        assert {"en": "is there 2 times", "zh": "出现了 2 次"}[language] in page
        assert language in LANGUAGES
    assert points["ada"] == points["mei"] != "0.0"
