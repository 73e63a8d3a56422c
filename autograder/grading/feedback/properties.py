"""Saying in words which property broke first, where no known mistake explains a submission.

Every sentence here is a measurement on the recorded cases of the first failed check: true of this
submission, and never a guess about its code.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.failures import CheckFailure
from autograder.grading.battery.cases import Case
from autograder.grading.results import Diagnosis
from autograder.sandbox.student import FunctionRaised
from autograder.sandbox.wire.messages import Answer
from autograder.sandbox.wire.values import Packed, Ref, unpack

MOST = 0.6
"""Share of a kind of inputs that must go wrong: with constants or zeros, some are correct by luck."""
SAME_FACTOR = 1e-3
"""Relative spread under which quotients count as one constant factor."""


@dataclass(frozen=True)
class _Pair:
    """The answer to one call beside the expected one: the result, or the first changed argument."""

    got: Tensor
    expected: Tensor


def describe(
    error: Exception, cases: list[Case], answers: list[Answer | Exception]
) -> Diagnosis | None:
    """The property that a failure and the check's answers show; None where nothing can be said."""
    if isinstance(error, FunctionRaised):
        return _raised(error, answers)
    kind = error.kind if isinstance(error, CheckFailure) else "values"
    if kind == "values":
        pairs = _pairs(cases, answers)
        found = _relation(pairs) or _where(cases, answers)
        if found is not None:
            return found
    state = error.facts.get("state") if isinstance(error, CheckFailure) else None
    named = f"{kind}:{state}" if state is not None else kind
    title, hint = messages.PROPERTIES.get(named, messages.PROPERTIES["values"])
    return Diagnosis(f"property:{named}", title, hint)


def _raised(error: FunctionRaised, answers: list[Answer | Exception]) -> Diagnosis:
    count = sum(
        isinstance(a, Answer) and (a.raised is not None or a.gradient_error is not None)
        for a in answers
    )
    made = sum(isinstance(a, Answer) for a in answers)
    often = " on every input" if count == made else f" on {count} of {made} inputs" if count else ""
    title = messages.RAISES_TITLE.format(kind=error.raised.kind, often=often)
    return Diagnosis("property:raises", title, messages.RAISES_HINT)


def _pairs(cases: list[Case], answers: list[Answer | Exception]) -> list[_Pair]:
    recorded = [recorded for case in cases for recorded in case.student]
    pairs = []
    for one, answer in zip(recorded, answers, strict=False):
        if not isinstance(answer, Answer) or answer.raised is not None:
            continue
        got, expected = _outcome(answer), _outcome(one.answer)
        if got is None or expected is None or got.shape != expected.shape:
            continue
        finite = torch.isfinite(got).all() and torch.isfinite(expected).all()
        if finite and expected.dtype.is_floating_point and got.dtype == expected.dtype:
            pairs.append(_Pair(got, expected))
    return pairs


def _outcome(answer: Answer) -> Tensor | None:
    packed: Packed | None = None
    if isinstance(answer.value, Ref) and answer.value.index < len(answer.tensors):
        packed = answer.tensors[answer.value.index]
    elif answer.value is None:
        packed = next((tensor for tensor in answer.tensors if tensor is not None), None)
    return unpack(packed).detach() if packed is not None else None


def _relation(pairs: list[_Pair]) -> Diagnosis | None:
    """A factor, an offset, a transpose: a relation between all results and the correct ones."""
    if len(pairs) < 3:
        return None
    relations: list[tuple[str, Callable[[_Pair], bool]]] = [
        ("transpose", lambda p: p.got.dim() == 2 and _close(p.got, p.expected.T)),
        ("batch_factor", lambda p: p.got.dim() > 0 and _close(p.got * len(p.got), p.expected)),
        ("batch_times", lambda p: p.got.dim() > 0 and _close(p.got, p.expected * len(p.got))),
    ]
    factor = _constant([p.got / p.expected for p in pairs], [p.expected for p in pairs])
    if factor is not None and abs(factor - 1) > SAME_FACTOR:
        name = "sign" if abs(factor + 1) < SAME_FACTOR else "factor" if factor else "zero"
        title, hint = messages.RELATIONS[name]
        return Diagnosis("property:factor", title.format(factor=f"{factor:.4g}"), hint)
    offset = _constant([p.got - p.expected for p in pairs], None)
    if offset is not None and abs(offset) > 1e-4:
        title, hint = messages.RELATIONS["offset"]
        return Diagnosis("property:offset", title.format(offset=f"{offset:.4g}"), hint)
    for name, holds in relations:
        if all(holds(pair) for pair in pairs):
            title, hint = messages.RELATIONS[name]
            return Diagnosis(f"property:{name}", title, hint)
    return None


def _close(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-6)


def _constant(values: list[Tensor], scale: list[Tensor] | None) -> float | None:
    """The one number that all elements are, where they are all the same."""
    flat = torch.cat([value.double().reshape(-1) for value in values])
    if scale is not None:
        weight = torch.cat([value.double().reshape(-1) for value in scale])
        flat = flat[weight.abs() > 1e-6]
    if flat.numel() < 3 or not torch.isfinite(flat).all():
        return None
    center = float(flat.median())
    spread = float((flat - center).abs().max())
    return center if spread <= SAME_FACTOR * max(abs(center), 1e-3) else None


def _where(cases: list[Case], answers: list[Answer | Exception]) -> Diagnosis | None:
    """Find a kind of input of which most go wrong, when no other input does."""
    recorded = [recorded for case in cases for recorded in case.student]
    wrong: list[bool] = []
    inputs: list[Packed] = []
    for one, answer in zip(recorded, answers, strict=False):
        if not one.call.tensors or not isinstance(answer, Answer):
            return None
        got, expected = _outcome(answer), _outcome(one.answer)
        if expected is None:
            return None
        inputs.append(one.call.tensors[0])
        wrong.append(got is None or not _close(got, expected))
    if not any(wrong) or all(wrong):
        return None
    kinds: list[tuple[str, Callable[[Packed], bool]]] = [
        ("one_row", lambda t: len(t.shape) > 0 and t.shape[0] == 1),
        ("one_column", lambda t: len(t.shape) > 1 and t.shape[-1] == 1),
        ("many_rows", lambda t: len(t.shape) > 0 and t.shape[0] > 1),
        ("many_columns", lambda t: len(t.shape) > 1 and t.shape[-1] > 1),
        ("strided", lambda t: t.stride is not None),
        ("no_dimensions", lambda t: not t.shape),
    ]
    for name, is_kind in kinds:
        of_kind = [is_kind(tensor) for tensor in inputs]
        both = sum(bad and kind for bad, kind in zip(wrong, of_kind, strict=True))
        if both == sum(wrong) and both >= MOST * sum(of_kind):
            title, hint = messages.ONLY_FOR[name]
            return Diagnosis(f"property:{name}", title, hint)
    return None
