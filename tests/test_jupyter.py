"""What notebooks do in Jupyter without harm costs nothing when they are graded."""

from pathlib import Path

import pytest
import torch

from autograder.grading.results import SubmissionResult
from autograder.notebooks.submission import Submission
from autograder.sandbox.cells import Cell
from autograder.sandbox.wire.values import WireError, pack
from tests.one_class import OneClass

pytestmark = pytest.mark.slow

IMPORTS = "import torch"
SOFTMAX = """def softmax(X):
    E = torch.exp(X - X.amax(1, keepdim=True))
    return E / E.sum(1, keepdim=True)"""
HARMLESS = {
    "a shell command above the answer": [IMPORTS, f"!pip install -q nowhere\n{SOFTMAX}"],
    "pip as a magic": [IMPORTS, f"%pip install -q nowhere\n{SOFTMAX}"],
    "a command's output": [IMPORTS, f"files = !ls\nassert list(files) == []\n{SOFTMAX}"],
    "a script": [IMPORTS, "%%bash\nnvidia-smi", SOFTMAX],
    "await": [IMPORTS, f"import asyncio\nawait asyncio.sleep(0.01)\n{SOFTMAX}"],
    "tasks": [
        IMPORTS,
        (
            "import asyncio\nasync def half(x):\n    await asyncio.sleep(0)\n    return x / 2\n"
            "assert await asyncio.gather(half(2), half(4)) == [1, 2]\n" + SOFTMAX
        ),
    ],
    "a GPU by default": [IMPORTS, "torch.set_default_device('cuda')", SOFTMAX],
    "another by default": [IMPORTS, "torch.set_default_device('mps')", SOFTMAX],
    "the built-in imported later": [
        IMPORTS,
        SOFTMAX,
        "from torch.nn.functional import softmax\nsoftmax(torch.ones(1, 2), dim=1)",
    ],
    "the built-in assigned later": [IMPORTS, SOFTMAX, "mine = softmax\nsoftmax = torch.softmax"],
    "the name deleted later": [IMPORTS, SOFTMAX, "del softmax"],
    "a library that is missing": ["from d2l import torch as d2l\nimport torch", SOFTMAX],
    "one above the answer": [IMPORTS, f"import seaborn_is_not_here.core as sns\n{SOFTMAX}"],
    "a drive on Colab": [
        "from google.colab import drive\ndrive.mount('/content/drive')\nimport torch",
        SOFTMAX,
    ],
    "a compiled function": [IMPORTS, f"{SOFTMAX}\nsoftmax = torch.compile(softmax)"],
    "a module": [
        IMPORTS,
        f"{SOFTMAX}\nclass M(torch.nn.Module):\n    forward = staticmethod(softmax)\nsoftmax = M()",
    ],
}


def grade(students: OneClass, *cells: str) -> SubmissionResult:
    source = students.submission_of("softmax").source
    numbered = tuple(Cell(number, text) for number, text in enumerate(cells, 1))
    return students.service.grade(Submission(Path("s", "softmax.ipynb"), "s", source, numbered, ()))


@pytest.mark.parametrize("cells", HARMLESS.values(), ids=HARMLESS.keys())
def test_it_costs_nothing(students: OneClass, cells: list[str]) -> None:
    result = grade(students, *cells)
    assert result.score == result.max_score, [c.message for e in result.exercises for c in e.checks]
    assert result.problems == ()


def test_a_built_in_alone_earns_nothing(students: OneClass) -> None:
    for cell in ("from torch.nn.functional import softmax", "softmax = torch.nn.Softmax(dim=1)"):
        [exercise] = grade(students, IMPORTS, cell).exercises
        assert (exercise.score, exercise.status) == (0, "forbidden")


def test_a_lambda_around_the_built_in_replaces_the_answer(students: OneClass) -> None:
    [exercise] = grade(
        students, IMPORTS, SOFTMAX, "softmax = lambda X: torch.softmax(X, 1)"
    ).exercises
    assert (exercise.score, exercise.status) == (0, "forbidden")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            ["from d2l import torch as d2l\nimport torch", "def softmax(X): return d2l.softmax(X)"],
            "It imports d2l, which is not installed",
        ),
        ([IMPORTS, SOFTMAX.replace("softmax", "Softmax")], "but it defines `Softmax`"),
        (
            [IMPORTS, SOFTMAX.replace(":", ":\n    raise NotImplementedError()", 1)],
            "(line 2): delete",
        ),
        ([IMPORTS, SOFTMAX.replace("E /", "E.cuda() /")], "raised"),
    ],
    ids=["a missing library", "another case", "the stub's line", "a GPU"],
)
def test_the_reason_is_named(students: OneClass, cells: list[str], sentence: str) -> None:
    [exercise] = grade(students, *cells).exercises
    assert exercise.score == 0
    assert sentence in exercise.checks[0].message


def test_a_gpu_in_the_answer_is_named(students: OneClass) -> None:
    [exercise] = grade(students, IMPORTS, SOFTMAX.replace("E /", "E.cuda() /")).exercises
    assert exercise.diagnosis is not None
    assert "uses a GPU" in exercise.diagnosis.title


def test_a_tensor_elsewhere_says_where_it_should_be() -> None:
    with pytest.raises(WireError, match="on meta; it should be where the input is"):
        pack(torch.ones(2, device="meta"))
