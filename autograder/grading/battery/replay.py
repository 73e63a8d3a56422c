"""Replaying a battery: recorded calls get the answers they got, others are asked live."""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec
import torch

from autograder.grading.battery.cases import Case, Recorded
from autograder.sandbox.student import Backend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients
from autograder.sandbox.wire.values import Packed, unpack

ROUNDING = {"float32": 1e-6, "float64": 1e-14}
"""A few units in the last place: `randn` of the same seed differs so much between platforms."""


class NotRecorded(Exception):
    """Raised when the reference is asked for an unrecorded answer where there are no solutions."""


class Answers:
    """The answers to a battery's calls as they arrive; an exception in place of a missing one."""

    def __init__(self, arriving: Iterator[Answer], count: int) -> None:
        self._arriving = arriving
        self._count = count
        self._waiting: deque[Answer | Exception] = deque()
        self.all: list[Answer | Exception] = []

    def take(self, count: int) -> list[Answer | Exception]:
        """The next answers."""
        return [self._waiting.popleft() if self._waiting else self._receive() for _ in range(count)]

    def _receive(self) -> Answer | Exception:
        answer: Answer | Exception
        if self.all and isinstance(self.all[-1], Exception):
            answer = self.all[-1]
        else:
            try:
                answer = next(self._arriving)
            except Exception as error:  # how the worker failed: raised where the answer is used
                answer = error
        self.all.append(answer)
        return answer

    def drain(self) -> None:
        """Receive the remaining answers, so that the worker is free for other requests."""
        while len(self.all) < self._count:
            self._waiting.append(self._receive())


class Replay:
    """A backend for one case: recorded calls get their answers, others go to the live backend."""

    def __init__(
        self,
        case: Case,
        given: list[Answer | Exception],
        live: Backend,
        drain: Callable[[], None],
    ) -> None:
        self._recorded = case.student
        self._answers = given
        self._drain = drain
        self._live = live
        self._given: list[Answer] = []
        self._diverged = False
        self.asked = False
        """True once the live backend was asked: then the recorded answers alone don't decide."""

    def call(self, call: Call) -> tuple[int, Answer]:
        """The recorded answer when the call is the recorded one, else a live one."""
        place = len(self._given)
        if not self._diverged and place < len(self._recorded):
            recorded = self._recorded[place].call
            if _same_call(call, recorded):
                answer = self._answers[place]
                if isinstance(answer, Exception):
                    raise answer
                self._given.append(answer)
                return -place - 1, self._given[-1]
        self._diverged = True
        return self._ask().call(call)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """The recorded gradients when the cotangents are the recorded ones, else live ones."""
        if number >= 0:
            return self._ask().pull_back(number, cotangents)
        place = -number - 1
        answer, recorded = self._given[place], self._recorded[place].call
        if recorded.cotangents == cotangents and (answer.gradients or answer.gradient_error):
            return Gradients(answer.gradients or [], answer.gradient_error)
        live = self._ask()
        again, _ = live.call(msgspec.structs.replace(recorded, cotangents=[]))
        return live.pull_back(again, cotangents)

    def _ask(self) -> Backend:
        self.asked = True
        self._drain()
        return self._live


class NoReference:
    """Replaces the reference where there are no solutions: it knows only recorded answers."""

    def call(self, call: Call) -> tuple[int, Answer]:
        """Raise NotRecorded."""
        raise NotRecorded("the reference is asked for more than was recorded")

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """Raise NotRecorded."""
        raise NotRecorded("the reference is asked for more than was recorded")


class ReferenceReplay:
    """Answers for the reference from the record, and live where there are solutions.

    Args:
        case: the recorded calls and answers.
        live: asked for every other answer.
        rounded: whether a call counts as the recorded one although it differs from it by rounding,
            as on another machine than the one that recorded it.
    """

    def __init__(self, case: Case, live: Backend, *, rounded: bool) -> None:
        self._recorded = case.reference
        self._given: list[Recorded] = []
        self._live = live
        self._rounded = rounded

    def call(self, call: Call) -> tuple[int, Answer]:
        """The recorded answer to the same call, or the reference's own."""
        place = len(self._given)
        if place < len(self._recorded) and self._same(call, self._recorded[place].call):
            self._given.append(self._recorded[place])
            return -place - 1, self._recorded[place].answer
        return self._live.call(call)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        """The recorded gradients for the same cotangents, or the reference's own."""
        if number >= 0:
            return self._live.pull_back(number, cotangents)
        recorded = self._given[-number - 1]
        for asked, gradients in recorded.pulled:
            if asked == cotangents or (self._rounded and _all_close(asked, cotangents)):
                return gradients
        again, _ = self._live.call(msgspec.structs.replace(recorded.call, cotangents=[]))
        return self._live.pull_back(again, cotangents)

    def _same(self, call: Call, recorded: Call) -> bool:
        """Return whether it is the recorded call."""
        if not self._rounded or len(call.tensors) != len(recorded.tensors):
            return _same_call(call, recorded)
        pairs = zip(call.tensors, recorded.tensors, strict=True)
        if not all(_close(given, known) for given, known in pairs):
            return False
        return _same_call(msgspec.structs.replace(call, tensors=recorded.tensors), recorded)


def _same_call(call: Call, recorded: Call) -> bool:
    """Return whether two calls are equal, apart from seed, cotangents and adapter."""
    return (
        call.function == recorded.function
        and call.args == recorded.args
        and call.kwargs == recorded.kwargs
        and call.tensors == recorded.tensors
    )


def _all_close(given: list[Cotangent], known: list[Cotangent]) -> bool:
    if [one.path for one in given] != [one.path for one in known]:
        return False
    return all(_close(a.tensor, b.tensor) for a, b in zip(given, known, strict=True))


def _close(given: Packed, known: Packed) -> bool:
    """Return whether two tensors are equal up to the roundings in which mathematical libraries differ."""
    if given == known:
        return True
    if (given.dtype, given.shape) != (known.dtype, known.shape) or (given.grad or known.grad):
        return False
    if given.dtype not in ROUNDING:
        return False
    tolerance = ROUNDING[given.dtype]
    return torch.allclose(unpack(given), unpack(known), rtol=tolerance, atol=tolerance)
