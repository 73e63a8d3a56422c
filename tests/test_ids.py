"""Ids: what a class is counted by, whatever a sentence says in which language."""

import json
import re
from dataclasses import replace

import pytest

from autograder import notes
from autograder.checking import messages
from autograder.checking.failures import CheckFailure
from autograder.grading.feedback.advice import advise
from autograder.grading.feedback.sentences import explain, explain_use, named_use, why_undefined
from autograder.grading.results import Report
from autograder.grading.roster import read_class
from autograder.language import speaking
from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course
from autograder.notebooks.exercises import find_exercise
from autograder.notebooks.files import UnreadableSubmission
from autograder.notes import Note, note, note_on
from autograder.paths import EXERCISES
from autograder.reports import class_page, json_report, terminal
from autograder.reports.overview import Overview, by_id
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Crashed, TimedOut
from tests.one_class import ROOT
from tests.sample_class import sample
from tests.test_reports import printed

SOFTMAX = find_exercise("softmax", [EXERCISES])
ADVISED = "max = 3\ndef softmax(X):\n    raise NotImplementedError()\n    return X.double() * max"
LOCKED = (
    note("locked_changed", cell=3, grade_id="softmax"),
    note("locked_changed", cell=8, grade_id="check_softmax"),
)


def in_language(language: str) -> list[Note]:
    """What a student is told, of every kind that needs no worker."""
    with speaking(language):
        code = Code([Cell(1, ADVISED)])
        use = named_use(SOFTMAX, Code([Cell(1, "def softmax(X): return torch.compile(X)")]))
        failures = [
            TimedOut("it took long"),
            Crashed("it is gone"),
            CheckFailure(messages.RETURNED_NONE.format(function="softmax"), kind="type"),
            ValueError("x"),
        ]
        return [
            *advise(SOFTMAX, code, None),
            *(explain(failure, "softmax") for failure in failures),
            *([] if use is None else [explain_use("softmax", use)]),
            why_undefined("softmax", (), code),
            why_undefined("softmax", (), Code([Cell(1, "Softmax = 1")])),
        ]


def test_ids_are_those_of_any_language():
    english, chinese = in_language("en"), in_language("zh")
    ids = [one.id for one in english]
    assert ids == [one.id for one in chinese]
    assert ids[:3] == ["stub", "shadowed", "float64"]
    assert {"timed_out", "crashed", "type", "misbehaved", "not_defined"} < set(ids)
    assert all(one.text != other.text for one, other in zip(english, chinese, strict=True))


def test_ids_are_names_and_no_two_sentences_have_one():
    ids = [*notes.TEMPLATES, *messages.ADVICE]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z][a-z0-9_]+", id) for id in ids)
    assert len(set(notes.TEMPLATES.values())) == len(notes.TEMPLATES)


def test_a_missing_value_is_an_error_and_a_sentence_is_none():
    with pytest.raises(KeyError):
        note("cell_damaged")
    with pytest.raises(KeyError):
        note("cell 3 is damaged")


def test_a_file_s_fault_has_one(tmp_path):
    error = UnreadableSubmission(tmp_path, "too_large", size=3000, limit=2000)
    assert str(error) == f"{tmp_path}: has 3,000 bytes (limit 2,000)"
    assert error.why.id == "too_large"


def test_a_path_s_fault_has_one_in_the_report(tmp_path):
    """Of a path that isn't there, and of a folder without notebooks."""
    paths = [tmp_path / "absent", tmp_path]
    report = Report(problems=read_class(paths, Course(ROOT), Limits()).problems)
    document = json.loads(json_report.render(report))
    assert document["problem_ids"] == ["no_such_path", "no_notebooks"]
    assert document["problems"][0] == f"{paths[0]}: no such file or folder"
    assert json_report.read(json.dumps(document).encode()).problems == report.problems
    assert "no notebooks in this folder" in class_page.render(report)
    del document["problems"], document["problem_ids"]
    assert json_report.read(json.dumps(document).encode()).problems == ()


def test_no_name_that_is_no_text_is_in_a_note():
    said = note_on("\udcff.ipynb", "cell_doubled", grade_id="\ud800", count=2)
    assert said.text.startswith(r"\udcff.ipynb: the cell \ud800 is there")
    said.text.encode()


def told() -> Report:
    """A class with two students to whom the same happened, in other words."""
    report = sample(6)
    first, second, *others = report.results
    advised = replace(
        first.exercises[0], advice=(Note("prints", "`sgd` prints"), Note("unused", "line 4"))
    )
    return replace(
        report,
        results=(
            replace(first, problems=LOCKED[:1], exercises=(advised, *first.exercises[1:])),
            replace(second, student="student_002", problems=LOCKED[1:]),
            *others,
        ),
    )


def test_the_json_report_has_them_beside_the_sentences():
    document = json.loads(json_report.render(told()))
    first = document["submissions"][0]
    assert first["problems"] == [LOCKED[0].text]
    assert first["problem_ids"] == ["locked_changed"]
    assert first["review_ids"] == ["holds_table"]
    assert first["exercises"][0]["advice_ids"] == ["prints", "unused"]
    assert json_report.read(json.dumps(document).encode()).results[0].problems == LOCKED[:1]


def test_a_report_of_an_earlier_version_is_read_without_them():
    document = json.loads(json_report.render(told()))
    for file in document["ungraded"]:
        del file["reason_id"]
    for submission in document["submissions"]:
        del submission["problem_ids"], submission["review_ids"]
        for exercise in submission["exercises"]:
            del exercise["advice_ids"]
            for check in exercise["checks"]:
                del check["message_id"]
    found = json_report.read(json.dumps(document).encode())
    assert found.results[0].problems == (Note("", LOCKED[0].text),)
    assert found.ungraded[0].reason == told().ungraded[0].reason
    assert LOCKED[0].text in class_page.render(found)


@pytest.mark.parametrize("change", [{"problems": "x"}, {"problem_ids": [3]}, {"problems": [3]}])
def test_a_report_that_is_none_is_refused(change):
    document = json.loads(json_report.render(told()))
    document["submissions"][0] |= change
    with pytest.raises(json_report.UnreadableReport):
        json_report.read(json.dumps(document).encode())


def test_a_class_is_counted_by_them():
    report = told()
    kinds = by_id(Overview(report).problems)
    assert [[one.text for one in kind] for kind in kinds] == [[one.text for one in LOCKED]]
    assert f"<summary><b>2</b> {LOCKED[0].text}</summary>" in class_page.render(report)
    lines = " ".join(" ".join(printed(terminal.render(report), 200)).split())
    assert f"{LOCKED[0].text} (1 more of this kind)" in lines
    assert LOCKED[1].text not in lines
