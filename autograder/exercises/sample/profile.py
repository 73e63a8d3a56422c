"""The figures of a sampler by which it is recognized: random draws hardly change them."""

from typing import Any

import torch
from torch import Tensor

PROBS = {
    "two": (0.7, 0.3),
    "four": (0.1, 0.15, 0.5, 0.25),
    "uneven": (0.1, 0.1, 0.6, 0.1, 0.1),
    "edge zero": (0.0, 0.4, 0.0, 0.6),
    "edge rare": (0.005, 0.6, 0.395),
}
DRAWS = 6000
CALLS, FEW = 40, 60
ALIKE = 5
"""Draws of a call that is only to tell whether it repeats the call before."""


def profile(student: Any) -> dict[str, Any]:
    """Figures of a sampler: floats with a sampling error below 0.05, and words.

    Names that begin with `edge` tell of zeros, rare categories, single draws and dtypes: there students
    differ although they make the same mistake.
    """
    features: dict[str, Any] = {}
    for name, shares in PROBS.items():
        probs = torch.tensor(shares)
        result = _call(student, probs, DRAWS)
        features[f"{name} form"] = _form(result, DRAWS)
        if not _is_vector(result):
            continue
        draws = result.double()
        alike = bool((draws == draws[0]).all())
        features[f"{name} alike"] = alike
        if alike and name.startswith("edge"):
            continue
        if alike:
            features[f"{name} kinds"] = _kinds(student, probs)
            continue
        for value in _values(shares):
            features[f"{name} share of {value:g}"] = float((draws == value).double().mean())
        if name == "edge zero":
            features["edge impossible"] = bool(((draws == 0) | (draws == 2)).any())
        if name == "edge rare":
            features["edge has rare"] = bool((draws == 0).any())
        _dependence(features, student, probs, name, draws)
    probs = torch.tensor(PROBS["four"])
    features["edge one draw"] = _form(_call(student, probs, 1), 1)
    features["edge one category"] = _form(_call(student, torch.ones(1), 3), 3)
    features["edge requires grad"] = _form(_call(student, probs.clone().requires_grad_(), 3), 3)
    features["edge float64"] = _form(_call(student, probs.double(), 3), 3)
    mine = probs.clone()
    _call(student, mine, 3)
    features["edge input changed"] = not torch.equal(mine, probs)
    return features


def _call(student: Any, probs: Tensor, n: int) -> Any:
    """The result, or words for the topic of an exception."""
    try:
        return student.sample(probs, n)
    except Exception as error:
        if type(error).__name__ != "FunctionRaised":
            raise
        return f"raises {error.raised.kind}"  # type: ignore[attr-defined]


def _is_vector(result: Any) -> bool:
    return isinstance(result, Tensor) and result.dim() == 1 and len(result) >= DRAWS - 1


def _form(result: Any, n: int) -> str:
    if not isinstance(result, Tensor):
        return result if isinstance(result, str) else type(result).__name__
    shape = ", ".join("n" if size == n else str(size) for size in result.shape)
    return f"{result.dtype} ({shape})"


def _values(shares: tuple[float, ...]) -> list[float]:
    """Every category, and the numbers beside them."""
    return [float(value) for value in range(-1, len(shares) + 2)]


def _kinds(student: Any, probs: Tensor) -> str:
    """Whether calls that repeat one draw repeat that of the other calls as well."""
    found = [_call(student, probs, ALIKE) for _ in range(FEW)]
    if not all(isinstance(one, Tensor) and one.numel() for one in found):
        return "none"
    return "several" if len({float(one.flatten()[0]) for one in found}) > 1 else "one"


def _dependence(
    features: dict[str, Any], student: Any, probs: Tensor, name: str, draws: Tensor
) -> None:
    """How often neighbours and two calls agree, and whether counts vary."""
    if name.startswith("edge"):
        return
    features[f"{name} neighbours agree"] = float((draws[:-1] == draws[1:]).double().mean())
    again = _call(student, probs, DRAWS)
    if isinstance(again, Tensor) and again.shape == draws.shape:
        features[f"{name} calls agree"] = float((draws == again.double()).double().mean())
    value = draws.mode().values
    few = [_call(student, probs, FEW) for _ in range(CALLS)]
    if all(isinstance(one, Tensor) and one.dim() == 1 for one in few):
        counts = torch.tensor([float((one.double() == value).sum()) for one in few])
        features[f"{name} counts"] = "vary" if float(counts.max() - counts.min()) > 2 else "fixed"
