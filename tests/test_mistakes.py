"""Known mistakes as switches of one body, alone and two at once."""

from pathlib import Path

import pytest

from autograder.checking import mistake
from autograder.notebooks.exercises import Exercise

FILE = """
from autograder.checking import mistake

def _scaled(x, *, factor=2, shift=0):
    return factor * x + shift

forgets = mistake(_scaled, factor=1, title="forgets to double", hint="Twice.", source="made up")
shifts = mistake(_scaled, shift=1, title="adds 1", hint="Nothing is added.", source="made up")
PAIRS = [("forgets", "shifts")]
"""


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    folder = tmp_path / "double"
    folder.mkdir()
    (folder / "misconceptions.py").write_text(FILE, encoding="utf-8")
    return Exercise(folder)


def test_a_mistake_is_its_body_with_a_setting(exercise: Exercise) -> None:
    assert [known.id for known in exercise.mistakes()] == [
        "forgets",
        "shifts",
        "forgets_and_shifts",
    ]
    assert exercise.mistakes()[2].mark.combines == ("forgets", "shifts")
    answers = [exercise.mistake_namespace(known.id)["double"](5) for known in exercise.mistakes()]
    assert answers == [5, 11, 6]


@pytest.mark.parametrize("pair", ['("forgets", "shift")', '("forgets", "forgets")'])
def test_a_pair_that_cannot_be_made_is_refused(exercise: Exercise, pair: str) -> None:
    path = exercise.path("misconceptions.py")
    path.write_text(FILE.replace('("forgets", "shifts")', pair), encoding="utf-8")
    with pytest.raises(ValueError, match="PAIRS"):
        exercise.mistakes()


def test_a_mistake_sets_something() -> None:
    with pytest.raises(ValueError, match="switch"):
        mistake(abs, title="t", hint="h", source="s")
