"""Hypothesis strategies for the tensors that exercises are checked on.

Small shapes with every corner (one row, one class, squares), values that shrink to short numbers, ties and
constants as well as distinct values, and memory layouts that are not contiguous.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor

FLOAT32, FLOAT64 = torch.float32, torch.float64
_EIGHTHS = 8
_WIDE = 100
_CODES = 2**16
_SHORT, _TIED, _CONSTANT, _LOW, _ANY = range(5)
_KINDS = st.sampled_from((_SHORT, _SHORT, _TIED, _CONSTANT, _LOW, _ANY, _ANY, _ANY, _ANY))


def seeds() -> st.SearchStrategy[int]:
    """Integers that seed a torch generator: Hypothesis doesn't manage torch's randomness."""
    return st.integers(0, 2**31 - 1)


@dataclass(frozen=True)
class values:  # noqa: N801  (reads as the strategies beside it do)
    """The finite numbers of a range, as entries of `tensors`.

    Hypothesis draws a tensor's entries as one string of two bytes each, which is ten times as fast as
    drawing numbers, and shrinks it towards zeros.

    minimum, maximum: the range, both included.
    zero: whether 0 is among them.
    whole: whether there are only whole numbers.
    """

    minimum: float
    maximum: float
    zero: bool = True
    whole: bool = False

    def number(self, code: int, kind: int = _ANY) -> float:
        """The number of a code below 2**16; denser around the middle of the range.

        The lower the code, the nearer to the middle; for every kind about as near, so that a
        shrinker can pass from one to a simpler one. `_LOW` numbers are not above the middle: where
        `exp` overflows for others, it underflows for them.
        """
        middle, reach = (self.maximum + self.minimum) / 2, (self.maximum - self.minimum) / 2
        below = kind == _LOW or code % 2 == 1
        distance = reach * (code // 2 / (_CODES // 2 - 1)) ** 3
        number = max(middle - distance, self.minimum) if below else middle + distance
        if kind == _TIED:
            return _nearest(number, self._tied)
        if kind == _SHORT or self.whole or not (number or self.zero):
            return _nearest(number, self._short)
        return min(number, self.maximum)

    @cached_property
    def _short(self) -> list[float]:
        """Multiples of 1/8 up to 8 in magnitude; in a wide range whole ones, and 10, 20, 50, ..."""
        wide = max(abs(self.minimum), abs(self.maximum)) >= _WIDE
        step = _EIGHTHS if self.whole or wide else 1
        numbers = {n / _EIGHTHS for n in range(-8 * _EIGHTHS, 8 * _EIGHTHS + 1, step)}
        if wide:
            large = {digit * 10.0**power for digit in (1, 2, 5) for power in range(1, 7)}
            numbers |= large | {-number for number in large}
        return self._usable(numbers)

    @cached_property
    def _tied(self) -> list[float]:
        return self._usable({0.0, 1.0, self.minimum, self.maximum})

    def _usable(self, numbers: set[float]) -> list[float]:
        inside = {x for x in numbers if self.minimum <= x <= self.maximum and (x or self.zero)}
        return sorted(inside or {self.minimum, self.maximum})


def _nearest(number: float, known: list[float]) -> float:
    place = bisect_left(known, number)
    return min(known[max(place - 1, 0) : place + 1], key=lambda x: abs(x - number))


def shapes(*, min_dims: int = 0, max_dims: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes of 0 to 3 dimensions, with at most 5 entries in one and 3 in each of three."""
    most = (1, 5, 4, 3)
    by_dims = [
        st.sampled_from(list(product(range(1, (*most, 2)[min(dims, 4)] + 1), repeat=dims)))
        for dims in range(min_dims, max_dims + 1)
    ]
    return st.one_of(by_dims)


@st.composite
def tensors(
    draw: st.DrawFn,
    shape: tuple[int, ...] | st.SearchStrategy[tuple[int, ...]],
    elements: values,
    *,
    dtype: torch.dtype = FLOAT64,
    layouts: bool = True,
) -> Tensor:
    """Tensors of a shape: distinct or tied values, now and then constant, in any layout.

    Args:
        shape: a shape, or a strategy for shapes.
        elements: the range of the entries.
        dtype: torch.float32 or torch.float64.
        layouts: whether some are transposed or sliced with a step.
    """
    size = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    return _draw_tensor(draw, size, elements, dtype, layouts=layouts)


