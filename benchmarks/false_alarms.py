"""How often the random checks of dropout reject a right answer: in N gradings, each with its own seed.

    .venv/bin/python benchmarks/false_alarms.py [--gradings 2000] [--all-checks] [--first 0]

The correct variants of the exercise dropout take turns; grading k has the course secret "k", so every
one draws other inputs and other masks. By default the checks that count events; --all-checks runs
them all. The bound that the report states: docs/grading-quality.md.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import torch

from autograder.authoring.audit import InProcessGrader
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.course import Course

ROOT = Path(__file__).resolve().parents[1]
COUNTING = ("test_outputs", "test_drop_rate", "test_independence", "test_gradient")


def alarms_of(gradings: range, *, every_check: bool) -> Iterator[str]:
    """Grade in this process, since the answers are the course's own; yields false alarms as sentences."""
    course = Course(ROOT)
    source = course.home_of("dropout")
    assert source is not None
    exercise = course.exercise("dropout")
    checks = tuple(c for c in collect(exercise) if every_check or c.name in COUNTING)
    taking_turns = islice(cycle(exercise.variants().items()), gradings.start, None)
    count = 0
    for grading, (name, function) in zip(gradings, taking_turns, strict=False):
        grader = InProcessGrader(GradingJudge(exercise, checks, Reference(source), str(grading)))
        for alarm in _alarms(grader, grading, name, function):
            count += 1
            yield alarm
        print(f"\r{grading + 1} gradings, {count} false alarms", end="", flush=True)
    print()


def _alarms(
    grader: InProcessGrader, grading: int, name: str, function: Callable[..., Any]
) -> list[str]:
    try:
        failed = grader.failed(partial(dict, {"dropout": function}))
    except BrokenCheck as error:
        return [f"grading {grading}, the reference: {error}"]
    return [
        f"grading {grading}, {name}, {check}: {failure.error}" for check, failure in failed.items()
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
    alarms = list(alarms_of(numbers, every_check=options.all_checks))
    for alarm in alarms:
        print(alarm)
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
