"""Where answers go wrong: for which inputs, in which entries, for which parameters.

Each is seen in the recorded calls: nothing outside of the named place is wrong, and most of it is.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.grading.feedback.comparison import magnitude_of, tolerance_for
from autograder.grading.feedback.observations import Part, Seen, Subject
from autograder.grading.results import Diagnosis
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.wire.values import Array, Ref, unpack

MOST = 0.6
"""Share of the named entries that must be wrong: constants or zeros are sometimes correct by chance."""
LEAST = 3
"""The least number of wrong answers, or tensors, that show a place."""
FEWER = 0.1
"""Share of a kind of input that is enough where many others are all correct: a layout shows a mistake in
some of its forms alone, and chance would spread the wrong answers over the others."""
MANY_OTHERS = 30
"""Inputs outside of a kind that are many."""

OTHERS = 5
"""Inputs outside of a kind that must all be correct, those not counted that are correct by chance."""


def inputs_that_fail(
    seen: Sequence[Seen], wrong: Sequence[bool], *, most: float = MOST
) -> str | None:
    """The kind of input that alone goes wrong, as a key of `messages.ONLY_FOR`; None where there is none.

    Args:
        seen: calls and answers, those of passed checks among them.
        wrong: for each, whether it went wrong.
        most: the least share of this kind that does.
    """
    if not any(wrong) or all(wrong):
        return None
    for name, is_kind in _KINDS:
        of_kind = [is_kind(one.recorded.call) for one in seen]
        both = sum(bad and kind for bad, kind in zip(wrong, of_kind, strict=True))
        is_other = _OTHERS.get(name)
        others = sum(
            not kind and (is_other is None or is_other(one.recorded.call))
            for one, kind in zip(seen, of_kind, strict=True)
        )
        least = min(most, FEWER) if both >= LEAST and others >= MANY_OTHERS else most
        if both == sum(wrong) and both >= least * sum(of_kind) and others >= OTHERS:
            return None if _other_numbers(seen, wrong, of_kind) else name
    return "extreme" if _separated(seen, wrong) else None


def _other_numbers(seen: Sequence[Seen], wrong: Sequence[bool], of_kind: Sequence[bool]) -> bool:
    """Whether calls that go wrong have other numbers than those outside of the kind, which have the same.

    Then the numbers may be the reason: an eps of 0.1, say, that only float64 inputs came with.
    """
    met = {_numbers(one.recorded.call) for one, bad in zip(seen, wrong, strict=True) if bad}
    usual = {
        _numbers(one.recorded.call) for one, kind in zip(seen, of_kind, strict=True) if not kind
    }
    return len(usual) == 1 and not usual & met


def _numbers(call: Call) -> tuple[float, ...]:
    values = [*call.args, *(value for _, value in call.kwargs)]
    return tuple(value for value in values if isinstance(value, float))


def _varies(call: Call) -> bool:
    """Whether no tensor is constant: with zeros or equal entries many results are correct by chance."""
    floats = [unpack(t).detach() for t in call.tensors if t.dtype.startswith("float")]
    return all(
        tensor.numel() <= 1 or bool((tensor != tensor.flatten()[0]).any()) for tensor in floats
    )


def _separated(seen: Sequence[Seen], wrong: Sequence[bool]) -> bool:
    """Whether every input that goes wrong is far greater than any other."""
    sizes = [magnitude_of(one.recorded.call) for one in seen]
    bad = [size for size, is_wrong in zip(sizes, wrong, strict=True) if is_wrong]
    good = [size for size, is_wrong in zip(sizes, wrong, strict=True) if not is_wrong]
    return min(bad) > max(good) and max(bad) > EXTREME


EXTREME = 20.0
"""Magnitude from which an input is called great: twice the everyday logits' 8, and more."""


TINY = 1e-3
"""Magnitude up to which an input is called small: everyday inputs are of a tenth and more."""


DEPENDENT = 100.0
"""Condition number from which columns are called nearly dependent: ten times that of everyday inputs."""


