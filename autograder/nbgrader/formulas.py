"""Formulas as MathML, which browsers lay out themselves: a page needs no script and no network."""

import html
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bleach.html5lib_shim import Filter
from latex2mathml.converter import convert_to_element

Token = dict[str, Any]
"""A part of a page, as html5lib walks it: {"type": "StartTag", "name": "mi", "data": {...}, ...}."""

MAX_TEX = 1_000
"""Characters of a formula that is laid out; the course's longest has 350."""
MAX_TEX_OF_ALL = 10_000
"""In all formulas of a notebook; the course's notebooks have 1,400 at most."""

_TAGS = frozenset(
    "math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable "
    "mtd mtext mtr munder munderover".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder depth display displaystyle fence form height linethickness lspace mathvariant "
    "maxsize minsize movablelimits rspace scriptlevel separator stretchy symmetric width".split()
)
"""The tags and attributes of MathML Core; no links, classes, styles and colours of a student's choice."""
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around a formula's number in the text, until that is cleaned; Unicode leaves them without meaning."""
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_SIZED_NAME = re.compile(r"\\[Bb]igg?[lrm]?\s*(?=\\[lr]?(?:floor|ceil|[Vv]ert|angle)\b)")
"""latex2mathml writes such a bracket as its name; without a size it has the formula's."""
_ALIGNED = re.compile(r"\{(?:aligned|gathered)\}")
"""latex2mathml knows `split`, which looks the same."""


class Formulas:
    """The formulas of one text, put in their places when the text is cleaned.

    Args:
        room: how many characters of TeX may still be laid out; others are shown as they stand.
    """

    def __init__(self, room: int = MAX_TEX_OF_ALL) -> None:
        self.room = room
        self._waiting: dict[int, tuple[str, list[Token]]] = {}

    def mark(self, tex: str, shown: str, *, block: bool) -> str:
        """Take a formula; returns what stands for it in the text.

        Args:
            tex: the formula, without its dollar signs.
            shown: what a page shows where it cannot be laid out, as HTML.
            block: whether it stands on a line of its own.
        """
        if len(tex) > min(MAX_TEX, self.room):
            return shown
        self.room -= len(tex)
        tokens = _tokens(tex, block)
        if tokens is None:
            return shown
        number = len(self._waiting)
        self._waiting[number] = (tex, tokens)
        return f"{_OPEN}{number}{_CLOSE}"

    def placed(self, source: Any) -> Filter:
        """For bleach's Cleaner: the tokens of a page, with the formulas in place of their marks."""
        return _Placed(source, self)

    def take(self, number: int) -> tuple[str, list[Token]] | None:
        """A formula, once: a student who forges marks shows none twice."""
        return self._waiting.pop(number, None)


class _Placed(Filter):  # type: ignore[misc]  # bleach is untyped
    def __init__(self, source: Any, formulas: Formulas) -> None:
        super().__init__(source)
        self._formulas = formulas

    def __iter__(self) -> Iterator[Token]:
        for token in super().__iter__():
            if token["type"] == "Characters":
                yield from self._with_formulas(token["data"])
            elif token["type"] in ("StartTag", "EmptyTag"):  # a picture's description, for example
                data = {name: _MARK.sub(self._tex, value) for name, value in token["data"].items()}
                yield token | {"data": data}
            else:
                yield token

    def _with_formulas(self, text: str) -> Iterator[Token]:
        end = 0
        for found in _MARK.finditer(text):
            formula = self._formulas.take(int(found[1]))
            yield _text(text[end : found.start()])
            yield from formula[1] if formula is not None else ()
            end = found.end()
        yield _text(text[end:])

    def _tex(self, found: re.Match[str]) -> str:
        formula = self._formulas.take(int(found[1]))
        return formula[0] if formula is not None else ""


def _tokens(tex: str, block: bool) -> list[Token] | None:
    """A formula as tokens; None where the library does not understand it."""
    known = _ALIGNED.sub("{split}", _SIZED_NAME.sub("", tex))
    try:
        return list(_walk(convert_to_element(known, display="block" if block else "inline")))
    except Exception:  # its own kinds, but also IndexError and RecursionError
        return None


def _walk(element: Element) -> Iterator[Token]:
    """An element with its content; of an unknown element, only the content."""
    known = element.tag in _TAGS
    if known:
        given = {name: value for name, value in element.attrib.items() if name in _ATTRIBUTES}
        data = {(None, name): value for name, value in given.items()}
        yield {"type": "StartTag", "name": element.tag, "namespace": None, "data": data}
    if element.text:
        yield _text(html.unescape(element.text))  # the library writes entities
    for inner in element:
        yield from _walk(inner)
    if known:
        yield {"type": "EndTag", "name": element.tag, "namespace": None}


def _text(text: str) -> Token:
    return {"type": "Characters", "data": text}
