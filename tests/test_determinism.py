"""The same submission gets the same report: alone, in a class, in any order, in any process."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from autograder.grading.grader import Grader
from autograder.grading.judges import Judges
from autograder.grading.pool import grade_all
from autograder.grading.results import Report, SubmissionResult
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.reports import json_report
from autograder.sandbox.cells import Cell
from autograder.sandbox.session import Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.wire.messages import Call
from tests.one_class import ROOT, OneClass

pytestmark = pytest.mark.slow

ANSWERS = {
    "right": "def cross_entropy(y_hat, y):\n    return -y_hat[range(len(y)), y].log()",
    # Were its clamped probabilities still there for the next student, 0 * log 0 would go unseen.
    "clamps its argument": (
        "def cross_entropy(y_hat, y):\n    return -y_hat.clamp_(min=1e-30)[range(len(y)), y].log()"
    ),
    "zero times infinity": (
        "def cross_entropy(y_hat, y):\n"
        "    one_hot = torch.nn.functional.one_hot(y, y_hat.shape[1])\n"
        "    return -(one_hot * y_hat.log()).sum(1)"
    ),
    "averages": "def cross_entropy(y_hat, y):\n    return -y_hat[range(len(y)), y].log().mean()",
    "random": (
        "def cross_entropy(y_hat, y):\n"
        "    return -y_hat[range(len(y)), y].log() + 1e-3 * torch.rand(len(y), dtype=y_hat.dtype)"
    ),
    "raises": "def cross_entropy(y_hat, y):\n    raise ValueError(object())",
    "does nothing": "def cross_entropy(y_hat, y):\n    pass",
}


def as_json(results: list[SubmissionResult]) -> dict[str, str]:
    """Each student's report without the seconds."""
    return {
        result.student: json_report.render(Report((replace(result, seconds=0.0),)))
        for result in results
    }


def graded(submissions: list[Submission], jobs: int, ahead: int = 1) -> dict[str, str]:
    results = []
    with ForkServer() as server:
        judges = Judges(Course(ROOT))
        for _, result in grade_all(submissions, judges, server, jobs=jobs, ahead=ahead):
            assert isinstance(result, SubmissionResult), result
            results.append(result)
    return as_json(results)


@pytest.fixture(scope="module")
def submissions(students: OneClass) -> list[Submission]:
    return [
        students.submission_of("cross_entropy", source, student=name)
        for name, source in ANSWERS.items()
    ]


def test_any_order_any_number_of_processes(
    students: OneClass, submissions: list[Submission]
) -> None:
    in_a_class = as_json([students.service.grade(one) for one in submissions])
    assert json.loads(in_a_class["right"])["submissions"][0]["exercises"][0]["score"] == 5
    backwards = as_json([students.service.grade(one) for one in reversed(submissions)])
    assert backwards == in_a_class
    assert graded(submissions, jobs=2) == in_a_class
    assert graded(submissions, jobs=2, ahead=3) == in_a_class
    alone = submissions[2]
    assert graded([alone], jobs=1) == {alone.student: in_a_class[alone.student]}


