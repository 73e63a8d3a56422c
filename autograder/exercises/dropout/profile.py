"""The figures of a dropout by which it is recognized: random draws hardly change them."""

from typing import Any

import torch
from torch import Tensor

ROWS, COLUMNS = 120, 100
ALL_OR_NOTHING_CALLS = 60
"""At p = 0.3 all of them are alike once in 10^9 profiles."""


def profile(student: Any) -> dict[str, Any]:
    """Figures of a dropout function: floats with a sampling error below 0.05, and words.

    Names that begin with `edge` tell of p = 0, p = 1, other shapes and dtypes: there students differ
    although they make the same mistake.
    """
    features: dict[str, Any] = {}
    X = _ramp()
    for p in (0.3, 0.8):
        _training(features, student, X, p)
    if features.get("grouped at 0.3") == "no":
        features["edge share at 0.37"] = _share(_call(student, X, 0.37))
    for p in (0.0, 1.0):
        features[f"edge {p:g}"] = _kind(_call(student, X, p), X)
    features["evaluation"] = _kind(_call(student, X, 0.3, False), X)
    try:
        by_default = student.dropout(X, 0.3)
        features["edge by default"] = "drops" if _share(by_default) else "keeps"
    except Exception as error:
        if type(error).__name__ != "FunctionRaised":
            raise
        features["edge by default"] = "raises"
    argument = X[:4].clone()
    _call(student, argument, 0.3)
    features["input changed"] = not torch.equal(argument, X[:4])
    argument = X[:4].clone()
    _call(student, argument, 0.3, False)
    features["input changed in evaluation"] = not torch.equal(argument, X[:4])
    for name, other in {
        "float32": X.float(),
        "one dimension": X[0],
        "three dimensions": X.reshape(ROWS, 10, 10),
        "one row": X[:1],
        "transposed": X.T,
    }.items():
        result = _call(student, other, 0.3)
        features[f"edge {name}"] = _form(result, other)
    result = _call(student, X, 0.3)
    if isinstance(result, Tensor):
        features["kept values"] = _constant(result[result != 0].detach())
    wanting = _share(_call(student, X[:40].clone().requires_grad_(), 0.3))
    if features.get("grouped at 0.3") == "all":
        small = X[:2]
        results = [_call(student, small, 0.3) for _ in range(ALL_OR_NOTHING_CALLS)]
        features["kinds of calls"] = sorted({_kind(one, small, 0.3) for one in results})
    else:
        _gradient(features, student, X)
    features["drops for a gradient"] = wanting != 0.0
    return features


