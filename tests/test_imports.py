"""A layer imports only lower ones, and no import goes in a circle, those inside of functions included."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from autograder import checking
from autograder.checking import exported
from autograder.reports import json_report
from tests.sample_class import sample

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "autograder"
LAYERS = (
    {
        "",
        "text",
        "paths",
        "functions",
        "adapting",
        "kernel_cells",
        "language",
    },  # "" is the package itself, which holds __version__
    {"notes"},
    {"checking", "sandbox"},
    {"notebooks"},
    {"grading"},
    {"reports"},
    {"battery_search"},
    {"authoring", "notebook_check", "repositories"},
    {"nbgrader"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
"""The files and folders of the package, lowest first. Those of one layer don't import each other."""
FOR_EXERCISES = {"checking", "functions", "adapting", "language"}
UPWARD = {
    ("autograder", "autograder.notebook_check"),
    ("autograder", "autograder.notebooks.installed"),
    ("autograder", "autograder.checking.messages"),
    ("autograder", "autograder.kernel_cells"),
}
"""What `check()` imports when it is called: the package's face stands below what does the work."""


@dataclass(frozen=True)
class Arrow:
    """An import: who imports what, and where it is written."""

    importer: str
    imported: str
    place: str


def name_of(path: Path) -> str:
    """The dotted name of a file's module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


def arrows(module: str) -> Iterator[Arrow]:
    """The imports of this package's modules that a module makes, at its top or anywhere else."""
    path = MODULES[module]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in MODULES else str(node.module) for name in names]
        else:
            continue
        for target in dict.fromkeys(targets):
            if target.split(".")[0] == PACKAGE:
                yield Arrow(module, target, f"{path.relative_to(ROOT)}:{node.lineno}")


ARROWS = [arrow for module in MODULES for arrow in arrows(module)]


def part_of(module: str) -> str:
    """The file or folder of the package that a module belongs to; "" for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def layer_of(module: str) -> int:
    """The number of a module's layer."""
    [number] = [n for n, parts in enumerate(LAYERS) if part_of(module) in parts]
    return number


def test_every_file_has_a_layer() -> None:
    parts = {part_of(module) for module in MODULES}
    assert parts - {"exercises"} == set().union(*LAYERS)


def test_no_arrow_goes_up() -> None:
    wrong = [
        f"{arrow.place}: {arrow.importer} imports {arrow.imported}"
        for arrow in ARROWS
        if part_of(arrow.importer) != "exercises"
        and part_of(arrow.importer) != part_of(arrow.imported)
        and (arrow.importer, arrow.imported) not in UPWARD
        and layer_of(arrow.importer) <= layer_of(arrow.imported)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_circle() -> None:
    below: dict[str, set[str]] = {}
    for arrow in ARROWS:
        if (arrow.importer, arrow.imported) not in UPWARD:
            below.setdefault(arrow.importer, set()).add(arrow.imported)
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        pytest.fail("imports go in a circle: " + " imports ".join(reversed(error.args[1])))


def test_an_exercise_imports_only_what_is_made_for_it() -> None:
    wrong = [
        f"{arrow.place}: {arrow.imported}"
        for arrow in ARROWS
        if part_of(arrow.importer) == "exercises" and part_of(arrow.imported) not in FOR_EXERCISES
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_imports_an_exercise() -> None:
    """They are loaded by their path, so that a course can bring its own."""
    assert [arrow.place for arrow in ARROWS if part_of(arrow.imported) == "exercises"] == []


def test_the_exceptions_are_needed() -> None:
    assert {(arrow.importer, arrow.imported) for arrow in ARROWS} >= UPWARD


WITHOUT_TORCH = """
import sys
from autograder.cli import main
assert main(["report", "report.json", "--html", "a.html", "--markdown", "a.md", "--canvas", "a.csv"]) == 0
assert main(["report", "report.json", "--prompts", "prompts", "--gradescope", "results.json"]) == 0
assert main(["answers", "class", "--to", "answers"]) == 0
assert main(["fetch", "students.txt", "--to", "fetched"]) == 0
assert not {"torch", "numpy"} & sys.modules.keys()
"""


def test_what_grades_nothing_starts_without_torch(tmp_path: Path) -> None:
    """Importing torch takes seconds: a report is made, and a class fetched, without it."""
    notebook = "softmax_regression/softmax.ipynb"
    (tmp_path / "solutions/softmax_regression").mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / notebook, tmp_path / "solutions" / notebook)
    handed_in = tmp_path / "class/ada" / notebook
    handed_in.parent.mkdir(parents=True)
    shutil.copy(ROOT / "examples/submitted/chloe" / notebook, handed_in)
    clone = handed_in.parents[1]
    for command in ("init -q", "add .", "-c user.name=x -c user.email=x commit -qm x"):
        subprocess.run(["git", *command.split()], cwd=clone, check=True)
    (tmp_path / "students.txt").write_text(f"ada {clone}\n")
    (tmp_path / "report.json").write_text(json_report.render(sample(4)))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "fetched/ada" / notebook).read_bytes() == handed_in.read_bytes()


def test_every_name_of_checking_is_there() -> None:
    assert set(checking.__all__) == set(exported.__all__)
    assert all(getattr(checking, name) is getattr(exported, name) for name in checking.__all__)
    modules = {path.stem for path in Path(exported.__file__).parent.glob("*.py")}
    both = modules & set(checking.__all__)  # an import of the module would take the name's place
    assert both == {"messages", "tolerances"}
    assert not hasattr(checking, "assert_nothing")


def test_an_arrow_in_a_function_counts() -> None:
    lazy = Arrow("autograder.commands.parsers.grading", "autograder.commands.grade", "")
    assert any((a.importer, a.imported) == (lazy.importer, lazy.imported) for a in ARROWS)
