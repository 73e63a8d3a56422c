"""Where the package is, and what a worker can read of it: nothing, however the folders are arranged."""

import os
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import torch

from autograder import paths
from autograder.sandbox.confinement import landlock
from autograder.sandbox.confinement.landlock import library_paths
from autograder.sandbox.worker.attempts import Watch

ROOT = Path(__file__).resolve().parents[1]


def readable(path: Path) -> bool:
    """Whether a worker may read a path, or something below it."""
    allowed = [entry.resolve() for entry in library_paths()]
    return any(path.is_relative_to(entry) or entry.is_relative_to(path) for entry in allowed)


def test_the_package_is_found() -> None:
    assert (paths.PACKAGE / "__init__.py").is_file()
    assert (paths.EXERCISES / "softmax" / "test_softmax.py").is_file()
    assert (paths.SANDBOX / "limits.py").is_file()
    assert paths.CHECKOUT == ROOT


@pytest.mark.parametrize(
    "part",
    [
        "autograder",
        "autograder/exercises",
        "solutions",
        "tests",
        "examples",
        "course",
        "course/results",
    ],
)
def test_no_worker_reads_the_package_or_the_course(part: str) -> None:
    assert not readable(ROOT / part)


def test_no_worker_reads_where_the_package_is_installed() -> None:
    """An editable install leaves a file that names the course's path."""
    installed = [
        entry
        for folder in map(Path, [*site.getsitepackages(), sysconfig.get_path("purelib")])
        for entry in folder.resolve().glob("*autograder*")
    ]
    assert installed, "the package is not installed: nothing to look at"
    assert not [entry for entry in installed if readable(entry)]


@pytest.mark.parametrize("library", [torch.__file__, pytest.__file__, site.__file__])
def test_libraries_are_readable(library: str) -> None:
    """Also those whose name holds the name of one of our folders, such as `sandbox`."""
    assert readable(Path(library).resolve())


def test_a_library_called_like_one_of_our_folders_is_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sandboxlib", "worker_tools", "autograder_course"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert readable(tmp_path / "sandboxlib")
    assert readable(tmp_path / "worker_tools")
    assert not readable(tmp_path / "autograder_course")


def test_a_package_below_a_system_folder_is_not_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "lib" / "python3" / "dist-packages"
    for name in ("autograder", "autograder-0.1.dist-info", "numpy"):
        (packages / name).mkdir(parents=True)
    (tmp_path / "lib" / "libc.so").touch()
    (tmp_path / "lib" / "loop").symlink_to(tmp_path / "lib")
    (tmp_path / "lib" / "again").symlink_to(packages / "autograder")
    monkeypatch.setattr(landlock, "PACKAGE", packages / "autograder")
    found = list(landlock.without_package(tmp_path / "lib"))
    assert found == [tmp_path / "lib" / "libc.so", packages / "numpy"]


def test_only_what_lies_outside_of_libraries_counts_as_an_attempt() -> None:
    watch = Watch()
    for path in (torch.__file__, str(paths.SANDBOX / "limits.py")):
        watch._note("open", (path, "r", 0))
    assert watch.seen() == []
    solution = str(ROOT / "solutions" / "softmax_regression" / "softmax.ipynb")
    watch._note("open", (solution, "r", 0))
    assert watch.seen() == [f"to open {solution!r}"]


@pytest.mark.parametrize("level", ["1", "2"])
def test_python_without_asserts_and_docstrings_is_refused(level: str) -> None:
    """Without the first every check would pass; without the second none would have a title."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "x.ipynb"],
        cwd=ROOT,
        env=os.environ | {"PYTHONOPTIMIZE": level},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Start Python without" in done.stderr.splitlines()[-1]
