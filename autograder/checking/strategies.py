"""Hypothesis strategies for the tensors that exercises are checked on.

Small shapes with every corner (one row, one class, squares), values that shrink to short numbers, ties and
constants as well as distinct values, and memory layouts that are not contiguous.
"""

import math
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

FLOAT32, FLOAT64 = torch.float32, torch.float64
_EIGHTHS = 8


def seeds() -> st.SearchStrategy[int]:
    """Integers that seed a torch generator: Hypothesis doesn't manage torch's randomness."""
    return st.integers(0, 2**31 - 1)


def values(minimum: float, maximum: float, *, width: int = 64) -> st.SearchStrategy[float]:
    """Finite floats in a range: half of them multiples of 1/8, which print short."""
    width_32 = 32 if width == 32 else 64
    low = int(minimum * _EIGHTHS) if abs(minimum) < 2**40 else -(2**40)
    high = int(maximum * _EIGHTHS) if abs(maximum) < 2**40 else 2**40
    short = st.integers(max(low, -8 * _EIGHTHS), min(high, 8 * _EIGHTHS)).map(
        lambda n: n / _EIGHTHS
    )
    if width_32 == 32:
        bounds = torch.tensor([minimum, maximum], dtype=torch.float32).tolist()
        anywhere = st.floats(*bounds, width=32, allow_subnormal=False)
    else:
        anywhere = st.floats(minimum, maximum, allow_subnormal=False)
    if low > high:
        return anywhere
    return short | anywhere


