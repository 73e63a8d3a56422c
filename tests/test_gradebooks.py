"""Gradebooks for Canvas and Moodle: read as their importers read them, and no cell is a formula."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.results import Report, Ungraded
from autograder.reports import gradebooks, json_report
from autograder.reports.gradebooks import Person
from autograder.text import no_formula
from tests.sample_class import sample
from tests.test_reports import HOSTILE, result

CLASS = sample(6)
"""Two assignments; the fifth student has a file that could not be graded, the sixth handed in nothing."""
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＠x"]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_canvas_finds_its_columns_and_the_points() -> None:
    head, possible, *rows = read(gradebooks.canvas(CLASS))
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert head[5:] == ["linear_regression", "softmax_regression"]
    assert possible == ["    Points Possible", "", "", "", "", "10", "20"]
    assert [row[3] for row in rows] == list(CLASS.students)
    points = {row[3]: row[5:] for row in rows}
    assert points["student_001"] == ["10", "20"]
    assert points["student_003"] == ["5", "10"]


@pytest.mark.parametrize("write", [gradebooks.canvas, gradebooks.moodle])
def test_what_is_not_known_has_no_points(write) -> None:
    rows = {row[0]: row[-2:] for row in read(write(CLASS))}
    assert rows["student_005"] == ["", ""]  # a file of softmax_regression could not be graded
    assert rows["student_006"] == ["", ""]
    lacks = replace(CLASS, results=CLASS.results[1:])
    assert read(write(lacks)) != read(write(CLASS))
    unknown = replace(CLASS, ungraded=(Ungraded("x", "student_001", "is empty"),))
    assert {row[0]: row[-2:] for row in read(write(unknown))}["student_001"] == ["", ""]


def test_canvas_gets_the_numbers_of_the_students_in_a_download() -> None:
    people = {"student_002": Person("4711", "lovelaceada")}
    [_, _, row] = read(gradebooks.canvas(CLASS, people))
    assert row == ["lovelaceada", "4711", "", "", "", "10", "20"]


def test_moodle_reads_user_names_and_points() -> None:
    head, *rows = read(gradebooks.moodle(CLASS))
    assert head == ["username", "linear_regression", "softmax_regression"]
    assert rows[0] == ["student_001", "10", "20"]


def test_the_worksheet_names_participants_as_moodle_does() -> None:
    people = {"student_003": Person("12", "Ada Lovelace")}
    head, row = read(gradebooks.moodle_worksheet(CLASS, "softmax_regression", people))
    assert {"Identifier", "Grade", "Last modified (grade)"} < set(head)
    assert row == ["Participant 12", "Ada Lovelace", "10", "20", "-"]


@pytest.mark.parametrize("name", [*HOSTILE, *FORMULAS, "a,b\nx,,10", 'say "x"', "Points Possible"])
def test_names_are_text(name: str) -> None:
    report = Report((replace(result("x"), student=name, score=1.0),), students=(name,))
    person = {name: Person("7", name)}
    tables = [
        gradebooks.canvas(report),
        gradebooks.canvas(report, person),
        gradebooks.moodle(report),
        gradebooks.moodle_worksheet(report, "softmax_regression", person),
    ]
    for table in tables:
        *_, row = read(table)
        assert len({len(line) for line in read(table)}) == 1
        assert not [c for c in row if c != "-" and c.lstrip()[:1] in (*"=+-@＝＋－＠", "\t", "\r")]
        assert not [c for cell in row for c in cell if ord(c) < 32]
        table.encode()
    assert sum("Points Possible" in line[0] for line in read(tables[0])) == 1


def test_an_honest_text_stays() -> None:
    for name in ("ada", "Ada Lovelace", "O'Neil", "李", "a-b", "1=1"):
        assert no_formula(name) == name


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json_report.render(CLASS))
    return path


def test_the_command_writes_them(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canvas, moodle = written.with_name("canvas.csv"), written.with_name("moodle.csv")
    assert main(["report", str(written), "--canvas", str(canvas), "--moodle", str(moodle)]) == 0
    assert canvas.read_text() == gradebooks.canvas(CLASS)
    assert moodle.read_text() == gradebooks.moodle(CLASS)
    one = ["report", str(written), "--assignment", "softmax_regression", "--moodle", str(moodle)]
    assert main(one) == 0
    assert read(moodle.read_text())[0] == ["username", "softmax_regression"]
    assert main([*one, "--anonymous"]) == 2
    assert "--anonymous" in capsys.readouterr().err
    assert main(["report", str(written), "--assignment", "x", "--moodle", str(moodle)]) == 2
    assert "linear_regression, softmax_regression" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["report", str(written)])
