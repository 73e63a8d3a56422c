"""Making a student's text safe to show."""

import re
import unicodedata
from collections.abc import Iterable

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}")
_WORKFLOW_COMMAND = re.compile(r"::(?=[A-Za-z][\w-]*(?: [^\n]*?)?::)|#(?=#(?:\[|vso\[|teamcity\[))")
"""GitHub's `::name key=value::text` (first on a line) and `##[name]`, Azure's and TeamCity's."""
_FORMULA = tuple("=+-@＝＋－＠")
_FORBIDDEN = '*?/\\:"<>|\t\n'
_FULL_WIDTH = frozenset("。：；，？！）”")
"""Marks of Chinese that hold their own space."""
MAX_NAME = 80
"""Characters of a name that are kept: a file's name has 255 bytes at most."""
MAX_CHARACTERS = 2000
"""Of a text, before the mark that says it is cut."""


def visible(text: str) -> str:
    r"""The text with what a terminal or a browser would act on shown as escapes.

    Control characters but newline and tab, bidirectional controls, lone surrogates and unassigned
    code points become `\x1b`, `\u202e` and so on; memory addresses become `0x…`, so that the same
    submission always reads the same. A text that was shown once is shown again
    unchanged: a report that was read from JSON is written as before.
    """
    text = _ADDRESS.sub("0x…", text[: 4 * MAX_CHARACTERS])
    text = "".join(c if _harmless(c) else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"


def _harmless(character: str) -> bool:
    if character in "\n\t" or " " <= character <= "~":
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def one_line(text: str) -> str:
    """A text for a log, as `printable` has it, on one line."""
    return printable(text).replace("\n", "\\n").replace("\t", " ")


def cell(text: str) -> str:
    r"""A text for a table, as `one_line` has it: text beside it could complete a command.

    So `::name` has an escape even where the text doesn't hold the rest of a command.
    """
    return re.sub(r"::(?=[A-Za-z])", r"\\x3a:", one_line(text))


def printable(text: str) -> str:
    r"""The same as `visible` for a terminal or a log, where a CI service would act on commands.

    The first character of `::error::` and of `##[error]` becomes an escape, wherever it stands: a
    line may be broken there.
    """
    return _WORKFLOW_COMMAND.sub(_escaped, visible(text))


def _escaped(command: re.Match[str]) -> str:
    return f"\\x{ord(command[0][0]):02x}{command[0][1:]}"


def no_formula(text: str) -> str:
    """A text for a cell of a spreadsheet, on one line, which none takes for a formula.

    After OWASP's page on CSV injection: an apostrophe stands before the characters that begin a formula,
    full-width ones too.
    """
    line = one_line(text)
    return f"'{line}" if line.lstrip().startswith(_FORMULA) else line


def file_name(text: str) -> str:
    """A name as a file's or a folder's.

    Brackets become round ones, since nbgrader takes others for a pattern; a character that a system
    forbids in a name, or that is invisible, becomes `_`.
    """
    text = re.sub(r"[\[{]", "(", re.sub(r"[\]}]", ")", text))
    shown = "".join("_" if c in _FORBIDDEN or not _harmless(c) else c for c in text)
    return shown[:MAX_NAME].strip(". ") or "student"


def file_names(texts: Iterable[str]) -> dict[str, str]:
    """A file's name for each text, each another one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in sorted(texts):
        name = first = file_name(text)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{first} {number}"
        taken.add(name.casefold())
        found[text] = name
    return found


def gap(before: str) -> str:
    """The gap between a sentence and the next text: nothing after a full-width mark, else a space."""
    return "" if before[-1:] in _FULL_WIDTH else " "


def joined(sentences: Iterable[str]) -> str:
    """Some sentences as one text."""
    text = ""
    for sentence in filter(None, sentences):
        text += gap(text) + sentence if text else sentence
    return text


def score(value: float) -> str:
    """Points with at most four digits behind the point, without zeros at the end."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
