"""Known wrong implementations of matmul: what is multiplied, what is added up, loops, then the edges."""

import torch
from torch import Tensor

from autograder.checking import mistake


def _matmul(A, B, *, prepare=lambda A, B: (A, B), combine=lambda a, b: a * b,
            reduce=lambda T: T.sum(1), after=lambda C: C, single=False, spoil=False):  # fmt: skip
    """All products at once, (n, k, m), and their sum."""
    kept, dtype = (A, B), A.dtype
    A, B = prepare(*((A.float(), B.float()) if single else (A, B)))
    result = after(reduce(combine(A[:, :, None], B[None, :, :]))).to(dtype)
    for X in kept if spoil else ():
        X.data = X.detach() * 2
    return result


def _loops(A, B, *, columns=lambda n, k, m: range(m), inner=lambda n, k, m: range(k), reset="entry",
           accumulate=lambda s, p: s + p, turned=False):  # fmt: skip
    """Three loops over numbers, with a sum that is set to 0 for each entry, each row, or once."""
    (n, k), m = A.shape, B.shape[1]
    zero = torch.zeros((), dtype=A.dtype)
    table = [[zero] * (n if turned else m) for _ in range(m if turned else n)]
    s = zero
    for i in range(n):
        s = s if reset == "once" else zero
        for j in columns(n, k, m):
            s = zero if reset == "entry" else s
            for p in inner(n, k, m):
                s = accumulate(s, A[i, p] * B[p, j])
            table[i][j] = s
    return torch.stack([torch.stack(row) for row in table])


def _from_memory(X: Tensor) -> Tensor:
    """The first entries in memory, as if they were the tensor's, row by row."""
    return X.as_strided(X.shape, (X.shape[1], 1))


# ---- what is multiplied, and what becomes of the products

multiplies_entries = mistake(
    _matmul, combine=lambda a, b: a[:, :, 0] * b[0], reduce=lambda T: T,
    title="multiplies entry by entry",
    hint="`A * B` is the Hadamard product. Entry (i, j) of the matrix product takes a row of A and a"
    " column of B.",
    source="* for @, in threads of those who come from another language",
)  # fmt: skip
swaps_factors = mistake(
    _matmul, prepare=lambda A, B: (B, A),
    title="computes B times A",
    hint="The matrix product isn't commutative. Whose rows do you take?",
    source="factors in the other order",
)  # fmt: skip
takes_rows_of_b = mistake(
    _matmul, prepare=lambda A, B: (A, B.T),
    title="takes the rows of B in the place of its columns",
    hint="A row of A meets a *column* of B. Which index of B do you add over?",
    source="for b in B, which gives rows",
)  # fmt: skip
takes_columns_of_a = mistake(
    _matmul, prepare=lambda A, B: (A.T, B),
    title="takes the columns of A in the place of its rows",
    hint="A *row* of A meets a column of B. Which index of A do you add over?",
    source="A[p, i] for A[i, p]",
)  # fmt: skip
adds_factors = mistake(
    _matmul, combine=lambda a, b: a + b,
    title="adds the entries where it should multiply them",
    hint="Try two matrices of a single entry, 2 and 3. What should come out?",
    source="+ for * in the innermost line",
)  # fmt: skip
takes_mean = mistake(
    _matmul, reduce=lambda T: T.mean(1),
    title="averages the products instead of adding them up",
    hint="Try a row of ones and a column of ones. What should come out for k of them?",
    source="mean for sum",
)  # fmt: skip
takes_largest = mistake(
    _matmul, reduce=lambda T: T.amax(1),
    title="keeps the largest product alone",
    hint="Every product counts. How do you put those of one entry together?",
    source="a maximum where a sum belongs",
)  # fmt: skip
multiplies_products = mistake(
    _matmul, reduce=lambda T: T.prod(1),
    title="multiplies the products with each other",
    hint="How do you put the k products of one entry together?",
    source="prod for sum",
)  # fmt: skip
adds_first = mistake(
    _matmul, combine=lambda a, b: a.sum(1) * b.sum(1), reduce=lambda T: T,
    title="multiplies the sum of a row by the sum of a column",
    hint="Is a sum of products a product of sums? Try the row (1, 0) and the column (0, 1).",
    source="sums taken before the products",
)  # fmt: skip
keeps_products = mistake(
    _matmul, reduce=lambda T: T,
    title="returns all products, not their sums",
    hint="How many dimensions does your result have, and how many should it have?",
    source="the sum forgotten",
)  # fmt: skip
adds_over_columns = mistake(
    _matmul, reduce=lambda T: T.sum(2),
    title="adds up over the columns of B",
    hint="Name the three dimensions of the products. Which one do A and B share?",
    source="dim=2 for dim=1",
)  # fmt: skip
adds_over_rows = mistake(
    _matmul, reduce=lambda T: T.sum(0),
    title="adds up over the rows of A",
    hint="Name the three dimensions of the products. Which one do A and B share?",
    source="dim=0 for dim=1",
)  # fmt: skip
adds_everything = mistake(
    _matmul, reduce=lambda T: T.sum(),
    title="adds everything up to a single number",
    hint="The result has n rows and m columns. Over which dimension do you add?",
    source="sum() without a dimension",
)  # fmt: skip
transposes = mistake(
    _matmul, after=lambda C: C.T,
    title="has the rows and columns of the result swapped",
    hint="Entry (i, j) belongs to row i of A and column j of B. Print the shape for n = 2 and m = 3.",
    source="columns collected one after the other and stacked as rows",
)  # fmt: skip
drops_fractions = mistake(
    _matmul, after=lambda C: C.trunc(),
    title="drops what stands behind the decimal point",
    hint="Try entries of 0.5. What dtype does the tensor have that you write into?",
    source="a buffer of integers",
)  # fmt: skip

