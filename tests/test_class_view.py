"""A class on the terminal: points, mistakes by frequency, who is missing; the last of it together."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from autograder.grading.results import Expected, Missing, Report
from autograder.reports import (
    annotations,
    class_page,
    json_report,
    markdown,
    prompts,
    terminal,
)
from autograder.reports.overview import Overview
from autograder.text import score
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
    assert tail[1].split() == ["student_004", "linear_regression:", "sgd"]
    assert " ".join(tail[-2:]) == (
        "10 notebooks graded (5 students), 80 of 150 points (53%); 4 not handed in; "
        "1 could not be graded"
    )


@pytest.fixture
def unseen() -> Report:
    """A class of which nobody handed in two notebooks: one of an assignment, and a whole assignment."""
    report = sample(5)
    more = (
        Expected("softmax_regression", "training", {"train": 7.5}),
        Expected("attention", "masks", {"mask": 2.0}),
    )
    lacking = tuple(
        Missing(name, one.assignment, one.notebook) for name in report.students for one in more
    )
    return replace(report, expected=(*report.expected, *more), missing=(*report.missing, *lacking))


def test_what_nobody_handed_in_is_named_once_and_left_out(unseen: Report) -> None:
    """A class is compared by what anybody handed in; the JSON counts everything, as nbgrader does."""
    lines = printed(unseen)
    assert row_of(lines, "student_001") == ["30", "30", "10", "5", "10", "5"]
    tail = lines[lines.index("not handed in") + 1 :]
    assert " ".join(tail[:2]).split() == (
        "by anybody softmax_regression: training; attention: masks "
        "(9.5 points a student, left out of the totals here)"
    ).split()  # fmt: skip
    assert tail[2].split() == ["nothing", "at", "all", "student_005"]
    assert tail[3].split() == ["student_004", "linear_regression:", "sgd"]
    assert " ".join(tail[-3:]) == (
        "10 notebooks graded (5 students), 80 of 150 points (53%); 4 not handed in; 1 "
        "could not be graded. 2 notebooks that nobody handed in are left out of this; "
        "the JSON report and gradebooks count them: 80 of 197.5 points (41%)"
    )
    for student in json.loads(json_report.render(unseen))["students"]:
        assert student["max_score"] == 39.5
        assert ["attention", "masks"] in student["missing"]


def test_of_a_large_class_what_nobody_handed_in_has_no_line() -> None:
    report = sample(41)
    lacking = tuple(Missing(name, "attention", "masks") for name in report.students)
    more = (*report.expected, Expected("attention", "masks", {"mask": 2.0}))
    lines = printed(replace(report, expected=more, missing=(*report.missing, *lacking)))
    assert not [line for line in lines if line.startswith("mask ")]
    assert [line for line in lines if "attention: masks (2 points a student" in line]
    assert [line for line in lines if line.startswith(" 80 to 100 %    26 students")]
    assert "Fewest points: student_040 5, " in "".join(lines)


def test_students_who_lack_the_same_share_a_line() -> None:
    report = sample(6)
    gone = {"student_001", "student_002"}
    results = tuple(
        r for r in report.results if not (r.student in gone and r.assignment != "linear_regression")
    )
    lacking = tuple(
        Missing(name, e.assignment, e.notebook) for name in sorted(gone) for e in EXPECTED[1:]
    )
    lines = printed(replace(report, results=results, missing=(*report.missing, *lacking)))
    assert [line for line in lines if line.split() == (
        "student_001, student_002 all of softmax_regression".split()
    )]  # fmt: skip


@pytest.mark.parametrize(("points", "shown"), [
    (10.0, "10"), (0.0, "0"), (1162.5, "1162.5"), (1497500.25, "1497500.25"), (0.1 + 0.2, "0.3"),
])  # fmt: skip
def test_points_of_any_class_are_written_out(points: float, shown: str) -> None:
    assert score(points) == shown


def test_no_word_of_a_heading_is_broken(unseen: Report) -> None:
    wide = replace(EXPECTED[0], exercises={"multilayer_regression": 1.0})
    students = ("ada", "bob")
    report = Report(
        tuple(submission(name, wide) for name in students), expected=(wide,), students=students
    )
    lines = printed(report)
    assert lines[0].split() == ["multilayer"]
    assert lines[1].split() == ["student", "total", "of", "regression"]


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


def test_a_function_that_is_not_defined_has_its_reason() -> None:
    """No check of it ran, so none failed: what is said of all of them is the reason."""
    report = sample(3)
    why = "`sgd` is not defined, because cell 4 raised SyntaxError: '(' was never closed (line 2)"
    [one] = report.results[0].exercises
    checks = tuple(replace(c, points=0.0, outcome="skipped", message=why) for c in one.checks)
    undefined = replace(one, score=0.0, status="failed", checks=checks)
    result = replace(report.results[0], exercises=(undefined,))
    alone = " ".join(" ".join(printed(Report((result,)))).split())
    assert "'(' was never closed" in alone
    for shown in (markdown.render(Report((result,))), annotations.github(Report((result,)), {})):
        assert "was never closed" in shown
    assert why in prompts.render(undefined, "", None)
    page = class_page.render(replace(report, results=(result, *report.results[1:])))
    assert page.count("was never closed") == 2
