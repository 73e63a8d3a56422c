"""A strategy for the arguments of a network with one hidden layer, whose relu is never at its kink."""

from functools import cache

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import FLOAT32, FLOAT64, Shape, tensors
from autograder.checking.values import Values

_EXTENTS = st.integers(2, 5)
_SINGLE = st.sampled_from([(0,), (1,), (2,), (3,), (0, 1, 2, 3)])
_WHOLE = Values(-3, 3, whole=True)
_WEIGHTS = Values(-3, 3, whole=True, zero=False)
_FRACTIONS = Values(-3, 3)
_FROM_WHOLE = st.sampled_from([1 / 2, 1 / 2, 1 / 16, 15 / 16])
"""What is added to whole numbers: often a half, and now and then so little that a relu which begins later,
or a slope that is rounded, is seen."""


def networks(
    *,
    single: bool = False,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, ...]]:
    """X (n, d), W1 (d, h), b1 (h,), W2 (h, q), b2 (q,), and dO (n, q), a gradient of the output.

    X and W1 hold whole numbers and b1 none, so that every entry of X W1 + b1 is at least 1/16 from 0.
    In float32 all entries are short, so that sums are exact in whatever order; in float64 those of W2,
    b2 and dO are not, so that a result shows the dtype that it was computed in.

    Args:
        single: whether one of n, d, h and q is 1, or all are; else all are 2 to 5.
        strided: whether the tensors are not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError: for another dtype.
    """
    short = dtype != FLOAT64
    whole, weights = (_WHOLE, _WEIGHTS) if short else (_FRACTIONS, _FRACTIONS)

    @cache
    def of(shape: Shape, values: Values) -> st.SearchStrategy[Tensor]:
        return tensors(shape, values, strided=strided, dtype=dtype)

    of((1,), _WHOLE)  # a wrong dtype is refused here, and not when something is drawn

    @st.composite
    def network(draw: st.DrawFn) -> tuple[Tensor, ...]:
        extents = [draw(_EXTENTS) for _ in range(4)]
        for place in draw(_SINGLE) if single else ():
            extents[place] = 1
        n, d, h, q = extents
        b1 = draw(of((h,), _WHOLE))
        b1 += draw(_FROM_WHOLE)
        return (
            draw(of((n, d), _WHOLE)),
            draw(of((d, h), _WEIGHTS)),
            b1,
            draw(of((h, q), weights)),
            draw(of((q,), whole)),
            draw(of((n, q), whole)),
        )

    return network()
