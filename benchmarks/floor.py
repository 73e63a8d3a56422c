"""The least that grading can cost: a forked child that runs a notebook's cells and calls its functions.

Nothing is compared, limited, isolated or explained. Any cost of `autograder grade` above it is its own.
"""

import importlib
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from autograder.grading.judges import Judges
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission, read_submission
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.wire.values import unpack, unpack_value


def seconds(course: Course, notebooks: Sequence[Path]) -> float:
    """The wall time of all notebooks, one after the other, after everything is imported and recorded."""
    torch.set_num_threads(1)
    importlib.import_module("matplotlib.pyplot")  # cells import it; fork servers have it, too
    limits = Limits()
    submissions = [read_submission(path, course, limits) for path in notebooks]
    judges = Judges(course)
    for _ in judges.prepare(submissions):
        pass
    calls = {
        (source.assignment, source.name): [
            call for name in source.points for call in _calls(judges, source, name)
        ]
        for source in {s.source.path: s.source for s in submissions}.values()
    }
    started = time.perf_counter()
    for submission in submissions:
        source = submission.source
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                _run(submission, calls[source.assignment, source.name])
            os._exit(0)
        os.waitpid(child, 0)
    return time.perf_counter() - started


def _calls(judges: Judges, source: Any, name: str) -> list[Call]:
    """Every call that the checks of an exercise make of the student's functions."""
    judge = judges.of(source, name)
    cases = [case for check in judge.checks for case in judge.battery(check).cases]
    return [recorded.call for case in cases for recorded in case.student]


def _run(submission: Submission, calls: Sequence[Call]) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for cell in submission.cells:
        with suppress(Exception):
            exec(compile(cell.source, "cell", "exec"), namespace)
    for call in calls:
        tensors = [unpack(packed) for packed in call.tensors]
        with suppress(Exception):
            arguments = [unpack_value(value, tensors) for value in call.args]
            named = {name: unpack_value(value, tensors) for name, value in call.kwargs}
            namespace[call.function](*arguments, **named)
