"""Which files are graded and whose they are, whatever level of the class the command is given."""

import shutil
from pathlib import Path

import pytest

from autograder.notebooks.course import Course
from autograder.notebooks.levels import MAX_NOTEBOOKS, Found, find_submissions, one_each
from autograder.notebooks.submission import read_submission
from autograder.sandbox.limits import Limits
from tests.bad_notebooks import OVERFLOWS, RIGHT, ROOT, answer

COURSE = Course(ROOT)
RELEASED = ROOT / "assignments/softmax_regression/softmax.ipynb"
STUB = "def softmax(X):\n    raise NotImplementedError()\n"


def write(path: Path, source: str = RIGHT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(RELEASED, path)
    answer(path, source)
    return path


def find(*paths: Path) -> Found:
    return find_submissions(list(paths), COURSE)


def students(found: Found) -> list[str]:
    return [entry.student for entry in found.notebooks]


@pytest.fixture
def group(tmp_path) -> Path:
    for student in ("ada", "bob", "with [a]"):
        for notebook in ("softmax", "cross_entropy"):
            write(tmp_path / "class" / student / "softmax_regression" / f"{notebook}.ipynb")
    return tmp_path / "class"


def test_every_level_finds_the_same(group):
    assert students(find(group)) == ["ada"] * 2 + ["bob"] * 2 + ["with [a]"] * 2
    for inside in ("ada", "ada/softmax_regression", "ada/softmax_regression/softmax.ipynb"):
        found = find(group / inside)
        assert set(students(found)) == {"ada"}
        assert not found.left_out + found.problems
    assert students(find(group / "ada", group / "bob", group / "ada")) == ["ada"] * 2 + ["bob"] * 2


def test_nobody_hands_in_for_another(group):
    planted = "mallory/softmax_regression/z/bob/softmax_regression/softmax.ipynb"
    write(group / "mallory/softmax_regression/softmax.ipynb")
    write(group / planted)
    write(group / "mallory/bob.ipynb")
    for path in (group, group / "mallory"):
        found = find(path)
        assert students(found).count("bob") == (2 if path == group else 0)
        assert students(found).count("mallory") == 1
        assert [one.path.name for one in found.left_out] == ["bob.ipynb", "softmax.ipynb"]
        assert all((one.student, one.why.id) == ("mallory", "elsewhere") for one in found.left_out)


def test_one_student_does_not_decide_what_the_folder_is(group):
    for place in ("x.ipynb", "softmax.ipynb", "a/b/c/softmax.ipynb"):
        write(group / "mallory" / place)
    assert students(find(group)) == ["ada"] * 2 + ["bob"] * 2 + ["with [a]"] * 2


def test_classes_without_folders_for_assignments_and_flat_folders(tmp_path):
    for student in ("ada", "bob"):
        write(tmp_path / "bare" / student / "softmax.ipynb")
    assert students(find(tmp_path / "bare")) == ["ada", "bob"]
    paths = [
        write(tmp_path / "downloads" / f"{student}_softmax.ipynb") for student in ("ada", "bob")
    ]
    found = find(tmp_path / "downloads")
    assert [entry.path for entry in found.notebooks] == paths
    assert len(judged(found)[0]) == 2


def test_an_unpacked_archive_is_looked_into_where_it_is_alone(tmp_path):
    folder = tmp_path / "class/ada/softmax_regression"
    write(tmp_path / "class/bob/softmax_regression/softmax.ipynb")
    inside = write(folder / "softmax_regression/softmax.ipynb")
    assert inside in [entry.path for entry in find(tmp_path / "class").notebooks]
    write(folder / "other/softmax.ipynb")
    found = find(tmp_path / "class")
    assert students(found) == ["bob"]
    assert [one.student for one in found.left_out] == ["ada", "ada"]


def test_what_a_mac_adds_and_what_jupyter_keeps_is_no_submission(group):
    folder = group / "ada/softmax_regression"
    for name in (
        "._softmax.ipynb",
        "__MACOSX/._x.ipynb",
        "__MACOSX/x.ipynb",
        ".ipynb_checkpoints/x.ipynb",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("no notebook")
    found = find(group)
    assert len(found.notebooks) == 6
    assert not found.left_out + found.problems


def test_too_many_notebooks_are_named_and_the_course_s_own_graded(group):
    folder = group / "ada/softmax_regression"
    for number in range(MAX_NOTEBOOKS):
        (folder / f"copy_{number}.ipynb").write_text("{}")
    found = find(group)
    assert students(found).count("ada") == 2
    [left] = found.left_out
    assert left.path == folder
    assert f"holds {MAX_NOTEBOOKS + 2} notebooks (limit {MAX_NOTEBOOKS})" in left.why.text


def judged(found: Found) -> tuple[list[str], list[str]]:
    """The names of the files that are graded, and what is said of the others."""
    read = [(entry, read_submission(entry.path, COURSE, Limits())) for entry in found.notebooks]
    chosen, left_out = one_each(read)
    return [submission.path.name for submission in chosen], [
        f"{one.path}: {one.why}" for one in left_out
    ]


@pytest.mark.parametrize(
    ("files", "graded", "said"),
    [
        ({"softmax": RIGHT, "softmax (1)": OVERFLOWS}, ["softmax.ipynb"], "a second file"),
        ({"softmax": STUB, "softmax (1)": RIGHT}, ["softmax (1).ipynb"], "a second file"),
        ({"softmax": STUB, "softmax (1)": STUB}, ["softmax.ipynb"], "a second file"),
        ({"SOFTMAX": RIGHT}, ["SOFTMAX.ipynb"], ""),
        ({"a": RIGHT, "b": OVERFLOWS}, [], "one of 2 files for softmax"),
        ({"softmax": STUB, "a": RIGHT, "b": RIGHT}, [], "one of 3 files for softmax"),
    ],
)
def test_one_file_counts_for_a_student_and_a_notebook(tmp_path, files, graded, said):
    folder = tmp_path / "class/ada/softmax_regression"
    for name, source in files.items():
        write(folder / f"{name}.ipynb", source)
    chosen, reasons = judged(find(tmp_path / "class"))
    assert chosen == graded
    assert len(reasons) == len(files) - len(graded)
    assert all(said in reason and str(folder) in reason for reason in reasons)


def test_the_same_notebook_in_two_folders_counts_once(group):
    write(group / "ada/linear_regression/softmax.ipynb", STUB)
    chosen, reasons = judged(find(group / "ada"))
    assert len(chosen) == 2
    [reason] = reasons
    assert "linear_regression" in reason


def test_files_that_were_named_are_all_graded(group):
    paths = [group / student / "softmax_regression/softmax.ipynb" for student in ("ada", "bob")]
    assert len(judged(find(*paths))[0]) == 2


def test_the_sample_class_is_found(tmp_path):
    found = find(ROOT / "examples/submitted")
    assert not found.left_out + found.problems
    assert len(set(students(found))) == len(list((ROOT / "examples/submitted").iterdir()))
