"""A class on the terminal: points, mistakes by frequency, who is missing; the last of it together."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from autograder.grading.results import Report
from autograder.reports import json_report, terminal
from autograder.reports.overview import Overview
from tests.sample_class import EXPECTED, OVERFLOW, sample, submission


def printed(report: Report, width: int = 80, *, details: bool = False) -> list[str]:
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, highlight=False)
    console.print(terminal.render(report, details=details))
    return [line.rstrip() for line in buffer.getvalue().splitlines()]


def row_of(lines: list[str], student: str) -> list[str]:
    """The student's line of the matrix, which comes first."""
    return next(line for line in lines if line.startswith(f"{student} ")).split()[1:]


def test_points_are_out_of_what_could_be_had() -> None:
    lines = printed(sample(5))
    assert row_of(lines, "student_001") == ["30", "30", "10", "5", "10", "5"]
    assert row_of(lines, "student_004") == ["5", "30", "·", "5", "?", "?"]
    assert row_of(lines, "student_005") == ["0", "30", "·", "·", "·", "·"]


def test_the_last_lines_say_who_is_missing_and_the_totals() -> None:
    lines = printed(sample(5))
    tail = lines[lines.index("not handed in") + 1 :]
    assert tail[0].split() == ["nothing", "at", "all", "student_005"]
    assert tail[1].split() == ["student_004", "linear_regression/sgd"]
    assert " ".join(tail[-2:]) == (
        "10 notebooks graded (5 students), 80 of 150 points (53%); 4 not handed in; "
        "1 could not be graded"
    )


def test_mistakes_come_by_frequency_with_their_number() -> None:
    lines = printed(sample(41))
    counted = lines[lines.index("mistakes") + 1 :]
    assert counted[0].split()[:2] == ["7", "sgd"]
    counts = [int(line.split()[0]) for line in counted[: counted.index("")] if line[0].isdigit()]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("students", [3, 5, 40, 41, 300])
@pytest.mark.parametrize("width", [80, 60])
def test_no_line_is_longer_than_the_terminal(students: int, width: int) -> None:
    lines = printed(sample(students), width)
    assert max(map(len, lines)) <= width
    assert "\x1b" not in "".join(lines)


def test_a_class_of_hundreds_fits_on_a_screen() -> None:
    lines = printed(sample(300))
    assert len(lines) <= 45
    assert not [line for line in lines if line.startswith("student_002 ")]
    [line] = [line for line in lines if line.startswith("softmax ")]
    assert line.split() == ["softmax", "83%", "199", "99", "2"]


def test_columns_that_do_not_fit_go_into_another_table() -> None:
    names = {f"function_number_{n}": 1.0 for n in range(20)}
    wide = replace(EXPECTED[0], exercises=names)
    report = Report(
        tuple(submission(name, wide) for name in ("ada", "bob")), expected=(wide,),
        students=("ada", "bob"),
    )  # fmt: skip
    lines = printed(report)
    rows = [line.split()[1:] for line in lines if line.startswith("ada ")]
    assert len(rows) > 1
    assert rows[0][:2] == ["20", "20"]
    assert sum(map(len, rows)) == 2 + len(names)


def test_one_student_is_shown_in_detail() -> None:
    report = Report((submission("ada", EXPECTED[2], OVERFLOW),), students=("ada",))
    text = "\n".join(printed(report))
    assert "hint: What is exp(1000)?" in text
    assert "mistakes" not in text


def test_details_have_one_line_for_who_passed_everything() -> None:
    lines = printed(sample(6), details=True)
    assert "student_002  30 of 30 points: everything passed" in lines
    assert "student_003  linear_regression/sgd" in lines
    assert "student_001  linear_regression/sgd" in lines  # there is something to look at


def test_files_without_folders_count_for_themselves() -> None:
    results = tuple(
        replace(submission("downloads", EXPECTED[0]), path=f"downloads/{name}.ipynb")
        for name in ("ada_sgd", "bob_sgd")
    )
    rows = Overview(Report(results)).rows
    assert [(row.student, row.score, row.max_score) for row in rows] == [
        ("downloads/ada_sgd.ipynb", 10, 10),
        ("downloads/bob_sgd.ipynb", 10, 10),
    ]


@pytest.mark.parametrize("students", [3, 7])
def test_the_json_report_reads_back(students: int) -> None:
    report = sample(students)
    written = json_report.render(report)
    assert json_report.read(written.encode()) == report
    assert json_report.render(json_report.read(written.encode())) == written


def test_the_json_report_has_the_totals_of_students() -> None:
    report = sample(3)
    [_, damaged, nothing] = json.loads(json_report.render(report))["students"]
    assert damaged == {
        "student": "student_002", "folder": True, "score": 5.0, "max_score": 30.0,
        "missing": [["linear_regression", "sgd"]],
    }  # fmt: skip
    assert nothing["score"] == 0
    assert len(nothing["missing"]) == len(EXPECTED)


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b'{"schema": 2, "submissions": []}', b"\xff"])
def test_what_is_no_report_is_refused(text: bytes) -> None:
    with pytest.raises(json_report.UnreadableReport):
        json_report.read(text)
