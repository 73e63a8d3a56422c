"""Submissions are read as data: whatever a file holds, one sentence names it and the class goes on."""

import json
import os
import pickle
import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course
from autograder.notebooks.levels import find_submissions
from autograder.notebooks.submission import (
    Submission,
    UnreadableSubmission,
    read_submission,
)
from autograder.sandbox.limits import Limits
from tests.bad_notebooks import GRADED, OVERFLOWS, RIGHT, ROOT, UNREADABLE, answer

pytestmark = pytest.mark.slow

RELEASED = ROOT / "assignments" / "softmax_regression" / "softmax.ipynb"
COURSE = Course(ROOT)


def hand_in(folder: Path, student: str, source: str = RIGHT) -> Path:
    path = folder / student / "softmax_regression" / "softmax.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(RELEASED, path)
    answer(path, source)
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[dict[str, Any], list[str]]:
    """The JSON of the whole class by student, graded by the command, and the lines of stderr."""
    folder = tmp_path_factory.mktemp("class")
    hand_in(folder, "aaa_honest")
    hand_in(folder, "zzz_honest", OVERFLOWS)
    for student, (edit, _) in (GRADED | UNREADABLE).items():
        edit(hand_in(folder, student))
    (folder / "linked").symlink_to(folder / "aaa_honest")
    command = [sys.executable, "-m", "autograder", "grade", folder, "--again", "--details"]
    command += ["--json", folder / "out.json"]
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "AUTOGRADER_SECRET": "of the tests"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert f"{len(UNREADABLE)} could not be graded" in " ".join(done.stdout.split())
    report = json.loads((folder / "out.json").read_text())
    assert len({*GRADED, *UNREADABLE}) == len(GRADED) + len(UNREADABLE)
    students = [entry["student"] for entry in report["submissions"] + report["ungraded"]]
    assert sorted(students) == sorted(["aaa_honest", "zzz_honest", *GRADED, *UNREADABLE])
    by_student = {entry["student"]: entry for entry in report["submissions"] + report["ungraded"]}
    return by_student, done.stderr.splitlines()


def test_honest_neighbours_are_graded_as_ever(graded):
    by_student, _ = graded
    assert by_student["aaa_honest"]["score"] == 10
    assert 0 < by_student["zzz_honest"]["score"] < 10
    assert not by_student["aaa_honest"]["problems"] + by_student["zzz_honest"]["problems"]


@pytest.mark.parametrize("student", GRADED)
def test_damaged_notebooks_keep_what_they_earn(graded, student):
    by_student, _ = graded
    assert by_student[student]["score"] == 10
    sentence = GRADED[student][1]
    problems = by_student[student]["problems"]
    assert len(problems) <= 21
    assert any(sentence in problem for problem in problems) if sentence else not problems


@pytest.mark.parametrize("student", UNREADABLE)
def test_unreadable_notebooks_are_named(graded, student):
    by_student, errors = graded
    reason = by_student[student]["reason"]
    assert UNREADABLE[student][1] in reason
    assert f"{student}/softmax_regression/softmax.ipynb" in reason
    assert [line for line in errors if f"/{student}/" in line] == [reason]


def test_a_linked_folder_is_named(graded):
    _, errors = graded
    [line] = [line for line in errors if "linked" in line]
    assert "is a link; links are not followed" in line


def test_every_problem_is_one_line(graded):
    _, errors = graded
    assert len(errors) == len(UNREADABLE) + 1


def test_paths_that_cannot_be_looked_at_are_named(tmp_path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.ipynb"))
        found = find_submissions([Path("x" * 300), tmp_path / "absent", tmp_path], COURSE)
        assert len(found.problems) == 2
        paths = [entry.path for entry in found.notebooks]
        with pytest.raises(UnreadableSubmission, match="cannot be read"):
            read_submission(paths[0], COURSE, Limits())


def test_a_name_may_hold_any_byte(tmp_path):
    path = hand_in(tmp_path, "\udcff\n::error::\x1b[31m=1+1")
    found = find_submissions([tmp_path], COURSE)
    assert [entry.path for entry in found.notebooks] == [path]
    assert read_submission(path, COURSE, Limits()).student == path.parts[-3]


# A notebook that is mutated, and JSON of any kind in the places where a reader looks.
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["code", "markdown", "softmax", "check_softmax", "\ud800", "\0", 3, 4]),
)  # fmt: skip
KEYS = st.sampled_from(
    "cells worksheets nbformat metadata nbgrader grade_id source input cell_type points grade "
    "solution locked schema_version outputs id x".split()
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5)
)
NOTEBOOK = json.loads(RELEASED.read_text())


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    inside = [place for _, v in pairs if isinstance(v, dict | list) for place in places(v)]
    return [(value, key) for key, _ in pairs] + inside


