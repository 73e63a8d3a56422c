"""Known mistakes as switches of one body, alone and two at once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.checking import mistake
from autograder.checking.misconceptions import Misconception
from autograder.grading.feedback.derived import derived_from
from autograder.notebooks.exercises import Exercise

FILE = """
import torch

from autograder.checking import mistake
from autograder.grading.feedback.derived import derived_from

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


def test_a_pair_may_say_where_it_was_seen(exercise: Exercise) -> None:
    assert exercise.mistakes()[2].mark.source == "two mistakes at once"
    path = exercise.path("misconceptions.py")
    path.write_text(FILE.replace('"shifts")]', '"shifts", "a loop")]'), encoding="utf-8")
    mark = Exercise(exercise.folder).mistakes()[2].mark
    assert mark == Misconception("", "", "a loop", ("forgets", "shifts"))


def test_a_pair_may_have_an_id_of_its_own(exercise: Exercise) -> None:
    path = exercise.path("misconceptions.py")
    path.write_text(FILE.replace('[("forgets", "shifts")]', '{"x_plus_1": ("forgets", "shifts")}'))
    assert [known.id for known in exercise.mistakes()] == ["forgets", "shifts", "x_plus_1"]
    assert exercise.mistakes()[2].mark.combines == ("forgets", "shifts")
    assert exercise.mistake_namespace("x_plus_1")["double"](5) == 6


def test_two_at_once_may_be_more_than_both(exercise: Exercise) -> None:
    more = 'both = mistake(_scaled, factor=1, shift=9, combines=("forgets", "shifts"), source="s")'
    path = exercise.path("misconceptions.py")
    path.write_text(FILE.replace("PAIRS", f"{more}\nPAIRS"), encoding="utf-8")
    assert exercise.mistakes()[2].mark == Misconception("", "", "s", ("forgets", "shifts"))
    assert exercise.mistake_namespace("both")["double"](5) == 14


def test_a_mistake_sets_something() -> None:
    with pytest.raises(ValueError, match="switch"):
        mistake(abs, title="t", hint="h", source="s")


def test_a_mistake_says_what_it_does() -> None:
    with pytest.raises(ValueError, match="either a title and a hint"):
        mistake(abs, source="s", dim=0)


def test_what_can_be_wrong_with_any_result_is_derived(exercise: Exercise) -> None:
    def double(x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    made = derived_from(exercise, {"double": double})
    answer = {known.id: namespace()["double"] for known, namespace in made}
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert answer["returns_nothing"](x) is None
    assert answer["returns_zeros"](x).tolist() == [0, 0]
    assert answer["returns_argument"](x=x) is x
    assert answer["returns_list"](x) == [2, 4]
    assert answer["returns_list"](x.sum()) == 6
    assert isinstance(answer["returns_list"](x.sum()), torch.Tensor)
    assert type(answer["returns_number"](x.sum())) is float
    assert isinstance(answer["returns_number"](x), torch.Tensor)
    assert answer["returns_array"](x).tolist() == [2, 4]
    assert not answer["cuts_the_graph"](x).requires_grad
    assert answer["always_float32"](x).dtype is torch.float32
    assert answer["always_float64"](x.float()).dtype is torch.float64
    third = torch.tensor(1 / 3, dtype=torch.float64)
    found = answer["computes_in_float32"](third)
    assert (found.dtype, found == double(third)) == (torch.float64, torch.tensor(False))


def test_an_exercise_s_own_mistake_stands_for_the_derived_one(exercise: Exercise) -> None:
    path = exercise.path("misconceptions.py")
    path.write_text(FILE.replace("forgets", "returns_zeros"), encoding="utf-8")
    made = [known.id for known, _ in derived_from(exercise, {"double": abs})]
    assert "returns_zeros" not in made
    assert "returns_list" in made


def test_an_edition_in_numpy_has_mistakes_of_arrays(exercise: Exercise) -> None:
    exercise.path("edition.py").write_text('EDITION_OF = "twice"\n')

    def twice(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 2 * x, x / 3

    made = list(derived_from(exercise, {"twice": twice}))
    titles = {known.id: known.mark.title for known, _ in made}
    answer = {known.id: namespace()["twice"] for known, namespace in made}
    x = np.array([1.0, 2.0])
    assert titles["returns_list"] == "returns a Python list instead of a NumPy array"
    assert answer["returns_list"](x)[0] == [2, 4]
    assert all(isinstance(one, torch.Tensor) for one in answer["returns_tensor"](x))
    for id in ("returns_zeros", "always_float32", "computes_in_float32"):
        assert all(isinstance(one, np.ndarray) for one in answer[id](x))
    assert answer["returns_zeros"](x)[1].tolist() == [0, 0]
    assert answer["always_float32"](x)[1].dtype == np.float32
    third = answer["computes_in_float32"](x)[1]
    assert (third.dtype, third.tolist() == twice(x)[1].tolist()) == (np.float64, False)


ORIGINAL = """
from autograder.checking import mistake

def _sum(X, *, times=1, shift=0):
    return times * X.sum() + shift

doubles = mistake(_sum, times=2, title="doubles the sum", hint="Once.", source="made up")
shifts = mistake(_sum, shift=1, title="adds 1 to the tensor", hint="No.", source="made up")
triples = mistake(_sum, times=3, title="triples the sum", hint="Once.", source="made up")
PAIRS = [("doubles", "shifts")]
"""
EDITION = """
from autograder.checking import mistake

def _sum(X, *, times=1):
    return times * X.sum(keepdims=True)

triples = mistake(_sum, times=3, title="triples the array", hint="Once.", source="made up")
"""


def test_an_edition_has_the_mistakes_of_the_original_that_suit_arrays(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("total", "total_numpy")]
    for folder, text in zip(folders, (ORIGINAL, EDITION), strict=True):
        folder.mkdir()
        (folder / "misconceptions.py").write_text(text, encoding="utf-8")
        (folder / f"test_{folder.name}.py").write_text("", encoding="utf-8")
    folders[1].joinpath("edition.py").write_text('EDITION_OF = "total"\n', encoding="utf-8")
    made = {
        known.id: (known.mark.title, namespace)
        for known, namespace in derived_from(Exercise(folders[1]), {"total": np.sum})
    }
    assert {"doubles", "returns_nothing"} <= made.keys()
    assert not {"shifts", "triples", "doubles_and_shifts"} & made.keys()
    title, namespace = made["doubles"]
    assert title == "doubles the sum"
    result = namespace()["total"](np.ones(3, dtype=np.float32))
    assert isinstance(result, np.ndarray)
    assert (result.dtype, result.tolist()) == (np.float32, 6)


def test_minibatches_of_a_generator_are_spoiled_one_by_one(exercise: Exercise) -> None:
    def double(x: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        for row in x:
            yield row, 2 * row

    made = derived_from(exercise, {"double": double})
    answer = {known.id: namespace()["double"] for known, namespace in made}
    [first, _] = answer["returns_list"](torch.ones(2, 3))
    assert first == ([1, 1, 1], [2, 2, 2])