# ---- loops

overwrites = mistake(
    _loops, accumulate=lambda s, p: p,
    title="keeps the last product alone",
    hint="Follow the sum of one entry through the innermost loop. When does it forget?",
    source="= for +=",
)  # fmt: skip
forgets_last = mistake(
    _loops, inner=lambda n, k, m: range(k - 1),
    title="leaves out the last product of every sum",
    hint="range(k - 1) ends at k - 2. How many products are there?",
    source="an end that is one too early",
)  # fmt: skip
forgets_first = mistake(
    _loops, inner=lambda n, k, m: range(1, k),
    title="leaves out the first product of every sum",
    hint="Indices begin at 0. Where does your loop begin?",
    source="loops from 1, as in formulas",
)  # fmt: skip
inner_over_rows = mistake(
    _loops, inner=lambda n, k, m: range(n),
    title="adds as many products as A has rows",
    hint="How many entries does a row of A have? Try a matrix that isn't square.",
    source="len(A) as the end of every loop",
)  # fmt: skip
inner_over_columns = mistake(
    _loops, inner=lambda n, k, m: range(m),
    title="adds as many products as B has columns",
    hint="How many entries does a column of B have? Try a matrix that isn't square.",
    source="the ends of two loops exchanged",
)  # fmt: skip
square_alone = mistake(
    _loops, columns=lambda n, k, m: range(n),
    title="fills as many columns as A has rows",
    hint="How many columns does the result have? Try n = 2 and m = 3, and the other way round.",
    source="len(A) as the end of both outer loops",
)  # fmt: skip
turned_buffer = mistake(
    _loops, turned=True,
    title="makes room for m rows and n columns",
    hint="The result has as many rows as A. Which loop makes the rows of your list?",
    source="many threads about an index out of range: row and col exchanged in a nested comprehension",
)  # fmt: skip
carries_along_row = mistake(
    _loops, reset="row",
    title="carries the sum of one entry over to the next one in its row",
    hint="Where do you set the sum to 0: once a row, or once an entry?",
    source="an accumulator that is set above the second loop",
)  # fmt: skip
carries_always = mistake(
    _loops, reset="once",
    title="carries the sum of one entry over to all that follow",
    hint="Where do you set the sum to 0? How often should that happen?",
    source="an accumulator that is set above all loops",
)  # fmt: skip

# ---- edges

detaches_b = mistake(
    _matmul, prepare=lambda A, B: (A, B.detach()),
    title="lets no gradient flow back to B",
    hint="Both factors may require gradients. Which of them leaves autograd on its way?",
    source="columns read through .data or NumPy",
)  # fmt: skip
detaches_a = mistake(
    _matmul, prepare=lambda A, B: (A.detach(), B),
    title="lets no gradient flow back to A",
    hint="Both factors may require gradients. Which of them leaves autograd on its way?",
    source="rows read through .data or NumPy",
)  # fmt: skip
squeezes = mistake(
    _matmul, after=lambda C: C.squeeze(),
    title="loses a dimension when the result has a single row or column",
    hint="(1, k) times (k, m) has the shape (1, m). Print yours.",
    source="squeeze() at the end",
)  # fmt: skip
reads_memory = mistake(
    _matmul, prepare=lambda A, B: (_from_memory(A), _from_memory(B)),
    title="mixes up the entries of a tensor that is not contiguous",
    hint="Try A.T.contiguous().T in the place of A: the same numbers, in another order in memory.",
    source="as_strided, as in exercises that make a product of it",
)  # fmt: skip
single_precision = mistake(
    _matmul, single=True,
    title="computes float64 in float32",
    hint="Look at the dtype of every step, not at that of the result alone.",
    source="a buffer of the default dtype",
)  # fmt: skip
changes_factors = mistake(
    _matmul, spoil=True,
    title="changes its factors",
    hint="Print A and B before and after the call. Which operation works in place?",
    source="row *= column on the way",
)  # fmt: skip

PAIRS = [
    ("takes_rows_of_b", "transposes"),
    ("takes_rows_of_b", "takes_mean"),
    ("swaps_factors", "transposes"),
    ("overwrites", "square_alone"),
    ("carries_along_row", "inner_over_rows"),
]
