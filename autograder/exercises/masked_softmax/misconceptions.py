"""Known wrong implementations of masked_softmax: one body with switches, and pairs of them."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Lengths = Callable[[Tensor, Tensor], Tensor]


def _for_queries(valid_lens: Tensor, X: Tensor) -> Tensor:
    lens = valid_lens if valid_lens.dim() == 2 else valid_lens[:, None]
    return lens.expand(X.shape[:2])


def _within(places: Tensor, lens: Tensor) -> Tensor:
    return places < lens


def _softmax(Z: Tensor, mask: Tensor) -> Tensor:
    return torch.softmax(Z, -1)


def _masked(
    X: Tensor, valid_lens: Tensor, *,
    lengths: Lengths = _for_queries, within: Callable[[Tensor, Tensor], Tensor] = _within,
    fill: float = -torch.inf, weights: Callable[[Tensor, Tensor], Tensor] = _softmax,
    result=lambda Y: Y, writes_input: bool = False,
) -> Tensor:  # fmt: skip
    """Which length a query has, which entries are within, what fills the others, what becomes of them."""
    mask = within(torch.arange(X.shape[-1]), lengths(valid_lens, X)[..., None])
    Z = torch.where(mask, X, torch.full_like(X, fill) if fill == fill else X)
    Y = result(weights(Z, mask))
    if writes_input:
        X.data.copy_(torch.where(mask, X.data, torch.full_like(X.data, -1e6)))
    return Y


UNFILLED = torch.nan
"""A fill that leaves all entries as they are."""

# The mask

ignores_lengths = mistake(
    _masked,
    fill=UNFILLED,
    title="ignores valid_lens: every key gets a weight",
    hint="Change valid_lens and call again. What should change?",
    source="a mask that is computed and not used; a mask that keras layers dropped on the way",
)
inverts_mask = mistake(
    _masked,
    within=lambda places, lens: places >= lens,
    fill=-1e6,
    title="keeps what lies beyond the length, and masks what counts",
    hint="Print your mask for a length of 2: which entries are True?",
    source="a mask that means the opposite; torchTextClassifiers PR #92",
)
inverts_mask_to_nan = mistake(
    _masked,
    within=lambda places, lens: places >= lens,
    title="keeps what lies beyond the length, and gives NaN where nothing does",
    hint="Print your mask for a length of 2: which entries are True?",
    source="masked_fill(mask, float('-inf')) with the mask of what counts",
)
one_too_many = mistake(
    _masked,
    within=lambda places, lens: places <= lens,
    title="lets one entry too many count",
    hint="With a length of 2, which indices count?",
    source="<= for <",
)
one_too_few = mistake(
    _masked,
    within=lambda places, lens: (places < lens - 1) | ((places == 0) & (lens == 1)),
    title="lets one entry too few count",
    hint="With a length of 2, which indices count?",
    source="an index taken for a length",
)
keeps_the_last = mistake(
    _masked,
    within=lambda places, lens: places >= places.numel() - lens,
    title="keeps the last entries in the place of the first",
    hint="On which side of a sequence does this contract put the padding?",
    source="left padding, as generating models use it",
)
keeps_one = mistake(
    _masked,
    within=lambda places, lens: places == lens - 1,
    title="keeps the last entry within the length alone",
    hint="With a length of 2, which indices count?",
    source="== for <",
)

# Which length

repeats_in_wrong_order = mistake(
    _masked,
    lengths=lambda lens, X: (
        lens.repeat(X.shape[1]).reshape(X.shape[:2]) if lens.dim() == 1 else lens
    ),
    title="hands out the lengths in the wrong order",
    hint="repeat gives a, b, a, b; repeat_interleave gives a, a, b, b. Which one lines up with the rows of X?",
    source="repeat for repeat_interleave; FuxiCTR #130, mindone PR #1039",
)
first_length_for_all = mistake(
    _masked,
    lengths=lambda lens, X: lens.reshape(-1)[:1, None].expand(X.shape[:2]),
    title="uses the first length for all examples",
    hint="How many different lengths does your code read?",
    source="valid_lens[0]",
)
longest_for_all = mistake(
    _masked,
    lengths=lambda lens, X: lens.max().expand(X.shape[:2]),
    title="uses the greatest length for all examples",
    hint="How many different lengths does your code use?",
    source="a batch cut to its longest sequence",
)
first_query_for_all = mistake(
    _masked,
    lengths=lambda lens, X: (lens if lens.dim() == 1 else lens[:, 0])[:, None].expand(X.shape[:2]),
    title="uses the first query's length for all queries of an example",
    hint="With valid_lens of shape (n, m), how many lengths belong to one example?",
    source="two-dimensional lengths flattened to one an example",
)

# What masks

fills_with_zero = mistake(
    _masked,
    fill=0.0,
    title="sets scores beyond the length to 0, or nearly 0, before the softmax",
    hint="What is exp(0)? Which score gives a weight of 0?",
    source="X * mask; or -1e-9 for -1e9, finfo.tiny for finfo.min, as in a thread about a transformer (#10)",
)
fills_with_minus_one = mistake(
    _masked,
    fill=-1.0,
    title="sets scores beyond the length to -1",
    hint="What is exp(-1)? Which score gives a weight of 0?",
    source="a padding value used as a score",
)
fills_with_minus_ten = mistake(
    _masked,
    fill=-10.0,
    title="masks by a number that is not low enough: something leaks",
    hint="How large is exp(-10) beside the other terms? And if all scores are near -10?",
    source="a number chosen by looking at one example",
)
fills_with_minus_hundred = mistake(
    _masked,
    fill=-100.0,
    title="masks by -100, which is not below every legal score",
    hint="Which scores does the contract allow? Try a row around -1000.",
    source="a number chosen by looking at one example",
)
fills_with_minus_thousand = mistake(
    _masked,
    fill=-1000.0,
    title="masks by -1000, which is not below every legal score",
    hint="Which scores does the contract allow? Try a row around -5000.",
    source="a number that is low enough after most layers",
)
fills_with_large = mistake(
    _masked,
    fill=1e6,
    title="gives all weight to what lies beyond the length",
    hint="Which sign has a score that should not count?",
    source="1e6 for -1e6",
)

# The softmax

over_the_queries = mistake(
    _masked,
    fill=-1e6,
    weights=lambda Z, mask: torch.softmax(Z, 1),
    title="takes the softmax over the queries, not over the keys",
    hint="Which entries of X add up to 1 afterwards: those of a row, or those of a column?",
    source="dim=1 in code for two dimensions; a bug found in labml's attention (#146)",
)
over_the_batch = mistake(
    _masked,
    fill=-1e6,
    weights=lambda Z, mask: torch.softmax(Z, 0),
    title="takes the softmax over the examples",
    hint="Which entries of X add up to 1 afterwards?",
    source="dim=0, the default of older versions for three dimensions",
)
over_all_keys_and_queries = mistake(
    _masked,
    fill=-1e6,
    weights=lambda Z, mask: torch.softmax(Z.flatten(1), 1).reshape(Z.shape),
    title="normalizes all queries of an example together",
    hint="Add up one row of your result. What should come out?",
    source="a reshape too many",
)
masks_weights_alone = mistake(
    _masked,
    fill=UNFILLED,
    weights=lambda Z, mask: torch.softmax(Z, -1) * mask,
    title="sets weights to 0 after the softmax: the others no longer add up to 1",
    hint="Add up one row of your result. When does the mask have to come?",
    source="softmax(X) * mask; pytorch-image-models PR #2236",
)
renormalizes = mistake(
    _masked,
    fill=UNFILLED,
    weights=lambda Z, mask: (
        torch.softmax(Z, -1) * mask / (torch.softmax(Z, -1) * mask).sum(-1, keepdim=True)
    ),
    title="masks after the softmax and normalizes again: it divides by 0 when a masked score is far above",
    hint="Try a row [0, 200] with length 1. What is left after the softmax?",
    source="a repair of softmax(X) * mask",
)
renormalizes_with_epsilon = mistake(
    _masked,
    fill=UNFILLED,
    weights=lambda Z, mask: (
        (torch.softmax(Z, -1) * mask)
        / ((torch.softmax(Z, -1) * mask).sum(-1, keepdim=True) + 1e-13)
    ),
    title="masks after the softmax and normalizes again: nothing is left when a masked score is far above",
    hint="Try a row [0, 200] with length 1. What is left after the softmax?",
    source="the masked_softmax of a much-used library, which adds 1e-13",
)
overflows = mistake(
    _masked,
    weights=lambda Z, mask: Z.exp() / Z.exp().sum(-1, keepdim=True),
    title="overflows for large scores",
    hint="What is exp(1000)? Which constant may be subtracted from all scores of a row?",
    source="the formula taken literally",
)
returns_logarithms = mistake(
    _masked,
    fill=-1e6,
    weights=lambda Z, mask: torch.log_softmax(Z, -1),
    title="returns logarithms of the weights",
    hint="Can a weight be negative?",
    source="log_softmax for softmax",
)
returns_scores = mistake(
    _masked,
    fill=-1e6,
    weights=lambda Z, mask: Z,
    title="returns the masked scores, without a softmax",
    hint="Add up one row of your result. What should come out?",
    source="the second step forgotten",
)
no_normalization = mistake(
    _masked,
    weights=lambda Z, mask: Z.exp(),
    title="exponentiates, but does not normalize",
    hint="Add up one row of your result. What should come out?",
    source="the denominator forgotten",
)
uniform_weights = mistake(
    _masked,
    weights=lambda Z, mask: mask / mask.sum(-1, keepdim=True) + 0 * Z.nan_to_num(neginf=0.0),
    title="gives all entries within the length the same weight, whatever X holds",
    hint="Change X and call again. What should change?",
    source="average pooling in the place of attention",
)
sigmoid_weights = mistake(
    _masked,
    weights=lambda Z, mask: torch.sigmoid(Z),
    title="takes the sigmoid of each score",
    hint="Add up one row of your result. What should come out?",
    source="gates in the place of weights",
)

# What else

flattened = mistake(
    _masked,
    result=lambda Y: Y.flatten(0, 1),
    title="returns the rows of all examples one below the other",
    hint="Which shape has X, and which has your result?",
    source="the reshape back forgotten; an intermediate shape of the book's version",
)
squeezes = mistake(
    _masked,
    result=torch.squeeze,
    title="drops dimensions of size 1 from its result",
    hint="Which shape should come out for a single query: (n, 1, k), or (n, k)?",
    source="squeeze() at the end",
)
changes_input = mistake(
    _masked,
    writes_input=True,
    title="writes into X",
    hint="reshape gives a view of the same memory where it can. What happens to X when you write into it?",
    source="the book's version, which writes -1e6 into a view of X",
)


@misconception(
    title="handles lengths of shape (n,) alone",
    hint="What does your code make of valid_lens with shape (n, m)?",
    source="valid_lens[:, None, None] for both shapes",
)
def one_length_an_example_alone(X: Tensor, valid_lens: Tensor) -> Tensor:
    beyond = torch.arange(X.shape[-1]) >= valid_lens[:, None, None]
    return torch.softmax(X.masked_fill(beyond, -1e6).reshape(X.shape), -1)


PAIRS = [
    ("one_too_many", "over_the_queries"),
    ("repeats_in_wrong_order", "fills_with_zero"),
    ("first_length_for_all", "fills_with_zero"),
]
