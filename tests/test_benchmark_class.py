"""The class of the benchmark: what it says it is, and made alike every time."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from benchmarks import large_class, many_submissions, memory
from benchmarks.courses import ASSERTS, plain_assert, stock_notebook
from benchmarks.processes import Cost
from benchmarks.profile_cold import read_imports
from examples.build_class import EXERCISES, STUB

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
STUDENTS = 30
NAMES = [name for names in EXERCISES.values() for name in names]


@pytest.mark.parametrize("exercise", NAMES)
def test_a_third_of_the_answers_is_wrong_and_no_two_are_the_same(exercise: str) -> None:
    chosen = large_class.chosen(exercise, STUDENTS)
    assert Counter(answer.correct for answer in chosen) == {True: 20, False: 10}
    assert len({answer.source for answer in chosen}) == STUDENTS
    assert chosen == large_class.chosen(exercise, STUDENTS)


@pytest.mark.parametrize("exercise", NAMES)
def test_a_whole_cell_defines_the_function_and_knows_no_catalogue(exercise: str) -> None:
    whole = [a for answers in large_class.answers(exercise) for a in answers if a.whole]
    assert whole
    for answer in whole:
        defined = [n.name for n in ast.parse(answer.source).body if isinstance(n, ast.FunctionDef)]
        assert exercise in defined, answer.name
        assert "misconception(" not in answer.source and "autograder" not in answer.source


def test_answers_run_without_the_module_that_they_are_cut_from() -> None:
    for exercise in ("l2_penalty", "softmax"):
        for answer in large_class.chosen(exercise, STUDENTS):
            if answer.whole:
                namespace: dict[str, object] = {}
                exec(answer.source, namespace)
                assert callable(namespace[exercise]), answer.name


def test_the_class_is_written_whole_and_has_no_stub(tmp_path: Path) -> None:
    correct = large_class.build(ROOT / "assignments", tmp_path, STUDENTS, 3)
    assert len(correct) == 3 * len(NAMES)
    paths = sorted(tmp_path.glob("*/*/*.ipynb"))
    assert len(paths) == 3 * len(EXERCISES)
    for path in paths:
        sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        assert not any(STUB.search(source) for source in sources), path


def test_stock_nbgrader_gets_plain_asserts_that_the_solutions_pass() -> None:
    path = ROOT / "solutions" / "multilayer_perceptron" / "weight_decay.ipynb"
    sources = [c.source for c in stock_notebook(path).cells if c.cell_type == "code"]
    assert sum(source.count("assert ") for source in sources) == 2 * ASSERTS
    assert not any("matplotlib" in source or "autograder" in source for source in sources)
    namespace: dict[str, object] = {}
    for notebook in EXERCISES:
        for cell in stock_notebook(ROOT / "solutions" / f"{notebook}.ipynb").cells:
            if cell.cell_type == "code":
                exec(cell.source, namespace)


@pytest.mark.parametrize("exercise", NAMES)
def test_a_plain_assert_can_fail(exercise: str) -> None:
    wrong = f"import torch\n{exercise} = lambda *a: torch.full((1, 1), 0.123)\n"
    with pytest.raises(AssertionError):
        exec(wrong + plain_assert(exercise, 3), {})


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't give orphans away")
def test_cpu_time_of_a_process_that_lost_its_parent_is_counted(tmp_path: Path) -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {spin!r}])"
    measure = (
        "import os, sys; sys.path.insert(0, os.getcwd())\n"
        "from pathlib import Path\nfrom benchmarks import processes\n"
        "processes.prepare()\n"
        "cost = processes.run('orphan', cwd=Path.cwd(), more={'PYTHONPATH': sys.argv[1]})\n"
        "print(cost.cpu)"
    )
    (tmp_path / "orphan.py").write_text(parent)
    done = subprocess.run(
        [sys.executable, "-c", measure, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) >= 0.3


def test_an_import_report_names_who_imported_what() -> None:
    report = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       100 |        100 |     c\n"
        "import time:       200 |        300 |   b\n"
        "import time:        50 |         50 |   d\n"
        "import time:        10 |        360 | a\n"
    )
    parents = {module.name: module.parent for module in read_imports(report)}
    assert parents == {"c": "b", "b": "a", "d": "a", "a": "the command"}


def test_the_memory_of_a_run_is_shown_by_its_tenths() -> None:
    samples = [(float(second), second * 2**20) for second in range(101)]
    assert memory.peaks(samples) == [9, 19, 29, 39, 49, 59, 69, 79, 89, 100]
    assert memory.peaks(samples[:1]) == [0]
    assert memory.peaks([]) == []


def test_what_larger_classes_need_follows_from_the_rates() -> None:
    cost = Cost(wall=100.0, cpu=180.0, others=0.0, output="")
    stock = Cost(wall=1500.0, cpu=1400.0, others=0.0, output="")
    measured = many_submissions.Measured(
        count=1000, some=100, whole=cost, peaks=[500, 501], again=(50.0, 510),
        one_job=Cost(20.0, 18.0, 0.0, ""), two_jobs=Cost(10.0, 18.0, 0.0, ""), floor=2.0,
        stock=stock, report=2_000_000, results=3_000_000,
    )  # fmt: skip
    text = many_submissions.page(measured)
    rows = {cells[0]: cells[1:] for cells in map(cells_of, text.splitlines()) if len(cells) > 2}
    assert rows["submissions"] == ["10,000", "100,000"]
    assert rows["2 cores"] == ["17 min", "2.8 h"]
    assert rows["32 cores"] == ["62 s", "10 min"]
    assert rows["stock nbgrader, one process"] == ["27.8 h", "277.8 h"]
    assert rows["JSON report"] == ["20 MB", "200 MB"]
    assert rows["one job, 100 submissions"] == ["5.0", "180 ms", "0.50"]
    assert "the other 490 took 50 s" in text
    assert "at the floor would grade some\n100 submissions a second, 1000 times as many" in text


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split("|")]
