"""The language of what students read: whole sentences from a catalog, and English where there is none."""

import os
from pathlib import Path

import pytest

from autograder.authoring import translations
from autograder.checking import messages
from autograder.checking.closeness import assert_close
from autograder.checking.failures import CheckFailure
from autograder.language import LANGUAGES, current, of_the_machine, speaking, tr, use
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
