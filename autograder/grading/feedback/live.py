"""A function's answers at home, beside the released answers of the reference.

A released battery holds the reference's calls, not the student's. A check asks both functions for the
same, the reference in float64: so a live call belongs to the recorded one that hands over the same numbers,
whose answer, in the dtype of the live call, is the correct one.
"""

from collections.abc import Sequence

import msgspec
import torch

from autograder.grading.battery.cases import Recorded
from autograder.grading.feedback.observations import Seen
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import Packed, pack, unpack


def seen_live(
    live: Sequence[Recorded], reference: Sequence[Recorded], *, passed: bool
) -> list[Seen]:
    """The live calls whose correct answers were recorded, with both answers.

    Args:
        live: the calls of a case with a student's answers.
        reference: the reference's calls in this case, with its answers.
        passed: whether the check passed.
    """
    found = []
    for asked in live:
        call = asked.call
        alike = next((one for one in reference if _alike(call, one.call)), None)
        if alike is not None:
            correct = Recorded(call, _in_dtype_of(call, alike.answer))
            found.append(Seen(correct, asked.answer, passed))
    return found


def _alike(call: Call, other: Call) -> bool:
    """Whether two calls hand over the same numbers, whatever the precision and the strides."""
    return (
        (call.function, call.args, call.kwargs) == (other.function, other.args, other.kwargs)
        and len(call.tensors) == len(other.tensors)
        and all(map(_equal, call.tensors, other.tensors))
    )


def _equal(packed: Packed, other: Packed) -> bool:
    if packed.shape != other.shape or (packed.grad is None) != (other.grad is None):
        return False
    if packed.grad is not None and other.grad is not None and not _equal(packed.grad, other.grad):
        return False
    values, others = (unpack(one).detach().double() for one in (packed, other))
    return torch.allclose(values, others, rtol=0, atol=0, equal_nan=True)


def _in_dtype_of(call: Call, answer: Answer) -> Answer:
    """An answer of the reference in float32, where the call's floating-point numbers are."""
    dtypes = (tensor.dtype for tensor in call.tensors if tensor.dtype.startswith("float"))
    if next(dtypes, None) != "float32":
        return answer
    gradients = answer.gradients
    return msgspec.structs.replace(
        answer,
        tensors=[_in_float32(packed) for packed in answer.tensors],
        gradients=None if gradients is None else [_in_float32(packed) for packed in gradients],
    )


def _in_float32(packed: Packed | None) -> Packed | None:
    if packed is None or packed.dtype != "float64":
        return packed
    rounded = pack(unpack(packed).detach().float())
    return msgspec.structs.replace(
        rounded,
        requires_grad=packed.requires_grad,
        leaf=packed.leaf,
        grad=_in_float32(packed.grad),
    )
