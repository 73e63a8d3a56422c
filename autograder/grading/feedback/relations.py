"""The relation between all answers and the correct ones: a factor, a function, a sum, a transpose."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import called
from autograder.grading.feedback.comparison import close, tolerance_for
from autograder.grading.feedback.formulas import LEAST, SAME_FACTOR, constant, formula_of
from autograder.grading.feedback.observations import Part, Subject
from autograder.grading.results import Diagnosis


def relation_of(
    parts: Sequence[Part], subject: Subject, *, name: str = "", everywhere: bool = True
) -> Diagnosis | None:
    """The most particular relation that holds in every part.

    Args:
        parts: of all calls of a failed check, correct ones among them.
        subject: what they are.
        name: of the one result that they are, where there are several.
        everywhere: whether no other input is known to be answered correctly.
    """
    usable = [part for part in parts if _comparable(part)]
    if any(not part.correct and not _comparable(part) for part in parts):
        return None
    if len(usable) < LEAST or all(part.correct for part in parts):
        return None
    if subject == "update":
        return _factor(usable, "step") or _decay(usable)
    what = messages.OF_RESULT.format(name=called(name)) if name else messages.SUBJECTS[subject]
    found = (
        _factor(usable, "factor", what)
        or _sums(usable, subject)
        or _function(usable, what)
        or _offset(usable, what)
        or _epsilon(usable, subject)
        or _limit(usable, what)
    )
    return found if everywhere or found is None else _not_everywhere(found, what)


def _not_everywhere(found: Diagnosis, what: str) -> Diagnosis:
    """The same without the claim that it holds for every input."""
    id = found.id.removeprefix("property:")
    if id not in messages.RELATIONS_HERE:
        return found
    title, hint = messages.RELATIONS_HERE[id]
    return Diagnosis(found.id, title.format(what=what), hint)


def relation_of_rows(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """The relation of each row, column or answer to the correct one, by a number of its own.

    It says less than the place where answers are wrong: correct rows beside a row of zeros fit it, too.

    Args:
        parts: of all calls of a failed check, correct ones among them.
        subject: what they are.
    """
    if subject == "update" or len(parts) < LEAST or not all(map(_comparable, parts)):
        return None
    if all(part.correct for part in parts):
        return None
    what = messages.SUBJECTS[subject]
    return _by_answer(parts, what) or _by_row(parts, what)


def _comparable(part: Part) -> bool:
    got, expected = part.got, part.expected
    if not expected.is_floating_point() or got.dtype != expected.dtype:
        return False
    return got.shape == expected.shape and bool(
        torch.isfinite(got).all() and torch.isfinite(expected).all()
    )


def _diagnosis(id: str, **values: str) -> Diagnosis:
    title, hint = messages.RELATIONS[id]
    return Diagnosis(f"property:{id}", title.format(**values), hint.format(**values))


# ---- factors


def _factor(parts: Sequence[Part], id: str, what: str = "") -> Diagnosis | None:
    """One number, or one formula of the call's numbers, that multiplies every entry."""
    factors: list[tuple[float, dict[str, float]]] = []
    some_correct = False
    for part in parts:
        base = 0.0 if part.before is None else part.before.double()
        got, expected = part.got.double() - base, part.expected.double() - base
        allowed = tolerance_for(_dtype(part), part.magnitude).atol
        if not _tells(expected, allowed):
            if _tells(got, 10 * allowed):
                return None
            continue
        factor = float((got * expected).sum() / (expected * expected).sum())
        if not torch.allclose(got, factor * expected, rtol=SAME_FACTOR, atol=2 * allowed):
            return None
        factors.append((factor, part.quantities))
        some_correct = some_correct or part.correct
    found = formula_of(factors)
    if found is None or found == "1":
        return None
    if found == constant(factors[0][0]) and some_correct:
        return None  # a constant near 1, which isn't that of the correct ones
    if found in ("0", "-1"):
        return _diagnosis(f"{id}_{'zero' if found == '0' else 'sign'}", what=what)
    return _diagnosis(id, what=what, factor=found)


def _tells(expected: Tensor, allowed: float) -> bool:
    """Whether a tensor is large enough beside its rounding to tell a factor."""
    return expected.numel() > 0 and float(expected.abs().max()) > 100 * allowed


def _dtype(part: Part) -> str:
    return str(part.expected.dtype).removeprefix("torch.")


