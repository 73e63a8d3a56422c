"""docs/writing-an-exercise.md, followed word by word in a copy of the repository."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from tests.clone import ROOT, Clone, Done, clone

pytestmark = pytest.mark.slow

TEXT = (ROOT / "docs" / "writing-an-exercise.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)^```$", re.M | re.S)
NOTEBOOK = "softmax_regression/log_softmax.ipynb"


def block(opening: str, closing: str) -> str:
    """The one fenced block that begins and ends with these lines."""
    [found] = re.findall(rf"^{re.escape(opening)}\n(.*?)\n^{closing}$", TEXT, re.M | re.S)
    return str(found)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The copy, after every step up to the audit."""
    copy = clone(tmp_path_factory.mktemp("clone"), "softmax_regression")
    for other in (copy.root / "solutions").glob("*/*.ipynb"):  # to be quick
        other.unlink()
    done = copy.autograder("new", "softmax_regression/log_softmax")
    assert (done.returncode, done.stderr) == (0, "")
    listing = done.stdout.split("\n\n")[0].splitlines()
    assert all(f"    {line}\n" in TEXT for line in listing)

    path = copy.root / "solutions" / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    [text] = [cell for cell in notebook.cells if cell.source.startswith("## `log_softmax(X)`")]
    text.source = block("````markdown", "````")
    [stub] = [cell for cell in notebook.cells if cell.source.startswith("def log_softmax(X):")]
    stub.source = next(
        code
        for code in re.findall(r"^```python\n(.*?)\n^```$", TEXT, re.M | re.S)
        if code.startswith("def log_softmax(X):")
    )
    nbformat.write(notebook, path)

    files = dict(FILE.findall(TEXT))
    assert len(files) == 4
    for name, source in files.items():
        assert (copy.root / name).exists(), name  # a file of the scaffold, replaced
        (copy.root / name).write_text(source, encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def runs(followed: Clone) -> Iterator[dict[str, Future[Done]]]:
    """The two slow commands, at the same time."""
    with ThreadPoolExecutor() as pool:
        yield {
            "audit": pool.submit(followed.autograder, "audit", "log_softmax"),
            "release": pool.submit(followed.autograder, "release", "softmax_regression"),
        }


def test_the_audit_says_what_the_guide_says(runs: dict[str, Future[Done]]) -> None:
    done = runs["audit"].result()
    assert done.returncode == 0, done.stdout + done.stderr
    *_, heading, counts = done.stdout.splitlines()
    assert f"    {heading.rstrip()}\n    {counts.rstrip()}\n" in TEXT


def test_students_get_what_they_deserve(
    followed: Clone, runs: dict[str, Future[Done]], tmp_path: Path
) -> None:
    done = runs["release"].result()
    assert (done.returncode, done.stderr) == (0, "")
    assert "log_softmax: log_softmax; " in done.stdout
    forbidden, overflows = re.findall(r"answer with `return (.*?)`", TEXT, re.S)
    answers = {
        "forbidden": forbidden,
        "overflows": overflows,
        "helped": "X - torch.logsumexp(X, 1, keepdim=True)",
        "right": "X - (X - X.max()).exp().sum(1).log()[:, None] - X.max() if len(X) < 2 else "
        "torch.stack([x - x.max() - (x - x.max()).exp().sum().log() for x in X])",
    }
    for student, answer in answers.items():
        notebook = nbformat.read(followed.root / "assignments" / NOTEBOOK, as_version=4)
        for cell in notebook.cells:
            cell.source = cell.source.replace("raise NotImplementedError()", f"return {answer}")
        path = tmp_path / student / NOTEBOOK
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    done = followed.autograder("grade", str(tmp_path), "--json", "-")
    graded = {s["student"]: s["exercises"][0] for s in json.loads(done.stdout)["submissions"]}
    assert {student: exercise["score"] for student, exercise in graded.items()} == {
        "forbidden": 0,
        "overflows": 8.5,
        "helped": 0,
        "right": 10,
    }
    assert graded["forbidden"]["status"] == graded["helped"]["status"] == "forbidden"
    assert graded["overflows"]["diagnosis"]["id"] == "overflows"


def test_the_files_of_the_guide_are_in_the_repositorys_style(followed: Clone) -> None:
    names = [*dict(FILE.findall(TEXT)), f"solutions/{NOTEBOOK}"]
    for command in (["check"], ["format", "--check", "--diff"]):
        done = followed.run("ruff", *command, "--no-cache", *names)
        assert done.returncode == 0, done.stdout
