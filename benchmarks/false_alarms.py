"""How often the random checks of dropout reject a correct answer: in N gradings, each with its own seed.

    .venv/bin/python benchmarks/false_alarms.py [--gradings 2000] [--all-checks] [--first 0]
    .venv/bin/python benchmarks/false_alarms.py --gradings 40 --calibrate 0.01

The correct variants of the exercise dropout take turns; grading k has the course secret "k", so every
one draws other inputs and other masks. By default the checks that count events; --all-checks runs
them all. The bound that the report states: docs/grading-quality.md.

No alarm in so few gradings says little about a bound of 1e-9. With --calibrate every count is held to a
looser bound as well, exceeds it or not, and passes: the share that exceeds it has to be the one that the
binomial distributions give. It is at most the bound, and less where few events are counted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import torch

from autograder.authoring.audit import InProcessGrader
from autograder.checking import randomness
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


class Calibration:
    """In the place of `randomness.accepted`: every count passes, and is held to a looser bound."""

    def __init__(self, bound: float) -> None:
        self._bound = bound
        self._exact = randomness.accepted
        self.counts = self.outside = 0
        self.expected = 0.0

    def accepted(
        self, trials: int, probability: float, false_alarm: float | None = None
    ) -> tuple[int, int]:
        """An interval that everything is in, and that notes what it is compared with."""
        low, high = self._exact(trials, probability, self._bound)
        below, above = _tails(trials, probability, low, high)
        return _Low(low, below, self), _High(high, above, self)

    def note(self, *, outside: bool, chance: float) -> None:
        """Count a comparison with one end of an interval; a correct function fails it with that chance."""
        self.outside += outside
        self.expected += chance

    def __str__(self) -> str:
        """How many were outside, and how many are in 999 of 1000 such runs."""
        low, high = self._exact(self.counts, self.expected / self.counts, 1e-3)
        return (
            f"{self.counts} counts, {self.outside} outside of intervals that a correct function leaves"
            f" with at most {self._bound:g}; expected {self.expected:.1f}, accepted {low} to {high}"
        )

    @property
    def is_met(self) -> bool:
        """Whether as many were outside as should be."""
        low, high = self._exact(self.counts, self.expected / self.counts, 1e-3)
        return low <= self.outside <= high


class _End(int):
    """An end of an interval."""

    def __new__(cls, value: int, *_: Any) -> "_End":
        return super().__new__(cls, value)

    def __init__(self, _: int, chance: float, calibration: Calibration) -> None:
        self._chance = chance
        self._calibration = calibration


class _Low(_End):
    def __le__(self, got: int) -> bool:
        self._calibration.note(outside=got < int(self), chance=self._chance)
        return True


class _High(_End):
    def __ge__(self, got: int) -> bool:  # for `got <= high`, which is asked first
        self._calibration.counts += 1
        self._calibration.note(outside=got > int(self), chance=self._chance)
        return True

    def __lt__(self, got: int) -> bool:  # and `got > high`
        return not self >= got


@cache
def _tails(trials: int, probability: float, low: int, high: int) -> tuple[float, float]:
    """P(count < low) and P(count > high), as torch has the distribution."""
    counts = torch.arange(trials + 1, dtype=torch.float64)
    of_each = torch.tensor(probability, dtype=torch.float64)
    mass = torch.distributions.Binomial(trials, of_each).log_prob(counts).exp()
    return float(mass[:low].sum()), float(mass[high + 1 :].sum())


def main() -> int:
    """Run the gradings; 1 when there was a false alarm."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gradings", type=int, default=2000)
    parser.add_argument("--all-checks", action="store_true")
    parser.add_argument("--first", type=int, default=0, help="where to begin counting seeds")
    parser.add_argument(
        "--calibrate", type=float, metavar="BOUND", help="a looser bound for a count"
    )
    options = parser.parse_args()
    calibration = Calibration(options.calibrate) if options.calibrate else None
    if calibration is not None:
        randomness.accepted = calibration.accepted
    torch.set_num_threads(1)
    numbers = range(options.first, options.first + options.gradings)
    alarms = list(alarms_of(numbers, every_check=options.all_checks))
    for alarm in alarms:
        print(alarm)
    if calibration is not None:
        print(calibration)
        return 0 if calibration.is_met else 1
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