def _is_tiny(call: Call) -> bool:
    """Whether all is small, but not zero."""
    return 0 < magnitude_of(call) <= TINY


def _shapes(call: Call) -> list[list[int]]:
    return [tensor.shape for tensor in call.tensors]


def _first(call: Call) -> Tensor | None:
    return unpack(call.tensors[0]).detach() if call.tensors else None


def _matrix(call: Call) -> list[int]:
    """The shape of the first tensor if it is a matrix."""
    shape = call.tensors[0].shape if call.tensors else []
    return shape if len(shape) == 2 else []


def _rows(call: Call) -> int:
    """The rows of the first argument; 0 where it has none, as a vector has none."""
    shape = call.tensors[0].shape if call.tensors else []
    return shape[0] if len(shape) > 1 and _alone(call) else 0


def _columns(call: Call) -> int:
    return _matrix(call)[1] if _matrix(call) and _alone(call) else 0


def _alone(call: Call) -> bool:
    """Whether the first argument is a tensor of its own, not a list of parameters."""
    return bool(call.args) and isinstance(call.args[0], Ref | Array)


def _labels(call: Call) -> Tensor | None:
    """Integer labels, and with them a matrix that has a column for each class."""
    if len(call.tensors) < 2 or not _matrix(call) or call.tensors[1].dtype != "int64":
        return None
    return unpack(call.tensors[1])


def _misses_last(call: Call) -> bool:
    labels = _labels(call)
    if labels is None:
        labels = _labels_of_batches(call)
    if labels is None or labels.numel() == 0:
        return False
    return int(labels.max()) < _matrix(call)[1] - 1


def _labels_of_batches(call: Call) -> Tensor | None:
    """The labels of all minibatches of a classifier, whose first argument is its weights (d, q)."""
    labels = [unpack(t) for t in call.tensors[2:] if t.dtype == "int64" and len(t.shape) == 1]
    return torch.cat(labels) if labels and _matrix(call) and _alone(call) else None


def _nearly_dependent(call: Call) -> bool:
    """Whether the columns of the first tensor, as many as its rows at most, are nearly dependent."""
    shape, matrix = _matrix(call), _first(call)
    if matrix is None or len(shape) != 2 or not 1 < shape[1] <= shape[0]:
        return False
    if not matrix.is_floating_point() or not torch.isfinite(matrix).all():
        return False
    values = torch.linalg.svdvals(matrix.double())
    return bool(values[0] > DEPENDENT * values[-1] > 0)


def _has_zero(call: Call) -> bool:
    return any((unpack(t) == 0).any() for t in call.tensors if t.dtype.startswith("float"))


def _tied(call: Call) -> bool:
    """Whether the greatest entry of some row is there twice."""
    matrix = _first(call)
    if matrix is None or not _matrix(call):
        return False
    return bool(((matrix == matrix.amax(1, keepdim=True)).sum(1) > 1).any())


def _training(call: Call) -> bool | None:
    flags = [
        value for value in [*call.args, *(v for _, v in call.kwargs)] if isinstance(value, bool)
    ]
    return flags[0] if flags else None


_OTHERS: dict[str, Callable[[Call], bool]] = {
    **dict.fromkeys(("has_zero", "tied", "negative"), _varies),
    "many_rows": lambda c: _rows(c) == 1,
    "many_columns": lambda c: _columns(c) == 1,
}
"""Which inputs count as those outside of a kind, where not all do: without single entries of some kind a
constant input is correct by chance, and of one row or column a title says that it is correct."""

