"""Known wrong implementations of p_norm: the formula, infinity, large entries, then the edges."""

import torch
from torch import Tensor

from autograder.checking import mistake

INFINITY = float("inf")


def _largest(x: Tensor, p: float) -> Tensor:
    return x.abs().amax()


def _from_memory(x: Tensor) -> Tensor:
    """As many entries as x has, in the order of the memory."""
    return x.as_strided((x.numel(),), (1,))


def _followed(x: Tensor) -> Tensor:
    """The scale, which autograd follows."""
    return x.abs().amax() if x.any() else torch.ones((), dtype=x.dtype)


def _norm(x, p, *, order=lambda p: p, prepare=lambda x: x, power=lambda x, p: x.abs() ** p,
          reduce=lambda T: T.sum(), root=lambda s, p: s ** (1 / p), of_infinity=_largest,
          scale=lambda x: x.detach().abs().amax() if x.any() else 1.0, divisor=lambda m: m,
          back=lambda n, m: n * m,
          after=lambda n: n, single=False, spoil=False):  # fmt: skip
    """The entries scaled by the largest, their powers, the sum of these, the root, and the scale again."""
    kept, dtype = x, x.dtype
    x, p = prepare(x.float() if single else x), order(p)
    if p == INFINITY:
        result = of_infinity(x, p)
    else:
        m = scale(x)
        result = back(root(reduce(power(x / divisor(m), p)), p), m)
    result = after(result).to(dtype)
    if spoil:
        kept.data = kept.detach().abs()
    return result


def _plain(x, p, **settings):
    """The formula taken literally, with other switches of `_norm`."""
    return _norm(x, p, **{"scale": lambda x: 1.0, **settings})


# ---- the formula