def _draw_tensor(
    draw: st.DrawFn, size: tuple[int, ...], elements: values, dtype: torch.dtype, *, layouts: bool
) -> Tensor:
    """One tensor. Drawn from strategies that exist already: making them is what takes time."""
    kind = draw(_KINDS)
    count = math.prod(size)
    distinct = 1 if kind == _CONSTANT else count
    numbers = [elements.number(code, kind) for code in draw(_codes(distinct, width=2))]
    tensor = torch.tensor(numbers * (count // distinct), dtype=dtype).reshape(size)
    return draw(_LAYOUTS)(tensor) if layouts and tensor.dim() > 0 else tensor


@cache
def _codes(count: int, *, width: int = 1) -> st.SearchStrategy[list[int]]:
    """Some numbers of one or two bytes, drawn as one string."""

    def split(drawn: bytes) -> list[int]:
        return [int.from_bytes(drawn[i : i + width], "big") for i in range(0, len(drawn), width)]

    return st.binary(min_size=count * width, max_size=count * width).map(split)


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


_LAYOUTS = st.sampled_from([contiguous, contiguous, transposed, with_step])

_EXTENTS = st.sampled_from([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 10, 12])
"""Rows or classes: few, so that cases stay readable; now and then the ten of a data set, or more."""


@st.composite
def logits(
    draw: st.DrawFn,
    *,
    max_magnitude: float = 8.0,
    dtype: torch.dtype = FLOAT64,
) -> Tensor:
    """(n, q) matrices with entries up to a magnitude; n and q from 1 to 5, 10 or 12."""
    return _draw_logits(draw, max_magnitude, dtype)


def _draw_logits(draw: st.DrawFn, max_magnitude: float, dtype: torch.dtype) -> Tensor:
    size = draw(_EXTENTS), draw(_EXTENTS)
    return _draw_tensor(draw, size, values(-max_magnitude, max_magnitude), dtype, layouts=True)


def _draw_labels(draw: st.DrawFn, rows: int, columns: int) -> Tensor:
    """(n,) int64 labels below the number of classes."""
    return torch.tensor([code % columns for code in draw(_codes(rows))], dtype=torch.int64)


@st.composite
def labeled_logits(
    draw: st.DrawFn, *, max_magnitude: float = 8.0, dtype: torch.dtype = FLOAT64
) -> tuple[Tensor, Tensor]:
    """(n, q) logits and (n,) int64 labels."""
    outputs = _draw_logits(draw, max_magnitude, dtype)
    return outputs, _draw_labels(draw, *outputs.shape)


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
    n, q = draw(_EXTENTS), draw(_EXTENTS)
    y = _draw_labels(draw, n, q)
    likely = [eighths / _EIGHTHS for eighths in range(1, _EIGHTHS + (1 if zeros else 0))]
    unlikely = [10.0**-power for power in range(1, round(-math.log10(smallest)) + 1)]
    of_label = [*likely, *unlikely * (1 + len(likely) // len(unlikely))]
    least = 0 if zeros else 1
    rows = []
    for label, mine_code in zip(y.tolist(), draw(_codes(n)), strict=True):
        if q == 1:
            rows.append([1.0])
            continue
        mine = of_label[mine_code % len(of_label)]
        shares = [least + code % (10 - least) for code in draw(_codes(q))]
        shares[label] = 0
        if not any(shares):
            shares[(label + 1) % q] = 1
        row = [(1 - mine) * part / sum(shares) for part in shares]
        row[label] = mine
        rows.append(row)
    y_hat = torch.tensor(rows, dtype=dtype)
    return draw(_LAYOUTS)(y_hat), y


@st.composite
def parameters(draw: st.DrawFn, *, dtype: torch.dtype = FLOAT64) -> list[Tensor]:
    """1 to 4 leaf tensors of any shape that require grad, with `.grad` as a backward leaves it."""
    return _draw_parameters(draw, draw(st.integers(1, 4)), dtype)


def _draw_parameters(draw: st.DrawFn, count: int, dtype: torch.dtype) -> list[Tensor]:
    params = []
    for _ in range(count):
        size = draw(_SHAPES)
        weight = _draw_tensor(draw, size, _WEIGHTS, dtype, layouts=True)
        grad = _draw_tensor(draw, size, _WEIGHTS, dtype, layouts=False)
        weight.requires_grad_()
        weight.grad = grad
        params.append(weight)
    return params


_SHAPES, _WEIGHTS = shapes(), values(-4, 4)
_GROUPS, _MEMBERS = st.integers(1, 3), st.integers(1, 3)
_DECAYS = st.sampled_from([0.5, 0.125, 0.01, 2.0, 20.0, 0.0, None])


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
    for _ in range(draw(_GROUPS)):
        group: dict[str, Any] = {"params": _draw_parameters(draw, draw(_MEMBERS), dtype)}
        decay = draw(_DECAYS) if decays else None
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
