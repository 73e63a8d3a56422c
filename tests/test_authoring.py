"""What the audit says about slips in an instructor's own exercise: the file, the line, the reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import audit as auditing
from autograder.authoring import scaffold as scaffolding
from autograder.authoring.audit import ExerciseAudit
from autograder.grading.checks import ChecksNotLoaded
from autograder.notebooks.course import Course

pytestmark = pytest.mark.slow

EXERCISE = "centered"
FEW = 10
SETTINGS = f"@settings(max_examples={FEW})\n"
"""Cases a check, in place of a hundred: slips show at the first."""


@dataclass(frozen=True)
class Files:
    """The files of a scaffold in a folder of their own."""

    root: Path

    @property
    def notebook(self) -> Path:
        return self.root / f"solutions/extra/{EXERCISE}.ipynb"

    @property
    def folder(self) -> Path:
        return self.root / "exercises" / EXERCISE

    @property
    def checks(self) -> Path:
        return self.folder / f"test_{EXERCISE}.py"

    @property
    def misconceptions(self) -> Path:
        return self.folder / "misconceptions.py"

    @property
    def variants(self) -> Path:
        return self.folder / "variants.py"

    def audit(self) -> ExerciseAudit:
        """What the command does, in this process."""
        return auditing.audit(Course(self.root), EXERCISE)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A scaffold of which the audit has nothing to say; with fewer cases, which makes it fast."""
    (tmp_path / "solutions").mkdir()
    scaffolding.write(scaffolding.scaffold(tmp_path, "extra", EXERCISE))
    files = Files(tmp_path)
    edit(files.checks, "max_examples=EDGE_CASES", f"max_examples={FEW}")
    edit(files.checks, "@points(5)\n@given", f"@points(5)\n{SETTINGS}@given")
    edit(
        files.checks,
        "@points(2, needs=test_values)\n@given",
        f"@points(2, needs=test_values)\n{SETTINGS}@given",
    )
    return files


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def edit_cell(path: Path, grade_id: str, old: str, new: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            assert old in cell.source
            cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def rename_cell(path: Path, grade_id: str, new: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            cell.metadata.nbgrader.grade_id = new
    nbformat.write(notebook, path)


def test_nothing_is_wrong_with_the_scaffold(files: Files) -> None:
    found = files.audit()
    assert found.problems == []
    assert set(found.cases) == set(found.checks)


Slip = tuple[Callable[[Files], object], str]
MEAN = "X - X.mean(dim=1, keepdim=True)"
SLIPS: dict[str, Slip] = {
    "points that don't add up": (
        lambda files: edit(files.checks, "@points(5)", "@points(4)"),
        "the checks are worth 9 points, the cell 10",
    ),
    "no points": (
        lambda files: edit(files.checks, f"@points(0.5, needs=test_values)\n{SETTINGS}@given(X=MATRICES",
                           f"{SETTINGS}@given(X=MATRICES"),
        r"test_centered\.py: test_input_unchanged should have @points\(NUMBER\)",
    ),
    "needs a check of another file": (
        lambda files: edit(files.checks, "@points(2, needs=test_values)",
                           "@points(1)\ndef values():\n    pass\n\n\n@points(2, needs=values)"),
        "test_gradient needs values, which is no check above it",
    ),
    "no docstring": (
        lambda files: edit(files.checks, '    """Lets gradients flow back to its input."""\n', ""),
        "test_gradient has no docstring",
    ),
    "no checks": (
        lambda files: files.checks.unlink(),
        r"centered: no checks \(centered/test_\*\.py\) in .*exercises",
    ),
    "a check that the reference fails": (
        lambda files: edit(files.checks, "student.centered, reference.centered, X, names=\"X\")",
                           "student.centered, lambda X: X + 1, X, names=\"X\")"),
        "test_values: the reference fails it: CheckFailure: .* differ",
    ),
    "a check that asks for more than is drawn": (
        lambda files: edit(files.checks, "def test_gradient(student, reference, X, seed)",
                           "def test_gradient(student, reference, Y, seed)"),
        "test_gradient: the reference fails it: InvalidArgument: .*'?X'?",
    ),
    "a tolerance that is too wide": (
        lambda files: (edit(files.checks, "    points,\n", "    Tolerance,\n    points,\n"),
                       edit(files.checks, "reference.centered, X, names=\"X\")",
                            "reference.centered, X, names=\"X\", tolerance=Tolerance(0.1, 0.1))")),
        "test_values accepts results that are 0.8% too large",
    ),
    "a syntax error in the solution": (
        lambda files: edit_cell(files.notebook, EXERCISE, MEAN, "X -"),
        r"centered\.ipynb:centered, line 8: SyntaxError: invalid syntax",
    ),
    "a solution that raises at once": (
        lambda files: edit_cell(files.notebook, EXERCISE, "def", "pi = maths.pi\n\n\ndef"),
        r"centered\.ipynb:centered, line 1: NameError: name 'maths' is not defined",
    ),
    "another function in the solution": (
        lambda files: edit_cell(files.notebook, EXERCISE, "centered(X)", "center(X)"),
        r"centered\.ipynb: no cell defines the function centered",
    ),
    "another grade_id": (
        lambda files: rename_cell(files.notebook, EXERCISE, "solution"),
        r"centered\.ipynb: no solution cell has the grade_id centered",
    ),
    "another exercise's check": (
        lambda files: edit_cell(files.notebook, f"check_{EXERCISE}", "centered", "softmax"),
        r'the cell check_centered should hold the line check\("centered"\)',
    ),
    "a mistake that is none": (
        lambda files: edit(files.misconceptions, "return -_centered(X)\n", "return _centered(X)\n"),
        "flips_sign is wrong, but passes every check",
    ),
    "two mistakes that are one": (
        lambda files: edit(files.misconceptions, "return X - X.mean()\n", "return X - X.mean(0)\n"),
        "centers_everything is diagnosed as centers_columns, which behaves the same",
    ),
    "a trivial answer that earns too much": (
        lambda files: edit(files.misconceptions, "torch.zeros_like(X)", "_centered(X).double()"),
        "returns_zeros is trivial, but earns 95%",
    ),
    "no misconceptions": (
        lambda files: files.misconceptions.unlink(),
        r"misconceptions\.py: no known mistakes",
    ),
    "a syntax error in the misconceptions": (
        lambda files: edit(files.misconceptions, "return X - X.mean()\n", "return X -\n"),
        r"misconceptions\.py, line \d+: SyntaxError: invalid syntax",
    ),
    "a misconception without a hint": (
        lambda files: edit(files.misconceptions, 'title="has the wrong sign",\n', ""),
        r"misconceptions\.py, line \d+: ValueError: a misconception has either a title and a hint",
    ),
    "a pair of which one is missing": (
        lambda files: edit(files.misconceptions, 'combines=("flips_sign"', 'combines=("flips"'),
        "flips_sign_and_cuts_graph combines flips, which is no single mistake",
    ),
    "no variants": (
        lambda files: files.variants.unlink(),
        r"centered/variants\.py: no correct variants",
    ),
    "an error in the variants": (
        lambda files: edit(files.variants, "import torch\n", "import torhc\n"),
        r"centered/variants\.py, line 3: ModuleNotFoundError",
    ),
    "a variant that is wrong": (
        lambda files: edit(files.variants, "X.mean(dim=1", "X.mean(dim=0"),
        r"in_one_line is correct, but fails test_values, .*test_dtype: .*differ",
    ),
    "a variant that does what is forbidden": (
        lambda files: edit(files.folder / "forbidden.py", "= Forbidden()", '= Forbidden(names=("stack",))'),
        r"row_loop is correct, but uses torch\.stack, which is forbidden \(line 18\)",
    ),
    "a forgotten comma": (
        lambda files: edit(files.folder / "forbidden.py", "= Forbidden()", '= Forbidden(names=("stack"))'),
        r"forbidden\.py, line 6: TypeError: a tuple of patterns is needed, such as \('stack',\)",
    ),
    "nothing in forbidden.py": (
        lambda files: edit(files.folder / "forbidden.py", "FORBIDDEN = Forbidden()", ""),
        r"forbidden\.py: FORBIDDEN should be a Forbidden",
    ),
    "arguments that don't fit": (
        lambda files: edit(files.folder / "vectorization.py", "5),)", "5), 1)"),
        r"vectorization\.py: the reference raises TypeError",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_slip(files: Files, name: str) -> None:
    slip, sentence = SLIPS[name]
    slip(files)
    problems = files.audit().problems
    assert any(re.search(sentence, problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("@points(5)\n", "@points\n", r"test_centered\.py, line \d+: TypeError: @points .* is needed"),
        ("@points(5)\n", "", r"test_centered\.py, line \d+: ValueError: needs=test_values: .* no @points"),
        ("(2, needs=test_values)", "(2, need=test_values)", r"line \d+: TypeError: .* argument 'need'"),
        ("@points(5)\n", "@points(5\n", r"test_centered\.py, line \d+: SyntaxError: '\(' was never"),
        ("    points,\n", "    marks,\n", r"test_centered\.py, line \d+: ImportError: cannot .* 'marks"),
        ("LARGEST = 8", "LARGEST = eight", r"test_centered\.py, line \d+: NameError: name 'eight'"),
        ("(X=MATRICES)", "(X=matrices())", r"test_centered\.py, line \d+: NameError: name 'matrices'"),
    ],
)  # fmt: skip
def test_checks_that_cannot_be_loaded(files: Files, old: str, new: str, sentence: str) -> None:
    edit(files.checks, old, new)
    with pytest.raises(ChecksNotLoaded, match=sentence):
        files.audit()
