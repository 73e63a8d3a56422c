"""Hypothesis strategies for the tensors that exercises are checked on.

By default everyday inputs: float32, contiguous, at least two rows and two columns, moderate values that
shrink to short numbers; ties and constants as well as distinct values. Every option makes one thing odd, so
that a check of an edge draws what the everyday check draws, with one change.
"""

import math
from functools import cache
from itertools import product
from typing import Any, TypeVar

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.values import Kind, Values

FLOAT32, FLOAT64 = torch.float32, torch.float64
EDGE_CASES = 25
"""Cases of a check that judges one edge: `@settings(max_examples=EDGE_CASES)` above `@given`."""
MOST_DIMS = 4
"""Dimensions of a shape that is drawn: those of a batch of images."""
_MOST_ENTRIES = (1, 5, 4, 3, 2)
"""By the number of dimensions: entries in each of them, so that cases stay readable."""
_EIGHTHS = 8
_KINDS = st.sampled_from(
    (
        *(Kind.SHORT, Kind.SHORT, Kind.TIED, Kind.CONSTANT, Kind.LOW),
        *(Kind.ANY, Kind.ANY, Kind.ANY, Kind.ANY),
    )
)
_EXTENTS = st.sampled_from([2, 3, 4, 5, 2, 3, 4, 5, 10, 12])
"""Rows or classes: few, so that cases stay readable; now and then the ten of a data set, or more."""

Drawn = TypeVar("Drawn")
Shape = tuple[int, ...]


def seeds() -> st.SearchStrategy[int]:
    """Integers that seed a torch generator: Hypothesis doesn't manage torch's randomness."""
    return st.integers(0, 2**31 - 1)


def shapes(*, min_dims: int = 0, max_dims: int = 3, least: int = 1) -> st.SearchStrategy[Shape]:
    """Shapes of up to 4 dimensions, with at most 5, 4, 3 or 2 entries in each of them.

    Args:
        min_dims, max_dims: the number of dimensions, both included.
        least: the fewest entries in a dimension.

    Raises:
        ValueError: where there are no such shapes.
    """
    if not 0 <= min_dims <= max_dims <= MOST_DIMS:
        raise ValueError(
            f"shapes(min_dims={min_dims}, max_dims={max_dims}): 0 <= min_dims <= max_dims <= "
            f"{MOST_DIMS} is needed"
        )
    if not 1 <= least <= _MOST_ENTRIES[max_dims]:
        raise ValueError(
            f"shapes(least={least}): between 1 and {_MOST_ENTRIES[max_dims]} entries in each of "
            f"{max_dims} dimensions are drawn"
        )
    by_dims = [
        st.sampled_from(list(product(range(least, _MOST_ENTRIES[dims] + 1), repeat=dims)))
        for dims in range(min_dims, max_dims + 1)
    ]
    return st.one_of(by_dims)


