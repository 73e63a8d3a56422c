"""Tensors whose entries keep away from 0: one can divide by them, and their powers don't vanish."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import FLOAT32, Shape, tensors
from autograder.checking.values import Values

_NEGATIVE, _ZERO_OF_EIGHT = 1, 6
"""Which remainders of a drawn byte make an entry negative, and one in eight 0; the byte 0 does neither."""


def signed(
    shape: Shape | st.SearchStrategy[Shape],
    magnitudes: Values,
    *,
    zeros: bool = False,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[Tensor]:
    """Tensors of positive and negative numbers whose magnitudes are of a range above 0.

    Args:
        shape: a shape, or a strategy for shapes.
        magnitudes: the range of the absolute values.
        zeros: whether some entries, but never all, may be 0 as well.
        strided: whether they are transposed or sliced with a step, and not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError: for another dtype, or magnitudes that are no `Values`.
        ValueError: for magnitudes that aren't above 0.
    """
    drawn = tensors(shape, magnitudes, strided=strided, dtype=dtype)
    if magnitudes.minimum <= 0:
        raise ValueError(f"signed(magnitudes={magnitudes}): a minimum above 0 is needed")

    @st.composite
    def some(draw: st.DrawFn) -> Tensor:
        tensor = draw(drawn)
        codes = draw(st.binary(min_size=tensor.numel(), max_size=tensor.numel()))
        factors = [-1.0 if code % 2 == _NEGATIVE else 1.0 for code in codes]
        if zeros:
            factors = [
                0.0 if code % 8 == _ZERO_OF_EIGHT else factor
                for code, factor in zip(codes, factors, strict=True)
            ]
            if not any(factors):
                factors[0] = 1.0
        return tensor.mul_(torch.tensor(factors, dtype=dtype).reshape(tensor.shape))

    return some()
