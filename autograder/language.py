"""The language of a student's reports: English sentences are looked up in a catalog.

A sentence without a translation stays English, as in an exercise whose author writes no Chinese.
"""

import gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

LANGUAGES = {"en": "English", "zh": "简体中文"}
VARIABLE = "AUTOGRADER_LANGUAGE"
"""An environment variable, so that every process of a grading run has it."""
DOMAIN = "autograder"
CATALOGS = Path(__file__).parent / "locale"
"""`<language>/LC_MESSAGES/autograder.mo`, in GNU gettext's format."""

_language = os.environ.get(VARIABLE, "en")


def current() -> str:
    """The language that sentences are in now: one of LANGUAGES."""
    return _language if _language in LANGUAGES else "en"


def use(language: str) -> None:
    """Speak a language from now on, in this process and in those that it starts.

    Raises:
        ValueError: for a language that is none of LANGUAGES.
    """
    global _language
    if language not in LANGUAGES:
        raise ValueError(f"{language}: no such language (there are {', '.join(LANGUAGES)})")
    _language = language
    os.environ[VARIABLE] = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, in this process alone; raises ValueError as `use` does."""
    global _language
    if language not in LANGUAGES:
        raise ValueError(f"{language}: no such language (there are {', '.join(LANGUAGES)})")
    before, _language = _language, language
    try:
        yield
    finally:
        _language = before


def tag() -> str:
    """The current language as HTML names it."""
    return {"zh": "zh-CN"}.get(current(), current())


def asked_for() -> str:
    """The language that a command's option or the environment asks for; "" where none does."""
    said = os.environ.get(VARIABLE, "")
    return said if said in LANGUAGES else ""


def of_notebook(said: str) -> str:
    """A report's language: as an option or the environment asks, else the notebook's, else the current.

    Args:
        said: the notebook's language, which a student may have changed; "" for none.
    """
    return asked_for() or (said if said in LANGUAGES else current())


def of_the_machine() -> str:
    """The language that this machine's user reads, by the locale; English where it is none of ours."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    said = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    code = said.partition("_")[0].lower()
    return "zh" if code in ("zh", "chinese (simplified)") else "en"


def tr(text: str) -> str:
    """A sentence, or its template, in the current language; itself where there is no translation."""
    if _language == "en" or not text:
        return text
    return _catalog(current()).gettext(text)


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGS, [language], fallback=True)


class Translated(ModuleType):
    """A module of templates: a template read from it, by a name in capitals, is in the current language.

    A module takes this class with `sys.modules[__name__].__class__ = Translated`.
    """

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if _language == "en" or not name.isupper():
            return value
        return _all_in(current(), self, name)


@cache
def _all_in(language: str, module: ModuleType, name: str) -> Any:
    return _translated(ModuleType.__getattribute__(module, name))


def _translated(value: Any) -> Any:
    if isinstance(value, str):
        return tr(value)
    if isinstance(value, dict):
        return {key: _translated(item) for key, item in value.items()}
    return tuple(map(_translated, value)) if isinstance(value, tuple) else value