_KINDS: tuple[tuple[str, Callable[[Call], bool]], ...] = (
    ("one_row", lambda c: _rows(c) == 1),
    ("one_column", lambda c: _columns(c) == 1),
    ("no_dimensions", lambda c: any(not shape for shape in _shapes(c))),
    ("one_entry", lambda c: any(1 in shape for shape in _shapes(c))),
    ("strided", lambda c: any(t.stride is not None for t in c.tensors)),
    ("nearly_dependent", _nearly_dependent),
    ("float64", lambda c: any(t.dtype == "float64" for t in c.tensors)),
    ("missing_class", _misses_last),
    ("evaluation", lambda c: _training(c) is False),
    ("later_call", lambda c: c.seed is None and _training(c) is not False),
    ("not_matrix", lambda c: any(len(shape) != 2 for shape in _shapes(c)[:1])),
    ("square", lambda c: len(set(_matrix(c))) == 1),
    ("not_square", lambda c: len(set(_matrix(c))) == 2),
    ("grad", lambda c: _alone(c) and any(t.requires_grad for t in c.tensors)),
    ("has_zero", _has_zero),
    ("tied", _tied),
    ("negative", lambda c: any((unpack(t) < 0).any() for t in c.tensors if t.dtype.startswith("float"))),
    ("tiny", _is_tiny),
    ("many_rows", lambda c: _rows(c) > 1),
    ("many_columns", lambda c: _columns(c) > 1),
)  # fmt: skip


# ---- entries of a result


