"""The figures of a data generator by which it is recognized: random draws hardly change them."""

import math
from typing import Any

import torch
from torch import Tensor

ROWS = 6_000
ROUNDING = 1e-9
"""Above the rounding of the labels in float64."""
CENTERED = 1e-6
"""For the means of columns, which are some hundredths unless they were subtracted."""
W, B = torch.tensor([[2.0], [-3.0]], dtype=torch.float64), 5.0


def profile(student: Any) -> dict[str, Any]:
    """Figures of `synthetic_data`: shares with a sampling error below 0.05, and words.

    Names that begin with `edge` tell of other sizes, dtypes and biases.
    """
    first, again = _call(student, W, B, ROWS), _call(student, W, B, ROWS)
    features: dict[str, Any] = {"form": _form(first)}
    for name, arguments in {
        "one feature": (W[:1], B, 3),
        "one example": (W, B, 1),
        "float32": (W.float(), B, 3),
        "bias without dimensions": (W, torch.tensor(B, dtype=W.dtype), 3),
    }.items():
        features[f"edge {name}"] = _form(_call(student, *arguments))
    if not _is_data(first) or not _is_data(again):
        return features
    X, y = first
    features |= _of_inputs(X, again[0])
    features["one example"] = _size_of_one(student)
    features |= _of_noise(X, y - X @ W - B, again[1] - again[0] @ W - B)
    w = W.clone()
    _call(student, w, B, 3)
    features["edge input changed"] = not torch.equal(w, W)
    return features


def _of_inputs(X: Tensor, again: Tensor) -> dict[str, Any]:
    words = {
        "inputs repeated": torch.equal(X, again),
        "columns repeated": torch.equal(X[:, 0], X[:, 1]),
        "rows repeated": torch.equal(X[0], X[1]),
    }
    if words["rows repeated"]:
        return words  # two numbers make no share
    return words | {
        "mean of the inputs": _rounded(X.mean()),
        "inputs centered": bool((X.mean(0).abs() < CENTERED).all()),
        "spread of the inputs": _power(X.std()),
        "share of positive inputs": _share(X > 0),
        "share of small inputs": _share(X.abs() < 0.67),
        "share of large inputs": _share(X.abs() > 1.96),
    }


def _size_of_one(student: Any) -> str:
    """Whether the inputs of a single example are zeros or nan, as those of a sample without its mean."""
    one = _call(student, W, B, 1)
    if not isinstance(one, tuple | list) or not isinstance(one[0], Tensor):
        return "none"
    return "other" if bool((one[0].abs() > 0).any()) else "zeros"


def _of_noise(X: Tensor, noise: Tensor, again: Tensor) -> dict[str, Any]:
    mean, spread = noise.mean(), noise.std()
    if spread < ROUNDING:
        return {"noise": "none" if mean.abs() < ROUNDING else f"one number, {_rounded(mean)}"}
    return {
        "mean of the noise": _rounded(mean),
        "spread of the noise": _power(spread),
        "noise repeated": bool((noise - again).abs().max() < ROUNDING),
        "share of positive noise": _share(noise > 0),
        "share of small noise": _share((noise - mean).abs() < 0.67 * spread),
        "share of large noise": _share((noise - mean).abs() > 1.96 * spread),
        "noise goes with x0": _share((noise > 0) == (X[:, :1] > 0)),
        "noise goes with x1": _share((noise > 0) == (X[:, 1:] > 0)),
    }


def _call(student: Any, *arguments: Any) -> Any:
    """The result, or words for the topic of an exception."""
    try:
        return student.synthetic_data(*arguments)
    except Exception as error:
        if type(error).__name__ != "FunctionRaised":
            raise
        return f"raises {error.raised.kind}"  # type: ignore[attr-defined]


def _is_data(result: Any) -> bool:
    if not isinstance(result, tuple | list) or len(result) != 2:
        return False
    shapes = [tuple(part.shape) for part in result if isinstance(part, Tensor)]
    return shapes == [(ROWS, 2), (ROWS, 1)] and all(part.is_floating_point() for part in result)


def _form(result: Any) -> str:
    if isinstance(result, tuple | list):
        return ", ".join(map(_form, result))
    if not isinstance(result, Tensor):
        return result if isinstance(result, str) else type(result).__name__
    return f"{result.dtype} {tuple(result.shape)}"


def _share(events: Tensor) -> float:
    return float(events.double().mean())


def _rounded(value: Tensor) -> str:
    """A mean to a quarter: sampling doesn't move those of mistakes (0, 1/2, 1, 5, 10) to another."""
    return f"{round(4 * float(value))}/4"


def _power(value: Tensor) -> str:
    """A standard deviation to a power of two, which sampling doesn't change."""
    return f"2^{round(math.log2(float(value)))}" if float(value) > ROUNDING else "none"
