"""The terminal's view of a class: points or, of many students, figures; mistakes; who is missing."""

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from autograder.reports.glance import fewest
from autograder.reports.mistakes import mistakes_of
from autograder.reports.overview import Entry, Overview, Place, Remark, Row, State, by_id
from autograder.text import cell, score

STYLES: dict[State, str] = {
    "passed": "green",
    "partial": "yellow",
    "not_attempted": "dim",
    "missing": "dim",
}
"""All other states are red."""
SIGNS: dict[State, str] = {
    "not_attempted": "–", "missing": "·", "ungraded": "?", "forbidden": "!", "crashed": "x",
    "timed_out": "x",
}  # fmt: skip
LEGEND = "– not attempted  · not handed in  ? not graded  ! forbidden  x gave no answer"
MOST_ROWS = 40
"""The most students that get a line each: more don't fit on a screen."""
MOST_LINES = 10
"""Lines of mistakes, of submissions to look at, and of missing students."""
STUDENT = "student"
NAME_WIDTH = 20
"""Characters of a name in a matrix; longer ones are folded."""
HEADING_WIDTH, LONGEST_WORD = 8, 14
"""Characters of a line of a heading, and of a word that stands on one alone; a longer one is broken."""
FROM_NOBODY = "{notebooks} ({points} points a student, left out of the totals here)"
NEXT = (
    "every notebook: --details; a page with every student, to sort and print: --json FILE, then "
    "`autograder report FILE --html PAGE`"
)
BAR = 30
BINS = 5


def view(overview: Overview) -> Group:
    """Points, common mistakes, what to look at, who is missing; the last of it is read first."""
    parts: list[RenderableType] = []
    if len(overview.rows) <= MOST_ROWS:
        parts += [_Matrix(overview), Text(LEGEND, style="dim")]
    else:
        parts += [_figures(overview), "", *_distribution(overview.rows)]
        parts.append(Text(cell(fewest(overview.rows))))
    for heading, lines in (
        ("mistakes", list(_mistakes(overview))),
        ("notes", _remarks(overview.problems)),
        ("look at", _remarks(overview.review)),
        ("not handed in", list(_missing(overview))),
    ):
        if lines:
            parts += ["", Text(heading, style="bold"), _list(lines)]
    return Group(*parts, "", Text(NEXT, style="dim"), "")


def _list(lines: Sequence[tuple[str, str]]) -> Table:
    """Each line begins with a count or a name; only the first lines are shown."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 1))
    table.add_column(justify="right" if lines[0][0].isdigit() else "left", overflow="fold")
    table.add_column(overflow="fold")
    for first, text in lines[:MOST_LINES]:
        table.add_row(Text(cell(first)), Text(cell(text)))
    if len(lines) > MOST_LINES:
        table.add_row("", Text(f"and {len(lines) - MOST_LINES} more", style="dim"))
    return table


class _Matrix:
    """Students by exercises, in as many tables as the width needs."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, places in enumerate(self._blocks(options.max_width)):
            if number:
                yield ""
            yield self._table(places, total=number == 0)

    def _blocks(self, width: int) -> Iterator[list[Place]]:
        """The exercises that fit beside each other; the first table has the totals, too."""
        names = max(len(cell(row.student)) for row in self._overview.rows)
        names = min(max(names, len(STUDENT)), NAME_WIDTH)
        block: list[Place] = []
        room = width - names - len("total") - 2 - len("of 1000.5")
        for place in self._overview.places_of_anybody:
            needed = 2 + max(len(line) for line in _heading(place).splitlines())
            if block and needed > room:
                yield block
                block, room = [], width - names
            block.append(place)
            room -= needed
        yield block

    def _table(self, places: Sequence[Place], *, total: bool) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(STUDENT, max_width=NAME_WIDTH, overflow="fold", vertical="bottom")
        if total:
            table.add_column("total", justify="right", no_wrap=True, vertical="bottom")
            table.add_column("of", justify="right", no_wrap=True, vertical="bottom")
        for place in places:
            table.add_column(_heading(place), justify="right", no_wrap=True, vertical="bottom")
        for row in self._overview.rows:
            totals = [score(row.score), score(row.possible)] if total else []
            cells = [_cell(row.entries.get(place)) for place in places]
            table.add_row(Text(cell(row.student)), *totals, *cells)
        return table


