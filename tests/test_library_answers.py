"""The library functions that benchmarks/library_answers.py found to answer an exercise: each is met."""

import inspect
import re
from pathlib import Path

import pytest

from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course
from autograder.notebooks.reach import Use, uses_in
from autograder.sandbox.cells import Cell
from autograder.sandbox.student import LocalBackend
from tests.one_class import ROOT, OneClass

pytestmark = pytest.mark.slow

OBJECTS = ("torch.ops.", "torch.Tensor.")
"""What is no module."""
LIST = Path(__file__).with_name("library_answers.txt")
ENTRIES = [
    tuple(line.split("\t")) for line in LIST.read_text().splitlines() if not line.startswith("#")
]
FREE = {
    ("sigmoid", "logsigmoid"): "`logsigmoid` is free in the contract: one exp is left to write",
    ("sigmoid", "LogSigmoid"): "its layer",
    ("sigmoid", "log_sigmoid"): "its operator",
    ("sigmoid", "softplus"): "`softplus` is free in the contract",
    ("sigmoid", "Softplus"): "its layer",
}
"""What stays open, by exercise and name, and why."""


class _Answers:
    """Answers to an exercise made of library functions, each asked with a recorded call."""

    def __init__(self, name: str) -> None:
        course = Course(ROOT)
        source = course.home_of(name)
        assert source is not None
        self.exercise = course.exercise(name)
        check = collect(self.exercise)[0]
        reference = Reference(source, course.exercise_folders)
        judge = GradingJudge(self.exercise, (check,), reference, "library answers")
        cases = judge.battery(check).cases
        self._call = max(cases, key=lambda case: case.drawn.size).student[0].call
        parameters = inspect.signature(judge.function).parameters.values()
        self._parameters = ", ".join(
            one.name if one.default is one.empty else f"{one.name}={one.default!r}"
            for one in parameters
        )

    def source(self, expression: str) -> str:
        """A student's cell with that answer."""
        paths = re.findall(
            r"\b(?:torch|numpy|scipy|sklearn|operator|math|random)\.[\w.]+", expression
        )
        modules = {path.rpartition(".")[0] for path in paths if not path.startswith(OBJECTS)}
        lines = "\n".join(f"import {module}" for module in sorted({*modules, "torch"}))
        return (
            f"{lines}\ndef {self.exercise.function}({self._parameters}):\n    return {expression}"
        )

    def named(self, expression: str) -> list[Use]:
        """What the search in the code says of it."""
        cells = Code([Cell(1, self.source(expression))])
        return uses_in(cells, self.exercise.function, self.exercise.forbidden)

    def raises(self, expression: str) -> bool:
        """Whether the guard refuses it when it runs."""
        namespace: dict[str, object] = {}
        exec(self.source(expression), namespace)
        backend = LocalBackend(namespace)
        with backend.forbidding({self.exercise.function: self.exercise.forbidden.enforced}):
            backend.call(self._call)
        return bool(backend.hits)


@pytest.fixture(scope="module", params=sorted({exercise for exercise, _, _ in ENTRIES}))
def answers(request: pytest.FixtureRequest) -> _Answers:
    return _Answers(request.param)


def test_each_is_met_or_free_for_a_reason(answers: _Answers) -> None:
    for exercise, met, expression in ENTRIES:
        if exercise != answers.exercise.name:
            continue
        uses = answers.named(expression)
        if met == "open":
            assert any(exercise == one and f".{word}(" in expression for one, word in FREE), (
                expression
            )
            assert not uses and not answers.raises(expression), expression
        elif met == "named":
            assert any(use.decisive for use in uses), expression
        else:
            assert uses or answers.raises(expression), expression


@pytest.mark.parametrize(
    "word", ["torch._compute_linear_combination", "sklearn.utils.extmath", "torch._refs.linalg"]
)
def test_they_earn_nothing_in_a_real_worker(
    answers: _Answers, students: OneClass, word: str
) -> None:
    for exercise, _, expression in ENTRIES:
        if exercise == answers.exercise.name and word in expression:
            result = students.grade(exercise, answers.source(expression))
            assert (result.status, result.score) == ("forbidden", 0), expression
            break