def tensors(
    shape: Shape | st.SearchStrategy[Shape],
    elements: Values,
    *,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[Tensor]:
    """Tensors of a shape: distinct or tied values, now and then constant.

    Args:
        shape: a shape, or a strategy for shapes.
        elements: the range of the entries.
        strided: whether they are transposed or sliced with a step, and not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError: for another dtype, or elements that are no `Values`.
    """
    _need_float(dtype)
    if not isinstance(elements, Values):
        raise TypeError(f"tensors(elements={elements!r}): Values(minimum, maximum) is needed")

    @st.composite
    def tensor(draw: st.DrawFn) -> Tensor:
        size = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
        return _draw_tensor(draw, size, elements, dtype, strided=strided)

    return tensor()


@cache
def cached_tensors(
    shape: Shape, elements: Values, *, strided: bool = False, dtype: torch.dtype = FLOAT32
) -> st.SearchStrategy[Tensor]:
    """As `tensors`, for drawing within another strategy: making one takes longer than drawing from it."""
    return tensors(shape, elements, strided=strided, dtype=dtype)


def _draw_tensor(
    draw: st.DrawFn, size: Shape, elements: Values, dtype: torch.dtype, *, strided: bool
) -> Tensor:
    """One tensor. Drawn from strategies that exist already: making them is what takes time."""
    kind = draw(_KINDS)
    count = math.prod(size)
    distinct = 1 if kind is Kind.CONSTANT else count
    numbers = [elements.number(code, kind) for code in draw(_codes(distinct, width=2))]
    tensor = torch.tensor(numbers * (count // distinct), dtype=dtype).reshape(size)
    return _draw_layout(draw, tensor) if strided else tensor


@cache
def _codes(count: int, *, width: int = 1) -> st.SearchStrategy[list[int]]:
    """Some numbers of one or two bytes, drawn as one string."""

    def split(drawn: bytes) -> list[int]:
        return [int.from_bytes(drawn[i : i + width], "big") for i in range(0, len(drawn), width)]

    return st.binary(min_size=count * width, max_size=count * width).map(split)


def transposed(tensor: Tensor) -> Tensor:
    """The same values, stored column by column: a transpose of a contiguous tensor."""
    return tensor.transpose(0, -1).contiguous().transpose(0, -1)


def with_step(tensor: Tensor) -> Tensor:
    """The same values, as every second entry of a wider tensor."""
    wide = tensor.new_zeros(*tensor.shape[:-1], 2 * tensor.shape[-1])
    wide[..., ::2] = tensor
    return wide[..., ::2]


_LAYOUTS = st.sampled_from([transposed, with_step])


def _draw_layout(draw: st.DrawFn, tensor: Tensor) -> Tensor:
    """The same values in another layout; a tensor without dimensions has no other."""
    layout = draw(_LAYOUTS)
    if tensor.dim() == 0:
        return tensor
    return with_step(tensor) if tensor.dim() == 1 else layout(tensor)


def logits(
    *,
    max_magnitude: float = 8.0,
    n: int | None = None,
    q: int | None = None,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[Tensor]:
    """(n, q) matrices.

    Args:
        max_magnitude: the greatest magnitude of an entry.
        n, q: the number of rows and of columns; None for 2 to 5, 10 or 12.
        strided: whether they are not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError, ValueError: for an argument that makes no logits.
    """
    _need_float(dtype)
    _need_extents(n=n, q=q)
    _need_magnitude(max_magnitude)
    entries = Values(-max_magnitude, max_magnitude)

    @st.composite
    def matrix(draw: st.DrawFn) -> Tensor:
        size = n or draw(_EXTENTS), q or draw(_EXTENTS)
        return _draw_tensor(draw, size, entries, dtype, strided=strided)

    return matrix()


def labeled_logits(
    *,
    max_magnitude: float = 8.0,
    n: int | None = None,
    q: int | None = None,
    last_class: bool = True,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, Tensor]]:
    """(n, q) logits and (n,) int64 labels below q.

    Args:
        max_magnitude, n, q, dtype: as for `logits`.
        last_class: whether the last class is among the labels; if not, it never is (unless q is 1).
        strided: whether both are not contiguous in memory.

    Raises:
        TypeError, ValueError: as `logits`.
    """
    matrices = logits(max_magnitude=max_magnitude, n=n, q=q, strided=strided, dtype=dtype)

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
        outputs = draw(matrices)
        rows, columns = outputs.shape
        return outputs, _draw_labels(draw, rows, columns, last_class=last_class, strided=strided)

    return case()


def _draw_labels(
    draw: st.DrawFn, rows: int, columns: int, *, last_class: bool, strided: bool
) -> Tensor:
    classes = columns if last_class else max(columns - 1, 1)
    *codes, place = draw(_codes(rows + 1))
    numbers = [code % classes for code in codes]
    if last_class:
        numbers[place % rows] = columns - 1
    labels = torch.tensor(numbers, dtype=torch.int64)
    return with_step(labels) if strided else labels


def predictions(
    *,
    smallest: float = 1e-3,
    zeros: bool = False,
    n: int | None = None,
    q: int | None = None,
    last_class: bool = True,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[tuple[Tensor, Tensor]]:
    """(n, q) probabilities whose rows add up to 1, and (n,) int64 labels.

    Args:
        smallest: the least probability of a label, at most 0.1.
        zeros: whether other classes may have probability exactly 0.
        n, q, last_class, strided, dtype: as for `labeled_logits`.

    Raises:
        TypeError, ValueError: for an argument that makes no predictions.
    """
    _need_float(dtype)
    _need_extents(n=n, q=q)
    if not torch.finfo(dtype).tiny <= smallest <= 0.1:
        raise ValueError(
            f"predictions(smallest={smallest!r}): a label's probability is at least a number between "
            f"{torch.finfo(dtype).tiny:.0e} and 0.1"
        )
    likely = [eighths / _EIGHTHS for eighths in range(1, _EIGHTHS + (1 if zeros else 0))]
    # The small amount keeps log10(1e-3), which rounds to just above -3, among the powers.
    unlikely = [10.0**-power for power in range(1, math.floor(1e-9 - math.log10(smallest)) + 1)]
    of_label = [*likely, *unlikely * (1 + len(likely) // len(unlikely))]
    least = 0 if zeros else 1

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
        rows, columns = n or draw(_EXTENTS), q or draw(_EXTENTS)
        y = _draw_labels(draw, rows, columns, last_class=last_class, strided=strided)
        table = []
        for label, mine_code in zip(y.tolist(), draw(_codes(rows)), strict=True):
            if columns == 1:
                table.append([1.0])
                continue
            mine = of_label[mine_code % len(of_label)]
            shares = [least + code % (10 - least) for code in draw(_codes(columns))]
            shares[label] = 0
            if not any(shares):
                shares[(label + 1) % columns] = 1
            row = [(1 - mine) * part / sum(shares) for part in shares]
            row[label] = mine
            table.append(row)
        y_hat = torch.tensor(table, dtype=dtype)
        return (_draw_layout(draw, y_hat) if strided else y_hat), y

    return case()


EVERYDAY_SHAPES = shapes(min_dims=1, max_dims=2, least=2)
"""Of weights and biases: vectors and matrices of at least two entries in each dimension."""
_WEIGHTS = Values(-4, 4)
_COUNTS = st.sampled_from([2, 1, 3, 4])


def parameters(
    *,
    shape: st.SearchStrategy[Shape] = EVERYDAY_SHAPES,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[list[Tensor]]:
    """1 to 4 leaf tensors that require grad, with a contiguous `.grad`, as a backward leaves it.

    Args:
        shape: the shapes of the tensors.
        strided: whether the tensors are not contiguous in memory.
        dtype: torch.float32 or torch.float64.

    Raises:
        TypeError: for another dtype.
    """
    _need_float(dtype)

    @st.composite
    def some(draw: st.DrawFn) -> list[Tensor]:
        return [_draw_parameter(draw, shape, dtype, strided) for _ in range(draw(_COUNTS))]

    return some()


def _draw_parameter(
    draw: st.DrawFn, shape: st.SearchStrategy[Shape], dtype: torch.dtype, strided: bool
) -> Tensor:
    size = draw(shape)
    weight = _draw_tensor(draw, size, _WEIGHTS, dtype, strided=strided)
    grad = _draw_tensor(draw, size, _WEIGHTS, dtype, strided=False)
    weight.requires_grad_()
    weight.grad = grad
    return weight


_FEW = st.integers(1, 3)


def parameter_groups(
    *,
    decays: tuple[float, ...] = (),
    shape: st.SearchStrategy[Shape] = EVERYDAY_SHAPES,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """1 to 3 groups as PyTorch's optimizers take them, each of 1 to 3 parameters.

    Args:
        decays: values of "weight_decay", from which some groups get one; without any, none has one.
        shape, strided, dtype: as for `parameters`.

    Raises:
        TypeError, ValueError: for an argument that makes no groups.
    """
    _need_float(dtype)
    if not all(decay >= 0 and math.isfinite(decay) for decay in decays):
        raise ValueError(
            f"parameter_groups(decays={decays}): every decay is a number of at least 0"
        )
    of_group = st.sampled_from([*decays, None]) if decays else st.none()

    @st.composite
    def groups(draw: st.DrawFn) -> list[dict[str, Any]]:
        found = []
        for _ in range(draw(_FEW)):
            params = [_draw_parameter(draw, shape, dtype, strided) for _ in range(draw(_FEW))]
            decay = draw(of_group)
            found.append({"params": params} | ({} if decay is None else {"weight_decay": decay}))
        return found

    return groups()


def learning_rates() -> st.SearchStrategy[float]:
    """Learning rates, the usual ones and others; never 1."""
    return st.sampled_from([0.5, 0.1, 0.03, 0.01, 0.25]) | st.floats(1e-3, 0.9)


def batch_sizes() -> st.SearchStrategy[int]:
    """Batch sizes from 2 to 256."""
    return st.sampled_from([2, 10, 4, 3, 256, 32, 7])


def _need_float(dtype: torch.dtype) -> None:
    if dtype not in (FLOAT32, FLOAT64):
        raise TypeError(f"dtype={dtype}: torch.float32 or torch.float64 is needed")


def _need_extents(**given: int | None) -> None:
    for name, extent in given.items():
        if extent is not None and (not isinstance(extent, int) or extent < 1):
            raise ValueError(f"{name}={extent!r}: a whole number of at least 1 is needed, or None")


def _need_magnitude(max_magnitude: float) -> None:
    if not (math.isfinite(max_magnitude) and max_magnitude > 0):
        raise ValueError(f"max_magnitude={max_magnitude!r}: a finite number above 0 is needed")
