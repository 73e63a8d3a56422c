"""What grading costs here, and in stock nbgrader, side by side.

    .venv/bin/python benchmarks/compare_with_nbgrader.py [--runs 7]

(a) here: one student's full submission, all five notebooks with their seven functions, read and
graded by a warm GradingService: its fork server is up and its batteries are recorded, as from the
second student of a class on. A correct submission, since then every check runs.

(b) stock nbgrader: one submission of one notebook with five of these functions and 20 plain asserts
each, by nbgrader's own autograde with its default preprocessors and a real kernel. Called in
process through NbGraderAPI, so that starting nbgrader itself doesn't count: this is what one more
submission costs, of which the kernel that starts and imports torch is the greatest part.

(c) a class: the same submission again and again, graded by two processes as `autograder grade
--jobs 2` does, per submission. What was begun before the clock starts is not counted.

All alternate in one run, each with one thread. All include running the student's cells and making
the grade; (b) also writes the graded notebook and the gradebook, as nbgrader does. Answers that
were accepted once, bit for bit, are not looked into again: (a) and (c) gain from it as a class does
in which many compute the same.
"""

import argparse
import logging
import math
import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
# For a new gradebook nbgrader starts `alembic` by its name, which stands beside this Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.grading.results import SubmissionResult
from autograder.grading.service import GradingService, grade_all
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission, read_submission
from autograder.sandbox.limits import Limits

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples"))
from build_class import EXERCISES, read_answers  # noqa: E402

ASSERTS = 20

SIGNATURES = {
    "softmax": "X",
    "cross_entropy": "y_hat, y",
    "sgd": "params, lr, batch_size",
    "sgd_weight_decay": "param_groups, lr, batch_size",
    "dropout": "X, p, training=True",
}


def plain_assert(function: str, k: int) -> str:
    """Return the k-th assert of a function, as an instructor would write it by hand."""
    p = k / (ASSERTS + 1)
    step = f"w = torch.tensor([{k}.0], requires_grad=True)\nw.grad = torch.tensor([2.0])\n"
    return {
        "softmax": f"assert torch.allclose(softmax(torch.tensor([[{k}.0, 0.0]]))[0, 0], "
        f"torch.tensor({1 / (1 + math.exp(-k))}))",
        "cross_entropy": f"assert torch.allclose(cross_entropy(torch.tensor([[{p}, {1 - p}]]), "
        f"torch.tensor([0])), torch.tensor([{-math.log(p)}]))",
        "sgd": f"{step}sgd([w], 0.5, 4)\nassert torch.allclose(w, torch.tensor([{k - 0.25}]))",
        "sgd_weight_decay": f"{step}sgd_weight_decay([{{'params': [w], 'weight_decay': 0.1}}], "
        f"0.5, 4)\nassert torch.allclose(w, torch.tensor([{k - 0.25 - 0.05 * k}]))",
        "dropout": f"out = dropout(torch.ones({k}, 5), 0.5)\n"
        "assert ((out == 0) | (out == 2)).all()",
    }[function]


