"""check() in a script, and `autograder check NOTEBOOK`: at home without a notebook server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.one_class import ROOT

pytestmark = pytest.mark.slow

RELEASED = ROOT / "assignments" / "softmax_regression"
OVERFLOWS = """E = torch.exp(X)
    return E / E.sum(1, keepdim=True)"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The released softmax notebook with an answer that overflows, beside its cases."""
    shutil.copy(RELEASED / "softmax.battery", tmp_path)
    text = (RELEASED / "softmax.ipynb").read_text(encoding="utf-8")
    answer = OVERFLOWS.replace("\n", "\\n")
    (tmp_path / "softmax.ipynb").write_text(text.replace("raise NotImplementedError()", answer))
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_a_script_prints_the_report(folder: Path) -> None:
    code = f"import torch\nfrom autograder import check\ndef softmax(X):\n    {OVERFLOWS}\n"
    (folder / "answer.py").write_text(code + "check(softmax)\ncheck('sofmax')\n")
    done = run(folder, "answer.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "softmax: 8.5 of 10 points, partly correct" in done.stdout
    assert "turns large logits into NaN" in done.stdout
    assert "Did you mean `softmax`?" in done.stdout


def test_a_notebook_is_checked_without_a_course(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    done = run(folder, "-m", "autograder", "check", "softmax.ipynb")
    assert (done.returncode, done.stderr) == (0, "")
    assert "8.5 / 10" in done.stdout
    assert "X = torch.tensor(" in done.stdout
    assert "turns large logits into NaN" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_notebook_as_handed_out_is_not_attempted(folder: Path) -> None:
    shutil.copy(RELEASED / "softmax.ipynb", folder)
    done = run(folder, "-m", "autograder", "check", "softmax.ipynb")
    assert done.returncode == 0
    assert "not attempted" in done.stdout


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda folder: (folder / "softmax.battery").unlink(), "no recorded cases of `softmax`"),
        (lambda folder: (folder / "softmax.ipynb").write_text("{"), "softmax.ipynb"),
        (lambda folder: (folder / "softmax.ipynb").unlink(), "cannot be read"),
        (
            lambda folder: (folder / "softmax.ipynb").write_text(
                '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
            ),
            "no cell calls `check(...)`",
        ),
    ],
    ids=["no cases", "damaged", "missing", "no check"],
)
def test_what_is_missing_is_said(folder: Path, prepare, sentence: str) -> None:
    prepare(folder)
    done = run(folder, "-m", "autograder", "check", "softmax.ipynb")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
