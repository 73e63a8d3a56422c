"""Where the package is, and what a worker can read of it: nothing, however the folders are arranged."""

import site
import sysconfig
from pathlib import Path

import pytest
import torch

from autograder import paths
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
    "part", ["autograder", "autograder/exercises", "solutions", "tests", "examples", "course"]
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


def test_only_what_lies_outside_of_libraries_counts_as_an_attempt() -> None:
    watch = Watch()
    for path in (torch.__file__, str(paths.SANDBOX / "limits.py")):
        watch._note("open", (path, "r", 0))
    assert watch.seen() == []
    solution = str(ROOT / "solutions" / "softmax_regression" / "softmax.ipynb")
    watch._note("open", (solution, "r", 0))
    assert watch.seen() == [f"to open {solution!r}"]
