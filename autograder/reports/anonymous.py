"""A report without students' names, for a lecture or a colleague.

Text that students wrote into their functions stays: messages and counterexamples don't come from names.
The numbers follow from a digest, so that they show neither the alphabet nor the ranking. With the report
that has the names one can find out, of course, whose they are.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from autograder.grading.results import Report

SHORTEST = 3
"""Characters of a name that is looked for in sentences; a shorter one is a part of many words."""

HIDDEN = "somebody"
"""In place of a name in capitals that no table of capitals leads back from."""


def anonymous(report: Report) -> Report:
    """The report with numbers for students and for their files."""
    names = numbered(
        "student",
        {
            *report.students,
            *(result.student for result in report.results),
            *(file.student for file in report.ungraded),
            *(missing.student for missing in report.missing),
        },
        report.fingerprint,
    )
    paths = numbered(
        "file",
        {*(result.path for result in report.results), *(file.path for file in report.ungraded)},
        report.fingerprint,
    )
    hide = _hiding({name: one for name, one in names.items() if len(name) >= SHORTEST} | paths)
    return replace(
        report,
        students=tuple(sorted(names[name] for name in report.students)),
        results=tuple(
            replace(
                result,
                path=paths[result.path],
                student=names[result.student],
                problems=tuple(replace(one, text=hide(one.text)) for one in result.problems),
                review=tuple(replace(one, text=hide(one.text)) for one in result.review),
            )
            for result in report.results
        ),
        ungraded=tuple(
            replace(
                file, path=paths[file.path], student=names[file.student], reason=hide(file.reason)
            )
            for file in report.ungraded
        ),
        missing=tuple(replace(one, student=names[one.student]) for one in report.missing),
        problems=tuple(replace(one, text=hide(one.text)) for one in report.problems),
        roster="",  # a digest of names: who has a list of names could find out whether it is this class's
    )


def numbered(kind: str, texts: set[str], fingerprint: str) -> dict[str, str]:
    """A number for each text, in the order of their digests."""
    ordered = sorted(
        texts,
        key=lambda text: hashlib.sha256(
            f"{fingerprint}/{text}".encode("utf-8", "surrogatepass")
        ).digest(),
    )
    width = len(str(len(ordered)))
    return {text: f"{kind} {number:0{width}}" for number, text in enumerate(ordered, 1)}


def _hiding(aliases: dict[str, str]) -> Callable[[str], str]:
    """Replaces names and paths in a sentence, where they stand as words of their own."""
    known = {text.casefold(): alias for text, alias in aliases.items() if text}
    if not known:
        return str
    written = {*known, *filter(None, aliases)}  # "ß" is one character, and two as casefold has it
    longest_first = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![^\W_])(?:{longest_first})(?![^\W_])", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: known.get(found[0].casefold(), HIDDEN), text)
