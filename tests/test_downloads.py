"""Moodle's and Canvas's downloads of all submissions: in, and back with reports."""

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.cli import main
from autograder.grading.results import Expected, Report
from autograder.notebooks.downloads import (
    Download,
    DownloadError,
    read_download,
    read_notebook,
)
from autograder.reports import json_report
from tests.downloads import PLAIN, archive, link, lying, notebook
from tests.test_reports import HOSTILE, result

LIMIT = 1_000_000
MOODLE = {
    "Ada Lovelace_4711_assignsubmission_file_/softmax.ipynb": notebook("ada"),
    "Ada Lovelace_4711_assignsubmission_file_/data/x.csv": b"1",
    "Ada Lovelace_4711_assignsubmission_onlinetext_/onlinetext.html": b"<p>hello",
    "Zoë [B] 李_12_assignsubmission_file/softmax (1).ipynb": notebook("first"),
    "Zoë [B] 李_12_assignsubmission_file/softmax (2).ipynb": notebook("second"),
    "Participant_9_assignsubmission_file_softmax.ipynb": notebook("blind"),
    "Eve_6_assignsubmission_file_/Ada Lovelace_4711_assignsubmission_file_/softmax.ipynb": PLAIN,
    "__MACOSX/Ada Lovelace_4711_assignsubmission_file_/._softmax.ipynb": b"x",
}
CANVAS = {
    "lovelaceada_4711_88_softmax.ipynb": notebook("early"),
    "lovelaceada_LATE_4711_99_softmax-1.ipynb": notebook("late"),
    "o_neil_12_13_my softmax_5_6.ipynb": notebook("renamed"),
    "anon_a1b2c_77_softmax.ipynb": notebook("blind"),
    "hopper_3_text.html": b"<p>",
    "hopper_3_20_notes.pdf": b"%PDF",
    "hopper_3_21_work.zip": b"PK",
}


def read(path: Path) -> Download:
    return read_download(path, {"softmax"}, LIMIT)


def test_moodles_students_and_their_newest_files(tmp_path: Path) -> None:
    found = read(archive(tmp_path / "m.zip", MOODLE))
    assert found.system == "moodle"
    assert {(file.student, file.id, file.notebook) for file in found.files} == {
        ("Ada Lovelace_4711", "4711", "softmax.ipynb"),
        ("Zoë (B) 李_12", "12", "softmax.ipynb"),
        ("Participant_9", "9", "softmax.ipynb"),
        ("Eve_6", "6", "softmax.ipynb"),
    }
    bytes_of = {file.id: read_notebook(found, file, LIMIT) for file in found.files}
    assert bytes_of["12"] == notebook("second")
    assert bytes_of["4711"] == notebook("ada")
    [older] = found.older
    assert older.id == "entry_older"
    assert "softmax (1).ipynb" in older.text
    assert "softmax (2).ipynb counts" in older.text
    assert found.others == 2
    assert found.left_out == ()


def test_canvas_late_and_anonymous_and_handed_in_again(tmp_path: Path) -> None:
    found = read(archive(tmp_path / "c.zip", CANVAS))
    assert found.system == "canvas"
    assert {(file.student, file.id, file.notebook, file.late) for file in found.files} == {
        ("lovelaceada_4711", "4711", "softmax.ipynb", True),
        ("o_neil_12", "12", "my softmax_5_6.ipynb", False),
        ("anon_a1b2c", "anon_a1b2c", "softmax.ipynb", False),
    }
    assert [read_notebook(found, f, LIMIT) for f in found.files if f.late] == [notebook("late")]
    [left] = found.left_out
    assert left.id == "entry_archive"
    assert "hopper_3_21_work.zip: is an archive" in left.text


def test_a_number_may_belong_to_the_name_of_a_notebook(tmp_path: Path) -> None:
    path = archive(tmp_path / "c.zip", {"a_1_2_lab-1.ipynb": PLAIN, "a_1_3_lab-2.ipynb": PLAIN})
    assert len(read_download(path, {"lab-1", "lab-2"}, LIMIT).files) == 2
    assert len(read_download(path, {"lab"}, LIMIT).files) == 1