def entries_that_fail(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """The rows, columns or entries of results that alone are wrong."""
    parts = [
        part for part in parts if part.got.shape == part.expected.shape and part.expected.dim()
    ]
    masks = [(part, _wrong(part)) for part in parts]
    wrong = [(part, mask) for part, mask in masks if mask.any()]
    if len(wrong) < LEAST or subject not in ("result", "gradient"):
        return None
    for id, place in _ENTRIES:
        named = [(mask, place(part)) for part, mask in wrong]
        if any(where is None for _, where in named):
            continue
        inside = [(mask, where) for mask, where in named if where is not None]
        if any((mask & ~where).any() or where.all() for mask, where in inside):
            continue
        total = sum(int(where.sum()) for _, where in inside)
        hit = sum(int((mask & where).sum()) for mask, where in inside)
        correct = [place(part) for part, mask in masks if not mask.any()]
        missed = sum(where is not None and bool(where.any()) for where in correct)
        if id in _ALONE and any(_across(mask, where).any() for mask, where in inside):
            continue
        if hit >= MOST * total and missed <= (1 - MOST) * len(parts):
            title, hint = messages.ENTRIES[id]
            what = messages.SUBJECTS[subject]
            return Diagnosis(f"property:{id}", title.format(what=what), hint.format(what=what))
    return None


def _across(mask: Tensor, where: Tensor) -> Tensor:
    """The rows (or columns) in which all named entries are correct, although they cross the named place."""
    if where.dim() != 2 or min(where.shape) < LEAST:
        return torch.zeros(0, dtype=torch.bool)
    along = 0 if bool((where == where[:, :1]).all()) else 1
    return ~(mask & where).any(along)


def _wrong(part: Part) -> Tensor:
    allowed = tolerance_for(str(part.expected.dtype).removeprefix("torch."), part.magnitude)
    got, expected = part.got.double(), part.expected.double()
    return ~torch.isclose(got, expected, rtol=allowed.rtol, atol=allowed.atol, equal_nan=True)


def _row(part: Part, place: int, *, but: bool = False) -> Tensor | None:
    if len(part.expected) < 2:
        return None
    mask = torch.zeros(part.expected.shape, dtype=torch.bool)
    mask[place] = True
    return ~mask if but else mask


def _column(part: Part, place: int, *, but: bool = False) -> Tensor | None:
    if part.expected.dim() != 2 or part.expected.shape[1] < 2:
        return None
    mask = torch.zeros(part.expected.shape, dtype=torch.bool)
    mask[:, place] = True
    return ~mask if but else mask


def _input_like(part: Part, is_kind: Callable[[Tensor], Tensor]) -> Tensor | None:
    if not part.call.tensors or list(part.expected.shape) != part.call.tensors[0].shape:
        return None
    return is_kind(unpack(part.call.tensors[0]).detach())


def _label_is(part: Part, last: bool) -> Tensor | None:
    labels = _labels(part.call)
    if labels is None or labels.shape != part.expected.shape:
        return None
    return labels == (_matrix(part.call)[1] - 1 if last else 0)


def _at_label(part: Part) -> Tensor | None:
    labels = _labels(part.call)
    if labels is None or list(part.expected.shape) != _matrix(part.call):
        return None
    return torch.zeros(part.expected.shape).scatter(1, labels[:, None], 1).bool()


_ENTRIES: tuple[tuple[str, Callable[[Part], Tensor | None]], ...] = (
    ("last_row", lambda p: _row(p, -1)),
    ("first_row", lambda p: _row(p, 0)),
    ("last_column", lambda p: _column(p, -1)),
    ("first_column", lambda p: _column(p, 0)),
    ("label_zero", lambda p: _label_is(p, last=False)),
    ("label_last", lambda p: _label_is(p, last=True)),
    ("at_label", _at_label),
    ("zero_entries", lambda p: _input_like(p, lambda x: x == 0)),
    ("largest_entries", lambda p: _input_like(p, lambda x: x == x.amax(-1, keepdim=True))),
    ("negative_entries", lambda p: _input_like(p, lambda x: x < 0)),
    ("positive_entries", lambda p: _input_like(p, lambda x: x > 0)),
    ("not_first_row", lambda p: _row(p, 0, but=True)),
    ("not_last_row", lambda p: _row(p, -1, but=True)),
    ("not_first_column", lambda p: _column(p, 0, but=True)),
    ("not_last_column", lambda p: _column(p, -1, but=True)),
)


_ALONE = ("not_first_row", "not_last_row", "not_first_column", "not_last_column")
"""Of these a title says that one row or column alone is correct: then none that crosses it may be."""

# ---- parameters


def parameters_that_fail(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """The parameters that alone do not move, go wrong, or keep a grad."""
    if subject not in ("update", "grad"):
        return None
    parts = [part for part in parts if not part.place.state]
    still = [p.before is not None and torch.equal(p.got, p.before) for p in parts]
    wrong = [not part.correct for part in parts]
    if sum(wrong) < LEAST:
        return None
    stuck = all(not bad or unmoved for bad, unmoved in zip(wrong, still, strict=True))
    verb = "cleared" if subject == "grad" else "moved" if stuck else "correct"
    for name, is_kind in _PARAMETERS:
        of_kind = [is_kind(part) for part in parts]
        both = sum(bad and kind for bad, kind in zip(wrong, of_kind, strict=True))
        if both == sum(wrong) and both >= MOST * sum(of_kind) and sum(of_kind) < len(parts):
            return _of_parameters(f"{verb}_{name}")
    return _of_parameters("moved_none") if verb == "moved" and _all_wrong(parts) else None


def _all_wrong(parts: Sequence[Part]) -> bool:
    """Whether every parameter that should move is wrong."""
    moving = [
        part
        for part in parts
        if part.before is not None and not torch.equal(part.expected, part.before)
    ]
    return all(not part.correct for part in moving)


def _of_parameters(id: str) -> Diagnosis:
    title, hint = messages.PARAMETERS[id]
    return Diagnosis(f"property:{id}", title, hint)


_PARAMETERS: tuple[tuple[str, Callable[[Part], bool]], ...] = (
    ("last", lambda p: p.place.index == p.place.count - 1),
    ("first", lambda p: p.place.index == 0),
    ("not_first", lambda p: p.place.index > 0),
    ("not_last", lambda p: p.place.index < p.place.count - 1),
    ("no_decay", lambda p: p.place.decays is False),
    ("decay", lambda p: p.place.decays is True),
    ("other_groups", lambda p: p.place.group > 0),
    ("first_group", lambda p: p.place.group == 0 and p.place.decays is not None),
    ("later_in_group", lambda p: p.place.in_group > 0),
    ("no_dimensions", lambda p: p.expected.dim() == 0),
    ("vectors", lambda p: p.expected.dim() == 1),
    ("matrices", lambda p: p.expected.dim() > 1),
    ("strided", lambda p: p.before is not None and not p.before.is_contiguous()),
)
