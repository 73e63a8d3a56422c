"""The report in Markdown, for the summary page of a CI job: totals, points, mistakes.

No text but ours is Markdown: names and messages stand in code spans and fenced blocks that they cannot
close, where neither HTML nor links, mentions and pictures act; sentences about mistakes are escaped.
"""

import re
from collections.abc import Iterator

from autograder.checking import messages
from autograder.grading.results import ExerciseResult, Report, SubmissionResult
from autograder.language import speaking, tr
from autograder.reports.mistakes import first_failure, why_not_run
from autograder.reports.overview import Overview, Row
from autograder.reports.terminal import sandbox, totals
from autograder.text import cell, printable, score

MOST_BYTES = 900_000
"""Of the whole text: GitHub shows no summary above 1 MiB (its documentation of job summaries)."""
CUT = "The report is cut here, since it is long; the JSON report has everything."
_RUN = re.compile(r"`+")
_PUNCTUATION = re.compile(r"[!#$&()*:<>@\[\\\]_`{|}~-]")
"""Whatever could begin something in Markdown within a line; a backslash makes any of it plain."""


def render(report: Report) -> str:
    """The report as Markdown text: of one student every exercise, of more a line a student, first."""
    overview = Overview(report)
    room = MOST_BYTES
    blocks: list[str] = []
    for block in _blocks(overview):
        room -= len(block.encode()) + 2
        if room < 0:
            blocks.append(CUT)
            break
        blocks.append(block)
    return "\n\n".join(blocks) + "\n"


def _blocks(overview: Overview) -> Iterator[str]:
    report = overview.report
    yield "## Autograder"
    yield _plain(totals(overview))
    if len(overview.rows) > 1:
        yield "\n".join(_class(overview.rows))
    for file in report.ungraded:
        yield f"- not graded: {code(file.reason)}"
    for row in overview.rows:
        for result in row.results:
            with speaking(result.language):
                said = list(_submission(result, alone=len(overview.rows) == 1))
            yield from said
    if report.isolation is not None:
        yield _plain(sandbox(report.isolation))


def _class(rows: tuple[Row, ...]) -> Iterator[str]:
    """A table with a line a student."""
    yield "| student | points | of | without full marks |"
    yield "|---|--:|--:|---|"
    for row in rows:
        open_ones = [place[2] for place, e in row.compared.items() if e.state != "passed"]
        names = " ".join(_in_table(name) for name in open_ones)
        points = f"{score(row.score)} | {score(row.possible)}"
        yield f"| {_in_table(row.student)} | {points} | {names} |"


def _submission(result: SubmissionResult, *, alone: bool) -> Iterator[str]:
    """A notebook; in a class one with full marks and nothing to say about it is left out."""
    says_more = bool(result.problems or result.review or any(e.advice for e in result.exercises))
    if not alone and result.status == "passed" and not says_more:
        return
    notebook = code(f"{result.assignment}/{result.notebook}")
    yield f"### {code(result.student)} {notebook}" if result.student else f"### {code(result.path)}"
    yield "\n".join(_table(result))
    yield from (f"- {tr('Note:')} {code(problem.text)}" for problem in result.problems)
    yield from (f"- look at: {code(one.text)}" for one in result.review)
    for exercise in result.exercises:
        yield from _why(exercise)


def _table(result: SubmissionResult) -> Iterator[str]:
    yield "| exercise | points | of | status |"
    yield "|---|--:|--:|---|"
    for exercise in result.exercises:
        points = f"{score(exercise.score)} | {score(exercise.max_score)}"
        yield f"| {_in_table(exercise.name)} | {points} | {messages.STATUSES[exercise.status]} |"


def _why(exercise: ExerciseResult) -> Iterator[str]:
    """Why points are missing: the promise that broke first, how, and the mistake's name and hint."""
    failed = first_failure(exercise)
    if failed is not None:
        yield f"**{code(exercise.name)}** {_plain(failed.title)}"
        yield _fenced(failed.message, "text")
        if failed.code:
            yield _fenced(failed.code, "python")
    elif why := why_not_run(exercise):
        yield f"**{code(exercise.name)}** {_plain(why)}"
    if exercise.diagnosis is not None:
        named = tr("Your function {mistake}.").format(mistake=_plain(exercise.diagnosis.title))
        yield f"{named} {tr('hint:')} {_plain(exercise.diagnosis.hint)}"
    yield from (f"- {tr('advice:')} {_plain(line.text)}" for line in exercise.advice)


def code(text: str) -> str:
    """A text in a code span, on one line."""
    shown = cell(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown or shown.isspace() else fence + shown + fence


def _in_table(text: str) -> str:
    """The same in a table, where a bar would end the cell, within a code span too."""
    return code(text.replace("|", "¦"))


def _fenced(text: str, language: str) -> str:
    """A text in a block of its own."""
    shown = printable(text)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUN.findall(text)), default=0)


def _plain(text: str) -> str:
    """A sentence of ours that may quote something else, on one line."""
    return _PUNCTUATION.sub(r"\\\g<0>", cell(text))
