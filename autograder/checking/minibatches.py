"""The content of an iterable of minibatches: pairs, sizes, and the order of the examples."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.called import listed
from autograder.checking.closeness import describe
from autograder.checking.failures import CheckFailure

Batches = list[tuple[Tensor, Tensor]]


def assert_pairs(result: Any, *, function: str) -> Batches:
    """The pairs of a list of minibatches, as an adapter with `items` gives them.

    Raises:
        CheckFailure: with kind `type` where it is no list, `results` where an item is no pair of tensors.
    """
    if result is None:
        raise CheckFailure(messages.RETURNED_NONE.format(function=function), kind="type", got=None)
    if not isinstance(result, list | tuple):
        text = messages.NO_BATCHES.format(function=function, got=describe(result))
        raise CheckFailure(text, kind="type", state="batches", got=result)
    for place, batch in enumerate(result):
        is_pair = isinstance(batch, list | tuple) and len(batch) == 2
        if not is_pair or not all(_is_tensor(part) for part in batch):
            text = messages.NO_PAIR.format(function=function, place=place, got=_described(batch))
            raise CheckFailure(text, kind="results", state="pair", got=batch)
    return [(features, labels) for features, labels in result]


def assert_batch_sizes(batches: Batches, sizes: Sequence[int]) -> None:
    """Check how many examples the features of each batch hold.

    Raises:
        CheckFailure: with kind `shape`.
    """
    got = [len(features) if features.dim() else 0 for features, _ in batches]
    if got != list(sizes):
        text = messages.BATCH_SIZES.format(got=_short(got), expected=_short(sizes))
        raise CheckFailure(text, kind="shape", state="batches", got=got, expected=list(sizes))


def assert_order(batches: Batches, features: Tensor) -> list[int]:
    """The order of the examples, once each is known to come exactly once.

    Args:
        batches: pairs, of the sizes that they should have.
        features: the examples, no two of which are equal.

    Returns:
        The index of each example, in the order in which they came.

    Raises:
        CheckFailure: with kind `shape` for another shape, or `values` for examples that are missing,
            doubled or not among the features.
    """
    for place, (mine, _) in enumerate(batches):
        if mine.shape[1:] != features.shape[1:]:
            expected = (len(mine), *features.shape[1:])
            what = messages.BATCH_FEATURES.format(place=place)
            text = messages.SHAPE.format(what=what, got=tuple(mine.shape), expected=expected)
            raise CheckFailure(
                text, kind="shape", state="batch", got=tuple(mine.shape), expected=expected
            )
    known = {tuple(row): index for index, row in enumerate(_rows(features))}
    order = []
    for place, (mine, _) in enumerate(batches):
        for row in _rows(mine):
            if tuple(row) not in known:
                text = messages.UNKNOWN_EXAMPLE.format(place=place, row=row)
                raise CheckFailure(text, kind="values", got=mine)
            order.append(known[tuple(row)])
    for index in range(len(features)):
        if order.count(index) != 1:
            text = messages.EXAMPLE_COUNT.format(index=index, count=order.count(index))
            raise CheckFailure(text, kind="values", got=order)
    return order


def assert_labels(batches: Batches, order: Sequence[int], labels: Tensor) -> None:
    """Check that every example came with its own label.

    Args:
        batches: pairs.
        order: of the examples, as `assert_order` gives it.
        labels: of all examples.

    Raises:
        CheckFailure: with kind `shape` or `values`.
    """
    start = 0
    for place, (features, mine) in enumerate(batches):
        indices = order[start : start + len(features)]
        start += len(features)
        expected = labels[torch.tensor(indices)]
        if mine.shape != expected.shape:
            shapes: dict[str, Any] = {"got": tuple(mine.shape), "expected": tuple(expected.shape)}
            what = messages.BATCH_LABELS.format(place=place)
            text = messages.SHAPE.format(what=what, **shapes)
            raise CheckFailure(text, kind="shape", state="batch", **shapes)
        for index, got, wanted in zip(indices, _rows(mine), _rows(expected), strict=True):
            if got != wanted:
                text = messages.OTHER_LABEL.format(
                    index=index, got=_plain(got), expected=_plain(wanted)
                )
                raise CheckFailure(text, kind="values", got=mine, expected=expected)


def _rows(tensor: Tensor) -> list[list[float]]:
    """The entries of each example, flattened."""
    flat: list[list[float]] = tensor.detach().reshape(len(tensor), -1).tolist()
    return flat


def _plain(row: list[float]) -> Any:
    return row[0] if len(row) == 1 else row


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _described(batch: Any) -> str:
    if isinstance(batch, list | tuple):
        parts = [messages.A_TENSOR if _is_tensor(part) else describe(part) for part in batch[:4]]
        inside = listed(parts)
        return messages.HOLDS.format(kind=type(batch).__name__, count=len(batch), inside=inside)
    return describe(batch)


def _short(sizes: Sequence[int]) -> str:
    shown = ", ".join(map(str, sizes[:8]))
    if len(sizes) <= 8:
        return f"[{shown}]"
    return messages.SIZES.format(sizes=f"[{shown}, ...]", count=len(sizes))
