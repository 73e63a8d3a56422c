"""The names that a message uses for compared things, in the current language.

A check passes English words, also with a value in them ("result with p = 0.5"), and a worker describes an
object in English words ("a set"). Both become sentences only here, where a reader's language is known.
"""

import re
from collections.abc import Iterable
from functools import cache, reduce

from autograder.checking import messages
from autograder.language import current, tr

_VALUE = re.compile(r"\\\{(\w+)\\\}")
"""A named value of a template whose special characters are escaped."""


def called(what: str) -> str:
    """A compared thing, as a message calls it; unchanged where no translation is known.

    Args:
        what: a check's name for it: "result", "gradient with p = 0", a result's own name.
    """
    said = _said(what, "CALLED")
    if said == what and what.isidentifier() and current() != "en":
        return tr("result {name}").format(name=what)
    return said


def object_called(description: str) -> str:
    """An object that is no tensor, as a message calls it; unchanged where no translation is known.

    Args:
        description: as `sandbox.wire.packing.describe` gives it, from a process that may send anything.
    """
    return _said(description, "OBJECTS")


def attempt_called(attempt: str) -> str:
    """An attempt of student code, as a message calls it; unchanged where no translation is known.

    Args:
        attempt: as `sandbox.worker.attempts` gives it, from a process that may send anything.
    """
    return _said(attempt, "ATTEMPTS")


def listed(items: Iterable[str]) -> str:
    """Some things listed in one text, "" where there are none."""
    return reduce(_next_to, items) if (items := tuple(items)) else ""


def _next_to(one: str, other: str) -> str:
    return messages.NEXT_TO.format(one=one, other=other)


def _said(text: str, templates: str) -> str:
    if current() == "en":
        return text
    translated = tr(text)
    if translated != text:
        return translated
    for pattern, template in _patterns(templates):
        found = pattern.fullmatch(text)
        if found is not None:
            values = found.groupdict()
            if "what" in values:
                values["what"] = called(values["what"])
            return tr(template).format(**values)
    return text


@cache
def _patterns(templates: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Templates of `messages`, each with the pattern of the texts that are made from it."""
    english: tuple[str, ...] = vars(messages)[templates]
    return tuple(
        (re.compile(_VALUE.sub(r"(?P<\1>.+)", re.escape(template)), re.DOTALL), template)
        for template in english
    )
