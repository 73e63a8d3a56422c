"""The `autograder` command as other tools see it: exit codes, stdout, stderr, JSON, JUnit.

Each run is a real process that grades tiny notebooks. Runs are shared, and two go at a time, since
each loads torch and records the reference's answers.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]

RIGHT = """def softmax(X):
    exps = (X - X.amax(1, keepdim=True)).exp()
    return exps / exps.sum(1, keepdim=True)"""
OVERFLOWS = """def softmax(X):
    exps = X.exp()
    return exps / exps.sum(1, keepdim=True)"""
DETACHED = """def softmax(X):
    exps = (X.detach() - X.detach().amax(1, keepdim=True)).exp()
    return exps / exps.sum(1, keepdim=True)"""
DROPS_ALWAYS = """import random
def dropout(X, p, training=True):
    kept = [0 if random.random() < p else x / (1 - p) for x in X.flatten()]
    return torch.stack([torch.as_tensor(x, dtype=X.dtype) for x in kept]).reshape(X.shape)"""

CLASS = {
    "ada/softmax_regression/softmax": RIGHT,
    "bob/softmax_regression/softmax": OVERFLOWS,
    "cleo/softmax_regression/softmax": DETACHED,
    "dora/multilayer_perceptron/dropout": DROPS_ALWAYS,
}


def write_notebook(path: Path, source: str, function: str) -> Path:
    graded = {"grade_id": function, "solution": True, "grade": False, "schema_version": 3}
    graded |= {"locked": False, "task": False}
    cells = [
        new_code_cell("import torch"),
        new_code_cell(source, metadata={"nbgrader": graded}),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ
        | {"OMP_NUM_THREADS": "1", "COLUMNS": "200", "AUTOGRADER_SECRET": "of the tests"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A class, and below bad/ what can't be graded."""
    folder = tmp_path_factory.mktemp("course")
    for name, source in CLASS.items():
        write_notebook(folder / "class" / f"{name}.ipynb", source, Path(name).name)
    write_notebook(folder / "bad" / "poem.ipynb", "x = 1", "poem")
    (folder / "bad" / "empty").mkdir()
    (folder / "bad" / "softmax.ipynb").write_text('{"cells": [')
    (folder / "bad" / "dropout.ipynb").write_text("[]")
    return folder


BAD = {
    "absent.ipynb": "no such file",
    "empty": "no notebooks",
    "softmax.ipynb": "not JSON",
    "dropout.ipynb": "not a notebook",
    "poem.ipynb": "matches no source",
}


@pytest.fixture(scope="module")
def runs(folder):
    """The runs by name, each a future of its result."""
    students, wrong = folder / "class", folder / "class" / "bob/softmax_regression/softmax.ipynb"
    first, *others = [folder / "bad" / name for name in BAD]
    right = ROOT / "solutions/softmax_regression/softmax.ipynb"
    script = Path(sys.executable).with_name("autograder")
    grade = (sys.executable, "-m", "autograder", "grade", "--again")
    checks = (sys.executable, "-m", "pytest", "autograder/exercises", "--submission")
    commands = {
        "class": (script, "grade", "--again", students, "--json", "-", "--junit", folder / "report.xml",
                  "--fail-under", "50"),
        "two jobs": (*grade, students, "--jobs", "2", "--json", folder / "report.json",
                     "--fail-under", "100"),
        "bad input": (*grade, first, wrong, *others, "--json", "-"),
        "pytest, right": (*checks, right),
        "pytest, wrong": (*checks, wrong),
    }  # fmt: skip
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {name: pool.submit(run, *command) for name, command in commands.items()}


@pytest.fixture(scope="module")
def report(runs) -> dict[str, Any]:
    """The JSON of the class, graded in one process."""
    done = runs["class"].result()
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def without_seconds(submission: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in submission.items() if key != "seconds"}


def submission_of(report: dict[str, Any], student: str) -> dict[str, Any]:
    [found] = [s for s in report["submissions"] if s["student"] == student]
    return found


def first_failure(report: dict[str, Any], student: str) -> dict[str, Any]:
    [exercise] = submission_of(report, student)["exercises"]
    return next(check for check in exercise["checks"] if check["outcome"] == "failed")


def keys_below(value: Any) -> set[str]:
    """The keys of a JSON value, but for those of counterexamples, which are parameters' names."""
    if isinstance(value, list):
        return {key for item in value for key in keys_below(item)}
    if not isinstance(value, dict):
        return set()
    inside = (keys_below(item) for key, item in value.items() if key != "counterexample")
    return set(value).union(*inside)