def stock_notebook() -> nbformat.NotebookNode:
    """Return a source notebook with five solved functions and their plain asserts."""
    answers = read_answers(ROOT / "examples" / "answers.py")
    cells = [new_code_cell("import torch", id="imports")]
    for name, parameters in SIGNATURES.items():
        body = "".join(f"    {line}\n" for line in answers[f"{name}__short"].splitlines())
        solved = f"def {name}({parameters}):\n    ### BEGIN SOLUTION\n{body}    ### END SOLUTION"
        asserts = "\n".join(plain_assert(name, k) for k in range(1, ASSERTS + 1))
        cells += [_cell(solved, name, points=0), _cell(asserts, f"check_{name}", points=1)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(source: str, name: str, *, points: int) -> nbformat.NotebookNode:
    graded = {"grade_id": name, "schema_version": 3, "task": False, "locked": points > 0}
    graded |= {"solution": points == 0, "grade": points > 0}
    graded |= {"points": points} if points else {}
    return new_code_cell(source, id=name, metadata={"nbgrader": graded})


class Stock:
    """A course of its own, without our configuration."""

    def __init__(self, root: Path) -> None:
        self._database = f"sqlite:///{root / 'gradebook.db'}"
        self._api = NbGraderAPI(
            config=Config({"CourseDirectory": {"root": str(root), "db_url": self._database}})
        )
        for folder in (root / "source" / "ps", root / "submitted" / "student" / "ps"):
            folder.mkdir(parents=True)
            nbformat.write(stock_notebook(), folder / "functions.ipynb")
        self._done(self._api.generate_assignment("ps"))

    def grade(self) -> None:
        """Autograde the submission again, and see that all asserts passed."""
        with quiet():
            done = self._api.autograde("ps", "student", force=True)
        self._done(done)
        with Gradebook(self._database) as gradebook:
            score = gradebook.find_submission("ps", "student").score
        if score != len(SIGNATURES):
            raise SystemExit(f"stock nbgrader gave {score} of {len(SIGNATURES)} points")

    @staticmethod
    def _done(result: dict[str, str]) -> None:
        if not result["success"]:
            raise SystemExit(f"{result['log']}\n{result['error']}")


def read_all(course: Course, limits: Limits) -> list[Submission]:
    """Read one student's five notebooks."""
    folder = ROOT / "examples" / "submitted" / "ada"
    return [read_submission(folder / f"{name}.ipynb", course, limits) for name in EXERCISES]


def all_points(result: SubmissionResult | str) -> None:
    """See that a notebook earned all its points."""
    if isinstance(result, str) or result.score != result.max_score:
        raise SystemExit(f"not all points: {result}")


class Ours:
    """One student's five notebooks in a service that stays."""

    def __init__(self) -> None:
        self._course = Course(ROOT)
        self._limits = Limits()
        self.service = GradingService(self._course, self._limits)

    def grade(self) -> None:
        """Grade the submission again."""
        for submission in read_all(self._course, self._limits):
            all_points(self.service.grade(submission))


class OursInClass:
    """The same five notebooks, many times, dealt to two processes that stay."""

    JOBS, BATCH = 2, 4

    def __init__(self, runs: int) -> None:
        course, limits = Course(ROOT), Limits()
        notebooks = read_all(course, limits)
        warm_up = self.JOBS * len(notebooks)
        copies = notebooks * (runs * self.BATCH + self.JOBS + warm_up)
        self._results = grade_all(copies, course, limits, jobs=self.JOBS)
        self._take(warm_up * len(notebooks))
        self._count = self.BATCH * len(notebooks)

    def grade(self) -> float:
        """Grade some submissions; returns the seconds for one."""
        started = time.perf_counter()
        self._take(self._count)
        counted = self._count - self.JOBS  # each process had one notebook in hand
        return (time.perf_counter() - started) / counted * len(EXERCISES)

    def close(self) -> None:
        """End the processes."""
        self._results.close()

    def _take(self, count: int) -> None:
        for _, result in islice(self._results, count):
            all_points(result)


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what kernels and SQLAlchemy write on stderr, which says nothing about the grading."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def seconds(work: Callable[[], None]) -> float:
    """Return how long a call took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def show(what: str, times: list[float]) -> None:
    """Print the median and the spread."""
    spread = f"{min(times):.2f} to {max(times):.2f} s"
    print(f"{what:<58} {statistics.median(times):6.2f} s   ({spread})")


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each (default 7)")
    runs = max(5, parser.parse_args().runs)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    ours, in_class = Ours(), OursInClass(runs)
    with tempfile.TemporaryDirectory() as folder, ours.service, closing(in_class):
        stock = Stock(Path(folder))
        machine = (
            f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        print(f"{machine}, torch {torch.__version__}; {runs} alternating runs")
        recording, starting = seconds(ours.grade), seconds(stock.grade)
        print(f"not counted: first run here {recording:.1f} s, of stock nbgrader {starting:.1f} s")
        mine, theirs, together = [], [], []
        for _ in range(runs):
            mine.append(seconds(ours.grade))
            theirs.append(seconds(stock.grade))
            together.append(in_class.grade())
    show("(a) here: five notebooks, seven functions", mine)
    show(f"(b) stock nbgrader: one notebook, five functions, {ASSERTS} asserts each", theirs)
    show(f"(c) here: the same as (a) in a class, {OursInClass.JOBS} jobs", together)
    for name, times in (("(a)", mine), ("(c)", together)):
        ratios = [a / b for a, b in zip(times, theirs, strict=True)]
        ratio = statistics.median(times) / statistics.median(theirs)
        pairs = f"single pairs: {min(ratios):.3f} to {max(ratios):.3f}"
        print(f"ratio {name} / (b) of the medians: {ratio:.3f}   ({pairs})")


if __name__ == "__main__":
    main()
