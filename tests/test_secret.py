"""What the inputs of a grading run are derived from."""

import shutil
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.notebooks.course import Course, CourseError
from autograder.notebooks.secret import SECRET_FILE, SECRET_VARIABLE, new_secret, read_secret

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.delenv(SECRET_VARIABLE, raising=False)
    (tmp_path / "solutions/intro").mkdir(parents=True)
    source = ROOT / "solutions/softmax_regression/softmax.ipynb"
    shutil.copy(source, tmp_path / "solutions/intro")
    return Course(tmp_path)


def test_the_environment_comes_before_the_file(course: Course, monkeypatch) -> None:
    (course.root / SECRET_FILE).write_text("of the file\n")
    assert read_secret(course.root).value == "of the file"
    monkeypatch.setenv(SECRET_VARIABLE, "of the environment")
    assert course.secret == "of the environment"
    assert not course.found_secret.is_public


def test_without_a_secret_a_new_notebook_moves_no_inputs(course: Course) -> None:
    before = course.found_secret
    assert before.is_public
    source = course.notebooks[0].path
    shutil.copy(source, source.with_name("another.ipynb"))
    assert Course(course.root).secret == before.value


@pytest.mark.parametrize(("content", "reason"), [(b" \n", "is empty"), (b"\xff", "not UTF-8")])
def test_a_file_without_a_secret_is_an_error(course: Course, content: bytes, reason: str) -> None:
    (course.root / SECRET_FILE).write_bytes(content)
    with pytest.raises(CourseError, match=rf"secret\.txt: .*{reason}"):
        _ = course.secret


def test_a_secret_is_not_shown(course: Course) -> None:
    (course.root / SECRET_FILE).write_text("hidden")
    assert "hidden" not in repr(course.found_secret)


def test_grading_with_the_public_secret_says_so_once(course: Course, monkeypatch, capsys) -> None:
    monkeypatch.chdir(course.root)
    assert main(["grade", "absent.ipynb"]) == 2
    assert capsys.readouterr().err.count("no secret of its own") == 1
    (course.root / SECRET_FILE).write_text("hidden")
    assert main(["grade", "absent.ipynb"]) == 2
    printed = capsys.readouterr()
    assert "secret" not in printed.err
    assert "hidden" not in printed.out + printed.err


def test_new_secrets_differ() -> None:
    assert len({new_secret() for _ in range(8)}) == 8
    assert len(new_secret()) == 64
