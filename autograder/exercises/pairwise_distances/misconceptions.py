"""Known wrong implementations of pairwise_distances: what is computed, which way it lies, then the edges."""

import torch
from torch import Tensor

from autograder.checking import mistake


def _distances(A, B, *, part=lambda D: D**2, reduce=lambda T: T.sum(2), after=lambda D: D,
               sign=-1, prepare=lambda A, B: (A, B), single=False, spoil=False):  # fmt: skip
    """By differences: what becomes of each, how they are put together, and what is done at the ends."""
    kept, dtype = (A, B), A.dtype
    A, B = prepare(*((A.float(), B.float()) if single else (A, B)))
    result = after(reduce(part(A[:, None, :] + sign * B[None, :, :]))).to(dtype)
    for X in kept if spoil else ():
        X.data = X.detach().square()
    return result


def _expanded(A, B, *, cross=2.0, of_a=1.0, of_b=1.0, square=lambda X: (X * X).sum(1),
              column=lambda v: v[:, None], after=lambda D: D):  # fmt: skip
    """By |a|^2 - 2ab + |b|^2."""
    return after(of_a * column(square(A)) + of_b * square(B) - cross * A @ B.T)


def _from_memory(X: Tensor) -> Tensor:
    """The first entries in memory, as if they were the tensor's, row by row."""
    return X.as_strided(X.shape, (X.shape[1], 1))


def _loop(A, B, *, columns=lambda n, m, i: range(m)):
    """One pair after the other."""
    n, m = len(A), len(B)
    rows = []
    for i in range(n):
        row = [torch.zeros((), dtype=A.dtype)] * m
        for j in columns(n, m, i):
            row[j] = ((A[i] - B[j]) ** 2).sum()
        rows.append(torch.stack(row))
    return torch.stack(rows)


# ---- which distance

takes_root = mistake(
    _distances, after=lambda D: D.sqrt(),
    title="gives distances, not their squares",
    hint="The points (0, 0) and (3, 4) have the squared distance 25. What do you give?",
    source="threads about nearest neighbours disagree over this root: one adds it, one takes it out",
)  # fmt: skip
forgets_squares = mistake(
    _distances, part=lambda D: D,
    title="adds up the differences without squaring them",
    hint="Try two points whose differences are 1 and -1. May they cancel?",
    source="a formula typed from memory, sum before power",
)  # fmt: skip
squares_late = mistake(
    _distances, part=lambda D: D, after=lambda D: D**2,
    title="squares the sum of the differences",
    hint="Is the square of a sum the sum of the squares? Try the differences 1 and -1.",
    source="parentheses closed one place too late",
)  # fmt: skip
takes_absolutes = mistake(
    _distances, part=lambda D: D.abs(),
    title="adds up absolute differences",
    hint="That is the city-block distance. The Euclidean one takes another power of a difference.",
    source="the L1 exercise next to the L2 one in courses on nearest neighbours",
)  # fmt: skip
takes_mean = mistake(
    _distances, reduce=lambda T: T.mean(2),
    title="averages over the features instead of adding up",
    hint="Compare your result with a sum by hand for two features. By which factor is it off?",
    source="mean squared error taken for a distance",
)  # fmt: skip
takes_largest = mistake(
    _distances, reduce=lambda T: T.amax(2),
    title="keeps the largest squared difference alone",
    hint="Every feature counts. How do you put the squares of one pair together?",
    source="a maximum where a sum belongs",
)  # fmt: skip
adds_points = mistake(
    _distances, sign=1,
    title="adds the points instead of subtracting them",
    hint="The distance of a point to itself is 0. What do you give for it?",
    source="the sign of 2ab, positive in the expansion",
)  # fmt: skip
subtracts_squares = mistake(
    _distances, prepare=lambda A, B: (A**2, B**2), part=lambda D: D,
    title="subtracts the squares instead of squaring the differences",
    hint="Is a^2 - b^2 the same as (a - b)^2? Try a = 1 and b = -1.",
    source="a thread on a one-shot network whose distance squared before it subtracted",
)  # fmt: skip
halves = mistake(
    _distances, after=lambda D: D / 2,
    title="gives half of the squared distance",
    hint="Try one feature, 0 and 2. No factor belongs in front of the sum.",
    source="the 1/2 of the squared loss",
)  # fmt: skip

# ---- |a|^2 - 2ab + |b|^2

forgets_two = mistake(
    _expanded, cross=1.0,
    title="subtracts the products of the points once, not twice",
    hint="Multiply (a - b)(a - b) out: how often does ab occur?",
    source="a benchmark's distance by dot products, corrected in review",
)  # fmt: skip
forgets_norms_of_b = mistake(
    _expanded, of_b=0.0,
    title="leaves out the squared lengths of B's points",
    hint="Try A = [[0]] and B = [[2]]. Which terms of (a - b)^2 are there?",
    source="the expansion with one square forgotten",
)  # fmt: skip
forgets_norms_of_a = mistake(
    _expanded, of_a=0.0,
    title="leaves out the squared lengths of A's points",
    hint="Try A = [[2]] and B = [[0]]. Which terms of (a - b)^2 are there?",
    source="enough to find the nearest neighbour, and not a distance",
)  # fmt: skip
loses_column = mistake(
    _expanded, column=lambda v: v,
    title="lines up the squared lengths of A's points with the columns",
    hint="Print the shape of A's squared lengths. Which dimension of the result do they belong to?",
    source="a thread that asks how (500,) and (1, 5000) can be added",
)  # fmt: skip
takes_lengths = mistake(
    _expanded, square=lambda X: X.norm(dim=1),
    title="puts lengths in the place of squared lengths",
    hint="Multiply (a - b)(a - b) out. Is it the length of a, or its square?",
    source="norm() without the power",
)  # fmt: skip

