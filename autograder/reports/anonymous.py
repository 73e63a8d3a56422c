"""A report without students' names, for a lecture or a colleague.

What students wrote into their functions stays as it is: messages and counterexamples don't come from
names. The numbers follow from a digest, so that they tell neither the alphabet nor the ranking; who has the
report with the names can find out, of course, whose they are.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from autograder.grading.results import Report

SHORTEST = 3
"""Characters of a name that is looked for in sentences; a shorter one is a part of many words."""


def anonymous(report: Report) -> Report:
    """The report with numbers for students; their files' paths are left out."""
    names = {
        *report.students,
        *(result.student for result in report.results),
        *(file.student for file in report.ungraded),
        *(missing.student for missing in report.missing),
    }
    ordered = sorted(names, key=lambda name: _digest(report.fingerprint, name))
    width = len(str(len(ordered)))
    aliases = {name: f"student {number:0{width}}" for number, name in enumerate(ordered, 1)}
    hide = _hiding(report, aliases)
    return replace(
        report,
        students=tuple(sorted(aliases[name] for name in report.students)),
        results=tuple(
            replace(
                result,
                path="",
                student=aliases[result.student],
                problems=tuple(map(hide, result.problems)),
                review=tuple(map(hide, result.review)),
            )
            for result in report.results
        ),
        ungraded=tuple(
            replace(file, path="", student=aliases[file.student], reason=hide(file.reason))
            for file in report.ungraded
        ),
        missing=tuple(replace(one, student=aliases[one.student]) for one in report.missing),
    )


def _digest(fingerprint: str, name: str) -> str:
    return hashlib.sha256(f"{fingerprint}/{name}".encode("utf-8", "surrogatepass")).hexdigest()


def _hiding(report: Report, aliases: dict[str, str]) -> Callable[[str], str]:
    """Replaces paths and names in a sentence."""
    paths = {result.path: "the file" for result in report.results}
    paths |= {file.path: "the file" for file in report.ungraded}
    long = {name: alias for name, alias in aliases.items() if len(name) >= SHORTEST}
    replacements = {key.casefold(): value for key, value in (long | paths).items() if key}
    if not replacements:
        return str
    longest_first = sorted(replacements, key=len, reverse=True)
    pattern = re.compile(
        r"(?<![^\W_])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![^\W_])", re.IGNORECASE
    )
    return lambda text: pattern.sub(lambda found: replacements[found[0].casefold()], text)
