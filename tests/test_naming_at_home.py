"""At home a mistake has the name that it gets when graded, or a more general one; never another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading.at_home import judge_at_home
from autograder.grading.battery.file import Released, read_released
from autograder.notebooks.course import Course, SourceNotebook
from tests.one_class import ROOT

COURSE = Course(ROOT)
EVERY = 9
"""Every ninth known mistake is tried: `autograder audit` tries them all where it is graded."""


def exercises() -> Iterator[tuple[SourceNotebook, str]]:
    for notebook in COURSE.notebooks:
        for name in notebook.points:
            if name not in notebook.again:
                yield notebook, name


def released(notebook: SourceNotebook) -> Released:
    return read_released(ROOT / "assignments" / notebook.assignment / f"{notebook.name}.battery")


@pytest.mark.parametrize(("notebook", "name"), [pytest.param(*e, id=e[1]) for e in exercises()])
@pytest.mark.filterwarnings("ignore")  # of known mistakes' own making
def test_known_mistakes_are_named(notebook: SourceNotebook, name: str) -> None:
    exercise, reference, cases = COURSE.exercise(name), notebook.namespace(), released(notebook)
    named: dict[str, str] = {}
    judged = 0
    for mistake in exercise.mistakes()[::EVERY]:
        result, _ = judge_at_home(
            cases, exercise, reference | exercise.mistake_namespace(mistake.id)
        )
        assert result.score < result.max_score
        if (
            result.status == "forbidden"
        ):  # its author made it with a built-in that answers may not use
            continue
        judged += 1
        if result.diagnosis is not None:
            named[mistake.id] = result.diagnosis.id
    general = {id for id, found in named.items() if found.startswith("property:")}
    pairs = {mistake.id: mistake.mark.combines for mistake in exercise.mistakes()}
    # Of a pair, one may be all that a dozen calls show.
    assert not {
        id: found
        for id, found in named.items()
        if id not in general and found not in (id, *pairs[id])
    }
    if not exercise.is_random:  # these are told by figures, which aren't released
        assert len(named) - len(general) >= 0.8 * judged


def test_the_reference_gets_no_name() -> None:
    notebook = COURSE.home_of("softmax")
    assert notebook is not None
    result, _ = judge_at_home(released(notebook), COURSE.exercise("softmax"), notebook.namespace())
    assert (result.score, result.diagnosis) == (10, None)


def test_no_code_of_a_mistake_is_released(tmp_path: Path) -> None:
    notebook = COURSE.home_of("softmax")
    assert notebook is not None
    here = released(notebook).exercise("softmax")
    assert here is not None and here.mistakes and here.naming
    source = COURSE.exercise("softmax").path("misconceptions.py").read_text()
    own = {mistake.id for mistake in COURSE.exercise("softmax").mistakes()}
    for mistake in here.mistakes:
        assert "return" not in mistake.hint.split()[:1]
        # Its name is there, if it isn't derived from the reference; the rest of it stays there.
        assert (f"def {mistake.id}(" in source) is (mistake.id in own)
    assert all(call.adapter == "" for naming in here.naming for call in naming.calls)
