"""Write the submissions of a sample class from the released notebooks.

    python examples/build_class.py

reads assignments/<assignment>/<notebook>.ipynb and writes
examples/submitted/<student>/<assignment>/<notebook>.ipynb: the released notebook with the student's
answer in place of each stub. The points that every answer should earn are data in this file; the
demo's test compares the gradebook with `expected(student)`.
"""

import argparse
import ast
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import nbformat

HERE = Path(__file__).resolve().parent
STUB = re.compile(r"^( *)# YOUR CODE HERE\n\1raise NotImplementedError\(\)$", re.MULTILINE)
"""The line that nbgrader leaves in place of a solution."""

Outcome = Literal["full", "partial", "zero"]

EXERCISES = {
    "softmax_regression/softmax": ("softmax",),
    "softmax_regression/cross_entropy": ("cross_entropy", "cross_entropy_with_logits"),
    "linear_regression/sgd": ("sgd",),
    "multilayer_perceptron/weight_decay": ("l2_penalty", "sgd_weight_decay"),
    "multilayer_perceptron/dropout": ("dropout",),
}
"""The exercises of each notebook."""

ANSWERS: dict[str, tuple[Outcome, str]] = {
    "softmax__overflows": ("partial", "overflows"),
    "softmax__over_the_batch": ("zero", "normalizes over the batch"),
    "softmax__in_numpy": ("partial", "cuts the graph"),
    "softmax__built_in": ("zero", "forbidden"),
    "softmax__loops_for_ever": ("zero", "timed out"),
    "cross_entropy__average": ("zero", "averages over the batch"),
    "cross_entropy__one_hot": ("partial", "multiplies zero by infinity"),
    "cross_entropy__unclosed": ("zero", "syntax error"),
    "cross_entropy_with_logits__overflows": ("partial", "overflows"),
    "cross_entropy_with_logits__underflows": ("partial", "underflows"),
    "sgd__ignores_batch_size": ("partial", "ignores batch_size"),
    "sgd__keeps_gradients": ("partial", "keeps the gradients"),
    "sgd__rebinds": ("zero", "rebinds instead of updating"),
    "sgd__exits": ("zero", "crashed"),
    "l2_penalty__without_half": ("zero", "leaves out the half"),
    "sgd_weight_decay__keeps_gradients": ("partial", "keeps the gradients"),
    "sgd_weight_decay__averages_decay": ("partial", "divides the decay by batch_size"),
    "dropout__in_both_modes": ("partial", "ignores training"),
    "dropout__keep_probability": ("zero", "treats p as the keep probability"),
    "dropout__without_factor": ("zero", "does not rescale"),
    "dropout__whole_rows": ("partial", "drops whole rows"),
}
"""The points for each wrong answer of answers.py, and why. `__short` and `__long` are correct."""

UNPARSABLE = {"cross_entropy__unclosed": "return -torch.log(y_hat[range(len(y)), y]\n"}
"""Answers that could not stand in answers.py."""


@dataclass(frozen=True)
class Student:
    """One student: how they write correct answers ("" leaves the stub), and where they differ."""

    style: Literal["short", "long", ""]
    differs: dict[str, str] = field(default_factory=dict)
    notebooks: tuple[str, ...] = tuple(EXERCISES)

    def answer(self, exercise: str) -> str | None:
        """Return the name of the student's answer, None where the stub is left."""
        style = self.differs.get(exercise, self.style)
        return f"{exercise}__{style}" if style else None


