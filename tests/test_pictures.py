"""Pictures in the report: which failures have one, and that a sign says what a colour says."""

import re

import pytest
import torch
from torch import Tensor

from autograder.checking import assert_close, assert_drop_rate
from autograder.checking.failures import CheckFailure
from autograder.grading.feedback.picture import COLUMNS, MASK_COLUMNS, ROWS, picture_of
from autograder.grading.results import CheckResult, Diagnosis, ExerciseResult, Picture
from autograder.language import speaking
from autograder.reports import html, picture

RIGHT = torch.arange(6.0).reshape(2, 3)
PAIRS = {
    "wrong": (picture.WRONG, 4.5),
    "dropped": (picture.DROPPED, 4.5),
    "kept": (picture.KEPT, 4.5),
}


def wrong_at(*places: tuple[int, int], of: Tensor = RIGHT, by: float = 1.0) -> Picture | None:
    """The picture of a result that is wrong in some places."""
    got = of.clone()
    for place in places:
        got[place] += by
    with pytest.raises(CheckFailure) as caught:
        assert_close(got, of)
    return picture_of(caught.value)


def test_the_entries_that_are_wrong_are_marked():
    found = wrong_at((0, 1), (1, 2))
    assert found == Picture(
        "values",
        (("0", "2", "2"), ("3", "4", "6")),
        ((False, True, False), (False, False, True)),
    )
    shown = str(picture.render(found))
    assert re.findall(r"✗ (\d)", shown) == ["2", "6"]
    assert shown.count("<tr>") == 2 and shown.count("<td") == 6


def test_nan_and_infinities_are_marked():
    found = wrong_at((0, 0), by=float("nan"))
    assert found is not None and found.cells[0][0] == "nan"
    assert found.marked[0] == (True, False, False)


@pytest.mark.parametrize(
    ("places", "of"),
    [
        ([(r, c) for r in range(2) for c in range(3)], RIGHT),
        ([(0, 0)], torch.zeros(ROWS + 1, 2)),
        ([(0, 0)], torch.zeros(2, COLUMNS + 1)),
        ([(0, 0)], torch.zeros(2, 2, 2)),
        ([(0, 0)], torch.zeros(1, 3)),
    ],
    ids=["everything is wrong", "many rows", "many columns", "no matrix", "few elements"],
)
def test_none_where_it_says_nothing_or_does_not_fit(places, of):
    assert wrong_at(*places, of=of) is None


def test_a_vector_is_one_row():
    with pytest.raises(CheckFailure) as caught:
        assert_close(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([1.0, 3.0, 3.0, 4.0]))
    found = picture_of(caught.value)
    assert found is not None and found.marked == ((False, True, False, False),)


def test_a_mask_is_drawn_as_far_as_it_fits():
    mask = torch.zeros(100, 100, dtype=torch.bool)
    mask[:, 1] = True
    with pytest.raises(CheckFailure) as caught:
        assert_drop_rate(mask, 0.5)
    found = picture_of(caught.value)
    assert found is not None and found.kind == "mask"
    assert {row[:3] for row in found.cells} == {("1", "0", "1")}
    assert len(found.cells[0]) == MASK_COLUMNS


def test_other_failures_have_none():
    assert picture_of(ValueError("x")) is None
    assert picture_of(CheckFailure("x", kind="shape", got=(2,), wrong=(3,))) is None


@pytest.mark.parametrize("name", PAIRS)
def test_text_can_be_read_in_any_theme(name):
    """The contrast of WCAG 2.2, of a pair of colours that does not depend on the theme."""
    style, least = PAIRS[name]
    light, dark = sorted(map(_luminance, re.findall(r"#(\w{6})", style)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def failed(name: str, drawn: Picture | None = None) -> CheckResult:
    return CheckResult(name, name, 0.0, 1.0, "failed", f"{name} broke", code="x", picture=drawn)


def test_the_first_failure_is_shown_and_the_others_unfold():
    passed = CheckResult("fine", "fine", 1.0, 1.0, "passed")
    checks = (passed, failed("first", wrong_at((0, 1))), failed("second"), failed("third"))
    named = Diagnosis("x", "is <wrong>", "Look <b>up</b>.")
    shown = html.render(ExerciseResult("f", 1.0, 4.0, "partial", checks, named))
    opened = re.sub(r"<details.*?</details>", "", shown, flags=re.S)
    assert "first broke" in opened and "<table" in opened
    assert "second broke" not in opened and "third broke" not in opened
    assert "second broke" in shown and "third broke" in shown
    assert opened.index("fine") < opened.index("first") < opened.index("second")
    # The hint and the name stand with the failure that they are about.
    assert shown.index("Look &lt;b&gt;") < shown.index("is &lt;wrong&gt;") < shown.index("second")


def test_a_picture_s_text_is_escaped_and_spoken_in_the_report_s_language():
    hostile = Picture("values", (("<script>", "\x1b"),), ((True, False),))
    with speaking("zh"):
        shown = str(picture.render(hostile))
    assert "<script>" not in shown and "\x1b" not in shown
    assert "你的数值" in shown
