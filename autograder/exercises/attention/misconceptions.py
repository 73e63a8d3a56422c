"""Known wrong implementations of attention: one body with switches, and pairs of them."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake

Mask = Tensor | None


def _same(A: Tensor) -> Tensor:
    return A


def _root_of_d(Q: Tensor, K: Tensor, V: Tensor) -> float:
    return float(Q.shape[-1] ** 0.5)


def _mask_scores(S: Tensor, mask: Tensor, fill: float) -> Tensor:
    return torch.where(mask, S, torch.full_like(S, fill))


def _softmax(S: Tensor) -> Tensor:
    return torch.softmax(S, -1)


def _unmasked(W: Tensor, mask: Tensor) -> Tensor:
    return W


def _attention(
    Q: Tensor, K: Tensor, V: Tensor, mask: Mask = None, *,
    queries=_same, keys=_same, values=_same, root: Callable[..., float] = _root_of_d,
    allowed=_same, masked: Callable[..., Tensor] = _mask_scores, fill: float = -torch.inf,
    softmax=_softmax, after: Callable[..., Tensor] = _unmasked, weights=_same, result=_same,
) -> Tensor:  # fmt: skip
    """Attention: functions of Q, K, V, what scores are divided by, how masks act, what weights become."""
    scores = queries(Q) @ keys(K).transpose(1, 2) / root(Q, K, V)
    if mask is not None:
        scores = masked(scores, allowed(mask), fill)
    W = softmax(scores)
    if mask is not None:
        W = after(W, allowed(mask))
    return result(weights(W) @ values(V))


# The scale

no_scale = mistake(
    _attention,
    root=lambda Q, K, V: 1.0,
    title="does not divide the scores by the root of d",
    hint="How does the variance of a dot product grow with d? What does the formula do about it?",
    source="the scale forgotten; cntkx #10",
)
divides_by_d = mistake(
    _attention,
    root=lambda Q, K, V: Q.shape[-1],
    title="divides the scores by d, without the root",
    hint="For d = 4, what should a score be divided by?",
    source="sqrt forgotten",
)
multiplies_by_root = mistake(
    _attention,
    root=lambda Q, K, V: Q.shape[-1] ** -0.5,
    title="multiplies the scores by the root of d",
    hint="Should scores become larger or smaller with d?",
    source="* for /",
)
root_of_values = mistake(
    _attention,
    root=lambda Q, K, V: V.shape[-1] ** 0.5,
    title="divides by the root of the values' width",
    hint="Whose width is d: that of the queries and keys, or that of the values?",
    source="the root of the wrong d; Machine-Learning-Collection #65",
)
root_of_keys = mistake(
    _attention,
    root=lambda Q, K, V: K.shape[1] ** 0.5,
    title="divides by the root of the number of keys",
    hint="Which dimension of K is summed over in a dot product?",
    source="K.shape[1], from code for two dimensions",
)
root_of_queries = mistake(
    _attention,
    root=lambda Q, K, V: Q.shape[1] ** 0.5,
    title="divides by the root of the number of queries",
    hint="Which dimension of Q is summed over in a dot product?",
    source="Q.shape[1], from code for two dimensions",
)
root_of_batch = mistake(
    _attention,
    root=lambda Q, K, V: Q.shape[0] ** 0.5,
    title="divides by the root of the number of examples",
    hint="Which dimension of Q is summed over in a dot product?",
    source="len(Q)",
)
fixed_scale = mistake(
    _attention,
    root=lambda Q, K, V: 8.0,
    title="divides by 8, whatever d is",
    hint="Where does your code read the width of Q?",
    source="the paper's d of 64, as a constant",
)

# The softmax

over_the_queries = mistake(
    _attention,
    softmax=lambda S: torch.softmax(S.clamp(min=-1e6), 1),
    title="takes the softmax over the queries, not over the keys",
    hint="For one query, the weights of all keys add up to 1. Along which dimension do yours?",
    source="dim=1 in code for two dimensions; labml's #146, llms-from-scratch-rs PR #30",
)
over_the_batch = mistake(
    _attention,
    softmax=lambda S: torch.softmax(S.clamp(min=-1e6), 0),
    title="takes the softmax over the examples",
    hint="For one query, which weights add up to 1 in your result?",
    source="dim=0; fastNLP #254",
)
no_softmax = mistake(
    _attention,
    softmax=lambda S: S.clamp(min=-1e6),
    title="multiplies scores with the values, without a softmax",
    hint="Are your weights positive, and do they add up to 1?",
    source="linear attention, or a step forgotten",
)
no_normalization = mistake(
    _attention,
    softmax=torch.exp,
    title="exponentiates the scores, but does not normalize",
    hint="For one query, what do the weights add up to?",
    source="the denominator forgotten",
)
sigmoid_weights = mistake(
    _attention,
    softmax=torch.sigmoid,
    title="takes the sigmoid of each score",
    hint="For one query, what do the weights add up to?",
    source="gates in the place of weights",
)
hard_attention = mistake(
    _attention,
    softmax=lambda S: (S == S.amax(-1, keepdim=True)).to(S.dtype) + 0 * S.clamp(min=-1e6),
    title="takes the value of the best key alone",
    hint="How much should a key count whose score is nearly as high?",
    source="argmax in the place of softmax",
)
average_pooling = mistake(
    _attention,
    softmax=lambda S: torch.softmax(0 * S.clamp(min=-1e6) + torch.where(S.isinf(), S, 0), -1),
    title="averages the values: queries and keys don't matter",
    hint="Change Q and call again. What should change?",
    source="average pooling, the first example of many texts",
)
overflows = mistake(
    _attention,
    softmax=lambda S: S.exp() / S.exp().sum(-1, keepdim=True),
    title="overflows for large scores",
    hint="What is exp(1000)? Which constant may be subtracted from all scores of a row?",
    source="the formula taken literally; deep-ml's reference does so",
)
negative_scores = mistake(
    _attention,
    queries=torch.neg,
    title="gives the most weight to the keys that fit least",
    hint="Should a key that is equal to its query count more, or less?",
    source="a distance in the place of a similarity",
)
cosine_scores = mistake(
    _attention,
    queries=lambda Q: Q / (Q.norm(dim=-1, keepdim=True) + 1e-12),
    keys=lambda K: K / (K.norm(dim=-1, keepdim=True) + 1e-12),
    title="compares the directions of queries and keys, not their dot products",
    hint="Double a query. Should its weights change?",
    source="cosine similarity in the place of the dot product",
)

# The mask

ignores_mask = mistake(
    _attention,
    masked=lambda S, mask, fill: S,
    title="ignores the mask",
    hint="Where does your code read `mask`? masked_fill without an underscore returns a new tensor.",
    source="the result of masked_fill thrown away",
)
inverts_mask = mistake(
    _attention,
    allowed=torch.logical_not,
    fill=-1e9,
    title="looks where the mask is False",
    hint="In this contract True means that a key may be looked at. What does it mean for masked_fill?",
    source="the opposite meaning in MultiheadAttention; torchTextClassifiers PR #92",
)
inverts_mask_to_nan = mistake(
    _attention,
    allowed=torch.logical_not,
    title="looks where the mask is False, and gives NaN where it is nowhere False",
    hint="In this contract True means that a key may be looked at. What does it mean for masked_fill?",
    source="masked_fill(mask, float('-inf'))",
)
masks_with_zero = mistake(
    _attention,
    fill=0.0,
    title="sets forbidden scores to 0, or nearly 0, before the softmax",
    hint="What is exp(0)? Which score gives a weight of 0?",
    source="scores * mask; or -1e-9 for -1e9, as in a thread about a transformer (#10)",
)
masks_with_minus_ten = mistake(
    _attention,
    fill=-10.0,
    title="masks by a number that is not low enough: something leaks",
    hint="How large is exp(-10) beside the other terms?",
    source="a number chosen by looking at one example",
)
masks_with_minus_hundred = mistake(
    _attention,
    fill=-100.0,
    title="masks by -100, which is not below every legal score",
    hint="Which scores does the contract allow? Try some around -1000.",
    source="a number chosen by looking at one example",
)
masks_with_minus_thousand = mistake(
    _attention,
    fill=-1000.0,
    title="masks by -1000, which is not below every legal score",
    hint="Which scores does the contract allow? Try some around -5000.",
    source="a number that is low enough after most layers",
)
adds_mask = mistake(
    _attention,
    masked=lambda S, mask, fill: S + mask.to(S.dtype),
    title="lowers forbidden scores by 1 alone",
    hint="A boolean mask becomes 0 and 1. How much less should a forbidden key score?",
    source="scores + mask, as with a mask of -inf and 0; (1 - mask) without its large factor",
)
adds_a_thousand = mistake(
    _attention,
    masked=lambda S, mask, fill: S - 1000 * (~mask).to(S.dtype),
    title="takes 1000 off the forbidden scores, which may be higher than that",
    hint="Which scores does the contract allow?",
    source="an additive mask whose factor is too small; BERT's was 10,000",
)
masks_weights_alone = mistake(
    _attention,
    masked=lambda S, mask, fill: S,
    after=lambda W, mask: W * mask,
    title="sets weights to 0 after the softmax: the others no longer add up to 1",
    hint="For one query, what do the weights add up to? When does the mask have to come?",
    source="pytorch-image-models PR #2236",
)
renormalizes = mistake(
    _attention,
    masked=lambda S, mask, fill: S,
    after=lambda W, mask: W * mask / (W * mask).sum(-1, keepdim=True),
    title="masks after the softmax and normalizes again: it divides by 0 when a forbidden score is far above",
    hint="Let the only allowed key score 200 less than another. What is left after the softmax?",
    source="a repair of weights * mask",
)
masks_by_query_alone = mistake(
    _attention,
    allowed=lambda mask: mask[:, :1].expand_as(mask),
    title="uses the first query's mask for all queries",
    hint="Which dimensions does your mask have when it is used?",
    source="a padding mask where one mask a query is given",
)
masks_by_example_alone = mistake(
    _attention,
    allowed=lambda mask: mask[:1].expand_as(mask),
    title="uses the first example's mask for all examples",
    hint="Which dimensions does your mask have when it is used?",
    source="mask[0]",
)

# Gradients and results

detaches_weights = mistake(
    _attention,
    weights=Tensor.detach,
    title="treats the weights as constants: no gradient reaches queries and keys",
    hint="Queries and keys learn through the weights. Which line takes these out of autograd?",
    source="weights kept for a picture, detached",
)
detaches_keys = mistake(
    _attention,
    keys=Tensor.detach,
    title="gives the keys no gradient",
    hint="Which line takes K out of autograd?",
    source=".data",
)
detaches_values = mistake(
    _attention,
    values=Tensor.detach,
    title="gives the values no gradient",
    hint="Which line takes V out of autograd?",
    source=".data",
)
reshapes_keys = mistake(
    _attention,
    keys=lambda K: K.reshape(len(K), K.shape[2], K.shape[1]).transpose(1, 2),
    title="gives the keys the shape of a transpose by `reshape`, which leaves the numbers in their order",
    hint="Try K = [[1, 2], [3, 4]]: what does reshape make of it, and what a transpose?",
    source="reshape or view for transpose",
)
returns_weights = mistake(
    _attention,
    values=lambda V: torch.eye(V.shape[1], dtype=V.dtype).expand(len(V), -1, -1) + 0 * V.sum(),
    title="returns the attention weights, not the averaged values",
    hint="What are the weights multiplied with?",
    source="the last product forgotten",
)
squeezes = mistake(
    _attention,
    result=torch.squeeze,
    title="drops dimensions of size 1 from its result",
    hint="Which shape should come out for a single query: (n, 1, v), or (n, v)?",
    source="squeeze() at the end",
)
transposes_result = mistake(
    _attention,
    result=lambda output: output.transpose(1, 2),
    title="returns its result transposed: (n, v, m)",
    hint="Which shape does the contract give?",
    source="features before positions, as convolutions have them",
)


@misconception(
    title="returns the weights as well as the output",
    hint="The contract asks for one tensor. What would the caller do with a pair?",
    source="the annotated transformer, and most other implementations",
)
def returns_pair(Q: Tensor, K: Tensor, V: Tensor, mask: Mask = None) -> tuple[Tensor, Tensor]:
    return _attention(Q, K, V, mask), torch.softmax(Q @ K.transpose(1, 2) / _root_of_d(Q, K, V), -1)


@misconception(
    title="scales its queries in place",
    hint="Print Q before and after the call. Which operation works in place?",
    source="Q /= math.sqrt(d)",
)
def changes_queries(Q: Tensor, K: Tensor, V: Tensor, mask: Mask = None) -> Tensor:
    result = _attention(Q, K, V, mask)
    Q.data.div_(_root_of_d(Q, K, V))
    return result


@misconception(
    title="averages the keys, not the values",
    hint="What are the weights multiplied with: K, or V?",
    source="K and V equal in every example: self-attention",
)
def keys_for_values(Q: Tensor, K: Tensor, V: Tensor, mask: Mask = None) -> Tensor:
    return _attention(Q, K, K, mask) + 0 * V.sum()


PAIRS = [
    ("no_scale", "inverts_mask"),
    ("no_scale", "over_the_queries"),
    ("divides_by_d", "masks_with_zero"),
    ("no_scale", "masks_with_zero"),
]