def _heading(place: Place) -> str:
    """A function's name on several lines, broken where its words end."""
    lines: list[str] = []
    for word in place[2].split("_"):
        if lines and len(lines[-1]) + 1 + len(word) <= HEADING_WIDTH:
            lines[-1] += f"_{word}"
        else:
            lines += [word[i : i + LONGEST_WORD] for i in range(0, len(word), LONGEST_WORD)]
    return "\n".join(lines)


def _cell(entry: Entry | None) -> Text:
    if entry is None:
        return Text("")
    shown = SIGNS.get(entry.state, score(entry.score))
    return Text(shown, style=STYLES.get(entry.state, "red"))


def _figures(overview: Overview) -> Table:
    """A line an exercise: how many students are in which state."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("exercise", overflow="fold")
    for heading in ("mean", "passed", "partial", "failed", "not attempted", "missing"):
        table.add_column(heading.replace(" ", "\n"), justify="right", vertical="bottom")
    table.columns[0].vertical = "bottom"
    for place in overview.places_of_anybody:
        states = overview.states_of(place)
        shown = [states[name] for name in ("passed", "partial")]
        gone = [states["not_attempted"], states["missing"] + states["ungraded"]]
        failed = states.total() - sum(shown) - sum(gone)
        mean = f"{overview.mean_of(place):.0%}"
        table.add_row(
            overview.title_of(place), mean, *(str(n) if n else "" for n in (*shown, failed, *gone))
        )
    return table


def _distribution(rows: Sequence[Row]) -> Iterator[Text]:
    """How many students have which share of the points, as bars."""
    counts = [0] * BINS
    for row in rows:
        counts[min(int(row.share * BINS), BINS - 1)] += 1
    for number in reversed(range(BINS)):
        low, high = number * 100 // BINS, (number + 1) * 100 // BINS
        bar = "█" * round(BAR * counts[number] / max(counts))
        span = f"{low} to {high} %"
        yield Text(f"{span:>12}  {counts[number]:>4} students  {bar}")


def _remarks(remarks: Sequence[Remark]) -> list[tuple[str, str]]:
    """A line a kind: the first of it, and how many there are besides."""
    found = []
    for first, *others in by_id(remarks):
        more = f" ({len(others)} more of this kind)" if others else ""
        found.append((first.student, f"{first.notebook}: {first.text}{more}"))
    return found


def _mistakes(overview: Overview) -> Iterator[tuple[str, str]]:
    for mistake in mistakes_of(overview):
        few = f" ({', '.join(mistake.students)})" if len(mistake.students) <= 3 else ""
        yield str(len(mistake.students)), f"{mistake.exercise} {mistake.title}{few}"


def said_from_nobody(overview: Overview) -> str:
    """Which notebooks nobody handed in, and what they would have given."""
    notebooks = overview.in_words(overview.from_nobody)
    return FROM_NOBODY.format(notebooks=notebooks, points=score(overview.score_from_nobody))


def _missing(overview: Overview) -> Iterator[tuple[str, str]]:
    """A line for what nobody handed in, one for who handed in nothing, then one for each other lack."""
    if overview.from_nobody:
        yield "by anybody", said_from_nobody(overview)
    rows = overview.rows
    nothing = [row.student for row in rows if row.nothing]
    if nothing:
        yield "nothing at all", ", ".join(nothing)
    lacks: dict[str, list[str]] = {}
    for row in rows:
        if row.lacks and not row.nothing:
            lacks.setdefault(overview.in_words(row.lacks), []).append(row.student)
    for notebooks, students in lacks.items():
        yield ", ".join(students), notebooks
