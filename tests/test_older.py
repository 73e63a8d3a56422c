"""Battery files of the format before this one are read; damaged ones are refused with a sentence."""

import zlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from autograder.checking import assert_same
from autograder.checking.strategies import logits, seeds
from autograder.grading.at_home import HomeJudge
from autograder.grading.backends import InProcessBackend
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.file import (
    BatteryError,
    Released,
    ReleasedExercise,
    decode_released,
    encode_released,
    without_student,
)
from tests.judging import judge_of

HEAD, OLD_HEAD = b"autograder battery 2\n", b"autograder battery 1\n"


def test_a_file_with_single_cotangents_is_read(tmp_path: Path) -> None:
    def check(student, reference, X, seed):
        assert_same(student.f, reference.f, X, names="X", seed=seed)

    function = settings(settings.get_profile(PROFILE), max_examples=10)(
        given(X=logits(), seed=seeds())(check)
    )
    judge, test = judge_of(function, {"f": lambda X: X.exp()}, tmp_path / "f")
    battery = without_student(judge.battery(test))
    released = Released("0", "a", "n", [ReleasedExercise("f", 1.0, [battery])])
    old = OLD_HEAD + zlib.compress(_in_format_1(encode_released(released)))
    assert decode_released(old, "n.battery") == released

    [exercise] = decode_released(old, "n.battery").exercises
    home = HomeJudge(judge.exercise, (test,), {"test": exercise.batteries[0]}, None)
    wrong = InProcessBackend({"f": lambda X: X.exp().detach() + X - X.detach()})
    assert home.verdict(test, InProcessBackend({"f": lambda X: X.exp()})).failure is None
    assert home.verdict(test, wrong).failure is not None


def _in_format_1(data: bytes) -> bytes:
    """What the version before this one wrote: `cotangent`, and pairs of a cotangent and gradients."""
    content: Any = msgspec.msgpack.decode(zlib.decompress(data.removeprefix(HEAD)))
    gradients = 0
    for case in content[3][0][2][0][1]:
        for recorded in case[4]:
            call, _, pulled = recorded
            assert call[6] == []
            recorded[0] = [*call[:6], None, call[7]]
            recorded[2] = [(cotangent, given) for [[_, cotangent]], given in pulled]
            gradients += len(pulled)
    assert gradients >= 10
    return msgspec.msgpack.encode(content)


@pytest.mark.parametrize(
    "content",
    [None, [], {}, [1, 2, 3, 4], ["", "", "", [["f", 1.0, [["c", [[0, 1, 2, 3, [[{}, 1, 2]]]]]]]]]],
    ids=repr,
)
def test_an_old_file_with_anything_else_is_damaged(content: Any) -> None:
    data = OLD_HEAD + zlib.compress(msgspec.msgpack.encode(content))
    with pytest.raises(BatteryError, match=r"n\.battery is damaged"):
        decode_released(data, "n.battery")


def test_a_still_older_file_is_refused() -> None:
    with pytest.raises(BatteryError, match="old format 0"):
        decode_released(b"autograder battery 0\n", "n.battery")