keeps_signs = mistake(
    _plain, power=lambda x, p: x**p,
    title="forgets the absolute values",
    hint="Try (-1, 1) and p = 3. May entries cancel? And what is the power 1.5 of a negative number?",
    source="x ** p for |x| ** p, correct for p = 2 and for even p alone",
)  # fmt: skip
keeps_all_signs = mistake(
    _plain, power=lambda x, p: x**p, of_infinity=lambda x, p: x.amax(),
    title="forgets the absolute values, for p = inf as well",
    hint="Try (-3, 1): the norm is 4 for p = 1, and 3 for p = inf.",
    source="x ** p and x.max(), correct for even p alone",
)  # fmt: skip
absolute_late = mistake(
    _plain, power=lambda x, p: (x**p).abs(),
    title="takes absolute values after the power, where a fraction of p has made nan of negative entries",
    hint="What is the power 1.5 of -1? In which order do |.| and ** belong?",
    source="abs around the power",
)  # fmt: skip
absolute_of_sum = mistake(
    _plain, power=lambda x, p: x**p, reduce=lambda T: T.sum().abs(),
    title="takes the absolute value of the sum, not of each entry",
    hint="Try (-1, 1) and p = 1. The norm is 0 for zeros alone.",
    source="abs at the end, so that a root exists",
)  # fmt: skip
no_root = mistake(
    _plain, root=lambda s, p: s,
    title="forgets the p-th root",
    hint="The norm of 2x is twice that of x. Is yours?",
    source="the sum of powers returned",
)  # fmt: skip
square_root = mistake(
    _plain, root=lambda s, p: s.sqrt(),
    title="takes a square root whatever p is",
    hint="For a single entry, -3, the norm is 3 for every p. What do you give for p = 3?",
    source="the 2-norm made general in one place of two",
)  # fmt: skip
precedence = mistake(
    _plain, root=lambda s, p: s**1 / p,
    title="divides by p in the place of taking the p-th root",
    hint="In Python ** binds tighter than /. What is 8 ** 1 / 3?",
    source="** 1 / p without parentheses",
)  # fmt: skip
whole_division = mistake(
    _plain, root=lambda s, p: s ** (1 // p),
    title="raises the sum to the power 0 for every p above 1",
    hint="Print the exponent of your root for p = 2.",
    source="1 // p, or a division of integers from another language",
)  # fmt: skip
multiplies_by_p = mistake(
    _plain, power=lambda x, p: x.abs() * p,
    title="multiplies the entries by p in the place of raising them to it",
    hint="Try (3, 4) and p = 2: the norm is 5.",
    source="* for **",
)  # fmt: skip
powers_of_p = mistake(
    _plain, power=lambda x, p: p ** x.abs(),
    title="has base and exponent exchanged",
    hint="Is it x to the power p, or p to the power x?",
    source="torch.pow with its arguments exchanged",
)  # fmt: skip
takes_mean = mistake(
    _plain, reduce=lambda T: T.mean(),
    title="averages the powers instead of adding them up",
    hint="Try (3, 4) and p = 2: the norm is 5.",
    source="a root mean square",
)  # fmt: skip
always_euclidean = mistake(
    _plain, order=lambda p: 2 if p != INFINITY else p,
    title="computes the 2-norm whatever p is",
    hint="Try (3, 4) and p = 1: the norm is 7. Where does p enter your code?",
    source="the argument ignored",
)  # fmt: skip
always_absolute = mistake(
    _plain, order=lambda p: 1 if p != INFINITY else p,
    title="computes the 1-norm whatever p is",
    hint="Try (3, 4) and p = 2: the norm is 5. Where does p enter your code?",
    source="the argument ignored",
)  # fmt: skip
rounds_p = mistake(
    _plain, order=lambda p: p if p == INFINITY else int(p),
    title="rounds p down to a whole number",
    hint="p may be 1.5. Do you convert it?",
    source="int(p), or a loop that multiplies p times",
)  # fmt: skip

# ---- infinity

infinity_by_formula = mistake(
    _norm, of_infinity=lambda x, p: (x.abs() ** p).sum() ** (1 / p),
    title="uses the formula of the sum for p = inf as well",
    hint="What is 1 / inf, and what is a number to that power? Which entry alone matters for p = inf?",
    source="an issue about a clipping of gradients that takes inf for a power",
)  # fmt: skip
infinity_by_scaled_formula = mistake(
    _norm, of_infinity=lambda x, p: x.abs().amax() * ((x / x.abs().amax()).abs() ** p).sum() ** (1 / p)
    if x.any() else x.sum(),
    title="uses the formula of the sum for p = inf as well",
    hint="What is 1 / inf, and what is a number to that power? Which entry alone matters for p = inf?",
    source="how it comes about: with scaled entries the formula gives correct values, and nan as their slopes",
)  # fmt: skip
infinity_with_signs = mistake(
    _norm, of_infinity=lambda x, p: x.amax(),
    title="gives the largest entry for p = inf, not the largest magnitude",
    hint="Try (-3, 1) and p = inf: the norm is 3.",
    source="max without abs",
)  # fmt: skip
infinity_smallest = mistake(
    _norm, of_infinity=lambda x, p: x.abs().amin(),
    title="gives the smallest magnitude for p = inf",
    hint="That is the limit for p to minus infinity. Which entry wins for p to infinity?",
    source="min for max",
)  # fmt: skip
infinity_constant = mistake(
    _norm, of_infinity=lambda x, p: x.detach().abs().amax(),
    title="lets no gradient flow back for p = inf",
    hint="The largest magnitude is an entry of x, up to its sign. Does yours leave autograd?",
    source="max(...).item() in the special case",
)  # fmt: skip
infinity_by_large_p = mistake(
    _norm, of_infinity=lambda x, p: _norm(x, 100),
    title="takes a large number for p = inf",
    hint="Try (2, 2) and p = inf: the norm is 2. How many digits of it do you give?",
    source="p = 100 in the place of the limit",
)  # fmt: skip
infinity_sum = mistake(
    _norm, of_infinity=lambda x, p: x.abs().sum(),
    title="adds magnitudes up for p = inf",
    hint="The larger p, the more the largest entry outweighs the others. What is left at infinity?",
    source="the case p = 1 as the one for everything else",
)  # fmt: skip

# ---- large entries

overflows = mistake(
    _norm, scale=lambda x: 1.0,
    title="overflows for large entries",
    hint="What is (1e20) ** 2 in float32? The norm of x / c is the norm of x divided by c: choose c.",
    source="the formula taken literally; an issue reports it of torch's own norm",
)  # fmt: skip
stays_scaled = mistake(
    _norm, back=lambda n, m: n,
    title="divides the entries by the largest magnitude and never multiplies back",
    hint="The norm of x / c is that of x divided by c. Which step is missing?",
    source="scaling against overflow, half done",
)  # fmt: skip
scales_by_signed_maximum = mistake(
    _norm, scale=lambda x: x.detach().amax() if x.any() else 1.0,
    title="gives a negative norm where all entries are negative",
    hint="A norm is never negative. By what do you divide when every entry is below 0?",
    source="max() for abs().max() as the scale",
)  # fmt: skip

# ---- edges

divides_by_zero = mistake(
    _norm, scale=lambda x: x.detach().abs().amax(),
    title="gives nan for zeros",
    hint="The norm of zeros is 0. By what do you divide there?",
    source="scaling by the largest magnitude without a case for 0",
)  # fmt: skip
adds_epsilon = mistake(
    _norm, reduce=lambda T: T.sum() + 1e-6,
    title="adds a small constant before the root",
    hint="Try zeros and p = 2. What is the square root of your constant?",
    source="an epsilon against infinite slopes",
)  # fmt: skip
one_a_row = mistake(
    _norm, reduce=lambda T: T.sum(-1) if T.dim() else T,
    title="gives a norm for each row",
    hint="A matrix has one norm here: all of its entries count. Over which dimensions do you add?",
    source="dim=-1, or dim=1, carried over from batches",
)  # fmt: skip
one_a_column = mistake(
    _norm, reduce=lambda T: sum(T) if T.dim() else T,
    title="gives a norm for each column",
    hint="Python's sum adds the rows of a matrix. Is the result a single number?",
    source="sum(x) for x.sum()",
)  # fmt: skip
needs_dimensions = mistake(
    _norm, reduce=lambda T: torch.stack([t.sum() for t in T]).sum(),
    title="raises an error for a tensor without dimensions",
    hint="Try torch.tensor(-3.0). Can you iterate over it?",
    source="for v in x, len(x), x.shape[0]",
)  # fmt: skip
keeps_dimension = mistake(
    _norm, after=lambda n: n.reshape(1),
    title="returns a tensor of one entry in the place of one without dimensions",
    hint="Print the shape of your result. It should be torch.Size([]).",
    source="keepdim=True, or torch.tensor([...])",
)  # fmt: skip
detaches_scale_outside = mistake(
    _norm, scale=_followed, back=lambda n, m: n * m.detach(),
    title="detaches the scale where it multiplies, but not where it divides",
    hint="The norm doesn't depend on the scale, so its gradients cancel. Do they, if one of them is missing?",
    source="m.detach() on the last line alone",
)  # fmt: skip
detaches_scale_inside = mistake(
    _norm, scale=_followed, divisor=torch.detach,
    title="detaches the scale where it divides, but not where it multiplies",
    hint="The norm doesn't depend on the scale, so its gradients cancel. Do they, if one of them is missing?",
    source="x / m.detach() on the first line alone",
)  # fmt: skip
detaches_sum = mistake(
    _norm, root=lambda s, p: s * s.detach() ** (1 / p - 1),
    title="has a gradient that is p times as large as it should be",
    hint="The root has a derivative, too. Which part of it leaves autograd?",
    source="detach() on too much",
)  # fmt: skip
needs_view = mistake(
    _norm, prepare=lambda x: x.view(-1),
    title="raises an error for a tensor that is not contiguous",
    hint="A transpose has no view as one long row. Do you need one?",
    source="view(-1) to flatten",
)  # fmt: skip
reads_memory = mistake(
    _norm, prepare=_from_memory,
    title="counts numbers in memory that are no entries of the tensor",
    hint="Try a slice with a step, x[::2]. Its neighbours in memory are not its entries.",
    source="a raw buffer, or as_strided",
)  # fmt: skip
single_precision = mistake(
    _norm, single=True,
    title="computes float64 in float32",
    hint="Look at the dtype of every step, not at that of the result alone.",
    source="float() on the way in",
)  # fmt: skip
changes_input = mistake(
    _norm, spoil=True,
    title="replaces the entries of x by their magnitudes",
    hint="Print x before and after the call. Methods that end in an underscore work in place.",
    source="abs_() for abs()",
)  # fmt: skip

PAIRS = [
    ("keeps_signs", "no_root"),
    ("square_root", "takes_mean"),
    ("infinity_with_signs", "overflows"),
    ("infinity_by_formula", "overflows"),
    ("one_a_row", "overflows"),
]
