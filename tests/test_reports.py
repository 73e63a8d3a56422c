"""Text of a student's making is shown, and acts on nothing: terminal, HTML, JSON, JUnit, CSV, logs."""

import csv
import io
import json
import logging
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from autograder.grading.results import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    Missing,
    Report,
    SubmissionResult,
    Ungraded,
)
from autograder.nbgrader.export import csv_cell
from autograder.nbgrader.log import PRINTABLE
from autograder.notes import Note
from autograder.reports import changes, html, json_report, junit, terminal
from autograder.text import one_line, printable, visible

HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe\u2066\u200f\u200b",
    "line\r\noverwritten\x08\x7f\x9b31m",
    "\ud800 lone \udcff",
    "nul \0 \ufffe\uffff \u2028 \U000e0041",
    "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'&]]>",
    "::error file=a.py,line=1::pwned",
    "x\n::set-output name=grade::100\n  ::stop-commands::t",
    "text ##[error]pwned ##vso[task.complete]x ##teamcity[buildStop]",
    "[bold red]markup[/] [link=http://x]y[/link]",
    "{{ 7 * 7 }} {% raw %}",
    "=cmd|' /C calc'!A0",
]


def result(text: str) -> SubmissionResult:
    check = CheckResult(
        "test_values",
        "Is right.",
        0.0,
        2.0,
        "failed",
        text,
        {text: [1.0, float("nan"), text]},
        text,
    )
    skipped = CheckResult("test_more", "Is better.", 0.0, 1.0, "skipped", text)
    diagnosis = Diagnosis("x", f"does {text}", text)
    exercise = ExerciseResult(
        "softmax", 0.0, 3.0, "failed", (check, skipped), diagnosis, (Note(text, text),)
    )
    return SubmissionResult(
        text,
        text,
        "softmax_regression",
        "softmax",
        0.0,
        3.0,
        "failed",
        0.1,
        (exercise,),
        (Note(text, text),),
    )


def on_terminal(text: str, width: int = 80) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True, color_system=None, width=width)
    console.print(terminal.render(Report((result(text),))))
    return buffer.getvalue()


def printed(report: Report | RenderableType, width: int) -> list[str]:
    """The lines of a report on a terminal of that width."""
    buffer = io.StringIO()
    shown = terminal.render(report) if isinstance(report, Report) else report
    Console(file=buffer, color_system=None, width=width).print(shown)
    return [line.rstrip() for line in buffer.getvalue().splitlines()]


def acts(shown: str) -> list[str]:
    """Characters that a terminal, an editor or a codec acts on, and commands of CI services."""
    harmful = [
        c
        for c in shown
        if (c < " " and c not in "\n\t")
        or "\x7f" <= c <= "\x9f"
        or c in "\u200b\u200e\u200f\u2028\u2029\ufeff"
        or "\u202a" <= c <= "\u202e"
        or "\u2066" <= c <= "\u2069"
        or "\ud800" <= c <= "\udfff"
    ]
    lines = [line for line in shown.splitlines() if line.strip().startswith("::")]
    commands = [line for line in lines if "::" in line.strip()[2:]]
    return harmful + commands + [word for word in ("##[", "##vso[", "##team") if word in shown]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_terminal_shows_and_does_not_act(text):
    for width in (20, 80, 300):
        assert not acts(on_terminal(text, width))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("students", [2, 50])
def test_a_class_on_the_terminal_shows_and_does_not_act(text, students):
    names = [f"{text}{number}" for number in range(students)]
    one = replace(result(text), review=(Note("x", text),))
    report = Report(
        tuple(replace(one, student=name) for name in names),
        students=tuple(names),
        missing=(Missing(names[0], "intro", "more"), Missing(names[1], "intro", "more")),
    )
    before = replace(report, results=(), ungraded=())
    for width in (20, 80, 300):
        assert not [c for c in acts("\n".join(printed(report, width))) if len(c) == 1]
        shown = changes.render(changes.between(before, report), text)
        assert not [c for c in acts("\n".join(printed(shown, width))) if len(c) == 1]
        assert not acts("\n".join(printed(report, width)))


