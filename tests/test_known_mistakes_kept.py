"""The answers of known mistakes are kept as far as there is room: memory must not grow with a class."""

import gc
import math
import weakref

import pytest
import torch

from autograder.grading.feedback import diagnosis
from autograder.grading.feedback.diagnosis import FEW, Diagnostician, Known, Room
from autograder.grading.judges import Judges
from autograder.notebooks.course import Course
from autograder.sandbox.wire.messages import Answer, Call
from tests.one_class import ROOT


@pytest.fixture(scope="module")
def diagnostician() -> Diagnostician:
    course = Course(ROOT)
    notebook = course.home_of("l2_penalty")
    assert notebook is not None
    return Judges(course).of(notebook, "l2_penalty").diagnostician


@pytest.mark.parametrize(("left", "times"), [(0, 2), (math.inf, 1)])
def test_what_finds_no_room_is_computed_again(
    diagnostician: Diagnostician, monkeypatch: pytest.MonkeyPatch, left: float, times: int
) -> None:
    made: list[Call] = []
    compute = diagnosis._quietly

    def counted(backend: object, call: Call) -> Answer:
        made.append(call)
        return compute(backend, call)  # type: ignore[arg-type]

    monkeypatch.setattr(diagnosis, "_quietly", counted)
    known = fresh(diagnostician, Room(left))
    checks = tuple(diagnostician._batteries)
    sequence = diagnostician.sequence_of(checks)
    later = len(sequence) - 1
    assert later > FEW
    answers = [known.answer(checks, place, sequence) for place in (0, later, FEW, 0, later)]
    assert answers[:2] == answers[3:]  # kept or computed again, it is the same
    assert (
        made.count(sequence[0].call) == 1
    )  # the first calls narrow the candidates down: always kept
    assert made.count(sequence[later].call) == times


def fresh(diagnostician: Diagnostician, room: Room) -> Known:
    """A known mistake without state that has been asked nothing yet."""
    exercise = diagnostician._exercise
    stateless = {known.id for known in diagnostician.known if known.is_stateless}
    mistake = next(one for one in exercise.mistakes() if one.id in stateless)
    return Known(exercise, mistake, lambda: exercise.mistake_namespace(mistake.id), room)


def test_no_result_of_a_known_mistake_is_kept_for_a_later_gradient(
    diagnostician: Diagnostician,
) -> None:
    """Sixty mistakes with sixty graphs each would be a hundred megabytes, which a class fills slowly."""
    known = fresh(diagnostician, Room())
    assert known.is_stateless
    checks = tuple(diagnostician._batteries)
    sequence = diagnostician.sequence_of(checks)
    inputs: list[weakref.ref[torch.Tensor]] = []
    function = known._shared_namespace["l2_penalty"]

    def watched(w: torch.Tensor) -> torch.Tensor:
        inputs.append(weakref.ref(w))
        result: torch.Tensor = function(w)
        return result

    known._shared_namespace["l2_penalty"] = watched
    for place in range(len(sequence)):
        known.answer(checks, place, sequence)
    gc.collect()
    assert len(inputs) > FEW
    last = [one for one in sequence if one.case == sequence[-1].case]
    assert sum(one() is not None for one in inputs) <= len(last)  # a case's objects go on
