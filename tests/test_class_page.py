"""The class report: one page that needs nothing else, in a real browser too, with or without names."""

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.results import Expected, Missing, Report, Ungraded
from autograder.notes import Note
from autograder.reports import class_page, json_report
from autograder.reports.anonymous import anonymous
from autograder.reports.overview import Overview
from tests.sample_class import OVERFLOW, sample
from tests.test_reports import HOSTILE, acts, result

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


class Page(HTMLParser):
    """A page's ids, what its links lead to, what it would load, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loads: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.handlers: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.add(value or "")
            elif name in ("src", "srcset", "data", "action"):
                self.loads.append((tag, value or ""))
            elif name.startswith("on"):
                self.handlers.add(name)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_else() -> None:
    page = Page(class_page.render(sample(5)))
    assert page.loads == []
    assert not page.tags & {"link", "img", "iframe", "object", "form", "base"}
    assert page.links == {link for link in page.links if link.startswith("#")}
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_only_its_own_script_may_run() -> None:
    text = class_page.render(sample(3))
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_student_stays_text(text: str) -> None:
    one = replace(result(text), review=(Note("x", text),))
    report = Report((one,), (Ungraded(*[text] * 5),), students=(text, "x"))
    for shown in (class_page.render(report), class_page.render(anonymous(report))):
        page, clean = Page(shown), Page(class_page.render(sample(5)))
        assert page.tags <= clean.tags
        assert page.handlers == set()
        assert shown.count("<script") == 1
        assert not [c for c in acts(shown) if len(c) == 1]


def test_what_an_instructor_wants_to_know_is_there() -> None:
    text = Page(class_page.render(sample(9))).text
    for part in (
        "turns large logits into NaN", "X = torch.tensor([[89.0]])",
        "Which axis holds the classes?", "a table of numbers", "student code tried", "is not JSON",
        "Nothing was handed in by", "Gives what softmax is.",
    ):  # fmt: skip
        assert part in text, part


def test_the_first_lines_say_who_needs_something() -> None:
    text = class_page.render(sample(20))
    first = Page(text[: text.index('id="points"')])
    for section, said in {
        "look": "Could not be graded: student_019",
        "missing": "Handed in nothing: student_020",
        "mistakes": "Most frequent mistake: sgd normalizes over the batch (3 students)",
        "students": "Fewest points: student_019 5, student_003 15, ",
    }.items():
        assert said in first.text, said
        assert f"#{section}" in first.links


def test_what_nobody_handed_in_is_said_once() -> None:
    report = sample(9)
    lacking = tuple(Missing(name, "attention", "masks") for name in report.students)
    more = (*report.expected, Expected("attention", "masks", {"mask_tensor": 2.0}))
    shown = class_page.render(replace(report, expected=more, missing=(*report.missing, *lacking)))
    assert "Not handed in by anybody: attention: masks (2 points a student" in shown
    assert "mask_" not in shown


def test_long_names_may_be_broken_at_their_words() -> None:
    assert ">cross_<wbr>entropy_<wbr>with_<wbr>logits<" in class_page.render(sample(3))


def test_an_empty_report_is_a_page_too() -> None:
    assert "0 notebooks graded" in class_page.render(Report())


def test_a_report_without_names_has_none(tmp_path: Path) -> None:
    report = sample(12)
    path, page = tmp_path / "report.json", tmp_path / "page.html"
    path.write_text(json_report.render(report))
    assert main(["report", str(path), "--html", str(page), "--anonymous"]) == 0
    shown = page.read_text(encoding="utf-8")
    assert not re.search("student_0|submitted/", shown)
    assert OVERFLOW.title in shown
    hidden = anonymous(report)
    assert sorted(r.score for r in hidden.results) == sorted(r.score for r in report.results)
    assert len(hidden.students) == 12
    assert hidden.students[0] == "student 01"


def test_numbers_follow_neither_the_alphabet_nor_time() -> None:
    report = sample(12)
    [first] = {r.student for r in anonymous(report).results if r.review}
    assert anonymous(report) == anonymous(report)
    others = {
        next(r.student for r in anonymous(replace(report, fingerprint=f"{n}")).results if r.review)
        for n in range(20)
    }
    assert first != "student 01" or len(others) > 1
    assert len(others) > 3


def test_files_without_folders_stay_apart() -> None:
    [first, *_] = sample(3).results
    files = [replace(first, student="in", path=f"in/{name}.ipynb") for name in ("ada", "bob")]
    hidden = anonymous(Report(tuple(files)))
    assert len(Overview(hidden).rows) == 2
    assert "ada" not in class_page.render(hidden)


def test_names_within_words_stay(tmp_path: Path) -> None:
    report = sample(3)
    one = replace(
        report.results[0],
        student="ana",
        problems=(Note("x", "ANA: bananas, analysis of ana.ipynb"),),
    )
    [hidden] = anonymous(Report((one,))).results
    assert hidden.problems == (Note("x", "student 1: bananas, analysis of student 1.ipynb"),)


@pytest.mark.parametrize("name", ["Groß", "İnci", "ſtudent", "A.*", "a b", "(x)y"])
def test_any_name_is_hidden(name: str) -> None:
    for written in (name, name.upper(), name.lower(), name.casefold()):
        one = replace(
            sample(3).results[0], student=name, problems=(Note("x", f"by {written}!"),), review=()
        )
        [hidden] = anonymous(Report((one,))).results
        assert hidden.problems[0].text in ("by student 1!", "by somebody!")


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_a_browser_runs_the_script_under_the_policy(tmp_path: Path) -> None:
    """The script adds a button to each heading of a table, and shows the field for searching."""
    page = tmp_path / "page.html"
    page.write_text(class_page.render(sample(30)), encoding="utf-8")
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.count("<button") > 10
    assert '<p id="search">' in done.stdout
    assert "Refused to" not in done.stderr
