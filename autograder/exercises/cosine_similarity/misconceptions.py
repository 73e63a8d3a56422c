"""Known wrong implementations of cosine_similarity: the formula, magnitudes, gradients, then the edges."""

import torch
from torch import Tensor

from autograder.checking import mistake


def _from_memory(v: Tensor) -> Tensor:
    """As many entries as v has, in the order of the memory."""
    return v.as_strided(v.shape, (1,))


def _cosine(x, y, *, prepare=lambda x, y: (x, y), inner=lambda x, y: (x * y).sum(),
            length=lambda v: (v * v).sum().sqrt(), of_lengths=lambda a, b: a * b,
            divide=lambda s, d: s / d, after=lambda c: c, single=False, spoil=False):  # fmt: skip
    """The inner product, the lengths, what is made of these, and the quotient."""
    kept, dtype = (x, y), x.dtype
    x, y = prepare(*((x.float(), y.float()) if single else (x, y)))
    result = after(divide(inner(x, y), of_lengths(length(x), length(y)))).to(dtype)
    for v in kept if spoil else ():
        v.data = v.detach() / v.detach().norm()
    return result


# ---- the formula

no_lengths = mistake(
    _cosine, divide=lambda s, d: s,
    title="gives the inner product without dividing by the lengths",
    hint="A cosine lies between -1 and 1. What do you give for (3, 0) and (3, 0)?",
    source="similarity of vectors that were of length 1 already",
)  # fmt: skip
squared_lengths = mistake(
    _cosine, length=lambda v: (v * v).sum(),
    title="divides by the squared lengths",
    hint="The length of (3, 4) is 5. What do you divide by?",
    source="an issue about similarities above 1: squared norms in the denominator",
)  # fmt: skip
first_length_alone = mistake(
    _cosine, of_lengths=lambda a, b: a,
    title="divides by the length of x alone",
    hint="Twice as long a y makes the same angle. Does your result change?",
    source="the length of a projection",
)  # fmt: skip
second_length_alone = mistake(
    _cosine, of_lengths=lambda a, b: b,
    title="divides by the length of y alone",
    hint="Twice as long an x makes the same angle. Does your result change?",
    source="the length of a projection",
)  # fmt: skip
first_length_twice = mistake(
    _cosine, of_lengths=lambda a, b: a * a,
    title="divides by the square of the length of x",
    hint="Twice as long a y makes the same angle. Does your result change?",
    source="a line copied for y in which an x is left",
)  # fmt: skip
second_length_twice = mistake(
    _cosine, of_lengths=lambda a, b: b * b,
    title="divides by the square of the length of y",
    hint="Twice as long an x makes the same angle. Does your result change?",
    source="the coefficient of a projection",
)  # fmt: skip
precedence = mistake(
    _cosine, of_lengths=lambda a, b: a / b,
    title="divides by the length of x and multiplies by that of y",
    hint="Python works from left to right: what is 12 / 2 * 3?",
    source="a / b * c without parentheses",
)  # fmt: skip
adds_lengths = mistake(
    _cosine, of_lengths=lambda a, b: a + b,
    title="divides by the sum of the lengths",
    hint="Try (3, 0) and (3, 0): the cosine is 1. How do the two lengths belong together?",
    source="+ for * in the denominator",
)  # fmt: skip
larger_length = mistake(
    _cosine, of_lengths=lambda a, b: torch.maximum(a, b) ** 2,
    title="divides by the square of the larger length",
    hint="Twice as long a y makes the same angle. Does your result change?",
    source="both vectors scaled by one number",
)  # fmt: skip
absolute_lengths = mistake(
    _cosine, length=lambda v: v.abs().sum(),
    title="divides by sums of magnitudes, which are 1-norms",
    hint="The length of (3, 4) is 5, not 7.",
    source="a norm of the wrong order",
)  # fmt: skip
largest_lengths = mistake(
    _cosine, length=lambda v: v.abs().max(),
    title="divides by the largest magnitudes",
    hint="The length of (3, 4) is 5, not 4.",
    source="scaling to [-1, 1] taken for normalizing",
)  # fmt: skip
mean_product = mistake(
    _cosine, inner=lambda x, y: (x * y).mean(),
    title="averages the products instead of adding them up",
    hint="Try (1, 1) and (1, 1): the cosine is 1.",
    source="mean for sum",
)  # fmt: skip
length_of_product = mistake(
    _cosine, of_lengths=lambda a, b: 1.0, divide=lambda s, d: s, inner=lambda x, y:
    (x * y).sum() / (x * y).square().sum().sqrt().clamp(min=1e-30),
    title="divides by the length of the elementwise product",
    hint="Is the length of x * y the product of the lengths? Try (1, 1) and (1, 1).",
    source="norm(x * y) for norm(x) * norm(y)",
)  # fmt: skip
keeps_entries = mistake(
    _cosine, inner=lambda x, y: x * y,
    title="returns a number for each entry, not their sum",
    hint="Print the shape of your result. It should be torch.Size([]).",
    source="the sum forgotten",
)  # fmt: skip
centers = mistake(
    _cosine, prepare=lambda x, y: (x - x.mean(), y - y.mean()),
    title="subtracts the means first, which gives a correlation",
    hint="The angle is measured at the origin, not at the mean. Try (1, 1) and (1, 1).",
    source="correlation coefficients, which are cosines of centered vectors",
)  # fmt: skip
distance = mistake(
    _cosine, after=lambda c: 1 - c,
    title="gives 1 minus the cosine",
    hint="That is the cosine distance. Equal directions should give 1.",
    source="SciPy's cosine, which is a distance",
)  # fmt: skip
angle = mistake(
    _cosine, after=lambda c: torch.acos(c.clamp(-1 + 1e-6, 1 - 1e-6)),
    title="gives the angle, not its cosine",
    hint="Orthogonal vectors have the cosine 0.",
    source="arccos at the end",
)  # fmt: skip
absolute = mistake(
    _cosine, after=lambda c: c.abs(),
    title="loses the sign",
    hint="Opposite directions should give -1.",
    source="abs around the inner product, in the same issue about similarities above 1",
)  # fmt: skip
cuts_negatives = mistake(
    _cosine, after=lambda c: c.clamp(0, 1),
    title="gives 0 where the cosine is negative",
    hint="A cosine lies between -1 and 1. Between which numbers do you clamp?",
    source="clamp(0, 1), or a relu",
)  # fmt: skip
shifts = mistake(
    _cosine, after=lambda c: (c + 1) / 2,
    title="maps the cosine to the range from 0 to 1",
    hint="Orthogonal vectors should give 0, opposite ones -1.",
    source="scores for a ranking",
)  # fmt: skip
squares = mistake(
    _cosine, after=lambda c: c * c,
    title="gives the square of the cosine",
    hint="Try vectors at 60 degrees: the cosine is 0.5.",
    source="a root taken of one of two",
)  # fmt: skip

