"""Strategies for minibatches with parameters to train on them, and for scores with labels.

Everyday inputs by default, as in `strategies`: float32, contiguous, several batches of equal size, at least
two examples, features and classes; every option makes one thing odd.
"""

from functools import cache

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import (
    FLOAT32,
    FLOAT64,
    Shape,
    cached_tensors,
    transposed,
    with_step,
)
from autograder.checking.values import Values

Batches = list[tuple[Tensor, Tensor]]

_FEATURES = Values(-0.5, 1.5)
"""Of linear regression: with lr = 1 and two of them, a step makes an error at most some times as large.
Numbers are simplest in the middle of their range: there a counterexample has none that is 0."""
_TARGETS = Values(-4, 4, zero=False, whole=True)
_WEIGHTS = Values(-1, 3)
_WIDER = Values(-1, 2)
"""Features of softmax regression, whose gradient is bounded."""
_CLASS_WEIGHTS = Values(-2, 2)
_SCORES = Values(-4, 4)
_COUNTS = st.sampled_from([2, 3])
_FEW = st.sampled_from([2, 3])
_ROWS = st.sampled_from([2, 3, 4, 5])
_CLASSES = st.sampled_from([3, 2, 4])
_ANY = st.sampled_from([3, 2, 4, 5, 10])
_PLACES = st.integers(0, 255)
_HALF = st.booleans()
"""By which a row's largest score exceeds the second: rounding to whole numbers may lose it."""


def regression_cases(
    *,
    count: int | None = None,
    n: int | None = None,
    d: int | None = None,
    even: bool = True,
    bias: Shape = (1,),
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, Tensor, Batches]]:
    """Parameters w (d, 1) and b, leaves that require grad, and a list of batches: X (n, d) with y (n, 1).

    Args:
        count: the number of batches; None for 2 or 3.
        n: the rows of every batch; None for 2 to 5.
        d: the number of features; None for 2 or 3.
        even: whether all batches have the same size; if not, at least two differ.
        bias: the shape of b, (1,) or ().
        strided: whether w and every X and y are not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError, ValueError: for an argument that makes no case.
    """
    _need(count, n, d, even, dtype)
    if bias not in ((1,), ()):
        raise ValueError(f"regression_cases(bias={bias!r}): the shape (1,) or () is needed")

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor, Tensor, Batches]:
        features = d or draw(_FEW)
        w = draw(cached_tensors((features, 1), _WEIGHTS, strided=strided, dtype=dtype))
        b = draw(cached_tensors(bias, _WEIGHTS, dtype=dtype))
        batches = []
        for size in _draw_sizes(draw, count, n, even=even):
            X = draw(cached_tensors((size, features), _FEATURES, strided=strided, dtype=dtype))
            y = draw(cached_tensors((size, 1), _TARGETS, strided=strided, dtype=dtype))
            batches.append((X, y))
        return w.requires_grad_(), b.requires_grad_(), batches

    return case()


def classification_cases(
    *,
    count: int | None = None,
    n: int | None = None,
    d: int | None = None,
    q: int | None = None,
    even: bool = True,
    last_class: bool = True,
    scale: float = 1.0,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, Tensor, Batches]]:
    """Parameters W (d, q) and b (q,), leaves that require grad, and batches: X (n, d) with labels y (n,).

    Args:
        count, n, d, even, dtype: as for `regression_cases`.
        q: the number of classes; None for 2 to 4.
        last_class: whether the last class is among the labels of every batch; if not, it never is.
        scale: a factor for W, with which the logits grow.
        strided: whether W and every X and y are not contiguous in memory.

    Raises:
        TypeError, ValueError: for an argument that makes no case.
    """
    _need(count, n, d, even, dtype)
    _need_extents(q=q)
    if not scale > 0:
        raise ValueError(f"classification_cases(scale={scale!r}): a number above 0 is needed")

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor, Tensor, Batches]:
        features, classes = d or draw(_FEW), q or draw(_CLASSES)
        size = features, classes
        W = scale * draw(cached_tensors(size, _CLASS_WEIGHTS, dtype=dtype))
        W = _draw_layout(draw, W) if strided else W
        b = draw(cached_tensors((classes,), _CLASS_WEIGHTS, dtype=dtype))
        batches = []
        for rows in _draw_sizes(draw, count, n, even=even):
            X = draw(cached_tensors((rows, features), _WIDER, strided=strided, dtype=dtype))
            y = _draw_labels(draw, rows, classes, last_class=last_class)
            y = with_step(y) if strided else y
            batches.append((X, y))
        return W.requires_grad_(), b.requires_grad_(), batches

    return case()


