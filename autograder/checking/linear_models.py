"""Strategies for linear regression: a model's arguments, predictions with labels, least squares."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from autograder.checking.strategies import FLOAT32, FLOAT64, cached_tensors
from autograder.checking.tolerances import Tolerance
from autograder.checking.values import Values

SOLVED = Tolerance(rtol=1e-3, atol=5e-4)
"""Float32 rounds to 6e-8; times 100, the condition of X'X, and weights up to 50 it is 3e-4."""
SOLVED_FLOAT64 = Tolerance(rtol=1e-5, atol=1e-5)
"""Float64 rounds to 1e-16; times 1e8, the condition of X'X, and weights of some thousands."""

_ENTRIES = Values(-4, 4)
_MODELS = st.sampled_from([(n, d) for n in (2, 3, 4, 5) for d in (2, 3, 4)])
_SINGLE_MODELS = st.sampled_from([(1, 3), (4, 1), (1, 1)])
_ERRORS = Values(-8, 8)
_EXAMPLES = st.integers(2, 6)
_PROBLEMS = st.sampled_from([(n, d) for d in (2, 3) for n in (d + 1, d + 2, d + 4)])
_ONE_FEATURE = st.sampled_from([(n, 1) for n in (1, 2, 4)])
_SQUARE = st.sampled_from([(2, 2), (3, 3)])
_MOST = 10.0
"""The greatest condition number of X in float32: that of X'X is its square, 100."""
_LEAST_SINGULAR = 0.5
"""Keeps the weights below about 50, so that the absolute tolerance means something."""
_NEARLY_EQUAL = st.sampled_from([2.0**-9, 2.0**-10, 2.0**-11])
"""By how much two columns differ: X's condition number becomes about a thousand to ten thousand."""
_ILL = 1e4


@st.composite
def regressions(
    draw: st.DrawFn,
    *,
    single: bool = False,
    bias: tuple[int, ...] = (1,),
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> tuple[Tensor, Tensor, Tensor]:
    """(n, d) inputs, (d, 1) weights and a bias.

    Args:
        single: whether n or d is 1, or both are; else n is 2 to 5 and d 2 to 4.
        bias: the shape of the bias, `(1,)` or `()`.
        strided: whether X is not contiguous and w a slice with a step.
        dtype: torch.float32 or torch.float64.
    """
    n, d = draw(_SINGLE_MODELS if single else _MODELS)
    X, w = (
        draw(cached_tensors(shape, _ENTRIES, strided=strided, dtype=dtype))
        for shape in ((n, d), (d, 1))
    )
    return X, w, draw(cached_tensors(bias, _ENTRIES, dtype=dtype))


@st.composite
def predictions_and_labels(
    draw: st.DrawFn,
    *,
    single: bool = False,
    flat: bool = False,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> tuple[Tensor, Tensor]:
    """Predictions of shape (n, 1), and labels of the same shape or, if flat, of shape (n,).

    Args:
        single: whether n is 1; else it is 2 to 6.
        flat: whether the labels are a vector.
        strided: whether both are columns of a larger matrix.
        dtype: torch.float32 or torch.float64.
    """
    n = 1 if single else draw(_EXAMPLES)
    y_hat, y = (
        draw(cached_tensors(shape, _ERRORS, strided=strided, dtype=dtype))
        for shape in ((n, 1), (n,) if flat else (n, 1))
    )
    return y_hat, y


@st.composite
def least_squares(
    draw: st.DrawFn,
    *,
    one_feature: bool = False,
    square: bool = False,
    strided: bool = False,
    dtype: torch.dtype = FLOAT32,
) -> tuple[Tensor, Tensor]:
    """(n, d) inputs of full rank with a condition number of at most 10, and (n, 1) labels.

    Args:
        one_feature: whether d is 1; n is then 1, 2 or 4.
        square: whether n is d.
        strided: whether X is not contiguous and y a slice with a step.
        dtype: torch.float32 or torch.float64.
    """
    n, d = draw(_ONE_FEATURE if one_feature else _SQUARE if square else _PROBLEMS)
    entries = Values(1, 4) if d == 1 else _ENTRIES
    X = draw(
        cached_tensors((n, d), entries, strided=strided, dtype=dtype).filter(_is_well_conditioned)
    )
    return X, draw(cached_tensors((n, 1), _ENTRIES, strided=strided, dtype=dtype))


def ill_conditioned() -> st.SearchStrategy[tuple[Tensor, Tensor]]:
    """Float64 inputs with a last column that is nearly the first (condition up to 10,000), and labels."""
    return _nearly_equal_columns().filter(lambda problem: _ratio(problem[0]) <= _ILL)


@st.composite
def _nearly_equal_columns(draw: st.DrawFn) -> tuple[Tensor, Tensor]:
    X, y = draw(least_squares(dtype=FLOAT64))
    X[:, -1] = X[:, 0] + draw(_NEARLY_EQUAL) * X[:, -1]
    return X, y


def _condition(X: Tensor) -> tuple[float, float]:
    """The greatest and the least singular value."""
    values = torch.linalg.svdvals(X.double())
    return values[0].item(), values[-1].item()


def _ratio(X: Tensor) -> float:
    greatest, least = _condition(X)
    return greatest / least if least else float("inf")


def _is_well_conditioned(X: Tensor) -> bool:
    """Whether X may be graded in float32; with a column of ones, too, where there is room for one.

    So that an answer with a bias that wasn't asked for is finite, and differs from the correct one.
    """
    greatest, least = _condition(X)
    with_ones = torch.cat([torch.ones(len(X), 1), X], 1)
    has_room = X.shape[0] > X.shape[1]
    return (
        least >= _LEAST_SINGULAR
        and greatest <= _MOST * least
        and (not has_room or _condition(with_ones)[1] >= _LEAST_SINGULAR / 2)
    )