@st.composite
def mutated_json(draw: st.DrawFn) -> bytes:
    notebook = json.loads(json.dumps(NOTEBOOK))
    for _ in range(draw(st.integers(1, 4))):
        owner, key = draw(st.sampled_from(places(notebook)))
        action = draw(st.sampled_from(["put", "delete", "double"]))
        if action == "put":
            owner[key] = draw(JSON)
        elif action == "delete":
            del owner[key]
        elif isinstance(owner, list):
            owner.append(owner[key])
        if not notebook:
            break
    return json.dumps(notebook).encode()


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    data = bytearray(RELEASED.read_bytes())
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 50))] = draw(st.binary(max_size=20))
    return bytes(data)


def attempt(path: Path) -> Submission | None:
    """Read as grading does, up to where code would run; a submission travels between processes."""
    try:
        submission = read_submission(path, COURSE, Limits())
    except UnreadableSubmission as error:
        assert "\n" not in error.why.text
        return None
    assert len(submission.problems) <= 21
    for exercise in submission.source.points:
        submission.attempted(exercise)
    Code(submission.cells)
    return pickle.loads(pickle.dumps(submission))


@given(
    data=st.one_of(
        mutated_json(),
        mutated_bytes(),
        JSON.map(lambda value: json.dumps(value).encode()),
        JSON.map(lambda value: json.dumps({"nbformat": 4, "cells": value}).encode()),
        JSON.map(lambda value: json.dumps({"nbformat": 3, "worksheets": value}).encode()),
        st.binary(max_size=200),
    )
)
@settings(
    max_examples=1500,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_file_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "softmax.ipynb"
    path.write_bytes(data)
    attempt(path)


def test_reading_does_not_grow(tmp_path):
    hand_ins = []
    for student, (edit, _) in (GRADED | UNREADABLE).items():
        edit(path := hand_in(tmp_path, student))
        hand_ins.append(path)
    sizes = []
    for _ in range(4):
        for path in hand_ins:
            attempt(path)
        sizes.append(int(Path("/proc/self/statm").read_text().split()[1]))
    assert (sizes[-1] - sizes[0]) * resource.getpagesize() < 30e6


DEFINITION = "def softmax(X):\n    return "


@pytest.mark.parametrize(
    "source",
    [
        DEFINITION + "+".join(["X"] * 3000),
        DEFINITION + "X" + ".a" * 2500 + ".zero_",
        DEFINITION + "-" * 90_000 + "1",
        "if a: pass\n" + "elif a: pass\n" * 2500 + DEFINITION + "X",
        f"def softmax(X):\n    raise NotImplementedError({'+'.join('X' * 2000)})",
        "\n".join(f"if c: b{i} = b{i + 1}\n" + f"elif c: b{i} = b{i + 1}\n" * 9 for i in range(25))
        + DEFINITION
        + "b0(X)",
        "f = 1\n" * 12_000 + DEFINITION + "[" + "f," * 15_000 + "]",
    ],
    ids=["sum", "attributes", "minus", "elif", "raise", "aliases", "bindings"],
)
def test_code_that_is_deep_or_tangled_is_read(tmp_path, source):
    from autograder.grading.feedback.advice import advise
    from autograder.notebooks.exercises import find_exercise
    from autograder.notebooks.reach import uses_in
    from autograder.paths import EXERCISES

    submission = read_submission(hand_in(tmp_path, "deep", source), COURSE, Limits())
    submission.attempted("softmax")
    code = Code(submission.cells)
    exercise = find_exercise("softmax", [EXERCISES])
    uses_in(code, "softmax", exercise.forbidden)
    advise(exercise, code, None, cells=True)