# ---- which pairs, and where they lie

compares_a_alone = mistake(
    _distances, prepare=lambda A, B: (A, A),
    title="compares A's points with each other and never looks at B",
    hint="Give it a B with other points. Does anything change?",
    source="an optional second argument that falls back on the first",
)  # fmt: skip
compares_partners = mistake(
    _distances, reduce=lambda T: T.sum(2).diagonal(),
    title="compares each point of A with one point of B alone",
    hint="n points and m points make n times m pairs. How many numbers do you return?",
    source="the built-in for pairs of rows, taken for the one for all pairs",
)  # fmt: skip
transposes = mistake(
    _distances, after=lambda D: D.T,
    title="has the rows and columns of the result swapped",
    hint="Entry (i, j) belongs to row i of A and row j of B. Print the shape for n = 2 and m = 3.",
    source="B[:, None] - A in the place of A[:, None] - B",
)  # fmt: skip
adds_over_b = mistake(
    _distances, reduce=lambda T: T.sum(1),
    title="adds up over the points of B, not over the features",
    hint="Name the three dimensions of the differences. Which one should be gone?",
    source="dim=1 for dim=2",
)  # fmt: skip
adds_over_a = mistake(
    _distances, reduce=lambda T: T.sum(0),
    title="adds up over the points of A, not over the features",
    hint="Name the three dimensions of the differences. Which one should be gone?",
    source="dim=0 for dim=2",
)  # fmt: skip
adds_everything = mistake(
    _distances, reduce=lambda T: T.sum(),
    title="adds everything up to a single number",
    hint="There is one number for every pair of points. Over which dimension do you add?",
    source="sum() without a dimension",
)  # fmt: skip
keeps_features = mistake(
    _distances, reduce=lambda T: T,
    title="returns the squared differences of all features, not their sum",
    hint="How many dimensions does your result have, and how many should it have?",
    source="the sum forgotten",
)  # fmt: skip
stops_at_diagonal = mistake(
    _loop, columns=lambda n, m, i: range(min(i + 1, m)),
    title="fills the entries below the diagonal alone",
    hint="With two different sets of points, entry (i, j) says nothing about entry (j, i).",
    source="the symmetry of one set's distances",
)  # fmt: skip
stops_at_n = mistake(
    _loop, columns=lambda n, m, i: range(min(n, m)),
    title="fills as many columns as A has rows, at most",
    hint="Try two points in A and five in B. How far does the inner loop go?",
    source="range(n) in both loops",
)  # fmt: skip

# ---- edges

has_no_slope_at_zero = mistake(
    _distances, after=lambda D: D.sqrt() ** 2,
    title="has no gradient where two points coincide",
    hint="The slope of a square root at 0 is infinite. Do you need a root at all?",
    source="threads about nan in the backward pass of a distance of 0",
)  # fmt: skip
detaches_b = mistake(
    _distances, prepare=lambda A, B: (A, B.detach()),
    title="lets no gradient flow back to B",
    hint="Both arguments may require gradients. Which of them leaves autograd on its way?",
    source="memory saved on the points that are searched",
)  # fmt: skip
detaches_lengths = mistake(
    _expanded, square=lambda X: (X * X).sum(1).detach(),
    title="treats the squared lengths as constants in the gradient",
    hint="|a|^2 depends on a. What is the derivative of (a - b)^2 with respect to a?",
    source="no_grad around what was computed once",
)  # fmt: skip
squeezes = mistake(
    _distances, after=lambda D: D.squeeze(),
    title="loses a dimension when A or B has a single row",
    hint="One point in A and three in B: the shape should be (1, 3).",
    source="squeeze() at the end, so that a single distance is a number",
)  # fmt: skip
reads_memory = mistake(
    _distances, prepare=lambda A, B: (_from_memory(A), _from_memory(B)),
    title="mixes up the entries of a tensor that is not contiguous",
    hint="Try A.T.contiguous().T in the place of A: the same numbers, in another order in memory.",
    source="as_strided, or a raw buffer read row by row",
)  # fmt: skip
single_precision = mistake(
    _distances, single=True,
    title="computes float64 in float32",
    hint="Look at the dtype of every step, not at that of the result alone.",
    source="float() at the door and a conversion at the exit",
)  # fmt: skip
squares_in_place = mistake(
    _distances, spoil=True,
    title="changes its inputs",
    hint="Print A and B before and after the call. Which operation works in place?",
    source="A *= A on the way to the squared lengths",
)  # fmt: skip

PAIRS = [
    ("takes_root", "adds_points"),
    ("transposes", "adds_points"),
    ("transposes", "takes_absolutes"),
    ("takes_mean", "takes_absolutes"),
    ("takes_root", "compares_a_alone"),
]
