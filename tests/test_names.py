"""What a wrong answer that is no known mistake is called: the most particular thing that is true of it."""

import re

import pytest

from tests.wrong_answers import EXCEPTIONS, FACTS, KNOWN, UNNAMED

ALL = {**EXCEPTIONS, **FACTS, **UNNAMED, **KNOWN}


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_answer_is_told_what_is_true_of_it(students, name):
    wrong = ALL[name]
    result = students.grade(wrong.exercise, wrong.code)
    assert result.score < result.max_score
    assert result.diagnosis.id == wrong.id
    assert re.search(wrong.title, result.diagnosis.title)
