"""What a function answered at home, beside what was recorded of the reference there.

A released battery holds the reference's calls, not the student's. A check asks both functions for the
same, the reference in float64: so a live call belongs to the recorded one that hands over the same numbers,
whose answer, in the dtype of the live call, is the correct one.
"""

from collections.abc import Sequence

import msgspec
import torch

from autograder.grading.battery.cases import Recorded
from autograder.grading.feedback.observations import Seen
from autograder.sandbox.student import Backend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.values import Packed, pack, unpack


class Keeping:
    """A backend that keeps the calls of one case with their answers, and the gradients first asked for."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._places: dict[int, int] = {}
        self.kept: list[tuple[Call, Answer]] = []

    def call(self, call: Call) -> tuple[int, Answer]:
        """Ask, and keep both."""
        number, answer = self._backend.call(call)
        self._places[number] = len(self.kept)
        self.kept.append((call, answer))
        return number, answer

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Ask, and keep the gradients with their call."""
        gradients = self._backend.pull_back(number, cotangents)
        call, answer = self.kept[self._places[number]]
        if not call.cotangents:
            found = None if gradients.raised is not None else gradients.gradients
            self.kept[self._places[number]] = (
                msgspec.structs.replace(call, cotangents=cotangents),
                msgspec.structs.replace(answer, gradients=found, gradient_error=gradients.raised),
            )
        return gradients


def seen_live(
    kept: Sequence[tuple[Call, Answer]], reference: Sequence[Recorded], *, passed: bool
) -> list[Seen]:
    """The live calls whose correct answers were recorded, with both answers.

    Args:
        kept: the calls of a case and a student's answers.
        reference: what was recorded of the reference in this case.
        passed: whether the check passed.
    """
    found = []
    for call, answer in kept:
        alike = next((one for one in reference if _alike(call, one.call)), None)
        if alike is not None:
            recorded = Recorded(call, _in_dtype_of(call, alike.answer))
            found.append(Seen(recorded, answer, passed))
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
    values, others = unpack(packed).detach(), unpack(other).detach()
    return torch.equal(values.double().nan_to_num(), others.double().nan_to_num())


def _in_dtype_of(call: Call, answer: Answer) -> Answer:
    """An answer of the reference in float32, where the call's floating-point numbers are."""
    floats = [tensor.dtype for tensor in call.tensors if tensor.dtype.startswith("float")]
    if "float32" not in floats[:1]:
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
