"""The language of what students read: whole sentences from a catalog, and English where there is none."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.authoring import translations
from autograder.checking import messages
from autograder.checking.called import attempt_called, called, object_called
from autograder.checking.closeness import assert_close
from autograder.checking.failures import CheckFailure
from autograder.language import LANGUAGES, current, of_the_machine, speaking, tr, use
from autograder.paths import EXERCISES
from tests.one_class import OneClass

LANGUAGE = sorted(LANGUAGES.keys() - {"en"})


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGE)
def test_the_catalog_is_complete(language: str) -> None:
    """Else: autograder translations, and translate what is missing in the .po file."""
    assert translations.problems_in(language) == []


def test_messages_are_read_in_the_current_language() -> None:
    english = messages.RAISED
    with speaking("zh"):
        assert current() == "zh"
        assert english != messages.RAISED
        assert messages.RAISED.format(function="f", kind="E", message="m") == "`f` 引发了 E：m"
        title, hint = messages.EXCEPTIONS["stub"]
        assert "{kind}" in title
        assert "NotImplementedError" in hint
    assert english == messages.RAISED


def test_what_has_no_translation_is_read_in_english() -> None:
    with speaking("zh"):
        assert (
            tr("A sentence that nobody has translated.") == "A sentence that nobody has translated."
        )


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="there are en, zh"), speaking("tlh"):
        pass
    with pytest.raises(ValueError, match="there are en, zh"):
        use("tlh")


@pytest.mark.parametrize(
    ("locale", "language"), [("zh_CN.UTF-8", "zh"), ("de_DE.UTF-8", "en"), ("C", "en")]
)
def test_the_machine_s_language(
    monkeypatch: pytest.MonkeyPatch, locale: str, language: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert of_the_machine() == language


def test_a_failure_is_explained_in_it() -> None:
    import torch

    with speaking("zh"), pytest.raises(CheckFailure, match="结果是 2；应该是 1"):
        assert_close(torch.tensor(2.0), torch.tensor(1.0))


NAMES = {
    "result": "结果",
    "result[1]": "第 1 个结果（从 0 数起）",
    "result with p = 0.5": "p = 0.5 时的结果",
    "dW1": "dW1 这一结果",
    "the magnitude of an input exceeds 1.282": "输入的绝对值大于 1.282",
    "what an author calls it": "what an author calls it",
}
OBJECTS = {
    "a set": "一个 set",
    "a numpy.ndarray of shape (2,) and dtype int8": "一个形状为 (2,)、数据类型为 int8 的 numpy.ndarray",
    "anything that a worker sends {0} {kind}": "anything that a worker sends {0} {kind}",
}


@pytest.mark.parametrize("what", NAMES)
def test_what_a_message_calls_things(what: str) -> None:
    assert called(what) == what
    with speaking("zh"):
        assert called(what) == NAMES[what]


@pytest.mark.parametrize("description", OBJECTS)
def test_what_a_message_calls_objects(description: str) -> None:
    assert object_called(description) == description
    with speaking("zh"):
        assert object_called(description) == OBJECTS[description]


def test_what_a_message_says_of_attempts() -> None:
    with speaking("zh"):
        assert attempt_called("to open a socket") == "打开套接字"
        assert attempt_called("to open '/a to run b'") == "打开 '/a to run b'"


FILES = sorted(EXERCISES.glob("*/test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=[path.parent.name for path in FILES])
def test_the_engine_s_checks_call_nothing_in_english_alone(path: Path) -> None:
    with speaking("zh"):
        assert [
            what for what in _whats(path) if not re.search("[\u4e00-\u9fff]", called(what))
        ] == []


def _whats(path: Path) -> Iterator[str]:
    """What a file of checks calls things: texts handed over as `what` or `where`, also by a variable."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    words = {"what", "where"}
    places = {  # of the file's own helpers
        node.name: [argument.arg for argument in node.args.args]
        for node in nodes
        if isinstance(node, ast.FunctionDef)
    }
    given: list[ast.expr] = []
    for node in nodes:
        if isinstance(node, ast.Call):
            given += [keyword.value for keyword in node.keywords if keyword.arg in words]
            names = places.get(node.func.id, []) if isinstance(node.func, ast.Name) else []
            given += [a for name, a in zip(names, node.args, strict=False) if name in words]
    variables = {node.id for node in given if isinstance(node, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given += [node.value] if node.targets[0].id in variables else []
    for value in given:
        if isinstance(value, ast.Constant | ast.JoinedStr):
            text = _sample(value)
            if "<what>" not in text:  # else a helper's own words around what it is given
                yield text


def _sample(node: ast.expr) -> str:
    """A text, with a number in the place of every value; `<what>` in that of what a helper is given."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.FormattedValue):
        is_what = isinstance(node.value, ast.Name) and node.value.id == "what"
        return "<what>" if is_what else "1"
    return "".join(map(_sample, node.values)) if isinstance(node, ast.JoinedStr) else ""


@pytest.mark.slow
def test_scores_and_ids_are_the_same_in_every_language(students: OneClass) -> None:
    answer = "def softmax(X):\n    E = torch.exp(X)\n    return E / E.sum(1, keepdim=True)"
    english = students.grade("softmax", answer)
    with speaking("zh"):
        chinese = students.grade("softmax", answer)
    assert chinese.score == english.score
    assert [check.outcome for check in chinese.checks] == [c.outcome for c in english.checks]
    assert english.diagnosis is not None and chinese.diagnosis is not None
    assert chinese.diagnosis.id == english.diagnosis.id
    assert english.diagnosis.title == "turns large logits into NaN"
    assert chinese.diagnosis.title == "把大的 logit 变成 NaN"
    assert chinese.checks[0].title != english.checks[0].title


def test_the_page_is_in_it() -> None:
    from autograder.grading.results import CheckResult, ExerciseResult
    from autograder.reports import html

    check = CheckResult("test_values", "Gives values.", 0.0, 2.0, "failed", "no", None, None)
    result = ExerciseResult("softmax", 0.0, 2.0, "failed", (check,))
    with speaking("zh"):
        page = html.render(result)
    assert "0 分（满分 2 分）" in page
    assert "未通过" in page
    assert "points" not in page


def test_processes_inherit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "en")
    use("zh")
    try:
        assert os.environ["AUTOGRADER_LANGUAGE"] == "zh"
    finally:
        use("en")


def test_catalogs_are_where_the_wheel_takes_them_from() -> None:
    project = (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert "locale/*/LC_MESSAGES/*.mo" in project
    assert all(translations.mo_file(language).is_file() for language in LANGUAGE)