def shapes(*, min_dims: int = 0, max_dims: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of 0 to 3 dimensions with 1 to 4 entries each."""
    return st.lists(st.integers(1, 4), min_size=min_dims, max_size=max_dims).map(tuple)


@st.composite
def tensors(
    draw: st.DrawFn,
    shape: tuple[int, ...] | st.SearchStrategy[tuple[int, ...]],
    elements: st.SearchStrategy[float],
    *,
    dtype: torch.dtype = FLOAT64,
    layouts: bool = True,
) -> Tensor:
    """Tensors of a shape: distinct or tied values, now and then constant, in any layout.

    Args:
        shape: a shape, or a strategy for shapes.
        elements: a strategy for the entries.
        dtype: torch.float32 or torch.float64.
        layouts: whether some are transposed or sliced with a step.
    """
    size = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    count = 1
    for extent in size:
        count *= extent
    if draw(st.integers(0, 7)) == 7:
        numbers = [draw(elements)] * count
    else:
        numbers = draw(st.lists(elements, min_size=count, max_size=count))
    tensor = torch.tensor(numbers, dtype=dtype).reshape(size)
    return draw(_layouts(tensor)) if layouts and tensor.dim() > 0 else tensor


def _layouts(tensor: Tensor) -> st.SearchStrategy[Tensor]:
    return st.sampled_from([contiguous, contiguous, transposed, with_step]).map(
        lambda layout: layout(tensor)
    )


def contiguous(tensor: Tensor) -> Tensor:
    """The tensor itself."""
    return tensor


def transposed(tensor: Tensor) -> Tensor:
    """The same values, stored column by column: a transpose of a contiguous tensor."""
    return tensor.transpose(0, -1).contiguous().transpose(0, -1)


def with_step(tensor: Tensor) -> Tensor:
    """The same values, as every second entry of a wider tensor."""
    wide = tensor.new_zeros(*tensor.shape[:-1], 2 * tensor.shape[-1])
    wide[..., ::2] = tensor
    return wide[..., ::2]


def _extents() -> st.SearchStrategy[int]:
    """Rows or classes: few, so that cases stay readable, and now and then the ten of a data set."""
    return st.sampled_from([1, 2, 3, 4, 5, 2, 3, 4, 5, 10])


@st.composite
def logits(
    draw: st.DrawFn,
    *,
    max_magnitude: float = 8.0,
    dtype: torch.dtype = FLOAT64,
) -> Tensor:
    """(n, q) matrices with entries up to a magnitude; n and q from 1 to 5, or 10."""
    n, q = draw(_extents()), draw(_extents())
    width = 32 if dtype is FLOAT32 else 64
    elements = values(-max_magnitude, max_magnitude, width=width)
    return draw(tensors((n, q), elements, dtype=dtype))


@st.composite
def labels(draw: st.DrawFn, rows: int, columns: int) -> Tensor:
    """(n,) int64 labels below the number of classes."""
    picked = st.lists(st.integers(0, columns - 1), min_size=rows, max_size=rows)
    return torch.tensor(draw(picked), dtype=torch.int64)


@st.composite
def labeled_logits(
    draw: st.DrawFn, *, max_magnitude: float = 8.0, dtype: torch.dtype = FLOAT64
) -> tuple[Tensor, Tensor]:
    """(n, q) logits and (n,) int64 labels."""
    outputs = draw(logits(max_magnitude=max_magnitude, dtype=dtype))
    return outputs, draw(labels(*outputs.shape))


@st.composite
def predictions(
    draw: st.DrawFn, *, smallest: float, zeros: bool = True, dtype: torch.dtype = FLOAT64
) -> tuple[Tensor, Tensor]:
    """(n, q) probabilities whose rows add up to 1, and (n,) int64 labels.

    Args:
        smallest: the least probability of a label.
        zeros: whether other classes may have probability exactly 0.
        dtype: torch.float32 or torch.float64.
    """
    n, q = draw(_extents()), draw(_extents())
    y = draw(labels(n, q))
    powers = st.integers(1, round(-math.log10(smallest))).map(lambda power: 10.0**-power)
    of_label = st.integers(1, _EIGHTHS).map(lambda eighths: eighths / _EIGHTHS) | powers
    share = st.integers(0 if zeros else 1, 9)
    rows = []
    for label in y.tolist():
        mine = draw(of_label) if q > 1 else 1.0
        if not zeros:
            mine = min(mine, 7 / 8) if q > 1 else 1.0
        shares = draw(st.lists(share, min_size=q, max_size=q))
        shares[label] = 0
        others = sum(shares)
        if not others and q > 1:
            shares[(label + 1) % q] = others = 1
        row = [(1 - mine) * part / others if others else 0.0 for part in shares]
        row[label] = mine
        rows.append(row)
    y_hat = torch.tensor(rows, dtype=dtype)
    return draw(_layouts(y_hat)), y


@st.composite
def parameters(draw: st.DrawFn, *, max_size: int = 4, dtype: torch.dtype = FLOAT64) -> list[Tensor]:
    """1 to 4 leaf tensors of any shape that require grad, with `.grad` as a backward leaves it."""
    width = 32 if dtype is FLOAT32 else 64
    elements = values(-4, 4, width=width)
    params = []
    for size in draw(st.lists(shapes(), min_size=1, max_size=max_size)):
        weight = draw(tensors(size, elements, dtype=dtype))
        grad = draw(tensors(size, elements, dtype=dtype, layouts=False))
        weight.requires_grad_()
        weight.grad = grad
        params.append(weight)
    return params


@st.composite
def parameter_groups(
    draw: st.DrawFn, *, decays: bool = True, dtype: torch.dtype = FLOAT64
) -> list[dict[str, Any]]:
    """1 to 3 groups as PyTorch's optimizers take them: "params", and now and then "weight_decay".

    Args:
        decays: whether some groups have a weight_decay, explicit 0.0 among them.
        dtype: torch.float32 or torch.float64.
    """
    groups = []
    for _ in range(draw(st.integers(1, 3))):
        group: dict[str, Any] = {"params": draw(parameters(max_size=3, dtype=dtype))}
        decay = draw(st.sampled_from([0.5, 0.125, 0.01, 2.0, 20.0, 0.0, None])) if decays else None
        if decay is not None:
            group["weight_decay"] = decay
        groups.append(group)
    return groups


def learning_rates() -> st.SearchStrategy[float]:
    """Learning rates, the usual ones and others."""
    return st.sampled_from([1.0, 0.5, 0.1, 0.03, 0.01, 0.25]) | st.floats(1e-3, 2)


def batch_sizes() -> st.SearchStrategy[int]:
    """Batch sizes from 1 to 256."""
    return st.sampled_from([2, 10, 4, 1, 3, 256, 32, 7])
