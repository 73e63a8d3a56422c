"""A failing case as data, and as code that reproduces it when pasted into the notebook."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from autograder.checking import messages
from autograder.language import tr
from autograder.sandbox.wire.messages import Call, Cotangent
from autograder.sandbox.wire.values import (
    Array,
    Dtype,
    Mapping,
    Named,
    Packed,
    Ref,
    Size,
    Value,
    indexed,
    unpack,
    unpack_value,
)
from autograder.sandbox.wire.values import Sequence as Listed

MAX_CALLS = 4
"""Different calls shown of a case that makes more: the last ones."""
MAX_ELEMENTS = 120
"""Elements of a tensor shown; shrunk cases have a handful."""
NOT_FINITE = re.compile(r"-?\b(inf|nan)\b")


def as_data(call: Call, function: Callable[..., Any] | None) -> dict[str, Any]:
    """The call's arguments by name: tensors as nested lists, with `name.grad` beside them."""
    tensors = [unpack(packed) for packed in call.tensors]
    arguments = [unpack_value(value, tensors) for value in call.args]
    names = _parameters(function)
    names += [f"argument_{place}" for place in range(len(names), len(arguments))]
    named = dict(zip(names, arguments, strict=False))
    named |= {name: unpack_value(value, tensors) for name, value in call.kwargs}
    data: dict[str, Any] = {}
    for name, value in named.items():
        data[name] = _plain(value)
        grads = _grads(value)
        if grads is not None:
            data[f"{name}.grad"] = grads
    return data


def _parameters(function: Callable[..., Any] | None) -> list[str]:
    if function is None:
        return []
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a student's callable may have no signature
        return []


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        value = torch.from_numpy(np.array(value))
    if isinstance(value, Tensor):
        return value.tolist() if value.numel() <= MAX_ELEMENTS else f"{tuple(value.shape)} tensor"
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, torch.dtype | np.dtype):
        return str(value)
    return value.__name__ if callable(value) else value


def _grads(value: Any) -> Any:
    if isinstance(value, Tensor):
        if not value.is_leaf or value.grad is None:  # inside of a graph there is no grad to read
            return None
        return _plain(value.grad)
    if isinstance(value, list | tuple):
        grads = [_grads(item) for item in value]
        return grads if any(grad is not None for grad in grads) else None
    if isinstance(value, dict):
        return _grads([item for item in value.values() if isinstance(item, Tensor | list)])
    return None


def as_code(
    calls: Sequence[Call],
    function: Callable[..., Any] | None,
    *,
    seeded: bool = False,
    shows: str = "",
    should: str = "",
) -> str:
    """Statements that make the calls of a case, with their gradients; the last shows what was judged.

    Args:
        calls: the calls, in order.
        function: the called function, for the names of its parameters.
        seeded: whether the result is random, so that torch's generator must be seeded as it was.
        shows: an expression of what was judged after the last call, as CheckFailure has it; "" for none.
        should: its correct value, for a comment.
    """
    repeated = [(call, len(list(same))) for call, same in groupby(calls, key=_but_for_seed)]
    shown = repeated[-MAX_CALLS:]
    lines = list(dict.fromkeys(call.adapter.rstrip() for call in calls if call.adapter))
    if any(_uses_functions(value) for call, _ in shown for value in values_of(call)):
        lines.append("from autograder import functions")
    lines += [] if len(shown) == len(repeated) else [f"# {tr('after other calls:')}"]
    seed = calls[0].seed if seeded and len(shown) == len(repeated) else None
    names = _parameters(function)
    previous: list[Packed] | None = None
    for call, times in shown:
        if call.tensors != previous:
            lines += _definitions(call, names)
        previous = call.tensors
        if seed is not None:
            lines.append(f"torch.manual_seed({seed})")
            seed = None
        labels = _labels(call, names)
        arguments = [_expression(value, labels) for value in call.args]
        arguments += [f"{name}={_expression(value, labels)}" for name, value in call.kwargs]
        if call.adapter:
            expression = f"adapt({', '.join([call.function, *arguments])})"
        else:
            expression = f"{call.function}({', '.join(arguments)})"
        if not call.cotangents:
            lines.append(expression if times == 1 else f"for _ in range({times}): {expression}")
        else:
            lines.append(f"result = {expression}")
            lines += _backward(call.cotangents)
    if shows:
        labels = _labels(calls[-1], names)
        shown_by = _place.sub(lambda found: labels[int(found[1])], shows)
        of_result = shown_by.partition("[")[0].partition(".")[0] == "result"
        if of_result and not lines[-1].startswith(("result", "for ", "torch.autograd")):
            shown_by = shown_by.replace("result", lines.pop(), 1)
        elif of_result and lines[-1].startswith("for "):
            lines.append(f"result = {expression}")
        lines.append(f"{shown_by}  # {tr('should be {value}').format(value=should)}")
    return "\n".join(lines)


