"""`@points`: what it writes down, and what it refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking import Points, points


@points(2.5)
@given(number=st.integers())
def check_above(number: int) -> None:
    """Stands for a check with drawn arguments."""


def test_a_check_carries_its_points_and_the_name_of_the_check_it_needs() -> None:
    @points(1, needs=check_above)
    @given(number=st.integers())
    def check(number: int) -> None:
        pass

    assert check_above.points == Points(2.5)  # type: ignore[attr-defined]
    assert check.points == Points(1.0, needs="check_above")  # type: ignore[attr-defined]


def without_points() -> None:
    """Is no check."""


REFUSED: list[tuple[tuple[Any, ...], dict[str, Any], type[Exception], str]] = [
    ((), {}, TypeError, "number"),
    ((0,), {}, ValueError, "more than 0 points"),
    ((-1,), {}, ValueError, "more than 0 points"),
    ((float("nan"),), {}, ValueError, "more than 0 points"),
    ((float("inf"),), {}, ValueError, "more than 0 points"),
    ((True,), {}, TypeError, "a number is needed"),
    (("2",), {}, TypeError, "a number is needed"),
    ((check_above,), {}, TypeError, "without its number"),
    ((2,), {"need": check_above}, TypeError, "'need'"),
    ((2, check_above), {}, TypeError, "positional"),
    ((2,), {"needs": "check_above"}, TypeError, "without quotes: needs=check_above"),
    ((2,), {"needs": 3}, TypeError, "a check further up"),
    ((2,), {"needs": without_points}, ValueError, "needs=without_points: that is no check"),
]


@pytest.mark.parametrize(("args", "kwargs", "kind", "sentence"), REFUSED)
def test_what_is_wrong_is_said(
    args: tuple[Any, ...], kwargs: dict[str, Any], kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        points(*args, **kwargs)


def test_it_stands_above_a_function() -> None:
    with pytest.raises(TypeError, match="stands above a check"):
        points(2)("test_values")  # type: ignore[type-var]