# ---- magnitudes

floor_of_lengths = mistake(
    _cosine, length=lambda v: (v * v).sum().sqrt().clamp(min=1e-8),
    title="takes short vectors for longer ones than they are",
    hint="Entries may be as small as 1e-10. What does your small constant make of such a length?",
    source="the eps = 1e-8 of the built-in",
)  # fmt: skip
adds_epsilon = mistake(
    _cosine, of_lengths=lambda a, b: a * b + 1e-8,
    title="adds a constant to the denominator that short vectors feel",
    hint="What is the product of two lengths of 1e-10? Compare it with your constant.",
    source="+ eps against a division by 0, which zero vectors alone would need",
)  # fmt: skip
product_of_squares = mistake(
    _cosine, length=lambda v: (v * v).sum(), of_lengths=lambda a, b: (a * b).sqrt(),
    title="leaves the range of float32 between two squares and their root",
    hint="What is (1e10) ** 4 in float32, and (1e-10) ** 4? When do you take the roots?",
    source="one root of the product of both squared lengths",
)  # fmt: skip

# ---- gradients and edges

detaches_lengths = mistake(
    _cosine, length=lambda v: (v * v).sum().sqrt().detach(),
    title="treats the lengths as constants in the gradient",
    hint="A longer x doesn't change the cosine, so the gradient is orthogonal to x. Is yours?",
    source="no_grad around a normalization",
)  # fmt: skip
detaches_y = mistake(
    _cosine, prepare=lambda x, y: (x, y.detach()),
    title="lets no gradient flow back to y",
    hint="Both vectors may require gradients. Which of them leaves autograd on its way?",
    source="a fixed query in the place of y",
)  # fmt: skip
keeps_dimension = mistake(
    _cosine, after=lambda c: c.reshape(1),
    title="returns a tensor of one entry in the place of one without dimensions",
    hint="Print the shape of your result. It should be torch.Size([]).",
    source="keepdim=True, or unsqueeze(0) for a function of batches",
)  # fmt: skip
reads_memory = mistake(
    _cosine, prepare=lambda x, y: (_from_memory(x), _from_memory(y)),
    title="counts numbers in memory that are no entries of the vectors",
    hint="Try a slice with a step, x[::2]. Its neighbours in memory are not its entries.",
    source="a raw buffer, or as_strided",
)  # fmt: skip
single_precision = mistake(
    _cosine, single=True,
    title="computes float64 in float32",
    hint="Look at the dtype of every step, not at that of the result alone.",
    source="float() on the way in",
)  # fmt: skip
normalizes_in_place = mistake(
    _cosine, spoil=True,
    title="leaves the vectors it was given with the length 1",
    hint="Print x before and after the call. x /= ... works in place.",
    source="x /= x.norm()",
)  # fmt: skip

PAIRS = [
    ("absolute", "squared_lengths"),
    ("distance", "centers"),
    ("distance", "absolute_lengths"),
    ("cuts_negatives", "squared_lengths"),
    ("mean_product", "absolute_lengths"),
]