_place = re.compile(r"#(\d+)")


def _backward(cotangents: list[Cotangent]) -> list[str]:
    parts = [indexed("result", one.path) for one in cotangents]
    weights = [_literal(one.tensor) for one in cotangents]
    if len(parts) == 1:
        return [f"{parts[0]}.backward({weights[0]})"]
    return [f"torch.autograd.backward([{', '.join(parts)}], [{', '.join(weights)}])"]


def values_of(call: Call) -> list[Value]:
    """The arguments of a call, those given by name last."""
    return [*call.args, *(value for _, value in call.kwargs)]


def _parts(value: Value) -> Iterator[Value]:
    yield value
    if isinstance(value, Listed):
        for item in value.items:
            yield from _parts(item)
    elif isinstance(value, Mapping):
        for _, item in value.items:
            yield from _parts(item)


def _uses_functions(value: Value) -> bool:
    return any(isinstance(part, Named) for part in _parts(value))


def _but_for_seed(call: Call) -> Call:
    return msgspec.structs.replace(call, seed=None)


def _labels(call: Call, names: list[str]) -> list[str]:
    """A variable name for every tensor of the call: the parameter's, where it has one."""
    labels = [""] * len(call.tensors)
    for place, value in enumerate(call.args):
        if isinstance(value, Ref | Array) and place < len(names) and not labels[value.index]:
            labels[value.index] = names[place]
    return [label or f"w{index}" for index, label in enumerate(labels)]


def _definitions(call: Call, names: list[str]) -> list[str]:
    lines = []
    arrays = {
        part.index: "[()]" if part.is_number else ""
        for value in values_of(call)
        for part in _parts(value)
        if isinstance(part, Array)
    }
    labeled = zip(_labels(call, names), call.tensors, strict=True)
    for place, (label, packed) in enumerate(labeled):
        numpy = f".numpy(){arrays[place]}" if place in arrays else ""
        lines.append(f"{label} = {_literal(packed)}{numpy}")
        if packed.requires_grad:
            lines.append(f"{label}.requires_grad_()")
        if packed.grad is not None:
            lines.append(f"{label}.grad = {_literal(packed.grad)}")
    return lines


def _literal(packed: Packed) -> str:
    tensor = unpack(packed).detach()
    dtype = "" if packed.dtype in ("float32", "int64") else f", dtype=torch.{packed.dtype}"
    if tensor.numel() > MAX_ELEMENTS:
        return _long_literal(tensor, dtype)
    if packed.stride is None:
        return f"torch.tensor({_list(tensor)}{dtype})"
    if tensor.transpose(0, -1).is_contiguous():
        return f"torch.tensor({_list(tensor.transpose(0, -1))}{dtype}).transpose(0, -1)"
    wide = tensor.as_strided((max(1, _reach(tensor)),), (1,))
    return (
        f"torch.tensor({_list(wide)}{dtype})"
        f".as_strided({tuple(tensor.shape)}, {tuple(tensor.stride())})"
    )


def _long_literal(tensor: Tensor, dtype: str) -> str:
    """Code for a tensor of too many elements to write down."""
    shape = ", ".join(map(str, tensor.shape))
    if tensor.dtype.is_floating_point:
        generator = torch.Generator().manual_seed(0)
        normal = torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)
        if torch.allclose(normal, tensor):
            return f"torch.randn({shape}, generator=torch.Generator().manual_seed(0){dtype})"
    stands_for = messages.STANDS_FOR.format(count=tensor.numel())
    return f"torch.randn({shape}{dtype})  # {stands_for}"


def _reach(tensor: Tensor) -> int:
    return 1 + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))


def _list(tensor: Tensor) -> str:
    return _pasteable(str(tensor.tolist()))


def _pasteable(numbers: str) -> str:
    """Python prints infinities and nan by names that a notebook doesn't know."""
    return NOT_FINITE.sub(r'float("\g<0>")', numbers)


def _expression(value: Any, labels: list[str]) -> str:
    if isinstance(value, Ref | Array):
        return labels[value.index]
    if isinstance(value, Dtype):
        return value.name.replace("numpy.", "np.")
    if isinstance(value, Size):
        return f"torch.Size({value.sizes})"
    if isinstance(value, Named):
        return f"functions.{value.name}"
    if isinstance(value, Mapping):
        pairs = [f"{key!r}: {_expression(item, labels)}" for key, item in value.items]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Listed):
        items = ", ".join(_expression(item, labels) for item in value.items)
        if value.is_tuple:
            return f"({items},)" if len(value.items) == 1 else f"({items})"
        return f"[{items}]"
    return _pasteable(repr(value)) if isinstance(value, float) else repr(value)
