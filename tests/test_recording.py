"""The cases of a check: many different ones, with values in them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking.strategies import labeled_logits, parameters
from autograder.grading.battery.driving import PROFILE
from autograder.grading.battery.recording import record


def cases(**drawn):
    def check(student, **_):
        student.f()

    drawing = settings(settings.get_profile(PROFILE))(given(**drawn)(check))
    return record(drawing, {"f": lambda: None}, 0)


def test_cases_are_different_and_few_are_zeros():
    for drawn in (
        {"case": labeled_logits(max_magnitude=10_000)},
        {"params": parameters(), "lr": st.just(0.1)},
    ):
        values = [tuple(tensor.values for tensor in case.tensors[:1]) for case in cases(**drawn)]
        assert len(values) == 100
        assert len(set(values)) > 80
        assert sum(not any(first) for (first,) in values) < 20


def test_most_large_logits_are_large():
    large = [
        case.drawn.arguments()["case"][0].abs().max() > 700
        for case in cases(case=labeled_logits(max_magnitude=10_000))
    ]
    assert sum(large) > 60