def test_who_was_to_follow_is_graded_where_a_process_dies(
    students: OneClass, submissions: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The submission that it died of is tried again by the parent, the next ones by another process."""
    parent, grade = os.getpid(), Grader.grade

    def dies(self: Grader, submission: Submission) -> SubmissionResult:
        if submission.student == "averages" and os.getpid() != parent:
            os._exit(1)
        return grade(self, submission)

    monkeypatch.setattr(Grader, "grade", dies)
    assert graded(submissions, jobs=2, ahead=3) == as_json(
        [students.service.grade(one) for one in submissions]
    )


def test_a_process_computes_after_a_parent_that_used_threads(
    submissions: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork has none of its parent's threads, and would wait for them in vain."""
    grade, many = Grader.grade, torch.ones(1_000_000)

    def computes(self: Grader, submission: Submission) -> SubmissionResult:
        many.exp()
        return grade(self, submission)

    monkeypatch.setattr(Grader, "grade", computes)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    before = signal.signal(signal.SIGALRM, _took_too_long)
    signal.alarm(120)
    try:
        many.exp()
        assert graded(submissions[:2], jobs=2).keys() == {one.student for one in submissions[:2]}
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        torch.set_num_threads(threads)


def _took_too_long(*_: object) -> None:
    raise TimeoutError("the processes wait for ever")


def test_an_id_is_not_used_twice(students: OneClass) -> None:
    """By the id of a parameter some keep its momentum: another one's would be found now and then."""
    source = """
seen = {}
def sgd(params, lr, batch_size):
    for w in params:
        known = seen.setdefault(id(w), w.shape)
        assert known == w.shape
        w.data -= lr * w.grad / batch_size
        w.grad.zero_()
"""
    result = students.grade("sgd", source)
    assert result.score == result.max_score, [check.message for check in result.checks]


def test_cases_do_not_depend_on_the_modules_that_are_loaded() -> None:
    """Hypothesis collects constants from local modules, and would draw them now and then."""

    def cases() -> object:
        course = Course(ROOT)
        source = course.home_of("sgd")
        assert source is not None
        judge = Judges(course).of(source, "sgd")
        [check] = [check for check in judge.checks if check.name == "test_batch_size"]
        return judge.battery(check)

    before = cases()
    constants = Constants(integers={1, 2, 3}, floats={0.5}, bytes={b"\x01\x02"})
    with patch.object(providers, "_local_constants", constants):
        assert cases() == before


def test_addresses_are_not_in_the_report(students: OneClass) -> None:
    report = as_json([students.submission("cross_entropy", ANSWERS["raises"])])["student"]
    assert "<object object at 0x\\u2026>" in report


def test_nothing_is_written_beside_the_grader(students: OneClass) -> None:
    before = set(Path.cwd().iterdir())
    students.grade("cross_entropy", ANSWERS["averages"])
    assert set(Path.cwd().iterdir()) == before


ENTROPY = {
    "torch.Generator().seed()": "torch.Generator().seed()",
    "torch.seed()": "torch.seed()",
    "torch.seed(), then a number": "(torch.seed(), int(torch.randint(2**60, ())))[1]",
    "random.seed()": "(random.seed(), random.getrandbits(60))[1]",
    "random.Random()": "random.Random().getrandbits(60)",
    "random.SystemRandom": "random.SystemRandom().getrandbits(60)",
    "default_rng()": "int(np.random.default_rng().integers(2**60))",
    "np.random.seed()": "(np.random.seed(), int(np.random.randint(2**60)))[1]",
    "np.random.RandomState()": "int(np.random.RandomState().randint(2**60))",
    "os.urandom": "int.from_bytes(os.urandom(7), 'big')",
    "os.getrandom": "int.from_bytes(os.getrandom(7), 'big')",
    "secrets": "secrets.randbits(60)",
    "secrets.token_hex": "int(secrets.token_hex(7), 16)",
    "uuid": "uuid.uuid4().int % 2**60",
    "a name that was kept": "int.from_bytes(urandom(7), 'big')",
    "nothing that is seeded": "random.getrandbits(60)",
}
IMPORTS = "import os, random, secrets, uuid\nfrom os import urandom\nimport numpy as np, torch\n"


def test_what_nobody_seeded_is_seeded_by_the_call() -> None:
    """The same numbers in every worker, in cells and in calls, and new ones at each call of a case."""
    draws = "\n".join(f"def f{n}():\n    return {text}" for n, text in enumerate(ENTROPY.values()))
    kept = f"kept = [{', '.join(ENTROPY.values())}]\ndef g():\n    return kept"
    seeded = [
        Call(f"f{place}", [], [], [], seed=seed)
        for place in range(len(ENTROPY))
        for seed in (1, None, 2)
    ]
    found = []
    with ForkServer() as server:
        for _ in range(2):
            with Session(server, [Cell(1, f"{IMPORTS}{draws}\n{kept}")]) as session:
                answers = [answer for _, answer in session.calls([*seeded, Call("g", [], [], [])])]
            assert [answer.raised for answer in answers if answer.raised] == []
            found.append([answer.value for answer in answers])
    names = [name for name in ENTROPY for _ in range(3)]
    differ = {name for name, one, other in zip(names, *found, strict=False) if one != other}
    assert (differ, found[0][-1]) == (set(), found[1][-1])
    for place, name in enumerate(ENTROPY):
        first, second, other = map(repr, found[0][3 * place : 3 * place + 3])
        assert len({first, second, other}) == 3, name


DROPOUT = """
def dropout(X, p, training=True):
    if not training or p == 0:
        return X
    if p == 1:
        return X * 0
    number = sum([{numbers}])
    U = torch.rand(X.shape, generator=torch.Generator().manual_seed(number % 2**60))
    return X * (U >= p) / {scale}
"""


def test_a_dropout_that_seeds_itself_gets_the_same_report(students: OneClass) -> None:
    scores = {}
    for scale in ("(1 - p)", "(1 - 0.9 * p)"):
        source = IMPORTS + DROPOUT.format(numbers=", ".join(ENTROPY.values()), scale=scale)
        submission = students.submission_of("dropout", source)
        one, other = (students.service.grade(submission) for _ in range(2))
        assert as_json([one]) == as_json([other])
        scores[scale] = one.score
    assert scores["(1 - p)"] == 10 > scores["(1 - 0.9 * p)"]