def test_texts_beside_each_other_make_no_command():
    """In a table a name may begin what a sentence ends."""
    one = replace(result("b::pwned"), student="::error", review=(Note("x", "a::pwned"),))
    report = Report((one, replace(one, student="x")), students=("::error", "x"))
    assert not acts("\n".join(printed(report, 80)))
    before = replace(report, results=())
    assert not acts("\n".join(printed(changes.render(changes.between(before, report), "f"), 80)))


@pytest.mark.parametrize(
    ("path", "shown"),
    [("submitted/ada/intro/softmax.ipynb", False), ("downloads/ada_softmax (1).ipynb", True)],
)
def test_the_terminal_names_a_notebook_on_one_line(path, shown):
    found = replace(result("x"), path=path, student="ada", assignment="intro")
    lines = printed(Report((found,)), 40)
    assert lines[0] == "ada  intro/softmax"
    assert (path in lines) is shown


@pytest.mark.parametrize("text", ["\x1b" * 3000, "x" * 3000, "x" * 1999 + "\x1b", "…" * 2001])
def test_what_is_shown_is_shown_again_as_it_is(text: str) -> None:
    """A report that was read from JSON is written as before."""
    assert visible(visible(text)) == visible(text)


@given(text=st.text(max_size=60) | st.text("::#[]ax= \n\x1b\u202e\ud800", max_size=40))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@pytest.mark.slow
def test_no_text_acts(text):
    for shown in (printable(text), one_line(text)):
        assert not acts(shown)
    assert "\n" not in one_line(text)
    visible(text).encode()


def test_what_is_harmless_stays_as_it_is():
    for text in ("X[::2, ::-1]", "naïve 数 ✓ 🙂", "a\tb\nc", "std::vector", "# [x] ## done"):
        assert printable(text) == visible(text) == text


class Tags(HTMLParser):
    """Collects the tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("text", HOSTILE)
def test_html_holds_no_tag_of_a_student(text):
    [exercise] = result(text).exercises
    page = Tags(html.render(exercise, (text,)))
    assert page.tags <= set("div h4 p ul li pre b code details summary".split())
    assert page.attributes <= {"style"}  # the template's own: what JupyterLab leaves of a report
    assert not [c for c in acts(html.render(exercise, (text,))) if len(c) == 1]


@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_ascii_and_reads_back(text):
    written = json_report.render(Report((result(text),), (Ungraded(*[text] * 6),)))
    assert written.isascii()
    assert not acts(written)
    document = json.loads(written)
    keys = ("path", "student", "reason", "assignment", "notebook", "reason_id")
    assert document["ungraded"] == [dict.fromkeys(keys, visible(text))]
    assert document["submissions"][0]["student"] == visible(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_xml(text):
    written = junit.render(Report((result(text),), (Ungraded(text, text, text),)))
    root = ElementTree.fromstring(written.encode())
    assert not [c for c in acts(written) if len(c) == 1]
    errors = [case.get("message") for case in root.iter("error")]
    assert errors == [one_line(text)]
    assert sum(int(suite.get("errors", "0")) for suite in root.iter("testsuite")) == 1


@pytest.mark.parametrize("text", [*HOSTILE, "a,b\nsoftmax,,,ada,10", 'say "x"', "@SUM(A1)", "-1+1"])
def test_csv_has_one_cell_that_is_no_formula(text):
    [[cell]] = csv.reader(io.StringIO(csv_cell(text), newline=""))
    assert cell.lstrip("'") == one_line(text).lstrip("'")
    assert not cell.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", HOSTILE)
def test_logs_are_escaped(text):
    buffer = io.StringIO()
    logger = logging.Logger("nbgrader")
    logger.addHandler(logging.StreamHandler(buffer))
    logger.addFilter(PRINTABLE)
    logger.warning("Copying %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("%s", text)
    assert "ValueError" in buffer.getvalue()
    assert not acts(buffer.getvalue())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_long_log_keeps_its_end(text):
    buffer = io.StringIO()
    logger = logging.Logger("nbgrader")
    logger.addHandler(logging.StreamHandler(buffer))
    logger.addFilter(PRINTABLE)
    logger.error("Traceback\n%s\n%sRuntimeError: the disk is full", text, "  in a file\n" * 900)
    assert buffer.getvalue().startswith("Traceback")
    assert buffer.getvalue().endswith("RuntimeError: the disk is full\n")
    assert len(buffer.getvalue()) < 6000
    assert not acts(buffer.getvalue())