def _decay(parts: Sequence[Part]) -> Diagnosis | None:
    """A step that follows the gradient as it should, with another share of the value itself."""
    factors: list[tuple[float, dict[str, float]]] = []
    for part in parts:
        if part.before is None:
            return None
        w = part.before.double().flatten()
        got = part.got.double().flatten() - w
        expected = part.expected.double().flatten() - w
        allowed = tolerance_for(_dtype(part), part.magnitude).atol
        if not part.place.decay or not _tells(w, allowed):
            if not torch.allclose(got, expected, rtol=SAME_FACTOR, atol=2 * allowed):
                return None
            continue
        rate = part.quantities.get("lr", 0.0)
        share = -rate * part.place.decay * w
        if not _tells(share, allowed):
            continue
        other = got - (expected - share)
        factor = float((other * share).sum() / (share * share).sum())
        if not torch.allclose(other, factor * share, rtol=10 * SAME_FACTOR, atol=4 * allowed):
            return None
        factors.append((factor, part.quantities))
    found = formula_of(factors)
    if found is None or found == "1":
        return None
    return _diagnosis("no_decay" if found == "0" else "decay", factor=found)


# ---- sums, functions and places


def _sums(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """Where the correct rows add up to 1: the sums of the rows, and the other sums that are 1."""
    if subject != "result" or not all(p.expected.dim() == 2 for p in parts):
        return None
    if not all(_all(p.expected.sum(1), 1.0) and (p.expected >= 0).all() for p in parts):
        return None
    if not all(_all(p.got.sum(1), 1.0) for p in parts):
        if all(_all(p.got.sum(0), 1.0) for p in parts):
            return _diagnosis("columns_add_up")
        if all(_all(p.got.sum(), 1.0) for p in parts):
            return _diagnosis("all_adds_up")
        sums = [(float(p.got.sum(1)[0]), p.quantities) for p in parts]
        same = all(_all(p.got.sum(1), total) for p, (total, _) in zip(parts, sums, strict=True))
        formula = formula_of(sums) if same else None
        if formula is not None:
            return _diagnosis("rows_add_up", sum=formula)
        if all((p.got < -1e-6).any() or p.correct for p in parts):
            return _diagnosis("negative")
        if all((p.got > 1 + 1e-4).any() or p.correct for p in parts):
            return _diagnosis("above_one")
    return None


def _all(values: Tensor, number: float) -> bool:
    return bool(((values - number).abs() <= SAME_FACTOR * max(1.0, abs(number))).all())


_FUNCTIONS: tuple[tuple[str, Callable[[Tensor], Tensor]], ...] = (
    ("log", torch.log),
    ("exp", torch.exp),
    ("square", torch.square),
    ("root", lambda t: t.sqrt()),
    ("reciprocal", torch.reciprocal),
    ("complement", lambda t: 1 - t),
    ("absolute", torch.abs),
    ("transpose", lambda t: t.T if t.dim() == 2 else t * torch.nan),
    ("rows_reversed", lambda t: t.flip(0) if t.dim() else t * torch.nan),
    ("columns_reversed", lambda t: t.flip(1) if t.dim() > 1 else t * torch.nan),
    ("cumulated", lambda t: t.cumsum(0) if t.dim() else t * torch.nan),
    ("mean_for_each", lambda t: t.mean().expand(t.shape) if t.dim() else t * torch.nan),
    ("sum_for_each", lambda t: t.sum().expand(t.shape) if t.dim() else t * torch.nan),
    ("first_for_each", lambda t: t[:1].expand(t.shape) if t.dim() else t * torch.nan),
    ("last_for_each", lambda t: t[-1:].expand(t.shape) if t.dim() else t * torch.nan),
    ("rounded", lambda t: t.round(decimals=4)),
    ("rounded", lambda t: t.round(decimals=3)),
    ("rounded", lambda t: t.round(decimals=2)),
    ("clipped_at_zero", lambda t: t.clamp(min=0)),
)
"""(relation, function of the correct values)."""


def _function(parts: Sequence[Part], what: str) -> Diagnosis | None:
    """A function of the correct values that gives the answer in every part."""
    for id, function in _FUNCTIONS:
        made = [(part, function(part.expected)) for part in parts]
        if all(close(part.got, other, part.magnitude) for part, other in made):
            return _diagnosis(id, what=what)
    # Near 1 an arccosine turns rounding into thousandths; its cosine doesn't.
    if all(close(p.got.cos(), p.expected, p.magnitude) and (p.got >= 0).all() for p in parts):
        return _diagnosis("angle", what=what)
    return None


def _offset(parts: Sequence[Part], what: str) -> Diagnosis | None:
    """A number that is added to every entry, the same in all parts."""
    differences = torch.cat([(p.got.double() - p.expected.double()).flatten() for p in parts])
    allowed = max(10 * tolerance_for(_dtype(p), p.magnitude).atol for p in parts)
    if differences.numel() < LEAST:
        return None
    center = float(differences.median())
    if abs(center) <= allowed or float((differences - center).abs().max()) > allowed:
        return None
    return _diagnosis("offset", what=what, offset=constant(center))


def _epsilon(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """A number that is added to whatever the negative logarithm is taken of, the same in all parts."""
    if subject != "result" or any((part.expected < -1e-6).any() for part in parts):
        return None
    got, expected = (
        torch.cat([tensor.double().flatten() for tensor in tensors])
        for tensors in ([part.got for part in parts], [part.expected for part in parts])
    )
    if sum(not part.correct for part in parts) < LEAST:
        return None
    # Where it changes most, it shows most of its digits.
    place = int((expected - got).argmax())
    epsilon = float((-got[place]).exp() - (-expected[place]).exp())
    if not 0 < epsilon < LARGEST_EPSILON:
        return None
    made = [-((-part.expected.double()).exp() + epsilon).log() for part in parts]
    pairs = zip(parts, made, strict=True)
    if not all(close(p.got, one.to(p.got.dtype), p.magnitude) for p, one in pairs):
        return None
    return _diagnosis("epsilon", epsilon=f"{epsilon:.2g}")


LARGEST_EPSILON = 0.1
"""A greater number beside a probability is no epsilon."""


def _limit(parts: Sequence[Part], what: str) -> Diagnosis | None:
    """The greatest, or the least, value that comes out, although some correct values lie beyond it."""
    for id, bound in (("capped", "max"), ("floored", "min")):
        ends = [getattr(part.got, bound)() for part in parts if part.got.numel()]
        limit = float(getattr(torch.stack([end.double() for end in ends]), bound)())
        made = [part.expected.clamp(**{bound: limit}) for part in parts]
        beyond = sum(
            int((~torch.isclose(one, part.expected, rtol=SAME_FACTOR)).sum())
            for part, one in zip(parts, made, strict=True)
        )
        inside = sum(part.expected.numel() for part in parts) - beyond
        if min(beyond, inside) >= LEAST and all(
            close(part.got, one, part.magnitude) for part, one in zip(parts, made, strict=True)
        ):
            return _diagnosis(id, what=what, limit=constant(limit))
    return None


def _by_row(parts: Sequence[Part], what: str) -> Diagnosis | None:
    """Rows or columns that are the correct ones up to a factor, or an offset, of their own."""
    if not all(p.expected.dim() == 2 and min(p.expected.shape) > 1 for p in parts):
        return None
    for id, dim in (("row", 1), ("column", 0)):
        if all(_factor_along(part, dim) for part in parts):
            return _diagnosis(f"{id}_factor", what=what)
        if all(_offset_along(part, dim) for part in parts):
            return _diagnosis(f"{id}_offset", what=what)
    return None


def _by_answer(parts: Sequence[Part], what: str) -> Diagnosis | None:
    """Answers that are the correct ones up to a factor, or an offset, that differs from call to call."""
    telling = [part for part in parts if part.expected.numel() > 2 and not part.correct]
    # Where most answers are correct, it says more which ones aren't.
    if len(telling) < max(LEAST, len(parts) / 2):
        return None
    for id, holds in (("answer_factor", _factor_along), ("answer_offset", _offset_along)):
        flat = (_flattened(part) for part in parts)
        if all(holds(part, 0) for part in flat):
            return _diagnosis(id, what=what)
    return None


def _flattened(part: Part) -> Part:
    return replace(part, got=part.got.flatten(), expected=part.expected.flatten())


def _factor_along(part: Part, dim: int) -> bool:
    got, expected = part.got.double(), part.expected.double()
    size = (expected * expected).sum(dim, keepdim=True)
    factor = (got * expected).sum(dim, keepdim=True) / size.clamp(min=1e-30)
    allowed = tolerance_for(_dtype(part), part.magnitude)
    return torch.allclose(got, factor * expected, rtol=allowed.rtol * 10, atol=allowed.atol)


def _offset_along(part: Part, dim: int) -> bool:
    difference = part.got.double() - part.expected.double()
    spread = difference.amax(dim) - difference.amin(dim)
    allowed = tolerance_for(_dtype(part), part.magnitude)
    return bool((spread <= 10 * allowed.atol + allowed.rtol * difference.abs().amax(dim)).all())
