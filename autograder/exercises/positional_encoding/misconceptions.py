"""Known wrong implementations of positional_encoding: one body with switches, and pairs of them."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Exponents = Callable[[int], Tensor]


def _pairs(d: int) -> Tensor:
    """0, 0, 2, 2, 4, 4, ... divided by d."""
    columns = torch.arange(d, dtype=torch.float64)
    return (columns - columns % 2) / d


def _columns(d: int) -> Tensor:
    return torch.arange(d, dtype=torch.float64)


def _angles(positions: Tensor, rates: Tensor) -> Tensor:
    return positions[:, None] / rates


def _alternate(sines: Tensor, cosines: Tensor) -> Tensor:
    return torch.where(torch.arange(sines.shape[1]) % 2 == 0, sines, cosines)


def _encoding(
    n: int, d: int, *,
    exponents: Exponents = _pairs, base: float = 10000.0, first: int = 0,
    angles: Callable[..., Tensor] = _angles, waves=(torch.sin, torch.cos),
    arranged: Callable[[Tensor, Tensor], Tensor] = _alternate, result=lambda P: P,
) -> Tensor:  # fmt: skip
    """The table: exponents by column, the base, the first position, the waves and how they are laid out."""
    positions = torch.arange(first, first + n, dtype=torch.float64)
    turned = angles(positions, base ** exponents(d))
    return result(arranged(waves[0](turned), waves[1](turned)).float())


# The exponent

every_column = mistake(
    _encoding,
    exponents=lambda d: _columns(d) / d,
    title="gives every column a wavelength of its own: the exponents of sine and cosine differ",
    hint="Columns 2j and 2j + 1 share a wavelength. Which exponents do yours have?",
    source="i in the place of 2⌊i/2⌋; maxjcohen's transformer #62, Kyubyong #38",
)
column_doubled = mistake(
    _encoding,
    exponents=lambda d: 2 * _columns(d) / d,
    title="uses twice the column for the exponent",
    hint="In the formula j counts pairs of columns. What is j for column 3?",
    source="2 * i / d with i as the column; DeepCTR #379, intro-llm #34",
)
pairs_doubled = mistake(
    _encoding,
    exponents=lambda d: 2 * _pairs(d),
    title="doubles the exponent",
    hint="For column 2, the exponent is 2 / d. What is yours?",
    source="2 * i where i runs over 0, 2, 4 already",
)
pairs_halved = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) / 2,
    title="uses j / d for the exponent, without the 2",
    hint="For column 2, the exponent is 2 / d. What is yours?",
    source="the factor 2 lost",
)
no_width = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) * d,
    title="does not divide the exponent by d",
    hint="What is the exponent of the last pair of columns: near 1, or near d?",
    source="a missing division",
)
precedence = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) * d,
    base=2.718281828459045,
    title="divides by exp(2j): neither 10000 nor d has an effect",
    hint="What is -9.2 / 6 // 2 in Python? In which order are / and // computed?",
    source="-log(10000) / d // 2, which is -1; LoFTR #41, which was published so",
)
whole_exponents = mistake(
    _encoding,
    exponents=lambda d: torch.floor(_pairs(d)),
    title="rounds the exponent down to 0: all columns have the same wavelength",
    hint="What is 2 // 6 in Python?",
    source="an integer division; Kyubyong's transformer PR #81",
)
reaches_the_end = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) * d / max(d - 2, 1),
    title="lets the exponent reach 1 in the last pair of columns",
    hint="For column 2, the exponent is 2 / d. What is yours?",
    source="the timing signal of tensor2tensor, which divides by d / 2 - 1",
)
one_less = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) * d / (d - 1),
    title="divides the exponent by d - 1",
    hint="For column 2, the exponent is 2 / d. What is yours?",
    source="linspace with its end included",
)
counts_from_one = mistake(
    _encoding,
    exponents=lambda d: _pairs(d) + 2 / d,
    title="counts pairs of columns from 1",
    hint="What is the exponent of the first two columns?",
    source="j = 1, ..., d / 2, as some texts write",
)
reversed_columns = mistake(
    _encoding,
    exponents=lambda d: _pairs(d).flip(0),
    title="has the long waves first and the short ones last",
    hint="Which columns change fastest from position to position?",
    source="an exponent that runs down",
)

# The base

base_thousand = mistake(
    _encoding,
    base=1000.0,
    title="uses the base 1000",
    hint="Count the zeros of the base.",
    source="maxjcohen's transformer #62",
)
base_hundred_thousand = mistake(
    _encoding,
    base=100000.0,
    title="uses the base 100,000",
    hint="Count the zeros of the base.",
    source="a zero too many",
)
base_e = mistake(
    _encoding,
    base=2.718281828459045,
    title="uses the base e",
    hint="exp(-2j / d) lacks a factor. Which logarithm belongs there?",
    source="exp without log(10000)",
)

# The angle

multiplies = mistake(
    _encoding,
    angles=lambda positions, rates: positions[:, None] * rates,
    title="multiplies the position by the power, where it is divided",
    hint="Do waves become longer or shorter from left to right?",
    source="the sign in exp forgotten; spd PR #88, pips #30",
)
turns = mistake(
    _encoding,
    angles=lambda positions, rates: 2 * torch.pi * positions[:, None] / rates,
    title="multiplies the angle by 2π",
    hint="What is the angle of position 1 in the first column?",
    source="frequencies of signal processing",
)
power_of_whole = mistake(
    _encoding,
    angles=lambda positions, rates: (
        (positions[:, None] / 10000) ** (rates.log() / 9.210340371976184)
    ),
    title="raises the whole fraction to the power",
    hint="What does the exponent belong to: the fraction, or 10000 alone?",
    source="a parenthesis; WaveGrad #12 raised in the wrong order, too",
)
positions_from_one = mistake(
    _encoding,
    first=1,
    title="counts positions from 1",
    hint="What should the first row be? The sine of 0 is 0.",
    source="arange(1, n + 1)",
)
relative_positions = mistake(
    _encoding,
    angles=lambda positions, rates: positions[:, None] / max(len(positions), 1) / rates,
    title="divides positions by their number",
    hint="Should the encoding of position 3 depend on n?",
    source="positions scaled to 0..1",
)

# Sine and cosine

swaps_waves = mistake(
    _encoding,
    waves=(torch.cos, torch.sin),
    title="has the cosine in even columns and the sine in odd ones",
    hint="Position 0 has the angle 0. What should its first column be?",
    source="two lines mixed up",
)
sine_alone = mistake(
    _encoding,
    waves=(torch.sin, torch.sin),
    title="uses the sine in all columns",
    hint="Position 0 has the angle 0. What should its second column be?",
    source="a copied line",
)
cosine_alone = mistake(
    _encoding,
    waves=(torch.cos, torch.cos),
    title="uses the cosine in all columns",
    hint="Position 0 has the angle 0. What should its first column be?",
    source="a copied line",
)
negates_cosine = mistake(
    _encoding,
    waves=(torch.sin, lambda angle: -torch.cos(angle)),
    title="has the cosine with the wrong sign",
    hint="Position 0 has the angle 0. What should its second column be?",
    source="a derivative of the sine, remembered wrongly",
)
raw_angles = mistake(
    _encoding,
    waves=(lambda angle: angle, lambda angle: angle),
    title="returns the angles, without sine and cosine",
    hint="Can an entry of the result be greater than 1?",
    source="the last step forgotten",
)
halves = mistake(
    _encoding,
    arranged=lambda S, C: torch.cat([S[:, ::2], C[:, ::2]], 1),
    title="puts all sines first and all cosines behind them",
    hint="Which column holds the first cosine?",
    source="halves concatenated, as tensor2tensor does; tensorflow #37191, TransformerX #115",
)
even_columns_alone = mistake(
    _encoding,
    arranged=lambda S, C: _alternate(S, torch.zeros_like(C)),
    title="leaves the odd columns at 0",
    hint="What does your code write into columns 1, 3, 5?",
    source="the second assignment forgotten",
)

# The result

batch_dimension = mistake(
    _encoding,
    result=lambda P: P[None],
    title="returns a first dimension of size 1",
    hint="The book's table has shape (1, n, d). Which shape does this contract ask for?",
    source="the book's module, and most others, which add to a batch",
)
transposed = mistake(
    _encoding,
    result=lambda P: P.T,
    title="returns its result transposed: (d, n)",
    hint="Which shape does the contract give? Do positions go down or across?",
    source="features before positions",
)
requires_grad = mistake(
    _encoding,
    result=lambda P: torch.nn.Parameter(P),
    title="returns a tensor that requires grad",
    hint="Are these positions learned, or constants?",
    source="nn.Parameter in the place of a buffer",
)
half_the_columns = mistake(
    _encoding,
    arranged=lambda S, C: _alternate(S, C)[:, : S.shape[1] // 2],
    title="returns half of the columns",
    hint="Which shape has your result? Each j belongs to two columns.",
    source="a loop over range(d // 2) that appends one column each",
)


@misconception(
    title="returns the same tensor at every call: writing into it changes later results",
    hint="Keep the values, if you like, but what happens to what you keep when a caller writes into it?",
    source="lru_cache, or a table in a global variable",
)
def keeps_table(n: int, d: int) -> Tensor:
    return _kept(n, d)


_kept = functools.cache(_encoding)


PAIRS = [
    ("swaps_waves", "every_column"),
    ("positions_from_one", "swaps_waves"),
    ("halves", "positions_from_one"),
    ("batch_dimension", "every_column"),
]
