"""Strategies for tensors whose shapes go together: an image and a kernel, features and their scales."""

from collections.abc import Sequence

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import FLOAT32, Shape, cached_tensors, tensors
from autograder.checking.values import Values

Together = tuple[Shape | int, ...]
"""Shapes that go together; a number among them is no shape, but an option that fits them, as a stride."""


def tensors_together(
    shapes: Sequence[Together],
    elements: Values | Sequence[Values],
    *,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor | int, ...]]:
    """Tuples of tensors, and of the options that fit them.

        tensors_together([((5, 6), (2, 3)), ((4, 4), (3, 1))], Values(-4, 4))

    Args:
        shapes: what may be drawn, simplest first; all hold as many shapes.
        elements: the range of all entries, or one range a tensor.
        strided, dtype: as for `tensors`, of all of them.

    Raises:
        ValueError: without shapes, or for another number of ranges than of tensors.
        TypeError: as `tensors`.
    """
    if not shapes:
        raise ValueError("tensors_together(shapes=[]): there is nothing to draw")
    counts = {sum(isinstance(shape, tuple) for shape in together) for together in shapes}
    ranges = None if isinstance(elements, Values) else list(elements)
    if len(counts) > 1 or (ranges is not None and {len(ranges)} != counts):
        given = "one" if ranges is None else len(ranges)
        raise ValueError(
            f"tensors_together: {sorted(counts)} tensors and {given} ranges; every entry of shapes has "
            "as many tensors, and there is one range for all or one for each"
        )
    [count] = counts
    of_tensor = [elements] * count if isinstance(elements, Values) else list(elements)
    for one in of_tensor:
        tensors((1,), one, dtype=dtype)  # refuses wrong ranges and dtypes
    drawn = st.sampled_from(list(shapes))

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor | int, ...]:
        rest = iter(of_tensor)
        return tuple(
            draw(cached_tensors(shape, next(rest), strided=strided, dtype=dtype))
            if isinstance(shape, tuple)
            else shape
            for shape in draw(drawn)
        )

    return case()


LEAST_SPREAD = 0.5
"""The least standard deviation of a feature that `spread_out` leaves as it is."""
_SHIFT = 4
"""How far from its mean one entry of another feature is moved."""
_EIGHTHS = 8


def spread_out(features: Tensor, dims: Sequence[int]) -> Tensor:
    """Give every feature a spread, in place: without one, dividing by the spread loses digits.

    In a feature that is nearly constant the first entry is moved away from the mean. With entries of up to
    4 in magnitude no mean is more than 8 times its spread then, and no entry is greater.

    Args:
        features: floating point, of any shape.
        dims: those over which mean and spread of a feature are taken; at least two entries together.

    Returns:
        The same tensor.
    """
    over = tuple(dim % features.dim() for dim in dims)
    exact = features.double()
    mean = exact.mean(dim=over, keepdim=True)
    constant = exact.var(dim=over, correction=0, keepdim=True).sqrt() < LEAST_SPREAD
    near = (mean * _EIGHTHS).round() / _EIGHTHS
    moved = torch.where(near > 0, near - _SHIFT, near + _SHIFT).to(features.dtype)
    first = features[tuple(slice(1) if d in over else slice(None) for d in range(features.dim()))]
    first.copy_(torch.where(constant, moved, first))
    return features
