"""Parts of a class that several machines graded: the same report as one run's, or a sentence why not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.merging import NotMerged, merge
from autograder.grading.results import Missing, Report, in_order
from autograder.reports import changes, json_report
from autograder.reports.glance import glance
from autograder.reports.overview import Overview
from autograder.sandbox.isolation import Isolation
from tests.sample_class import sample

WHOLE = sample(9)


def part(number: int, of: int, report: Report = WHOLE) -> Report:
    own = report.students[number - 1 :: of]
    return replace(
        report,
        results=tuple(one for one in report.results if one.student in own),
        ungraded=tuple(one for one in report.ungraded if one.student in own),
        students=own,
        missing=tuple(one for one in report.missing if one.student in own),
        shard=(number, of),
    )


def parts(of: int) -> list[tuple[str, Report]]:
    return [(f"{number}.json", part(number, of)) for number in range(1, of + 1)]


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_the_parts_make_the_whole(of: int) -> None:
    assert merge(parts(of)) == WHOLE
    assert merge(parts(of)[::-1]) == WHOLE


def test_a_lacking_part_is_named() -> None:
    with pytest.raises(NotMerged, match="parts 2, 4 of 4 are lacking"):
        merge([parts(4)[0], parts(4)[2]])


def test_a_part_that_is_there_twice_is_named() -> None:
    with pytest.raises(NotMerged, match=r"again\.json: is the same part"):
        merge([*parts(2), ("again.json", part(2, 2))])


@pytest.mark.parametrize(
    "other",
    [
        part(2, 3),
        replace(part(2, 2), fingerprint="another"),
        replace(part(2, 2), roster="another"),
        replace(part(2, 2), expected=()),
        replace(part(2, 2), shard=None),
    ],
)
def test_what_does_not_belong_together_is_refused(other: Report) -> None:
    with pytest.raises(NotMerged, match=r"^other\.json: is"):
        merge([("first.json", part(1, 2)), ("other.json", other)])


def test_a_part_that_says_of_no_class_is_refused() -> None:
    with pytest.raises(NotMerged, match=r"^2\.json: does not say which class"):
        merge([parts(2)[0], ("2.json", replace(part(2, 2), roster=""))])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_part_speaks_of_its_own_students_alone(number: int) -> None:
    one = part(number, 3)
    document = json.loads(json_report.render(one))
    assert [row["student"] for row in document["students"]] == list(one.students)
    overview = Overview(one)
    said = "\n".join(line.text for line in glance(overview, ()))
    others = set(WHOLE.students) - set(one.students)
    assert [name for name in others if name in said] == []
    nothing = [row.student for row in overview.rows if row.nothing]
    assert nothing == [name for name in one.students if name == WHOLE.students[-1]]


def test_what_nobody_handed_in_is_not_known_of_a_part() -> None:
    """One part's students lack it all, and others of the class handed it in."""
    students = WHOLE.students[:2]
    gone = tuple(Missing(name, "linear_regression", "sgd") for name in students)
    found = replace(WHOLE, students=students, results=(), ungraded=(), missing=gone)
    assert Overview(found).from_nobody == (("linear_regression", "sgd"),)
    assert Overview(replace(found, shard=(1, 5))).from_nobody == ()


def test_the_weakest_isolation_and_an_ended_part_are_reported() -> None:
    weak = Isolation("partial", [], ["a door"])
    merged = merge([("1", part(1, 2)), ("2", replace(part(2, 2), isolation=weak, complete=False))])
    assert merged.isolation == weak
    assert not merged.complete


def test_the_command_writes_the_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for name, report in parts(3):
        (tmp_path / name).write_text(json_report.render(report))
        files.append(str(tmp_path / name))
    assert main(["merge", *files, "--json", "-"]) == 2  # one file could not be graded
    shown = capsys.readouterr()
    assert shown.out == json_report.render(WHOLE)
    assert WHOLE.ungraded[0].reason in shown.err
    assert main(["merge", *files[:2], "--json", str(tmp_path / "whole.json")]) == 2
    assert "part" in capsys.readouterr().err
    assert not (tmp_path / "whole.json").exists()


def test_a_difference_of_scores_is_found() -> None:
    [first, *others] = WHOLE.results
    [exercise] = first.exercises
    better = replace(first, exercises=(replace(exercise, score=exercise.score - 1),))
    found = changes.between(in_order(replace(WHOLE, results=(better, *others))), WHOLE)
    assert [(c.student, c.exercise, c.before, c.after) for c in found] == [
        (first.student, "sgd", (9.0, 10.0), (10.0, 10.0))
    ]
    assert changes.between(WHOLE, WHOLE) == ()


def test_a_part_of_the_class_is_compared_with_itself_alone() -> None:
    one = replace(WHOLE, results=WHOLE.results[:1], missing=(), ungraded=())
    assert changes.between(WHOLE, one) == ()


def test_who_lost_a_notebook_differs() -> None:
    gone = WHOLE.results[0]
    [change] = changes.between(
        replace(WHOLE, missing=WHOLE.missing[1:]),
        replace(WHOLE, results=WHOLE.results[1:], missing=(
            replace(WHOLE.missing[0], student=gone.student, notebook=gone.notebook,
                    assignment=gone.assignment),)),
    )  # fmt: skip
    assert (change.before, change.after) == ((10.0, 10.0), None)


def test_the_report_command_refuses_what_is_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.json").write_text(json.dumps([1]))
    for name in ("x.json", "absent.json"):
        command = ["report", str(tmp_path / name), "--html", str(tmp_path / "x.html")]
        assert main(command) == 2
        assert name in capsys.readouterr().err
    assert not (tmp_path / "x.html").exists()
