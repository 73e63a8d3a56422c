"""The two nbgrader courses that are compared: this one, and a stock one with plain asserts."""

import math
import shutil
import textwrap
from pathlib import Path

import nbformat

from benchmarks import processes
from benchmarks.large_class import ROOT
from examples.build_class import EXERCISES

ASSIGNMENTS = tuple(dict.fromkeys(notebook.partition("/")[0] for notebook in EXERCISES))
ASSERTS = 20
"""For a function, as many as an instructor would write by hand at most."""
CLASS = "--student=student*"
"""Whom nbgrader grades: the class, and nobody who is graded alone."""


def plain_assert(function: str, k: int) -> str:
    """Return the k-th assert of a function, as an instructor would write it by hand."""
    p = k / (ASSERTS + 1)
    step = f"w = torch.tensor([{k}.0], requires_grad=True)\nw.grad = torch.tensor([2.0])\n"
    return {
        "softmax": f"assert torch.allclose(softmax(torch.tensor([[{k}.0, 0.0]]))[0, 0], "
        f"torch.tensor({1 / (1 + math.exp(-k))}))",
        "cross_entropy": f"assert torch.allclose(cross_entropy(torch.tensor([[{p}, {1 - p}]]), "
        f"torch.tensor([0])), torch.tensor([{-math.log(p)}]))",
        "cross_entropy_with_logits": "assert torch.allclose(cross_entropy_with_logits("
        f"torch.tensor([[{k}.0, 0.0]]), torch.tensor([1])), "
        f"torch.tensor([{math.log1p(math.exp(k))}]))",
        "sgd": f"{step}sgd([w], 0.5, 4)\nassert torch.allclose(w, torch.tensor([{k - 0.25}]))",
        "l2_penalty": f"assert torch.allclose(l2_penalty(torch.tensor([{k}.0, 1.0])), "
        f"torch.tensor({(k * k + 1) / 2}))",
        "sgd_weight_decay": f"{step}sgd_weight_decay([{{'params': [w], 'weight_decay': 0.1}}], "
        f"0.5, 4)\nassert torch.allclose(w, torch.tensor([{k - 0.25 - 0.05 * k}]))",
        "dropout": f"out = dropout(torch.ones({k}, 5), 0.5)\n"
        "assert ((out == 0) | (out == 2)).all()",
    }[function]


def _other_notebooks(folder: str, names: list[str]) -> list[str]:
    """The notebooks that stock nbgrader has no counterpart of; nobody hands them in."""
    compared = {f"{Path(notebook).name}.ipynb" for notebook in EXERCISES}
    return [name for name in names if name.endswith(".ipynb") and name not in compared]


def stock_notebook(path: Path) -> nbformat.NotebookNode:
    """Return a source notebook with plain asserts in place of each check.

    Pictures are left out with their imports: the autograder doesn't run them either.
    """
    notebook = nbformat.read(path, as_version=4)
    cells = []
    for cell in notebook.cells:
        grade_id = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if "picture" in cell.metadata.get("tags", []):
            continue
        if grade_id.startswith("imports_"):
            cell.source = "import torch"
        if grade_id.startswith("check_"):
            function = grade_id.removeprefix("check_")
            cell.source = "\n".join(plain_assert(function, k) for k in range(1, ASSERTS + 1))
        cells.append(cell)
    notebook.cells = cells
    return notebook


class Course:
    """A folder with an nbgrader course.

    Args:
        root: where it is made.
        ours: with the autograder's configuration; otherwise with nbgrader's own and plain asserts.
    """

    def __init__(self, root: Path, *, ours: bool) -> None:
        self.root = root
        root.mkdir()
        if ours:
            shutil.copytree(ROOT / "solutions", root / "solutions", ignore=_other_notebooks)
            shutil.copy(ROOT / "nbgrader_config.py", root)
            self.released = ROOT / "assignments"
            self._private = root / "course"
            self._private.mkdir()
        else:
            self.released = root / "release"
            self._private = root
            for notebook in EXERCISES:
                to = root / "solutions" / f"{notebook}.ipynb"
                to.parent.mkdir(parents=True, exist_ok=True)
                nbformat.write(stock_notebook(ROOT / "solutions" / f"{notebook}.ipynb"), to)
        self.submitted = self._private / "submitted"
        self._fill_gradebook()

    def _fill_gradebook(self) -> None:
        """Release the assignments by stock nbgrader, so that the gradebook knows their cells."""
        folder = self.root / "stock"
        folder.mkdir()
        here = self.root if self._private == self.root else folder
        (here / "nbgrader_config.py").write_text(
            textwrap.dedent(f"""\
                c = get_config()
                c.CourseDirectory.root = {str(self.root)!r}
                c.CourseDirectory.source_directory = "solutions"
                c.CourseDirectory.db_url = "sqlite:///{self._private / "gradebook.db"}"
                """)
        )
        for assignment in ASSIGNMENTS:
            processes.run("nbgrader", "generate_assignment", assignment, cwd=here)

    def autograde(self, assignment: str, *options: str) -> processes.Cost:
        """Run `nbgrader autograde` for an assignment."""
        return processes.run("nbgrader", "autograde", assignment, *options, cwd=self.root)

    def autograde_all(self) -> list[processes.Cost]:
        """Autograde all assignments anew, each by one command, without results that were kept."""
        for folder in ("autograded", "results"):
            shutil.rmtree(self._private / folder, ignore_errors=True)
        return [self.autograde(assignment, CLASS) for assignment in ASSIGNMENTS]
