"""Where a matrix is wrong, and how a mask looks, for a report to draw: data, no page."""

from torch import Tensor

from autograder.checking.closeness import number
from autograder.checking.failures import CheckFailure
from autograder.grading.results import Picture

ROWS, COLUMNS = 8, 8
"""Of a matrix that is drawn; of a greater one the message tells the index that is furthest off."""
LEAST = 4
"""Elements of a matrix that is drawn: of fewer, the message has said everything."""
MASK_ROWS, MASK_COLUMNS = 8, 24
"""Of a mask, the part that is drawn: enough to see rows, columns and shares."""


def picture_of(error: Exception) -> Picture | None:
    """A picture of a failure, which shows faster what the message says; None where there is none.

    Where every element is wrong, or there are few, a picture adds nothing.
    """
    if not isinstance(error, CheckFailure):
        return None
    mask = error.facts.get("mask")
    if isinstance(mask, Tensor) and mask.dim() in (1, 2):
        shown = (mask if mask.dim() == 2 else mask[None])[:MASK_ROWS, :MASK_COLUMNS]
        marked = tuple(tuple(bool(one) for one in row) for row in shown.tolist())
        return Picture("mask", tuple(tuple("01"[not one] for one in row) for row in marked), marked)
    got, wrong = error.facts.get("got"), error.facts.get("wrong")
    if not isinstance(got, Tensor) or not isinstance(wrong, Tensor) or got.dim() not in (1, 2):
        return None
    if wrong.all() or not wrong.any() or got.numel() < LEAST:
        return None
    if got.dim() == 1:
        got, wrong = got[None], wrong[None]
    if got.shape[0] > ROWS or got.shape[1] > COLUMNS:
        return None
    return Picture(
        "values",
        tuple(tuple(number(one) for one in row) for row in got.tolist()),
        tuple(tuple(row) for row in wrong.tolist()),
    )
