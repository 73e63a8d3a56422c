"""Making a student's text safe to show."""

import re
import unicodedata

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}")
MAX_CHARACTERS = 2000


def visible(text: str) -> str:
    r"""The text with what a terminal or a browser would act on shown as escapes.

    Control characters but newline and tab, bidirectional controls, lone surrogates and unassigned
    code points become `\x1b`, `\u202e` and so on; memory addresses become `0x…`, so that the same
    submission always reads the same.
    """
    text = _ADDRESS.sub("0x…", text[: 4 * MAX_CHARACTERS])
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS] + "…"
    return "".join(c if _harmless(c) else c.encode("unicode_escape").decode() for c in text)


def _harmless(character: str) -> bool:
    if character in "\n\t" or " " <= character <= "~":
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def one_line(text: str) -> str:
    """The same on one line."""
    return visible(text).replace("\n", "\\n").replace("\t", " ")


def score(value: float) -> str:
    """Points without a trailing .0."""
    return f"{value:g}"
