"""How often the random checks of dropout reject a right answer: in N gradings, each with its own seed.

    .venv/bin/python benchmarks/false_alarms.py [--gradings 2000] [--all-checks] [--first 0]

The correct variants of the exercise dropout take turns; grading k has the course secret "k", so every
one draws other inputs and other masks. By default the checks that count events; --all-checks runs
them all, which takes ten times as long. The bound that the report states: docs/grading-quality.md.
"""

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch

from autograder.authoring.audit import Marker, load_variants
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import run_checks
from autograder.grading.judge import Judge
from autograder.notebooks.course import Course
from autograder.paths import EXERCISES

ROOT = Path(__file__).resolve().parents[1]
COUNTING = ("test_drop_rate", "test_independence")


class Gradings:
    """Grades in this process: the answers are the course's own."""

    def __init__(self, gradings: range, *, every_check: bool) -> None:
        self._gradings = gradings
        self._every_check = every_check
        self.alarms: list[str] = []

    def run(self, checks: dict[str, list[pytest.Item]], run_items: Any) -> None:
        """Grade, and keep every false alarm as a sentence."""
        course = Course(ROOT)
        [source] = [notebook for notebook in course.notebooks if "dropout" in notebook.points]
        items = [item for item in checks["dropout"] if isinstance(item, pytest.Function)]
        if not self._every_check:
            items = [item for item in items if item.name in COUNTING]
        variants = load_variants(EXERCISES / "dropout" / "variants.py")
        taking_turns = islice(cycle(variants.items()), self._gradings.start, None)
        for grading, (name, function) in zip(self._gradings, taking_turns, strict=False):
            marker = Marker(Judge(source.namespace(), str(grading)), "dropout", items)
            self.alarms += _alarms(marker, grading, name, function)
            print(f"\r{grading + 1} gradings, {len(self.alarms)} false alarms", end="", flush=True)
        print()

    def judge(self, item: pytest.Function) -> None:
        """Never called: no item is run through pytest."""
        raise NotImplementedError


def _alarms(marker: Marker, grading: int, name: str, function: Callable[..., Any]) -> list[str]:
    try:
        failed = marker.failed(partial(dict, {"dropout": function}))
    except BrokenCheck as error:
        return [f"grading {grading}, the reference: {error}"]
    return [
        f"grading {grading}, {name}, {check}: {verdict.failure.error}"
        for check, verdict in failed.items()
        if verdict.failure is not None
    ]


def main() -> int:
    """Run the gradings; 1 when there was a false alarm."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gradings", type=int, default=2000)
    parser.add_argument("--all-checks", action="store_true")
    parser.add_argument("--first", type=int, default=0, help="where to begin counting seeds")
    options = parser.parse_args()
    torch.set_num_threads(1)
    numbers = range(options.first, options.first + options.gradings)
    gradings = Gradings(numbers, every_check=options.all_checks)
    run_checks(gradings, ["dropout"])
    for alarm in gradings.alarms:
        print(alarm)
    return 1 if gradings.alarms else 0


if __name__ == "__main__":
    sys.exit(main())
