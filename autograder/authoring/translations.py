"""The catalogs of translations: what there is to translate, and files that translators edit.

A msgid is an English sentence or template, whole, with named values. `locale/<language>/LC_MESSAGES/`
holds the .po file, which people edit, and the .mo file, which is made from it and read.
"""

import ast
import gettext
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from autograder import notes
from autograder.checking import messages
from autograder.grading.checks import collect
from autograder.language import CATALOGS, DOMAIN, LANGUAGES
from autograder.notebooks.exercises import Exercise, exercises_in
from autograder.paths import EXERCISES, PACKAGE

_VALUE = re.compile(r"\{\w*(?:[!:][^{}]*)?\}")
"""A named value of a template, with its conversion."""


def texts_to_translate() -> dict[str, str]:
    """Everything that a student reads: by English text, where it comes from."""
    found: dict[str, str] = {}
    for text in _strings(_plain(messages)):
        found.setdefault(text, "messages")
    for text in notes.TEMPLATES.values():
        found.setdefault(text, "notes")
    for path in sorted(PACKAGE.rglob("*.py")):
        if EXERCISES not in path.parents:
            named = _named(path) if path.parent.name == "checking" else ()
            for text in (*_marked(path), *named):
                found.setdefault(text, path.relative_to(PACKAGE).as_posix())
    for path in sorted((PACKAGE / "reports" / "templates").glob("*.html")):
        tree = Environment().parse(path.read_text(encoding="utf-8"))
        for _, _, marked in extract_from_ast(tree):
            if isinstance(marked, str):
                found.setdefault(marked, path.name)
    for exercise in exercises_in(EXERCISES):
        for text in _of_exercise(exercise):
            found.setdefault(text, exercise.name)
    return {text: where for text, where in found.items() if _is_prose(text)}


def _is_prose(text: str) -> bool:
    """False for a name of the code that stands among the sentences, and for a text without a word."""
    return any(map(str.isalpha, text)) and not (text.isidentifier() and "_" in text)


def _plain(module: ModuleType) -> dict[str, Any]:
    """A module's own templates, untranslated."""
    names: dict[str, Any] = ModuleType.__getattribute__(module, "__dict__")
    return {name: value for name, value in names.items() if name.isupper()}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _marked(path: Path) -> Iterator[str]:
    """The constants that a file passes to `tr`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _of_exercise(exercise: Exercise) -> Iterator[str]:
    for check in collect(exercise):
        yield check.title
    for mistake in exercise.mistakes():
        yield from filter(None, (mistake.mark.title, mistake.mark.hint))
    for path in exercise.check_files():
        yield from _named(path)


def _named(path: Path) -> Iterator[str]:
    """The names that a module of checks gives to compared things: constants passed as `what`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "what":
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def po_file(language: str) -> Path:
    """The file that a translator edits."""
    return CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_file(language: str) -> Path:
    """The file that is read when a report is made."""
    return po_file(language).with_suffix(".mo")


def translated_languages() -> list[str]:
    """The languages that have a catalog: all but English, in which everything is written."""
    return [language for language in LANGUAGES if language != "en"]


def problems_in(language: str) -> list[str]:
    """The problems of a catalog: missing or stale entries, other named values, an outdated .mo file."""
    catalog, wanted = _read(language), texts_to_translate()
    found = [
        f"missing: {text!r} ({where})" for text, where in wanted.items() if not _of(catalog, text)
    ]
    stale = [str(entry.id) for entry in catalog if entry.id and entry.id not in wanted]
    found += [f"stale: {text!r}" for text in stale]
    for text in wanted:
        translation = _of(catalog, text)
        if translation and sorted(_VALUE.findall(text)) != sorted(_VALUE.findall(translation)):
            found.append(f"other values: {text!r} -> {translation!r}")
    mo = mo_file(language)
    if not mo.exists() or _entries(mo.read_bytes()) != _entries(_compiled(catalog)):
        found.append(f"{mo.name} is not made from {po_file(language).name}")
    return found


def update(language: str, translations: Iterable[tuple[str, str]] = ()) -> int:
    """Bring a catalog up to date, keeping what is translated; returns how many entries are missing.

    Args:
        language: whose catalog.
        translations: (English, translation) to add or to replace.
    """
    before, new = _read(language), dict(translations)
    catalog = _empty(language)
    for text, where in sorted(texts_to_translate().items(), key=lambda item: (item[1], item[0])):
        translation = new.get(text) or _of(before, text)
        flags = ("python-brace-format",) if _VALUE.search(text) else ()
        catalog.add(text, translation, auto_comments=[where], flags=flags)
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False)
    mo_file(language).write_bytes(_compiled(catalog))
    return sum(not entry.string for entry in catalog if entry.id)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        domain=DOMAIN,
        fuzzy=False,
        header_comment="# Translations of what students read.",
        creation_date=_DATE,  # of the header: the same entries give the same file
        revision_date=_DATE,
    )


_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def _entries(compiled: bytes) -> dict[str, str]:
    """The content of a .mo file, without its header."""
    entries: dict[str, str] = vars(gettext.GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {text: translation for text, translation in entries.items() if text}


def _read(language: str) -> Catalog:
    path = po_file(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _of(catalog: Catalog, text: str) -> str:
    entry = catalog.get(text)
    return str(entry.string) if entry is not None and entry.string else ""


def _compiled(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()