def test_json_has_the_keys_of_the_schema(report):
    assert report["schema"] == 1
    submission = submission_of(report, "bob")
    assert {
        "path", "student", "assignment", "notebook", "score", "max_score", "status", "seconds",
        "exercises",
    } <= submission.keys()  # fmt: skip
    [exercise] = submission["exercises"]
    assert {
        "name", "score", "max_score", "status", "diagnosis", "advice", "checks"
    } <= exercise.keys()  # fmt: skip
    for check in exercise["checks"]:
        assert {
            "name", "title", "points", "max_points", "outcome", "message", "counterexample"
        } <= check.keys()  # fmt: skip


def test_every_key_is_documented(report):
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    undocumented = {key for key in keys_below(report) if f"`{key}`" not in text}
    assert undocumented <= {"schema", "submissions"}  # shown in the example alone


def test_scores_add_up(report):
    for submission in report["submissions"]:
        for exercise in submission["exercises"]:
            assert exercise["score"] == sum(check["points"] for check in exercise["checks"])
            assert exercise["max_score"] == sum(c["max_points"] for c in exercise["checks"])
        assert submission["score"] == sum(e["score"] for e in submission["exercises"])


def test_right_and_wrong_are_told_apart(report):
    statuses = {s["student"]: s["status"] for s in report["submissions"]}
    assert statuses == {"ada": "passed", "bob": "partial", "cleo": "partial", "dora": "partial"}
    assert submission_of(report, "ada")["score"] == 10


def test_nothing_but_the_report_is_printed(runs):
    assert runs["class"].result().stderr == ""


def test_junit_has_every_check(report, folder):
    junit = ElementTree.parse(folder / "report.xml").getroot()
    checks = [
        check
        for submission in report["submissions"]
        for exercise in submission["exercises"]
        for check in exercise["checks"]
    ]
    names = [f"{check['title']} ({check['name']})" for check in checks]
    assert [case.get("name") for case in junit.iter("testcase")] == names
    suites = [f"{s['student']} {s['assignment']}/{s['notebook']}" for s in report["submissions"]]
    assert [suite.get("name") for suite in junit.iter("testsuite")] == suites
    assert all(case.get("classname", "").count(".") == 3 for case in junit.iter("testcase"))
    failed = [check for check in checks if check["outcome"] == "failed"]
    assert len(list(junit.iter("failure"))) == len(failed)
    assert sum(int(suite.get("failures")) for suite in junit.iter("testsuite")) == len(failed)


def test_two_jobs_give_the_same_report(runs, report, folder):
    done = runs["two jobs"].result()
    assert done.returncode == 1, done.stderr  # below --fail-under
    in_two = json.loads((folder / "report.json").read_text())
    assert [without_seconds(submission) for submission in in_two["submissions"]] == [
        without_seconds(submission) for submission in report["submissions"]
    ]


def test_a_table_is_printed_beside_a_json_file(runs):
    assert "4 notebooks graded" in runs["two jobs"].result().stdout


def test_alone_is_as_in_the_class(runs, report):
    [alone] = json.loads(runs["bad input"].result().stdout)["submissions"]
    assert without_seconds(alone) == without_seconds(submission_of(report, "bob"))


def test_bad_input_is_named_and_exits_2(runs, folder):
    done = runs["bad input"].result()
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == len(BAD)
    for name, what in BAD.items():
        path = str(folder / "bad" / name)
        assert [line for line in lines if path in line and what in line], (what, lines)


@pytest.mark.parametrize("arguments", [[], ["--jobs", "0", "x"], ["--sandbox", "maybe", "x"]])
def test_wrong_usage_exits_2(arguments):
    done = run(sys.executable, "-m", "autograder", "grade", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: autograder grade")


def paste(cell: str, code: str) -> dict[str, Any]:
    """Run a student's cell, then a counterexample; its last expression is kept as `shown`."""
    namespace: dict[str, Any] = {"torch": torch}
    exec(cell, namespace)
    *statements, last = code.splitlines()
    exec("\n".join([*statements, f"shown = {last}"]), namespace)
    return namespace


def test_counterexample_reproduces_a_wrong_value(report):
    check = first_failure(report, "bob")
    namespace = paste(OVERFLOWS, check["code"])
    expected = torch.softmax(namespace["X"], 1)
    assert namespace["X"].tolist() == check["counterexample"]["X"]
    assert not torch.allclose(namespace["shown"], expected)
    assert torch.allclose(paste(RIGHT, check["code"])["shown"], expected)


def test_counterexample_reproduces_a_cut_graph(report):
    check = first_failure(report, "cleo")
    assert check["code"].endswith(".requires_grad  # should be True")
    assert not paste(DETACHED, check["code"])["shown"]
    assert paste(RIGHT, check["code"])["shown"]


def test_pytest_passes_the_reference(runs):
    done = runs["pytest, right"].result()
    assert done.returncode == 0, done.stdout


def test_pytest_fails_a_wrong_answer(runs):
    done = runs["pytest, wrong"].result()
    assert done.returncode == 1, done.stdout
    assert "test_large_logits" in done.stdout
    assert "nan" in done.stdout
