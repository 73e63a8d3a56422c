"""Recorded cases on disk: found again, never trusted blindly, and the same report with and without."""

import os
import stat
from pathlib import Path

import pytest

from autograder.grading.battery import store
from autograder.grading.battery.cases import Battery
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Judges, Reference
from autograder.notebooks.course import Course
from tests.one_class import ROOT

pytestmark = pytest.mark.slow

SECRET = "a secret"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "folder", lambda: tmp_path / "recorded")
    return tmp_path / "recorded"


@pytest.fixture
def battery() -> Battery:
    course = Course(ROOT)
    source = course.home_of("l2_penalty")
    assert source is not None
    exercise = course.exercise("l2_penalty")
    judge = GradingJudge(exercise, collect(exercise), Reference(source), SECRET)
    return judge.battery(judge.checks[0])


def test_what_was_saved_is_loaded(folder: Path, battery: Battery) -> None:
    assert store.load("digest", SECRET) is None
    store.save("digest", SECRET, [battery])
    assert store.load("digest", SECRET) == [battery]
    assert store.size() == (1, sum(path.stat().st_size for path in folder.iterdir()))
    assert store.clear() == 1
    assert list(folder.iterdir()) == []


def test_only_the_owner_reads_it(folder: Path, battery: Battery) -> None:
    store.save("digest", SECRET, [battery])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_who_does_not_know_the_secret_is_not_believed(folder: Path, battery: Battery) -> None:
    store.save("digest", "another secret", [battery])
    assert store.load("digest", SECRET) is None


def test_cases_of_another_exercise_are_not_taken(folder: Path, battery: Battery) -> None:
    store.save("digest", SECRET, [battery])
    (folder / "digest.cases").rename(folder / "other.cases")
    assert store.load("other", SECRET) is None


@pytest.mark.parametrize("kept", [0, 10, 40, -1])
def test_a_damaged_file_is_recorded_anew(folder: Path, battery: Battery, kept: int) -> None:
    store.save("digest", SECRET, [battery])
    [path] = folder.iterdir()
    path.write_bytes(path.read_bytes()[:kept])
    assert store.load("digest", SECRET) is None


def test_a_file_that_is_too_large_is_not_decoded(
    folder: Path, battery: Battery, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save("digest", SECRET, [battery])
    monkeypatch.setattr(store, "MAX_FILE", 100)
    assert store.load("digest", SECRET) is None


def test_a_writer_that_is_killed_leaves_no_file_that_counts(
    folder: Path, battery: Battery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    store.save("digest", SECRET, [battery])
    assert store.load("digest", SECRET) is None
    assert list(folder.glob("*.cases")) == []


def test_where_nothing_can_be_written_grading_goes_on(
    monkeypatch: pytest.MonkeyPatch, battery: Battery
) -> None:
    monkeypatch.setattr(store, "folder", lambda: Path(os.devnull) / "recorded")
    store.save("digest", SECRET, [battery])
    assert store.load("digest", SECRET) is None


def test_a_warm_store_gives_the_same_cases(folder: Path) -> None:
    course = Course(ROOT)
    source = course.home_of("l2_penalty")
    assert source is not None

    def cases() -> list[Battery]:
        judge = Judges(course).of(source, "l2_penalty")
        return [judge.battery(check) for check in judge.checks]

    cold = cases()
    assert [path.suffix for path in folder.iterdir()] == [".cases"]
    assert cases() == cold


def test_old_files_make_room(
    folder: Path, battery: Battery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, name in enumerate(("first", "second", "third")):
        store.save(name, SECRET, [battery])
        os.utime(folder / f"{name}.cases", (place, place))
    monkeypatch.setattr(store, "MAX_BYTES", 2 * (store.size()[1] // 3))
    store.save("fourth", SECRET, [battery])
    assert {path.stem for path in folder.iterdir()} == {"third", "fourth"}