def scored_labels(
    *,
    n: int | None = None,
    q: int | None = None,
    share: float | None = None,
    close: bool = False,
    gap: float = 0.5,
    whole: bool = False,
    scale: float = 1.0,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, Tensor]]:
    """(n, q) scores, one of which is the largest in each row, and (n,) int64 labels: about half are there.

    Args:
        n, q: the number of rows and of classes; None for 2 to 5, or 10.
        share: 0.0 or 1.0, where no label or every label is at the largest score; None for about half.
        close: whether the largest score exceeds the second by 1e-9 only: in float32 they are equal.
        gap: by how much the largest score exceeds the second, before `scale`.
        whole: whether all scores are whole numbers, 0 and 1 among them: numbers that labels are, too.
        scale: a factor for the scores.
        strided: whether both are not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError, ValueError: for an argument that makes no scores.
    """
    _need_float(dtype)
    _need_extents(n=n, q=q)
    if share not in (None, 0.0, 1.0):
        raise ValueError(f"scored_labels(share={share!r}): 0.0, 1.0 or None is needed")
    if close and dtype is FLOAT32:
        raise TypeError("scored_labels(close=True): float32 cannot tell such scores apart")
    if not gap > 0 or (whole and gap % 1):
        raise ValueError(
            f"scored_labels(gap={gap!r}): more than 0 is needed; a whole number if whole=True"
        )
    if q == 1 and share == 0.0:
        raise ValueError("scored_labels(q=1, share=0.0): a label is at the only score there is")

    elements = Values(-4, 4, whole=True) if whole else _SCORES

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
        rows, classes = n or draw(_ANY), q or draw(_ANY)
        scores = scale * draw(cached_tensors((rows, classes), elements, dtype=dtype))
        labels = []
        for row in scores:
            best = draw(_PLACES) % classes
            rest = torch.cat([row[:best], row[best + 1 :]])
            second = rest.max() if classes > 1 else row[best]
            row[best] = second + (1e-9 if close else scale * gap)
            correct = draw(_HALF) if share is None else share == 1.0
            other = 0 if correct or classes == 1 else 1 + draw(_PLACES) % (classes - 1)
            labels.append((best + other) % classes)
        y = torch.tensor(labels, dtype=torch.int64)
        if not strided:
            return scores, y
        return _draw_layout(draw, scores), with_step(y)

    return case()


@cache
def _bytes(count: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=count, max_size=count)


_LAYOUTS = st.sampled_from([transposed, with_step])


def _draw_layout(draw: st.DrawFn, matrix: Tensor) -> Tensor:
    """The same values, not contiguous in memory."""
    return draw(_LAYOUTS)(matrix)


def _draw_labels(draw: st.DrawFn, rows: int, classes: int, *, last_class: bool) -> Tensor:
    """(rows,) labels. With `last_class` that class is among them, else it isn't (unless it is alone)."""
    *codes, place = draw(_bytes(rows + 1))
    known = classes if last_class else max(classes - 1, 1)
    labels = [code % known for code in codes]
    if last_class:
        labels[place % rows] = classes - 1
    return torch.tensor(labels, dtype=torch.int64)


def _draw_sizes(draw: st.DrawFn, count: int | None, n: int | None, *, even: bool) -> list[int]:
    """The rows of every batch."""
    batches = count or draw(_COUNTS)
    first = n or draw(_ROWS)
    if even:
        return [first] * batches
    sizes = [first, *(draw(_ROWS) for _ in range(batches - 1))]
    if len(set(sizes)) == 1:
        sizes[-1] = first + 1 if first == 2 else first - 1
    return sizes


def _need(count: int | None, n: int | None, d: int | None, even: bool, dtype: torch.dtype) -> None:
    _need_float(dtype)
    _need_extents(count=count, n=n, d=d)
    if not even and (n is not None or count == 1):
        raise ValueError("even=False: batches of different sizes are at least two, and n is open")


def _need_float(dtype: torch.dtype) -> None:
    if dtype not in (FLOAT32, FLOAT64):
        raise TypeError(f"dtype={dtype}: torch.float32 or torch.float64 is needed")


def _need_extents(**given: int | None) -> None:
    for name, extent in given.items():
        if extent is not None and (not isinstance(extent, int) or extent < 1):
            raise ValueError(f"{name}={extent!r}: a whole number of at least 1 is needed, or None")
