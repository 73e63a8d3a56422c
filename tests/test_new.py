"""`autograder new`: the scaffold passes the audit, is released and grades, before anybody changes it."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.scaffold import POINTS, to_notebook, write
from autograder.cli import main
from autograder.notebooks.course import CourseError
from tests.clone import ROOT, Clone, Done, clone

pytestmark = pytest.mark.slow

ASSIGNMENT, EXERCISE = "extra", "center_the_rows_of_a_matrix"  # long: lines must not become so
WRITTEN = [
    f"solutions/{ASSIGNMENT}/{EXERCISE}.ipynb",
    f"autograder/exercises/{EXERCISE}/forbidden.py",
    f"autograder/exercises/{EXERCISE}/misconceptions.py",
    f"autograder/exercises/{EXERCISE}/test_{EXERCISE}.py",
    f"autograder/exercises/{EXERCISE}/vectorization.py",
    f"autograder/exercises/{EXERCISE}/variants.py",
]


def files_in(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not {".venv", "__pycache__"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Clone:
    return clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def begun(copy: Clone) -> Clone:
    """The clone, with a scaffold in it."""
    before = files_in(copy.root)
    done = copy.autograder("new", f"{ASSIGNMENT}/{EXERCISE}")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(files_in(copy.root) - before) == sorted(WRITTEN)
    assert all(name in done.stdout for name in WRITTEN)
    return copy


@pytest.fixture(scope="module")
def runs(begun: Clone) -> Iterator[dict[str, Future[Done]]]:
    """The two commands that the scaffold's last words name, at the same time."""
    with ThreadPoolExecutor() as pool:
        yield {
            "audit": pool.submit(begun.autograder, "audit", EXERCISE),
            "release": pool.submit(begun.autograder, "release", ASSIGNMENT),
        }


def test_the_package_of_the_copy_is_used(copy: Clone) -> None:
    where = "import autograder; print(autograder.__file__)"
    done = subprocess.run(
        [copy.root / ".venv/bin/python", "-I", "-c", where], capture_output=True, text=True
    )
    assert Path(done.stdout.strip()).is_relative_to(copy.root)


def test_audit_finds_nothing(runs: dict[str, Future[Done]]) -> None:
    done = runs["audit"].result()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "centers_columns" in done.stdout


def test_released_and_graded(begun: Clone, runs: dict[str, Future[Done]], tmp_path: Path) -> None:
    done = runs["release"].result()
    assert (done.returncode, done.stderr) == (0, "")
    assert "no solution line leaked, stubs score 0, the solution scores all" in done.stdout
    released = begun.root / f"assignments/{ASSIGNMENT}/{EXERCISE}.ipynb"
    answers = {
        "right": "X - X.mean(1)[:, None]",
        "wrong": "X - X.mean(0)",
        "loops": "torch.stack([row - row.mean() for row in X])",
    }
    for student, answer in answers.items():
        notebook = nbformat.read(released, as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace("raise NotImplementedError()", f"return {answer}")
        path = tmp_path / student / ASSIGNMENT / released.name
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    done = begun.autograder("grade", str(tmp_path), str(released), "--json", "-")
    assert (done.returncode, done.stderr) == (0, "")
    graded = {s["student"]: s["exercises"][0] for s in json.loads(done.stdout)["submissions"]}
    assert graded["right"]["score"] == graded["loops"]["score"] == POINTS
    assert graded["right"]["advice"] == []
    assert len(graded["loops"]["advice"]) == 1  # vectorization.py works
    assert graded["wrong"]["score"] == 0
    assert graded["wrong"]["diagnosis"]["id"] == "centers_columns"
    assert graded["assignments"]["status"] == "not_attempted"


def test_scaffold_is_in_the_repositorys_style(begun: Clone) -> None:
    for command in (["check"], ["format", "--check"]):
        done = begun.run("ruff", *command, "--no-cache", *WRITTEN)
        assert done.returncode == 0, done.stdout
    [notebook] = [begun.root / name for name in WRITTEN if name.endswith(".ipynb")]
    nbformat.validate(nbformat.read(notebook, as_version=nbformat.NO_CONVERT))


def test_nothing_is_overwritten(begun: Clone) -> None:
    before = {name: (begun.root / name).read_bytes() for name in WRITTEN}
    done = begun.autograder("new", f"{ASSIGNMENT}/{EXERCISE}")
    assert done.returncode == 2
    assert done.stderr.startswith(f"{EXERCISE}: already an exercise of ")
    assert {name: (begun.root / name).read_bytes() for name in WRITTEN} == before


def test_a_file_in_the_way_stops_everything(begun: Clone) -> None:
    in_the_way = begun.root / "autograder/exercises/in_the_way/variants.py"
    in_the_way.parent.mkdir()
    in_the_way.touch()
    before = files_in(begun.root)
    done = begun.autograder("new", f"{ASSIGNMENT}/in_the_way")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("in_the_way/variants.py: already there; nothing was written\n")
    assert files_in(begun.root) == before


def test_outside_a_course(begun: Clone, tmp_path: Path) -> None:
    python = begun.root / ".venv/bin/python"
    command = [python, "-m", "autograder", "new", "extra/more"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{tmp_path}: no course here or above it (a folder with solutions/)"
    )
    assert len(done.stderr.splitlines()) == 1


def test_a_course_of_its_own_holds_its_exercises(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "solutions").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["new", "extra/more"]) == 0
    assert "exercises/more/test_more.py" in capsys.readouterr().out
    assert (tmp_path / "exercises/more/variants.py").is_file()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("softmax", "give ASSIGNMENT/EXERCISE"),
        ("/softmax", "give ASSIGNMENT/EXERCISE"),
        ("extra/", "give ASSIGNMENT/EXERCISE"),
        ("extra/two words", "letters, digits and _"),
        ("extra/2nd", "letters, digits and _"),
        ("extra/_private", "letters, digits and _"),
        ("extra/log-softmax", "letters, digits and _"),
        ("extra/a/b", "letters, digits and _"),
        ("extra/" + 61 * "x", "letters, digits and _"),
        ("../x", "an assignment's name"),
        ("my homework/x", "an assignment's name"),
        ("extra/lambda", "a word of Python"),
        ("extra/check", "has another meaning"),
        ("extra/torch", "has another meaning"),
        ("extra/softmax", "already an exercise of"),
        ("multilayer_perceptron/l2_penalty", "weight_decay.ipynb"),
    ],
)
def test_names_that_cannot_be_used(name: str, sentence: str, monkeypatch, capsys) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["new", name]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    from autograder.authoring.scaffold import NewFile

    (tmp_path / "file").touch()
    files = [
        NewFile(tmp_path / "first/a.py", "a", ""),
        NewFile(tmp_path / "file/b.py", "b", ""),
    ]
    with pytest.raises(CourseError, match="nothing was written"):
        write(files)
    assert files_in(tmp_path) == {"file"}


def test_cells_of_a_notebook() -> None:
    text = "# %% markdown title\n# F\n\n# %% code check graded\ncheck('f')\n"
    title, check = nbformat.reads(to_notebook(text, "f"), as_version=4).cells
    assert (title.cell_type, title.source) == ("markdown", "# F")
    assert check.metadata.nbgrader.grade_id == "check_f"
    assert check.metadata.nbgrader.points == POINTS