HOME = "_1_assignsubmission_file_/"
EVIL = [
    f"../../Eve{HOME}softmax.ipynb",
    f"/etc/Eve{HOME}softmax.ipynb",
    f"C:\\Eve{HOME}softmax.ipynb",
    f"Eve{HOME}..\\..\\softmax.ipynb",
]


@pytest.mark.parametrize("entry", EVIL)
def test_a_path_that_leads_out_is_not_used(tmp_path: Path, entry: str) -> None:
    found = read(archive(tmp_path / "m.zip", MOODLE | {entry: PLAIN}))
    assert len(found.files) == 4
    [left] = found.left_out
    assert left.id == "entry_outside"
    assert entry in left.text
    assert "leads out of the archive" in left.text


def test_links_and_bombs_are_named_and_the_class_goes_on(tmp_path: Path) -> None:
    linked, target = link(f"Lin{HOME}softmax.ipynb", "/etc/passwd")
    bomb = f"Bo{HOME}softmax.ipynb"
    found = read(archive(tmp_path / "m.zip", MOODLE | {linked: target, bomb: bytes(LIMIT + 1)}))
    assert len(found.files) == 4
    assert [one.id for one in found.left_out] == ["entry_link", "entry_too_large"]
    assert "1,000,001 bytes" in found.left_out[1].text


def test_a_size_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    path.write_bytes(lying(f"Bo{HOME}softmax.ipynb", 2_345_678))
    found = read(path)
    with pytest.raises(DownloadError, match=r"damaged|bytes"):
        read_notebook(found, found.files[0], LIMIT)


def test_one_students_files_have_a_limit_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.notebooks.downloads.MAX_STUDENT_BYTES", 2_000)
    many = {f"Eve{HOME}{number}.ipynb": bytes(900) for number in range(5)}
    found = read(archive(tmp_path / "m.zip", MOODLE | many))
    assert len([file for file in found.files if file.student == "Eve_1"]) == 2
    assert len(found.left_out) == 3


