"""Known wrong implementations of prepare: settings of one body, simplest first, pairs at the end."""

import statistics
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

from autograder.checking import mistake

_FILLS: dict[str, Any] = {
    "mean": lambda known, column: sum(known) / len(known),
    "zero": lambda known, column: 0.0,
    "median": lambda known, column: statistics.median(known),
    "most frequent": lambda known, column: max(known, key=known.count),
    "over all rows": lambda known, column: sum(known) / len(column),
    "without zeros": lambda known, column: sum(known) / max(sum(1 for x in known if x), 1),
    "whole": lambda known, column: float(sum(known) // len(known)),
    "a digit": lambda known, column: round(sum(known) / len(known), 1),
    "smallest": lambda known, column: min(known),
    "greatest": lambda known, column: max(known),
    "midrange": lambda known, column: (min(known) + max(known)) / 2,
    "nan": lambda known, column: float("nan"),
    "mean of all": lambda known, column: sum(known) / len(known),
}


_ORDERS: dict[str, Any] = {
    "sorted": lambda kinds, known: sorted(kinds),
    "of all columns": lambda kinds, known: sorted(kinds),
    "as they come": lambda kinds, known: kinds,
    "reversed": lambda kinds, known: sorted(kinds)[::-1],
    "frequent": lambda kinds, known: sorted(sorted(kinds), key=known.count, reverse=True),
    "lower case": lambda kinds, known: sorted(kinds, key=str.lower),
    "length": lambda kinds, known: sorted(sorted(kinds), key=len),
}


def _is_text(column: list[Any], kind: str) -> bool:
    if kind == "first entry":
        return isinstance(column[0], str)
    if kind == "first entry is no number":
        return not isinstance(column[0], int | float)
    known = [x for x in column if x is not None]
    if kind == "fractions":
        return not isinstance(known[0], float)
    if kind == "fractions alone":
        return not all(isinstance(x, float) for x in known)
    if kind == "digits":
        return not all(isinstance(x, int | float) or _is_number(x) for x in known)
    return any(isinstance(x, str) for x in known)


def _carried(column: list[Any]) -> list[float]:
    """The numbers of a column, each gap filled with the last known one; those in front with the first."""
    first = next(x for x in column if x is not None)
    return list(accumulate(column, lambda last, x: last if x is None else x, initial=first))[1:]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _prepare(
    columns: dict[str, list[Any]],
    *,
    kind: str = "any entry",
    fill: str = "mean",
    gap: str = "none",
    order: str = "numbers first",
    categories: str = "sorted",
    for_gaps: str = "where needed",
    gaps_stand: str = "last",
    first_left_out: bool = False,
    last_left_out: bool = False,
    code: str = "one-hot",
    scale: str = "none",
    rows: str = "all",
    shape: str = "table",
    changes: str = "nothing",
) -> Tensor:
    """A table as a tensor; each keyword replaces one ingredient."""

    def is_gap(x: Any) -> bool:
        return not x if gap == "falsy" else x is None or (gap == "empty text" and x == "")

    if changes == "taken out":
        columns, table = dict(columns), columns
        table.clear()

    if rows == "known alone":
        keep = [
            not any(c[i] is None for c in columns.values())
            for i in range(len(next(iter(columns.values()))))
        ]
        columns = {name: [x for x, k in zip(c, keep) if k] for name, c in columns.items()}
    entries = [x for column in columns.values() for x in column]
    all_numbers = [x for x in entries if isinstance(x, int | float)]
    number_parts, text_parts, parts = [], [], []
    named = sorted(columns.items()) if order == "names sorted" else list(columns.items())
    for _, column in named:
        known = [x for x in column if not is_gap(x)]
        made = []
        if not _is_text(column, kind):
            known = [float(x) if kind == "digits" else x for x in known]
            numbers = all_numbers if fill == "mean of all" else known
            value = _FILLS[fill](numbers, column) if known and fill in _FILLS else 0.0
            filled = [value if is_gap(x) or (gap == "zero" and not x) else float(x) for x in column]
            if changes == "filled":
                column[:] = filled
            if fill == "carried":
                filled = _carried(column)
            if fill == "carried back":
                filled = _carried(column[::-1])[::-1]
            if scale == "standardized":
                mean = sum(filled) / len(filled)
                spread = (sum((x - mean) ** 2 for x in filled) / len(filled)) ** 0.5 or 1.0
                filled = [(x - mean) / spread for x in filled]
            made.append(filled)
            if scale == "indicator" and len(known) < len(column):
                made.append([float(is_gap(x)) for x in column])
            number_parts += made
        else:
            of_all = categories == "of all columns"
            kinds = list(
                dict.fromkeys(x for x in entries if isinstance(x, str))
                if of_all
                else dict.fromkeys(known)
            )
            kinds = _ORDERS[categories](kinds, known)
            if code == "numbers":
                made.append(
                    [float(kinds.index(x)) if not is_gap(x) else float(len(kinds)) for x in column]
                )
            else:
                kept = kinds[first_left_out : len(kinds) - last_left_out]
                made += [[float(x == kind) for x in column] for kind in kept]
                if for_gaps == "always" or (
                    for_gaps == "where needed" and len(known) < len(column)
                ):
                    gaps = [float(is_gap(x)) for x in column]
                    made = [gaps, *made] if gaps_stand == "first" else [*made, gaps]
            text_parts += made
        parts += made
    if order == "texts first":
        parts = text_parts + number_parts
    elif order in ("numbers first", "names sorted"):
        parts = number_parts + text_parts
    if for_gaps == "numbers alone":
        parts = number_parts
    X = torch.tensor(parts, dtype=torch.float32)
    if shape == "reshaped":
        return X.reshape(X.shape[1], X.shape[0])
    return X if shape == "transposed" else X.T.contiguous()


fills_zero = mistake(
    _prepare,
    fill="zero",
    title="fills gaps in numbers with 0",
    hint="Which number changes the mean of a column least when it fills a gap?",
    source="fillna(0), from pull requests about silently filled gaps",
)
fills_median = mistake(
    _prepare,
    fill="median",
    title="fills gaps in numbers with the median",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="median in place of mean, from public preprocessing code",
)
fills_last_known = mistake(
    _prepare,
    fill="carried",
    title="fills gaps in numbers with the last known entry before them",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="ffill, which is for rows in the order of time",
)
fills_mean_of_all = mistake(
    _prepare,
    fill="mean of all",
    title="fills gaps with the mean of the numbers of all columns together",
    hint="Areas and rooms are measured on different scales. Of which numbers is your mean?",
    source="how it comes about: one mean for the whole table",
)
fills_most_frequent = mistake(
    _prepare,
    fill="most frequent",
    title="fills gaps in numbers with the first or the most frequent entry",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="the mode, or a forward fill",
)
rounds_mean_to_digits = mistake(
    _prepare,
    fill="a digit",
    title="rounds the mean",
    hint="Rounding is for printing: the model can use every digit.",
    source="round(mean, 1), which makes the printed table shorter",
)
fills_smallest = mistake(
    _prepare,
    fill="smallest",
    title="fills gaps in numbers with the smallest entry",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="min in place of mean",
)
fills_greatest = mistake(
    _prepare,
    fill="greatest",
    title="fills gaps in numbers with the greatest entry",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="max in place of mean",
)
fills_middle = mistake(
    _prepare,
    fill="midrange",
    title="fills gaps in numbers with the middle between the least entry and the greatest",
    hint="Is it the mean of what is known that stands in your gaps? All known entries take part in it.",
    source="(max + min) / 2 taken for the mean",
)
fills_next_known = mistake(
    _prepare,
    fill="carried back",
    title="fills gaps in numbers with the next known entry after them",
    hint="Is it the mean of what is known that stands in your gaps?",
    source="bfill, which is for rows in the order of time",
)
divides_by_rows = mistake(
    _prepare,
    fill="over all rows",
    title="divides by the number of all rows for the mean, gaps among them",
    hint="How many entries of the column are known? The mean is theirs.",
    source="gaps counted as zeros in a mean, from threads about imputation",
)
rounds_mean = mistake(
    _prepare,
    fill="whole",
    title="rounds the mean down to a whole number",
    hint="Which operation cuts off the decimals: //, int(...), or an integer tensor?",
    source="integer division of a column of integers",
)
leaves_nan = mistake(
    _prepare,
    fill="nan",
    title="leaves gaps in numbers as nan",
    hint="Print your result. Can a model compute with nan?",
    source="None turned into nan by a conversion, and not filled",
)
drops_rows = mistake(
    _prepare,
    rows="known alone",
    title="drops rows with gaps",
    hint="Compare the number of rows before and after.",
    source="dropna in place of fillna",
)
adds_indicator = mistake(
    _prepare,
    scale="indicator",
    title="adds a column for gaps to numbers as well",
    hint="How many columns does a column of numbers become?",
    source="an indicator of missing values, as some libraries add",
)
standardizes = mistake(
    _prepare,
    scale="standardized",
    title="standardizes the numbers",
    hint="Known numbers stay as they are. Which step changes them?",
    source="the preprocessing of the book's house prices carried over",
)
numbers_alone = mistake(
    _prepare,
    for_gaps="numbers alone",
    title="leaves the texts out",
    hint="Into how many columns should a column of texts turn?",
    source="select_dtypes or numeric_only, and the texts forgotten",
)
numbers_kinds = mistake(
    _prepare,
    code="numbers",
    title="numbers the texts in one column instead of one column each",
    hint="Is slate three times as much as gravel? Each text gets a column of zeros and ones.",
    source="label encoding in place of one-hot encoding",
)
never_marks_gaps = mistake(
    _prepare,
    for_gaps="never",
    title="adds no column for gaps in texts",
    hint="What does a row hold in which the text is missing? Its columns must add up to 1.",
    source="get_dummies without dummy_na",
)
always_marks_gaps = mistake(
    _prepare,
    for_gaps="always",
    title="adds a column for gaps to texts that have none, too",
    hint="A column of zeros alone teaches nothing. When is the last column needed?",
    source="dummy_na=True, as in the book",
)
gaps_first = mistake(
    _prepare,
    gaps_stand="first",
    title="puts the column for gaps before those for the texts",
    hint="Which column of a text comes last?",
    source="None sorted to the front, or a category -1",
)
leaves_first_out = mistake(
    _prepare,
    first_left_out=True,
    title="leaves the first text out",
    hint="Every text has a column of its own, also the first.",
    source="drop_first=True",
)
leaves_last_out = mistake(
    _prepare,
    last_left_out=True,
    title="leaves the last text out",
    hint="Every text has a column of its own, also the last.",
    source="a loop to len(kinds) - 1, or one column saved because the others tell it",
)
keeps_order_of_texts = mistake(
    _prepare,
    categories="as they come",
    title="orders the texts as they come in the column",
    hint="Which text has the first column: the one that comes first, or the one that is sorted first?",
    source="unique() without sorting",
)
reverses_texts = mistake(
    _prepare,
    categories="reversed",
    title="orders the texts backwards",
    hint="sorted(...) is the order that is asked for.",
    source="sorting with reverse=True",
)
sorts_by_frequency = mistake(
    _prepare,
    categories="frequent",
    title="orders the texts by how often they come",
    hint="sorted(...) is the order that is asked for.",
    source="value_counts() or Counter.most_common()",
)
sorts_without_case = mistake(
    _prepare,
    categories="lower case",
    title="orders the texts without regard to capitals",
    hint="Python sorts capitals before small letters.",
    source="key=str.lower",
)
sorts_by_length = mistake(
    _prepare,
    categories="length",
    title="orders the texts by their length",
    hint="sorted(...) is the order that is asked for.",
    source="key=len, as in exercises on sorting",
)
shares_texts = mistake(
    _prepare,
    categories="of all columns",
    title="gives each column of texts the texts of the others as well",
    hint="Which columns does a roof need: one for each roof, or one for each word of the table?",
    source="how it comes about: one vocabulary collected from the whole table",
)
keeps_order_of_columns = mistake(
    _prepare,
    order="as they come",
    title="leaves numbers and texts in the order of the table",
    hint="All columns of numbers come first, whatever the order of the dict.",
    source="one loop over all columns; get_dummies is what moves texts to the end",
)
texts_first = mistake(
    _prepare,
    order="texts first",
    title="puts the texts before the numbers",
    hint="All columns of numbers come first.",
    source="parts joined the other way round",
)
sorts_names = mistake(
    _prepare,
    order="names sorted",
    title="sorts the columns by their names",
    hint="A dict keeps its order: the columns come in it.",
    source="sorted(columns)",
)
zero_is_gap = mistake(
    _prepare,
    gap="falsy",
    title="takes 0 and the empty text for gaps",
    hint="Only None is a gap. Is 0 true or false in Python?",
    source="`if x` or `x or mean`",
)
zero_is_filled = mistake(
    _prepare,
    gap="zero",
    title="puts the mean in the place of every 0",
    hint="Only None is a gap. Is 0 true or false in Python?",
    source="how it comes about: `x or mean`, with a mean that counts zeros",
)
empty_text_is_gap = mistake(
    _prepare,
    gap="empty text",
    title="takes the empty text for a gap",
    hint="Only None is a gap.",
    source="the habit of reading files in which gaps are empty",
)
mean_without_zeros = mistake(
    _prepare,
    fill="without zeros",
    title="counts no zeros for the mean",
    hint="0 is a known number, and counts.",
    source="a count of true entries in place of known ones",
)
looks_at_first_entry = mistake(
    _prepare,
    kind="first entry is no number",
    title="takes numbers for texts where the first entry is a gap",
    hint="What is the kind of a column that begins with None?",
    source="isinstance(column[0], ...)",
)
takes_first_gap_for_number = mistake(
    _prepare,
    kind="first entry",
    title="takes texts for numbers where the first entry is a gap",
    hint="What is the kind of a column that begins with None?",
    source="isinstance(column[0], str), which is false for None",
)
reads_digits = mistake(
    _prepare,
    kind="digits",
    title="takes texts that look like numbers for numbers",
    hint='"7" is a text: its type decides.',
    source="float(x) in a try, or to_numeric",
)
needs_fractions_everywhere = mistake(
    _prepare,
    kind="fractions alone",
    title="takes columns with a whole number in them for texts",
    hint="Is 2 a number? Which types are numbers in Python?",
    source="all(isinstance(x, float) for x in column), and an int is none",
)
takes_fractions_alone = mistake(
    _prepare,
    kind="fractions",
    title="takes columns of whole numbers for texts",
    hint="Is 2 a number? Which types are numbers in Python?",
    source="isinstance(x, float), which an int is not",
)
reshapes = mistake(
    _prepare,
    shape="reshaped",
    title="reshapes the list of columns in the place of transposing it",
    hint="Print the first row of your result beside the first row of the table. What does reshape do to the order?",
    source="reshape(rows, -1) of a tensor of columns",
)
fills_table = mistake(
    _prepare,
    changes="filled",
    title="fills the gaps in the caller's table, too",
    hint="Print the table before and after the call. Whose list do you write into?",
    source="column[i] = mean in the lists of the table",
)
takes_columns_out = mistake(
    _prepare,
    changes="taken out",
    title="takes the columns out of the caller's table",
    hint="Print the table before and after the call. What does pop do to it?",
    source="columns.pop(name), to have done with a column",
)
transposes = mistake(
    _prepare,
    shape="transposed",
    title="gives a row for each column of the table",
    hint="Every row of the result is a row of the table.",
    source="torch.tensor of a list of columns",
)

PAIRS = [
    ("always_marks_gaps", "keeps_order_of_columns"),
    ("keeps_order_of_texts", "keeps_order_of_columns"),
    ("fills_zero", "never_marks_gaps"),
    ("keeps_order_of_texts", "never_marks_gaps"),
    ("zero_is_gap", "keeps_order_of_columns"),
]
