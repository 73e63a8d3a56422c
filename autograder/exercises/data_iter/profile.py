"""A pass through data, in words by which it is recognized: chance hardly changes them."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

MANY, SIZE = 240, 8
FEW, FEW_SIZE = 10, 4
FOLLOWING = 20
"""More come right after their neighbour than where parts are mixed: there it is one a part, on average."""


def profile(student: Any) -> dict[str, Any]:
    """Words about one pass over many examples in full batches, and over ten in batches of four.

    Names that begin with `edge` tell of other batch sizes, shapes and dtypes.
    """
    X, y = _data(MANY)
    first, again = _call(student, SIZE, X, y), _call(student, SIZE, X, y)
    features: dict[str, Any] = {
        "form": _form(first),
        "input changed": not torch.equal(X, _data(MANY)[0]),
    }
    X, y = _data(MANY)
    mine, theirs = _order(first, 0), _order(again, 0)
    if mine and theirs:
        features |= {
            "examples": _examples(mine),
            "order": _kind(mine),
            "calls": "alike" if mine == theirs else "different",
            "batches": "alike" if _alike(first) else "different",
            "ends": "kept" if mine[0] == theirs[0] == 0 else "mixed",
            "labels": "own" if mine == _order(first, 1) else _kind(_order(first, 1)),
        }
    X, y = _data(FEW)
    short = _call(student, FEW_SIZE, X, y)
    features["short form"] = _form(short)
    if _order(short, 0) and _order(short, 1):
        features["repeats in a batch"] = any(_repeats(batches) for batches in (first, again, short))
        features["short examples"] = "all" if len(set(_order(short, 0))) == FEW else "fewer"
    for name, arguments in {
        "one by one": (1, *_data(3)),
        "larger than the data": (5, *_data(3)),
        "little left over": (5, *_data(11)),
        "labels of classes": (2, _data(4)[0].double(), torch.arange(4)),
        "images": (2, _data(6)[0].reshape(2, 2, 3), _data(2)[1]),
    }.items():
        features[f"edge {name}"] = _form(_call(student, *arguments))
    return features


def _data(n: int) -> tuple[Tensor, Tensor]:
    """Features whose first column says which example it is; labels that say it, too."""
    numbers = torch.arange(n, dtype=torch.float32)[:, None]
    return torch.cat([numbers, 1000 - numbers], 1), numbers.clone()


def _call(student: Any, *arguments: Any) -> Any:
    """The result, or words for the topic of an exception."""
    try:
        return student.data_iter(*arguments)
    except Exception as error:
        if type(error).__name__ != "FunctionRaised":
            raise
        return f"raises {error.raised.kind}"  # type: ignore[attr-defined]


def _form(result: Any) -> str:
    if isinstance(result, list | tuple):
        parts = [_form(part) for part in result]
        inside = ", ".join(parts if len(parts) < 4 else [*parts[:2], parts[-1]])
        return f"{len(result)} of ({inside})"
    if isinstance(result, Tensor):
        return f"{result.dtype} {tuple(result.shape)}"
    return result if isinstance(result, str) else type(result).__name__


def _order(batches: Any, part: int) -> list[int]:
    """The numbers of the examples, by the features or by the labels; none where it can't be said."""
    if not isinstance(batches, list | tuple):
        return []
    order: list[int] = []
    for batch in batches:
        if not isinstance(batch, list | tuple) or len(batch) != 2:
            return []
        tensor = batch[part]
        if not isinstance(tensor, Tensor) or tensor.dim() == 0 or tensor.numel() == 0:
            return []
        order += [int(row[0]) for row in tensor.detach().reshape(len(tensor), -1)]
    return order


def _alike(batches: Any) -> bool:
    """Whether all batches hold the same examples in the same order."""
    orders = [_order([batch], 0) for batch in batches]
    return all(order == orders[0] for order in orders)


def _repeats(batches: Any) -> bool:
    """Whether an example comes twice in a batch; of batches drawn with replacement, nearly always."""
    orders = [_order([batch], 0) for batch in batches]
    return any(len(set(order)) < len(order) for order in orders)


def _examples(order: list[int]) -> str:
    if len(set(order)) == len(order):
        return "each once" if len(order) == MANY else f"{len(order)} of them"
    return "with repetitions" if len(order) == MANY else "again and again"


def _kind(order: list[int]) -> str:
    """How an order came about; a random one is taken for another once in more than 10^9 orders."""
    steps = [after - before for before, after in pairwise(order)]
    following = sum(step == 1 for step in steps)
    blocks = [set(order[i : i + SIZE]) for i in range(0, len(order), SIZE)]
    kept = sum(len({number // SIZE for number in block}) == 1 for block in blocks)
    if following == len(steps):
        return "stored"
    if all(step == -1 for step in steps):
        return "reversed"
    if following == len(steps) - 1:
        return "rotated"
    if kept == len(blocks):
        return "batches mixed" if following > len(steps) / 2 else "mixed within batches"
    moved = sum(abs(number - place) for place, number in enumerate(order)) / len(order)
    if following > FOLLOWING or moved < len(order) / 12:  # mixed halves move them by a sixth
        return "hardly mixed"
    half = len(order) // 2
    if len({number % 2 for number in order[:half]}) == 1:
        return "every other apart"
    return "halves apart" if max(order[:half]) < min(order[half:]) else "mixed"