@pytest.mark.parametrize("data", [b"", b"PK", b"hello", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(DownloadError, match=r"x\.zip: "):
        read(path)


@pytest.mark.parametrize("entry", ["softmax.ipynb", "ada/softmax.ipynb", "a_b_c.ipynb"])
def test_another_zip_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(DownloadError, match="is named as in"):
        read(archive(tmp_path / "x.zip", {entry: PLAIN}))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "course"
    source = root / "solutions/softmax_regression/softmax.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(PLAIN)
    monkeypatch.chdir(root)
    return root


def collect(path: Path) -> int:
    return main(["collect", str(path), "softmax_regression"])


def test_the_command_unpacks_into_nbgraders_folders(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = archive(course / "m.zip", MOODLE)
    assert collect(path) == 0
    assert "4 notebooks of 4 students" in capsys.readouterr().out
    folder = course / "course/submitted"
    ada = folder / "Ada Lovelace_4711/softmax_regression/softmax.ipynb"
    assert ada.read_bytes() == notebook("ada")
    ada.write_bytes(b"other")
    assert collect(path) == 0
    assert "replaced" in capsys.readouterr().out
    assert {p.name for p in folder.iterdir()} == {
        "Ada Lovelace_4711", "Zoë (B) 李_12", "Participant_9", "Eve_6",
    }  # fmt: skip


def test_what_cannot_be_unpacked_is_named_and_the_rest_unpacked(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = archive(course / "m.zip", MOODLE)
    data = path.read_bytes()
    packed = data.index(b"softmax.ipynb") + len("softmax.ipynb") + 4
    path.write_bytes(data[:packed] + b"\xff\xff\xff\xff" + data[packed + 4 :])
    assert collect(path) == 2
    shown = capsys.readouterr()
    assert "Ada Lovelace_4711_assignsubmission_file_/softmax.ipynb: is damaged" in shown.err
    assert "3 notebooks of 3 students" in shown.out
    assert main(["collect", str(path), "other"]) == 2
    assert "softmax_regression" in capsys.readouterr().err


def report(*students: str) -> Report:
    one = result("<script>alert(1)</script>=cmd()\x1b[31m")
    results = tuple(
        replace(one, student=name, path=f"submitted/{name}/softmax.ipynb") for name in students
    )
    expected = Expected("softmax_regression", "softmax", {"softmax": 3.0})
    return Report(results, students=students, expected=(expected,))


def written(course: Path, download: dict[str, bytes], *students: str) -> list[str]:
    path = archive(course / "download.zip", download)
    (course / "report.json").write_text(json_report.render(report(*students)))
    return ["report", "report.json", "--download", str(path)]


def test_feedback_lies_where_moodle_looks_for_it(course: Path) -> None:
    names = ("Ada Lovelace_4711", "Zoë (B) 李_12", "Participant_9")
    command = written(course, MOODLE, *names)
    assert main([*command, "--feedback", "f.zip", "--moodle", "w.csv"]) == 0
    with zipfile.ZipFile("f.zip") as found:
        assert sorted(found.namelist()) == [
            "Ada Lovelace_4711_assignsubmission_file_/softmax.html",
            "Participant_9_assignsubmission_file_/softmax.html",
            "Zoë [B] 李_12_assignsubmission_file_/softmax.html",
        ]
        for name in found.namelist():  # as importziplib.php takes it apart
            part, _, file = name.partition("/")
            _, number, kind, plugin, _ = part.split("_", 4)
            assert (number.isdigit(), kind, plugin) == (True, "assignsubmission", "file")
            page = found.read(name).decode()
            assert file == "softmax.html"
            assert "<script" not in page
            assert "&lt;script&gt;" in page
            assert "\x1b" not in page
    rows = list(csv.reader(io.StringIO(Path("w.csv").read_text())))
    assert [row[:2] for row in rows[1:]] == [
        ["Participant 4711", "Ada Lovelace"],
        ["Participant 9", "Participant"],
        ["Participant 12", "Zoë [B] 李"],
    ]


def test_feedback_for_canvas_is_a_notebook_under_the_files_numbers(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = written(course, CANVAS, "lovelaceada_4711", "anon_a1b2c", "stranger")
    assert main([*command, "--feedback", "f.zip", "--canvas", "g.csv"]) == 0
    with zipfile.ZipFile("f.zip") as found:
        assert sorted(found.namelist()) == [
            "anon_a1b2c_77_softmax.ipynb",
            "lovelaceada_LATE_4711_99_softmax.ipynb",
        ]
        for name in found.namelist():
            nb = nbformat.reads(found.read(name).decode(), as_version=4)
            nbformat.validate(nb)
            assert "<script" not in nb.cells[1].outputs[0].data["text/html"]
    rows = list(csv.reader(io.StringIO(Path("g.csv").read_text())))
    assert [row[:2] for row in rows[2:]] == [["anon_a1b2c", "anon_a1b2c"], ["lovelaceada", "4711"]]
    notes = capsys.readouterr().err
    assert "stranger: is not in" in notes
    assert "o_neil_12: there is no report" in notes


def test_what_does_not_go_together_is_said(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = written(course, CANVAS, "lovelaceada_4711")
    assert main([*command, "--moodle", "g.csv"]) == 2
    assert "is a download of Canvas, not of Moodle" in capsys.readouterr().err
    assert main([*command[:2], "--feedback", "f.zip"]) == 2
    assert "--download" in capsys.readouterr().err
    command = written(course, CANVAS, "somebody else")
    assert main([*command, "--canvas", "g.csv"]) == 2
    assert "nobody in the report" in capsys.readouterr().err
    assert not Path("g.csv").exists()


@pytest.mark.parametrize("text", HOSTILE)
def test_names_in_a_download_are_text(course: Path, text: str) -> None:
    name = text.encode("utf-8", "replace").decode().replace("\0", "")
    entry = f"{name.replace('_', ' ')}_5_assignsubmission_file_/softmax.ipynb"
    found = read(archive(course / "m.zip", {entry: PLAIN}))
    for file in found.files:
        assert not set(file.student) & set('/\\*?[]{}<>|":\n\r\t\x1b')
        assert not file.student.startswith(".")