def _ramp() -> Tensor:
    count = ROWS * COLUMNS
    places = (torch.arange(count) * 7919) % count
    signs = 1 - 2 * ((torch.arange(count) * 31 // 7) % 2)
    return (((places + 1) / count * 4).double() * signs).reshape(ROWS, COLUMNS)


def _call(student: Any, X: Tensor, p: float, training: bool = True) -> Any:
    """The result, or words for the topic of an exception."""
    try:
        return student.dropout(X, p, training)
    except Exception as error:
        if type(error).__name__ != "FunctionRaised":
            raise
        return f"raises {error.raised.kind}"  # type: ignore[attr-defined]


def _form(result: Any, X: Tensor) -> str:
    if not isinstance(result, Tensor):
        return result if isinstance(result, str) else type(result).__name__
    return f"{result.dtype} {tuple(result.shape) == tuple(X.shape)} {result.requires_grad}"


def _share(result: Any) -> float | str:
    return float((result == 0).double().mean()) if isinstance(result, Tensor) else "none"


def _kind(result: Any, X: Tensor, p: float = 0.0) -> Any:
    """Describe a result in terms of the input: the same, zeros, scaled, or a mixture."""
    if not isinstance(result, Tensor) or result.shape != X.shape:
        return _form(result, X)
    if not torch.isfinite(result).all():
        return "not finite"
    share = float((result == 0).double().mean())
    ratio = (result / X)[result != 0]
    if ratio.numel() == 0:
        return "zeros"
    spread = float(ratio.max() - ratio.min())
    scale = "varied"
    if spread < 1e-7:
        factor = float(ratio.median())
        right = p < 1 and abs(factor * (1 - p) - 1) < 1e-9
        actual = not right and share > 0 and abs(factor * (1 - share) - 1) < 1e-9
        scale = "divided by the share kept" if actual else f"times {factor:.6f}"
    return scale if share == 0 else f"{scale}, some dropped"


def _training(features: dict[str, Any], student: Any, X: Tensor, p: float) -> None:
    result, again = _call(student, X, p), _call(student, X, p)
    features[f"form at {p}"] = _form(result, X)
    if not isinstance(result, Tensor) or result.shape != X.shape:
        return
    if not isinstance(again, Tensor) or again.shape != X.shape:
        return
    features[f"kind at {p}"] = _kind(result, X, p)
    dropped, other = result == 0, again == 0
    grouped = _grouped(dropped)
    features |= {f"grouped at {p}": grouped, f"repeated at {p}": torch.equal(dropped, other)}
    if not dropped.any():
        features[f"rightly scaled at {p}"] = _rightly_scaled(result, X, p)
    if grouped != "no":
        return  # too few independent decisions for shares to be figures
    features |= {
        f"share at {p}": _share(result),
        f"rightly scaled at {p}": _rightly_scaled(result, X, p),
        f"share again at {p}": _share(again),
        f"share of positive at {p}": float(dropped[X > 0].double().mean()),
        f"share of small at {p}": float(dropped[X.abs() < 2].double().mean()),
        f"calls agree at {p}": float((dropped == other).double().mean()),
        f"rows agree at {p}": float((dropped[::2] == dropped[1::2]).double().mean()),
        f"columns agree at {p}": float((dropped[:, ::2] == dropped[:, 1::2]).double().mean()),
        f"halves agree at {p}": float(
            (dropped[: ROWS // 2] == dropped[ROWS // 2 :]).double().mean()
        ),
        f"sides agree at {p}": float(
            (dropped[:, : COLUMNS // 2] == dropped[:, COLUMNS // 2 :]).double().mean()
        ),
        f"rows vary at {p}": _dispersion(dropped.sum(1), COLUMNS),
        f"columns vary at {p}": _dispersion(dropped.sum(0), ROWS),
    }
    totals = [_call(student, X[:10], p) for _ in range(12)]
    if all(isinstance(total, Tensor) for total in totals):
        counts = torch.stack([(total == 0).sum() for total in totals])
        features[f"calls vary at {p}"] = _dispersion(counts, 10 * COLUMNS)


def _rightly_scaled(result: Tensor, X: Tensor, p: float) -> float:
    """The share of entries that are X / (1 - p)."""
    return float(torch.isclose(result.double(), X / (1 - p), rtol=1e-5).double().mean())


def _grouped(dropped: Tensor) -> str:
    """Return whether whole rows, whole columns, or everything shares one decision."""
    if dropped.all() or not dropped.any():
        return "all"
    whole_rows = bool((dropped.all(1) | ~dropped.any(1)).all())
    whole_columns = bool((dropped.all(0) | ~dropped.any(0)).all())
    return "rows" if whole_rows else "columns" if whole_columns else "no"


def _dispersion(counts: Tensor, entries: int) -> str:
    """The variance of drop counts against the binomial one, in three classes."""
    counts = counts.double()
    share = counts.mean() / entries
    expected = float(entries * share * (1 - share))
    if expected == 0:
        return "none"
    ratio = float(counts.var()) / expected
    return "fixed" if ratio < 0.05 else "independent" if ratio < 4 else "together"


def _gradient(features: dict[str, Any], student: Any, X: Tensor) -> None:
    for name, training in (("gradient", True), ("edge gradient in evaluation", False)):
        argument = X[:20].clone().requires_grad_()
        result = _call(student, argument, 0.3, training)
        if not isinstance(result, Tensor) or result.shape != argument.shape:
            features[name] = _form(result, X)
            continue
        if not result.requires_grad:
            features[name] = "cut"
            continue
        try:
            [gradient] = torch.autograd.grad(
                result, [argument], torch.ones_like(result), allow_unused=True
            )
        except Exception as error:
            if type(error).__name__ not in ("FunctionRaised", "RuntimeError"):
                raise
            features[name] = "raises"
            continue
        if gradient is None:
            features[name] = "cut"
            continue
        if _kind(result.detach(), argument.detach(), 0.3).startswith("divided by the share"):
            continue  # the factor differs from call to call, and its gradient with it
        kept, dropped = gradient[result != 0], gradient[result == 0]
        features[name] = f"{_constant(kept)} where kept, {_constant(dropped)} where dropped"


def _constant(values: Tensor) -> str:
    if values.numel() == 0:
        return "none"
    if float(values.max() - values.min()) > 1e-3:
        return "varied"
    return f"{float(values[0]):.3f}"
