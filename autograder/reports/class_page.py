"""The class report: one page that needs nothing else, for a browser and for print.

It is read without its script, which sorts and searches. The browser runs that script alone: the page's
policy names its digest, so nothing else on it could run, even if it weren't escaped.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import fmean, median

from markupsafe import Markup, escape

from autograder.grading.results import Report
from autograder.reports import html, terminal
from autograder.reports.class_tables import SIGNS, said_from_nobody
from autograder.reports.glance import glance
from autograder.reports.mistakes import checks_of, mistakes_of
from autograder.reports.overview import STATES, Entry, Overview, Place, Remark, State, by_id
from autograder.text import score

TITLE = "Class report"
REFUSED = "refused"
"""The id of the notes on operations that student code tried."""
BINS = 10


@dataclass(frozen=True)
class _Bin:
    """Students whose share of the points lies between two percentages."""

    low: int
    high: int
    count: int
    width: float


@dataclass(frozen=True)
class _Exercise:
    """A line of the table of exercises, and who hasn't handed in or attempted it."""

    place: Place
    title: str
    mean: float
    states: dict[State, int]
    missing: tuple[str, ...]
    untouched: tuple[str, ...]


def render(report: Report, remarks: Sequence[str] = ()) -> str:
    """The page; everything that a student wrote is escaped.

    Args:
        report: what was found.
        remarks: sentences about the report itself, which stand first.
    """
    overview = Overview(report)
    rows = overview.rows
    shares = [row.share for row in rows]
    script = _file("class.js")
    mistakes = mistakes_of(overview)
    return html.TEMPLATES.get_template("class.html").render(
        title=TITLE,
        report=report,
        remarks=remarks,
        totals=terminal.totals(overview),
        style=Markup(_file("class.css")),
        script=Markup(script),
        script_digest=_digest(script),
        bins=_bins(shares),
        mean=fmean(shares) if shares else 0.0,
        median=median(shares) if shares else 0.0,
        rows=rows,
        STATES=STATES,
        exercises=[_exercise(overview, place) for place in overview.places_of_anybody],
        glance=list(glance(overview, mistakes)) if len(rows) > 1 else [],
        mistakes=mistakes,
        checks=checks_of(overview),
        looks={heading: by_id(found) for heading, found in _looks(overview).items() if found},
        from_nobody=said_from_nobody(overview) if overview.from_nobody else "",
        nobody=[row for row in rows if row.nothing],
        anchors={row.student: f"student-{number}" for number, row in enumerate(rows, 1)},
        in_words=overview.in_words,
        shown=_shown,
        fragment=lambda exercise: Markup(html.render(exercise)),
        breakable=lambda text: escape(text).replace("_", Markup("_<wbr>")),
    )


def _bins(shares: list[float]) -> list[_Bin]:
    counts = [0] * BINS
    for share in shares:
        counts[min(int(share * BINS), BINS - 1)] += 1
    most = max(counts) or 1
    step = 100 // BINS
    return [
        _Bin(n * step, (n + 1) * step, count, 100 * count / most) for n, count in enumerate(counts)
    ]


def _exercise(overview: Overview, place: Place) -> _Exercise:
    def who(state: State) -> tuple[str, ...]:
        entries = ((row.student, row.entries.get(place)) for row in overview.rows)
        return tuple(name for name, entry in entries if entry and entry.state == state)

    return _Exercise(
        place,
        overview.title_of(place),
        overview.mean_of(place),
        dict.fromkeys(STATES, 0) | overview.states_of(place),
        who("missing"),
        who("not_attempted"),
    )


def _looks(overview: Overview) -> dict[str, list[Remark]]:
    """The submissions that a person should look at, by heading."""
    crashes = [
        Remark(row.student, "/".join(place), entry.state.replace("_", " "), entry.state)
        for row in overview.rows
        for place, entry in row.entries.items()
        if entry.state in ("crashed", "timed_out")
    ]
    tried = [remark for remark in overview.problems if remark.id == REFUSED]
    return {
        "Full marks in an unusual way, or internals named": overview.review,
        "Crashed or timed out": crashes,
        "Refused operations": tried,
        "Not graded": [
            Remark(row.student, file.notebook, file.reason, file.reason_id)
            for row in overview.rows
            for file in row.ungraded
        ],
        "Notes on notebooks": [remark for remark in overview.problems if remark not in tried],
        "Advice that was given": overview.advice,
    }


def _shown(entry: Entry | None) -> str:
    return "" if entry is None else SIGNS.get(entry.state, score(entry.score))


@cache
def _file(name: str) -> str:
    templates = resources.files("autograder.reports").joinpath("templates")
    return templates.joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
