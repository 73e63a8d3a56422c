"""Whatever students write comes out as text, in everything that the product makes of one graded class."""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from autograder.cli import main
from autograder.grading.results import Report
from autograder.nbgrader.kept_reports import metadata_of, read_reports
from autograder.reports import class_page, html, json_report, terminal
from autograder.reports.anonymous import anonymous
from autograder.text import one_line, visible
from tests.downloads import archive, notebook
from tests.evil_class import COMMAND, FORMULAS, NAME, STUDENTS, TAGS, build
from tests.test_class_page import Page
from tests.test_reports import acts

pytestmark = pytest.mark.slow

COLOURS = re.compile(r"\x1b\[[\d;]*m")
"""What Rich itself writes for colours."""


@dataclass(frozen=True)
class Graded:
    """The class after one grading: its course's folder, its report, and what was printed."""

    root: Path
    report: Report
    printed: str
    errors: str


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root = tmp_path_factory.mktemp("evil")
    build(root)
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submitted", "--details",
         "--json", "report.json", "--junit", "report.xml"],
        cwd=root,
        env=os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    report = json_report.read((root / "report.json").read_bytes())
    return Graded(root, report, done.stdout, done.stderr)


@pytest.fixture
def here(graded: Graded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The course's folder, as the present one."""
    monkeypatch.chdir(graded.root)
    yield graded.root


def single(found: list[str]) -> list[str]:
    """Of what acts, the characters alone: HTML and XML hold no commands of a log."""
    return [one for one in found if len(one) == 1]


def test_everybody_is_graded(graded: Graded) -> None:
    assert {result.student for result in graded.report.results} == set(map(visible, STUDENTS))
    assert graded.report.complete
    assert len(graded.report.ungraded) == 2
    said = " ".join(
        check.message for r in graded.report.results for e in r.exercises for check in e.checks
    )
    for part in (COMMAND, TAGS, "{0}", "%s", "]]>", r"\x1b[31m", r"\u202e", "=cmd|"):
        assert part in said, part


def test_terminal(graded: Graded) -> None:
    for text in (graded.printed, graded.errors):
        assert not acts(text)
    assert "onerror=alert(1)>" in graded.printed
    for width in (20, 80, 200):
        for system in (None, "truecolor"):
            buffer = io.StringIO()
            console = Console(file=buffer, force_terminal=True, color_system=system, width=width)
            console.print(terminal.render(graded.report, details=True))
            assert not acts(COLOURS.sub("", buffer.getvalue()))


def test_json_and_junit(graded: Graded) -> None:
    text = (graded.root / "report.json").read_text("ascii")
    assert not acts(text)
    assert json_report.render(graded.report) == text
    assert [one.id for one in graded.report.problems] == ["link"]
    assert [file.reason_id for file in graded.report.ungraded] == ["not_json", "no_notebook"]
    xml = (graded.root / "report.xml").read_text("utf-8")
    assert not single(acts(xml))
    messages = [one.get("message", "") for one in ElementTree.fromstring(xml.encode()).iter()]
    assert any(TAGS in message for message in messages)


def test_class_page_and_students_pages(here: Path, graded: Graded) -> None:
    assert main(["report", "report.json", "--html", "class.html"]) == 0
    clean = Page(class_page.render(replace(graded.report, results=(), ungraded=())))
    allowed = clean.tags | set("h3 h4 ul li pre b code details summary br main article".split())
    shown = Path("class.html").read_text("utf-8")
    for text in (shown, class_page.render(anonymous(graded.report))):
        page = Page(text)
        assert page.tags <= allowed
        assert page.handlers == set()
        assert page.loads == []
        assert text.count("<script") == 1
        assert not single(acts(text))
    assert TAGS in Page(shown).text
    assert one_line(NAME) not in class_page.render(anonymous(graded.report))
    for result in graded.report.results:
        for exercise in result.exercises:
            fragment = Page(html.render(exercise, tuple(one.text for one in result.problems)))
            assert fragment.tags <= set("div h4 p ul li pre b code details summary".split())
            assert not fragment.handlers | set(fragment.links)


def test_markdown(here: Path) -> None:
    assert main(["report", "report.json", "--markdown", "summary.md"]) == 0
    text = Path("summary.md").read_text("utf-8")
    assert not acts(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    parts = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert not {part.type for part in parts} & {"html_block", "html_inline", "link_open", "image"}
    assert any(TAGS in part.content for part in parts if part.type in ("fence", "code_inline"))
    headings = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert [one for one in headings if "pwned" in one] == []


def test_annotations(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "report.json", "--annotations", "github"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(STUDENTS) + 2
    for line in lines:
        command = re.fullmatch(r"::error file=([^:,]*),line=\d+,title=([^:,]*)::(.*)", line)
        assert command is not None
        assert not acts(command[3].replace("%0A", "\n").replace("%25", "%"))
    assert main(["report", "report.json", "--annotations", "gitlab"]) == 0
    text = capsys.readouterr().out
    assert text.isascii()
    assert len(json.loads(text)) == len(lines)
    assert not acts("\n".join(one["description"] for one in json.loads(text)))


def test_gradebooks(here: Path) -> None:
    assert main(["report", "report.json", "--canvas", "canvas.csv", "--moodle", "moodle.csv"]) == 0
    for name in ("canvas.csv", "moodle.csv"):
        text = Path(name).read_text("utf-8")
        assert not acts(text)
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len({len(row) for row in rows}) == 1
        cells = {cell for row in rows for cell in row}
        assert {f"'{one_line(student)}" for student in FORMULAS} <= cells
        numbers = {cell for cell in cells if re.fullmatch(r"[\d.]*", cell)}
        assert not [c for c in cells - numbers if c.lstrip().startswith(("=", "+", "-", "@"))]


def test_gradescope(here: Path) -> None:
    assert main(["report", "report.json", "--gradescope", "results.json"]) == 0
    document = json.loads(Path("results.json").read_text("ascii"))
    assert not acts(document["output"])
    for test in document["tests"]:
        assert not acts(test["name"] + "\n" + test["output"])
    assert any(TAGS in test["output"] for test in document["tests"])


def test_prompts_and_answers(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "report.json", "--prompts", "prompts"]) == 0
    assert main(["answers", "submitted", "--to", "answers"]) == 2  # garbage is named
    said = capsys.readouterr()
    assert not acts(said.out + said.err)
    for path in [*Path("prompts").rglob("*"), *Path("answers").rglob("*")]:
        assert not acts(path.name)
        assert not set(path.name) & set('<>:"|?*\\\t\r\n'), path
    prompts = list(Path("prompts").rglob("*.md"))
    assert (
        len(prompts) >= len(STUDENTS) - 1
    )  # the path of a name that is no text is not known any more
    for path in prompts:
        text = path.read_text("utf-8")
        assert not single(acts(text))
        tokens = MarkdownIt("commonmark").parse(text)
        inline = [child for token in tokens for child in token.children or ()]
        types = {token.type for token in [*tokens, *inline]}
        assert not types & {"html_block", "html_inline", "link_open", "image"}
    files = list(Path("answers/softmax").glob("*.py"))
    assert len(files) == len(STUDENTS) - 1  # one of them has a syntax error
    for file in files:
        ast.parse(file.read_text("utf-8"))


def test_feedback(here: Path, graded: Graded, capsys: pytest.CaptureFixture[str]) -> None:
    """The students of a download, with the reports of this class."""
    name = "<img src=x onerror=alert(1)> =1 ::error::\x1b[31m {0} %s".replace("/", "")
    files = {
        f"{name}_7_assignsubmission_file_/softmax.ipynb": notebook("x"),
        f"{name}_8_assignsubmission_file_/softmax.zip": b"PK",
    }
    archive(here / "download.zip", files)
    assert main(["collect", "download.zip", "softmax_regression"]) == 2
    said = capsys.readouterr()
    assert not acts(said.out + said.err)
    [student] = [p.name for p in Path("course/submitted").iterdir()]
    one = next(r for r in graded.report.results if TAGS in r.exercises[0].checks[0].message)
    mine = replace(one, student=student, path=f"course/submitted/{student}/softmax.ipynb")
    report = replace(graded.report, results=(mine,), ungraded=(), students=(student,), missing=())
    Path("one.json").write_text(json_report.render(report))
    options = ["--download", "download.zip", "--feedback", "f.zip", "--moodle", "worksheet.csv"]
    assert main(["report", "one.json", *options]) == 0
    with zipfile.ZipFile("f.zip") as made:
        [entry] = made.namelist()
        page = made.read(entry).decode()
    assert TAGS in Page(page).text
    assert not Page(page).handlers
    assert "script" not in Page(page).tags
    assert not single(acts(page))
    assert "'" not in Path("worksheet.csv").read_text("utf-8").splitlines()[0]
    assert not acts(Path("worksheet.csv").read_text("utf-8"))


def test_reports_that_nbgrader_keeps(here: Path, graded: Graded) -> None:
    """What stands beside the points in an autograded notebook is read back as it was."""
    for number, result in enumerate(graded.report.results):
        metadata = metadata_of(result.exercises[0], result.problems)
        cell = {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": "check_softmax"}},
            "outputs": [{"metadata": metadata}],
        }
        path = here / f"kept-{number}.ipynb"
        path.write_text(json.dumps({"cells": [cell]}))
        kept = read_reports(path)["check_softmax"]
        assert (kept.report, kept.problems) == (result.exercises[0], result.problems)
