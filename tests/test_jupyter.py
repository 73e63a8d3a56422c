"""What notebooks do in Jupyter without harm costs nothing when they are graded."""

from pathlib import Path

import pytest
import torch

from autograder.grading.feedback.exceptions import describe_exception
from autograder.grading.feedback.nearest import Names
from autograder.grading.feedback.sentences import explain
from autograder.grading.results import SubmissionResult
from autograder.notebooks.submission import Submission
from autograder.notes import Note
from autograder.sandbox.cells import Cell
from autograder.sandbox.student import FunctionRaised
from autograder.sandbox.wire.values import WireError, pack
from autograder.sandbox.worker.executor import unreadable
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
    "a question above the answer": [
        IMPORTS,
        f"name = input('your name? ')\nprint(name)\n{SOFTMAX}",
    ],
    "a GPU named above the answer": [IMPORTS, f"print(torch.cuda.get_device_name(0))\n{SOFTMAX}"],
    "a tensor on a GPU, and what is made of it": [
        IMPORTS,
        f"x = torch.ones(2).cuda()\ny = x + 1\n{SOFTMAX}",
        f"print(y)\n{SOFTMAX}",
    ],
    "a window's backend above the imports": [
        f"import matplotlib\nmatplotlib.use('TkAgg')\n{IMPORTS}",
        SOFTMAX,
    ],
    "an extension above the imports": [
        f"%load_ext not_here\n%not_here -v\n{IMPORTS}",
        SOFTMAX,
    ],
    "a script of one's own": [f"%run helpers.py\n{IMPORTS}", SOFTMAX],
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


@pytest.mark.parametrize(
    "line",
    [
        "data = open('data.csv').read()\nprint(len(data))",
        "import os, sys\nos.chdir('..')\nsys.path.append('..')",
        "torch.save(torch.ones(2), 'x.pt')",
        "import urllib.request\nurllib.request.urlretrieve('https://example.org/x.csv', 'x.csv')",
    ],
    ids=["a file", "a folder", "a checkpoint", "a download"],
)
def test_what_is_only_where_the_student_works_costs_nothing(students: OneClass, line: str) -> None:
    """It may be said, as whatever a worker refuses; the answer below it counts."""
    for cells in ([IMPORTS, f"{line}\n{SOFTMAX}"], [f"{line}\n{IMPORTS}", IMPORTS, SOFTMAX]):
        result = grade(students, *cells)
        assert result.score == result.max_score, [c.message for c in result.exercises[0].checks]


@pytest.mark.parametrize("line", ["1 / 0", "raise ValueError", "never_made", "softmax(1)"])
def test_a_students_own_mistake_ends_its_cell(students: OneClass, line: str) -> None:
    """As in Jupyter, where the function would not be defined either."""
    [exercise] = grade(students, IMPORTS, f"{line}\n{SOFTMAX}").exercises
    assert exercise.score == 0
    assert "is not defined, because cell 2 raised" in exercise.checks[0].message


def test_a_file_that_the_answer_needs_is_named(students: OneClass) -> None:
    """The function is there; what it lacks is told by the exception, and the cell keeps its own."""
    reading = "table = open('table.csv').read()\n" + SOFTMAX.replace("E /", "len(table) * E /")
    result = grade(students, IMPORTS, reading)
    assert "name 'table' is not defined" in result.exercises[0].checks[0].message
    [*_, run] = result.cells
    assert run.output.raised.kind == "FileNotFoundError"


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


@pytest.mark.parametrize(
    ("why", "title"),
    [
        (
            "a tensor on cuda:0; it should be where the input is, on the CPU",
            "gives a tensor on cuda:0, not where its input is",
        ),
        ("a tensor of complex64", "gives something that cannot be graded: a tensor of complex64"),
    ],
)
def test_a_result_that_cannot_be_graded_is_no_exception(why: str, title: str) -> None:
    raised = unreadable("the result or an argument afterwards cannot be graded", WireError(why))
    found = describe_exception(raised, "every", Names())
    assert found.title == title
    assert "raised" not in found.hint
    told = explain(FunctionRaised("softmax", raised), "softmax")
    assert told == Note("misbehaved", f"the result cannot be graded: {why}")
