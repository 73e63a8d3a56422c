"""At home a mistake has the name that it gets when graded, or a more general one; never another."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import torch

from autograder.authoring.record import record_notebook
from autograder.grading.at_home import judge_at_home
from autograder.grading.battery.file import (
    Released,
    decode_released,
    encode_released,
    read_released,
)
from autograder.grading.feedback.diagnosis import Diagnostician
from autograder.grading.feedback.naming import figures_of, name_by_figures
from autograder.grading.feedback.properties import Facts, describe
from autograder.notebooks.course import Course, SourceNotebook
from autograder.sandbox.student import FunctionRaised, LocalBackend
from autograder.sandbox.wire.messages import Raised
from tests.one_class import ROOT

pytestmark = pytest.mark.slow

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
    here = cases.exercise(name)
    assert here is not None and (here.naming or exercise.is_random)
    if here.naming or here.figures:  # a release of an earlier version has no figures
        assert len(named) - len(general) >= 0.8 * judged


@pytest.mark.parametrize("name", ["sample", "synthetic_data", "data_iter"])
@pytest.mark.filterwarnings("ignore")
def test_random_results_are_named_by_released_figures(name: str) -> None:
    """Known mistakes of exercises with a profile, whose figures another seed made than asks for them."""
    notebook, exercise = COURSE.home_of(name), COURSE.exercise(name)
    assert notebook is not None and exercise.is_random
    diagnostician = Diagnostician(exercise, {}, notebook.namespace())
    diagnostician.known = [known for known in diagnostician.known if not known.derived][
        :: EVERY // 2
    ]
    mistakes, figures = figures_of(diagnostician)
    recorded = released(notebook)
    here = recorded.exercise(name)
    assert here is not None
    with_figures = msgspec.structs.replace(here, mistakes=mistakes, figures=figures)
    one = msgspec.structs.replace(recorded, exercises=[with_figures])
    read = decode_released(encode_released(one), "x.battery").exercise(name)
    assert read is not None and read.figures == figures
    for mistake in mistakes:
        own = notebook.namespace() | exercise.mistake_namespace(mistake.id)
        found = name_by_figures(read, exercise, LocalBackend(own))
        assert found is not None and (found.id, found.title) == (mistake.id, mistake.title)
    assert name_by_figures(read, exercise, LocalBackend(notebook.namespace())) is None
    without = msgspec.structs.replace(read, figures=[])
    assert name_by_figures(without, exercise, LocalBackend(own)) is None


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
    own = {mistake.id: mistake.mark for mistake in COURSE.exercise("softmax").mistakes()}
    for mistake in here.mistakes:
        assert "return" not in mistake.hint.split()[:1]
        assert "lambda" not in mistake.title + mistake.hint
        if mistake.id not in own or not own[mistake.id].combines:
            # Its name is there, if it isn't derived from the reference; the rest of it stays there.
            written = re.search(rf"^(def )?{mistake.id}( = mistake)?\(", source, re.M)
            assert (written is not None) is (mistake.id in own)
    assert all(call.adapter == "" for naming in here.naming for call in naming.calls)


SOFTMAX = """
def softmax(X):
    E = torch.exp(X - X.amax(dim=1, keepdim=True))
    return {answer}
"""
CORRECT = "E / E.sum(dim=1, keepdim=True)"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (f"1.5 * {CORRECT}", "gives 1.5 times the correct values"),
        (f"{CORRECT} + 0.01", "off by 0.01"),
        (f"{CORRECT} if len(X) > 1 else 2 * {CORRECT}", "with one row"),
        (f"({CORRECT}).float().to(X.dtype)", "its digits are float32's"),
        (
            f"{CORRECT} if X.is_contiguous() else X[50_000]",
            "only for tensors that are not contiguous",
        ),
        (f"E.sum(5) if X.requires_grad else {CORRECT}", "only for inputs that require gradients"),
    ],
)
def test_what_no_known_mistake_explains_is_measured_at_home_too(answer: str, said: str) -> None:
    """The student's calls aren't released: live calls are measured beside the reference's answers."""
    notebook = COURSE.home_of("softmax")
    assert notebook is not None
    source = SOFTMAX.format(answer=answer)
    own = notebook.namespace()
    exec(source, own)
    result, _ = judge_at_home(released(notebook), COURSE.exercise("softmax"), own, source)
    assert result.diagnosis is not None
    assert said in f"{result.diagnosis.title} {result.diagnosis.hint}"


def test_an_exception_is_said_to_come_for_every_input_only_where_inputs_were_seen() -> None:
    facts = Facts(FunctionRaised("f", Raised("ValueError", "no", "3")), [])
    assert "input" not in describe(facts).hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("torch.mm(A, B)", "uses torch.mm (line 2)"),
        ("torch.sparse.mm(A, B)", "uses torch.sparse.mm (line 2)"),
        ("nn.linear(A, B.T)", "uses torch.nn.functional.linear (line 2)"),
        ("A.mm(B)", "uses Tensor.mm (line 2)"),
    ],
)
def test_a_forbidden_function_has_the_name_that_the_answer_calls_it_by(
    answer: str, said: str
) -> None:
    """The function alone doesn't say what `torch` and `nn` are; its notebook's names do."""
    notebook = COURSE.home_of("matmul")
    assert notebook is not None
    source = f"def matmul(A, B):\n    return {answer}"
    own = {"torch": torch, "nn": torch.nn.functional, "matmul": None}
    exec(source, own)
    result, _ = judge_at_home(released(notebook), COURSE.exercise("matmul"), own, source)
    assert result.status == "forbidden"
    assert said in result.checks[0].message


def test_the_calls_at_home_have_several_rates_and_shapes() -> None:
    """All telling cases of an optimizer may have one lr and one shape: other mistakes agree there."""
    notebook = COURSE.home_of("sgd_momentum")
    assert notebook is not None
    here = record_notebook(notebook, COURSE.exercise_folders).exercise("sgd_momentum")
    assert here is not None
    [naming] = [one for one in here.naming if one.check == "test_parameters"]
    rates = {call.args[2] for call in naming.calls}
    shapes = {tuple(call.tensors[0].shape) for call in naming.calls}
    assert len(rates) > 1
    assert len(shapes) > 1