STUDENTS = {
    "ada": Student("short"),
    "bob": Student("long"),
    "chloe": Student("short", {"softmax": "overflows", "cross_entropy_with_logits": "overflows"}),
    "dmitri": Student("short", {"softmax": "over_the_batch", "sgd": "ignores_batch_size"}),
    "elif": Student("long", {"cross_entropy": "average", "l2_penalty": "without_half"}),
    "farid": Student("short", {"sgd": "keeps_gradients", "sgd_weight_decay": "keeps_gradients"}),
    "grace": Student("long", {"dropout": "in_both_modes"}),
    "hiro": Student(
        "short", {"dropout": "keep_probability", "cross_entropy_with_logits": "underflows"}
    ),
    "ines": Student("long", {"cross_entropy": "one_hot", "sgd_weight_decay": "averages_decay"}),
    "jonas": Student(""),
    "kofi": Student("short", {"cross_entropy": "unclosed"}),
    "lena": Student("long", {"softmax": "loops_for_ever"}),
    "mei": Student("short", {"sgd": "exits"}),
    "nils": Student("short", {"softmax": "built_in"}),
    "olga": Student("long", {}, ("softmax_regression/softmax", "linear_regression/sgd")),
    "pablo": Student("short", {"softmax": "in_numpy", "dropout": "without_factor"}),
    "quinn": Student(
        "short",
        {"sgd_weight_decay": "", "dropout": "whole_rows"},
        ("multilayer_perceptron/weight_decay", "multilayer_perceptron/dropout"),
    ),
    "rosa": Student("long", {"sgd": "rebinds"}, ("linear_regression/sgd",)),
}
"""The class. All of them but olga hand in every notebook of an assignment, or none."""


def expected(name: str) -> dict[str, tuple[Outcome, str]]:
    """Return the points that a student should earn for each exercise of their assignments, and why."""
    student = STUDENTS[name]
    handed_in = {notebook.partition("/")[0] for notebook in student.notebooks}
    outcomes: dict[str, tuple[Outcome, str]] = {}
    for notebook, exercises in EXERCISES.items():
        if notebook.partition("/")[0] not in handed_in:
            continue
        for exercise in exercises:
            answer = student.answer(exercise)
            if notebook not in student.notebooks:
                outcomes[exercise] = ("zero", "missing")
            elif answer is None:
                outcomes[exercise] = ("zero", "not attempted")
            else:
                outcomes[exercise] = ANSWERS.get(answer, ("full", ""))
    return outcomes


def read_answers(path: Path) -> dict[str, str]:
    """Return the bodies of the functions in a file, dedented, by the functions' names."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    bodies = {
        node.name: textwrap.dedent("".join(lines[node.body[0].lineno - 1 : node.end_lineno]))
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    return bodies | UNPARSABLE


def fill_in(released: Path, student: Student, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Return the released notebook with a student's answers in place of its stubs.

    Raises ValueError when a cell of an exercise is missing or doesn't hold exactly one stub.
    """
    notebook: nbformat.NotebookNode = nbformat.read(released, as_version=4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    for exercise in EXERCISES[f"{released.parent.name}/{released.stem}"]:
        stubs = list(STUB.finditer(cells[exercise].source)) if exercise in cells else []
        if len(stubs) != 1:
            raise ValueError(f"{released}: expected one cell {exercise!r} with one stub")
        answer = student.answer(exercise)
        if answer is not None:
            source, indent = cells[exercise].source, stubs[0][1]
            body = textwrap.indent(answers[answer].rstrip("\n"), indent)
            cells[exercise].source = source[: stubs[0].start()] + body + source[stubs[0].end() :]
    return notebook


def build_class(assignments: Path, output: Path) -> list[Path]:
    """Write every student's notebooks below `output`; returns their paths."""
    answers = read_answers(HERE / "answers.py")
    written = []
    for name, student in STUDENTS.items():
        for notebook in student.notebooks:
            path = output / name / f"{notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(fill_in(assignments / f"{notebook}.ipynb", student, answers), path)
            written.append(path)
    return written


def main() -> None:
    """Read the command line and build the class."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--assignments", type=Path, default=HERE.parent / "assignments")
    parser.add_argument("--output", type=Path, default=HERE / "submitted")
    arguments = parser.parse_args()
    written = build_class(arguments.assignments, arguments.output)
    print(f"{len(written)} notebooks of {len(STUDENTS)} students in {arguments.output}")


if __name__ == "__main__":
    main()
