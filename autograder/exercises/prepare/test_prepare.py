"""The checks of prepare(columns): a table with gaps becomes a tensor."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking import (
    CheckFailure,
    assert_input_unchanged,
    assert_same,
    messages,
    points,
)
from autograder.checking.called import called
from autograder.checking.closeness import short_dtype
from autograder.checking.strategies import EDGE_CASES, FLOAT32

NAMES = ["rooms", "area", "price", "roof", "alley", "town", "age", "street"]
WORDS = ["slate", "Tile", "metal", "paved", "gravel", "oak"]
"""Sorted by Python, capitals come first."""
NUMBERS = [2, 4, 1, 3, 5, 0.5, 1.5, -2, 7.25, 120, 8, 2.75, 106.5, -0.25, 33]
GAP = None
ROWS = st.sampled_from([3, 4, 5, 6])


@st.composite
def number_columns(draw, rows, *, gaps=True, zeros=False):
    """Known numbers, no two of them equal; gaps: some are missing, and not the first."""
    column = draw(st.permutations(NUMBERS))[:rows]
    if zeros:
        column[draw(st.integers(0, rows - 1))] = draw(st.sampled_from([0, 0.0]))
    for place in draw(_places(rows)) if gaps and rows > 1 else ():
        column[place] = GAP
    return column


@st.composite
def text_columns(draw, rows, *, gaps=True, words=WORDS):
    """Texts of a few kinds, not in their sorted order; gaps: some are missing, and not the first."""
    kinds = draw(st.permutations(words))[:3]
    column = [draw(st.sampled_from(kinds)) for _ in range(rows)]
    if rows > 1:
        column[:2] = sorted(kinds[:2], reverse=True)  # two kinds, the later one first
    for place in draw(_places(rows)) if gaps and rows > 1 else ():
        column[place] = GAP
    return column


def _places(rows):
    return st.sets(st.integers(1, rows - 1), min_size=1, max_size=max(1, rows - 2))


@st.composite
def tables(draw, kinds, rows=ROWS):
    """A dict of columns, of the kinds that a list of strategies makes from a number of rows."""
    n = draw(rows)
    names = draw(st.permutations(NAMES))
    return {name: draw(make(n)) for name, make in zip(names, draw(kinds), strict=False)}


def numbers(rows):
    """A column of numbers with gaps."""
    return number_columns(rows)


def whole_numbers(rows):
    """A column of whole numbers without gaps."""
    return st.permutations([1, 2, 3, 4, 5, 8, -2, 33]).map(lambda known: known[:rows])


def texts(rows):
    """A column of texts with gaps."""
    return text_columns(rows)


def whole_texts(rows):
    """A column of texts without gaps."""
    return text_columns(rows, gaps=False)


def of_numbers_and_texts(least=1, most=2, text=texts):
    """Some columns of numbers, then one of texts."""
    return st.integers(least, most).map(lambda count: [numbers] * count + [text])


def _assert_same(student, reference, columns):
    """Compare the values, whatever the dtype: `test_float32` judges that."""

    def prepare(table):
        result = student.prepare(table)
        is_whole = isinstance(result, Tensor) and not result.is_floating_point()
        return result.float() if is_whole else result

    assert_same(prepare, reference.prepare, columns, names="columns")


@points(5)
@given(columns=tables(of_numbers_and_texts()))
def test_numbers_then_texts(student, reference, columns):
    """Fills gaps in numbers with the mean, and gives each text, and the gaps, a column of its own."""
    _assert_same(student, reference, columns)


@points(1, needs=test_numbers_then_texts)
@settings(max_examples=2 * EDGE_CASES)
@given(columns=tables(st.sampled_from([[texts, numbers], [texts, numbers, numbers],
                                       [numbers, texts, numbers]])))  # fmt: skip
def test_texts_before_numbers(student, reference, columns):
    """Puts all columns of numbers first, in the order of the dict, wherever they stand there."""
    _assert_same(student, reference, columns)


@points(1, needs=test_numbers_then_texts)
@settings(max_examples=2 * EDGE_CASES)
@given(columns=tables(of_numbers_and_texts(text=whole_texts)))
def test_texts_without_gaps(student, reference, columns):
    """Adds a column for gaps only to texts that have some."""
    _assert_same(student, reference, columns)


@st.composite
def awkward(draw):
    """A zero among the numbers, an empty text, and gaps in the first row."""
    n = draw(ROWS)
    number = draw(number_columns(n, zeros=True))
    text = draw(text_columns(n, words=["", *WORDS]))
    text[0] = ""
    which = draw(st.sampled_from(["number", "text", "both", "neither"]))
    if which in ("number", "both"):
        number = [GAP, *number]
        text = [text[0], *text]
    if which in ("text", "both"):
        text = [GAP, *text]
        number = [draw(st.sampled_from(NUMBERS)), *number]
    return {"rooms": number, "alley": text}


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=2 * EDGE_CASES)
@given(columns=awkward())
def test_zero_empty_text_and_first_gap(student, reference, columns):
    """Takes 0 and the empty text for what they are, and gaps in the first row, too."""
    _assert_same(student, reference, columns)


def digits(rows):
    """A column of texts that look like numbers."""
    return text_columns(rows, words=["7", "10", "2", "1.5", "-3"])


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=EDGE_CASES)
@given(columns=tables(of_numbers_and_texts(text=digits)))
def test_digits_as_texts(student, reference, columns):
    """Takes texts that look like numbers for texts."""
    _assert_same(student, reference, columns)


ONE_KIND = st.sampled_from([[numbers], [texts], [numbers, numbers, numbers]])
SEVERAL_TEXTS = st.sampled_from([[texts, texts], [numbers, texts, texts], [numbers] + [texts] * 3])


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=EDGE_CASES)
@given(columns=tables(SEVERAL_TEXTS))
def test_several_texts(student, reference, columns):
    """Gives every column of texts its own kinds, one after the other in the order of the dict."""
    _assert_same(student, reference, columns)


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=EDGE_CASES)
@given(columns=tables(ONE_KIND) | tables(of_numbers_and_texts(), rows=st.just(1)))
def test_one_kind_or_row(student, reference, columns):
    """Is correct for numbers alone, for texts alone, and for a single row."""
    _assert_same(student, reference, columns)


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=EDGE_CASES)
@given(columns=tables(of_numbers_and_texts()) | tables(st.just([whole_numbers])))
def test_float32(student, reference, columns):
    """Gives a float32 tensor, also for whole numbers alone."""
    _assert_same(student, reference, columns)
    result = student.prepare(copy.deepcopy(columns))
    if result.dtype is not FLOAT32:
        dtypes = {"got": short_dtype(result.dtype), "expected": "float32"}
        text = messages.OTHER_DTYPE.format(what=called("result"), **dtypes)
        raise CheckFailure(text, kind="dtype", **dtypes, named=True)


@points(0.5, needs=test_numbers_then_texts)
@settings(max_examples=EDGE_CASES)
@given(columns=tables(of_numbers_and_texts()))
def test_table_unchanged(student, columns):
    """Leaves the table as it was."""
    assert_input_unchanged(student.prepare, columns, names="columns")
