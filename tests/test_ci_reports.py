"""What CI shows of a report: a summary in Markdown and remarks at lines; no text in them acts."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.cli import main
from autograder.grading.results import Report, Ungraded
from autograder.notebooks.lines import line_in, line_of
from autograder.reports import annotations, feedback, gradescope, json_report, markdown
from tests.sample_class import sample
from tests.test_reports import HOSTILE, result

ACTS = {"html_inline", "html_block", "link_open", "image", "heading_open", "em_open", "strong_open"}
NAMES = [
    *HOSTILE,
    "`` ` ``` ends | a | cell \\",
    "# a heading\n\n- a list\n\n```\n<b>out of the block</b>\n```\n",
    "[a link](https://example.com) ![p](x.png) https://example.com @all *x* $x$ :smile:",
]


def hostile(text: str) -> Report:
    """A report in which everything that can come from a student is one text."""
    found = Report((result(text),))
    [shown] = found.results
    bad = Ungraded(text, text, text)
    return replace(found, results=(replace(shown, path=text, student=text),), ungraded=(bad,))


def parsed(text: str) -> list[str]:
    """The types of all tokens that a text has as Markdown, with raw HTML, tables and links."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return [part.type for token in parser.parse(text) for part in [token, *(token.children or [])]]


@pytest.mark.parametrize("text", NAMES)
def test_no_text_is_markdown(text: str) -> None:
    """The harmless text gives the same structure, token by token, as any other."""
    plain, found = parsed(markdown.render(hostile("x"))), parsed(markdown.render(hostile(text)))
    assert [kind for kind in found if kind in ACTS] == [kind for kind in plain if kind in ACTS]
    for kind in ("fence", "td_open", "tr_open", "list_item_open"):
        assert found.count(kind) == plain.count(kind), kind
    assert "\x1b" not in markdown.render(hostile(text))


@pytest.mark.parametrize("text", NAMES)
def test_every_annotation_is_one_command(text: str) -> None:
    found = annotations.github(hostile(text), {}).splitlines()
    assert len(found) == len(annotations.github(hostile("x"), {}).splitlines()) >= 2
    for line in found:
        assert line.startswith("::error file=")
        head, _, message = line[2:].partition("::")
        assert [part.partition("=")[0] for part in head.split(",")] == [
            "error file", "line", "title"
        ]  # fmt: skip
        assert "##[" not in message
    remarks = json.loads(annotations.gitlab(hostile(text), {}))
    assert len(remarks) == len(found)
    assert all(set(one) >= {"description", "fingerprint", "severity"} for one in remarks)


def gradescope_text(report: Report) -> str:
    return "".join(test["output"] for test in json.loads(gradescope.render(report))["tests"])


@pytest.mark.parametrize(
    "shown",
    [
        lambda report: annotations.github(report, {}),
        lambda report: json.loads(annotations.gitlab(report, {}))[0]["description"],
        markdown.render,
        gradescope_text,
        lambda report: feedback._file(report.results[0], "moodle"),
        lambda report: feedback._file(report.results[0], "canvas"),
    ],
)
def test_a_student_reads_one_language(shown: Callable[[Report], str]) -> None:
    """Ours around a sentence is in its language, whatever the command's is, also out of JSON."""
    found = sample(9)
    wrong = next(one for one in found.results if one.status == "partial")
    said = replace(wrong, language="zh")
    report = json_report.read(json_report.render(replace(found, results=(said,))).encode())
    assert "Your function" in shown(replace(report, results=(wrong,)))
    text = shown(report)
    assert "Your function" not in text
    assert "你的函数" in text


def test_a_percent_sign_is_encoded_first() -> None:
    bad = Ungraded("a,b:c%0A.ipynb", "", "100 %\n::error::x")
    [line] = annotations.github(Report(ungraded=(bad,)), {}).splitlines()
    assert line == (
        "::error file=a%2Cb%3Ac%250A.ipynb,line=1,title=not graded::100 %25%0A\\x3a:error::x"
    )


def test_the_class_has_a_line_a_student() -> None:
    text = markdown.render(sample(9))
    rows = [line for line in text.splitlines() if line.startswith("| `student_")]
    assert len(rows) == 9
    assert "| `student_003` | 15 | 30 | `sgd` `cross_entropy_with_logits`" in rows[2]
    assert "Your function turns large logits into NaN" in text
    assert "is not JSON" in text
    assert text.count("student\\_") == 0


def test_a_long_report_is_cut() -> None:
    text = markdown.render(sample(3_000))
    assert len(text.encode()) < 1_000_000
    assert text.endswith(f"{markdown.CUT}\n")


def test_the_line_of_an_answer() -> None:
    notebook = new_notebook(
        cells=[
            new_markdown_cell("def softmax(X): in a text cell"),
            new_code_cell("import torch\n"),
            new_code_cell("# mine\ndef softmax(X):\n    return X"),
            new_code_cell("relu = max", metadata={"nbgrader": {"grade_id": "relu"}}),
            new_code_cell('check("softmax")'),
        ]
    )
    text = nbformat.writes(notebook)
    lines = text.splitlines()
    assert '"def softmax(X):' in lines[line_of(text, "softmax") - 1]
    assert "in a text cell" not in lines[line_of(text, "softmax") - 1]
    assert '"source": "relu = max"' in lines[line_of(text, "relu") - 1] or (
        '"source": [' in lines[line_of(text, "relu") - 1]
    )
    assert line_of(text, "soft") == 1
    assert line_of(json.dumps(json.loads(text)), "softmax") == 1  # all of it is on one line


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"cells": 1}', '{"cells": [1, null, {"cell_type": "code"}]}', "[" * 9000,
     '{"cells": [{"cell_type": "code", "source": 3, "metadata": []}]', '{"cells": [' + "{}" * 9],
)  # fmt: skip
def test_a_damaged_file_is_pointed_at_as_a_whole(text: str, tmp_path: Path) -> None:
    assert line_of(text, "softmax") == 1
    (tmp_path / "x.ipynb").write_bytes(text.encode() + b"\xff")
    assert line_in(tmp_path / "x.ipynb", "softmax", 10**6) == 1
    assert line_in(tmp_path / "absent.ipynb", "softmax", 10**6) == 1


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("report.json").write_text(json_report.render(sample(9)))
    assert main(["report", "report.json", "--anonymous", "--annotations", "gitlab"]) == 2
    assert "--annotations is sorted by students" in capsys.readouterr().err
    assert main(["report", "report.json", "--anonymous", "--markdown", "report.md"]) == 0
    assert "student_" not in Path("report.md").read_text()
    assert main(["report", "report.json", "--annotations", "gitlab"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["location"]["lines"] == {"begin": 1}
