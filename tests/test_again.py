"""An exercise that is graded again in another notebook: one reference, the same checks, a weight."""

from pathlib import Path

import pytest

from autograder.authoring import texts
from autograder.authoring.course_page import page_of
from autograder.battery_search import _Search
from autograder.checking import messages
from autograder.grading.battery.file import Released, ReleasedExercise, encode_released
from autograder.grading.judges import Judges
from autograder.grading.marking import Blocked, Marking
from autograder.grading.results import CheckResult
from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course, CourseError, home_among
from autograder.notes import Note
from tests.one_class import ROOT

HOME = """
```python solution="double"
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```python lang="zh"
def double(x):
    \"\"\"x 的两倍。\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```python check="double" points=10
check("double")
```
"""
AGAIN = """
```python again="second/double" solution="double"
```

```python check="double" points=2
check("double")
```

```python solution="half"
def half(x):
    return x / 2
```

```python check="half" points=3
check("half")
```
"""
ORDER = """
[[notebook]]
path = "second/double"
section = "1"
en = "Twice."
zh = "两倍。"

[[notebook]]
path = "first/both"
section = "2"
en = "Both."
zh = "两者。"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course whose first notebook grades an exercise of its second again."""
    for name, text in (("second/double", HOME), ("first/both", AGAIN)):
        path = tmp_path / texts.TEXTS / f"{name}.md"
        path.parent.mkdir(parents=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    (tmp_path / texts.TEXTS / "course.toml").write_text(ORDER, encoding="utf-8")
    texts.write(tmp_path)
    return tmp_path


# The course


def test_an_exercise_is_at_home_in_one_notebook(root: Path) -> None:
    course = Course(root)
    both, double = course.notebooks
    assert (both.name, both.points, both.again) == ("both", {"double": 2, "half": 3}, {"double"})
    assert (double.points, double.again) == ({"double": 10}, frozenset())
    assert (course.home_of("double"), course.home_of("half")) == (double, both)
    assert course.home_of("third") is None
    assert course.exercise_names == ("double", "half")
    assert home_among([both], "double") is both  # its home isn't taught


def test_the_answer_is_written_once_a_language(root: Path) -> None:
    text = root / texts.TEXTS / "first" / "both.md"
    for language, sentence in (("en", "Twice x."), ("zh", "x 的两倍。")):
        assert f'\\"\\"\\"{sentence}\\"\\"\\"' in texts.notebook_of(text, language)


@pytest.mark.parametrize(
    ("correct", "wrong", "sentence"),
    [
        ('solution="double"\n', 'solution="double"\nreturn 1\n', "should be empty"),
        ('"second/double"', '"second/doubled"', "doubled.md"),
        ('solution="double"', 'solution="triple"', "has no cell of an answer triple"),
    ],
)
def test_a_cell_that_is_nowhere_is_named(
    root: Path, correct: str, wrong: str, sentence: str
) -> None:
    text = root / texts.TEXTS / "first" / "both.md"
    text.write_text(AGAIN.lstrip().replace(correct, wrong), encoding="utf-8")
    with pytest.raises(CourseError) as error:
        texts.notebook_of(text)
    assert sentence in str(error.value)


def test_the_page_counts_a_function_once(root: Path) -> None:
    page = page_of(Course(root))
    assert "`double` (2, again), `half` (3)" in page
    assert "2 notebooks, 2 functions, 15 points" in page


def test_a_renamed_notebook_is_the_one_that_lacks_fewer_cells(root: Path) -> None:
    course = Course(root)
    both, double = course.notebooks
    assert course.match("renamed", double.grade_ids) is double
    assert course.match("renamed", both.grade_ids) is both


# Points


def marked(points: float, *earned: tuple[float, float], blocked: Blocked | None = None):
    made = Marking(Course(ROOT).exercise("softmax"), Code([]), cells=False, blocked=blocked)
    for number, (got, most) in enumerate(earned):
        outcome = "passed" if got else "failed"
        made.results[str(number)] = CheckResult(str(number), "", got, most, outcome)
    return made.result(points)


@pytest.mark.parametrize(
    ("points", "earned", "score", "status"),
    [
        (10, [(7, 7), (0, 3)], 7, "partial"),
        (2, [(7, 7), (0, 3)], 1.4, "partial"),
        (2, [(7, 7), (3, 3)], 2, "passed"),
        (0.6, [(1, 1), (1, 1), (1, 1)], 0.6, "passed"),
        (1, [(1, 3), (0, 4)], 0.142857, "partial"),
        (1.7, [(0, 8.5)], 0, "failed"),
        (2, [], 0, "failed"),
    ],
)
def test_a_cell_s_points_are_shared_as_those_of_the_checks(
    points: float, earned: list[tuple[float, float]], score: float, status: str
) -> None:
    result = marked(points, *earned)
    assert (result.score, result.max_score, result.status) == (score, points, status)
    assert sum(check.points for check in result.checks) == pytest.approx(score)
    if earned:
        assert sum(check.max_points for check in result.checks) == pytest.approx(points)


def test_what_is_forbidden_earns_nothing_again() -> None:
    why = Blocked(Note("not_attempted", messages.NOT_ATTEMPTED), "forbidden")
    result = marked(2, (7, 7), (3, 3), blocked=why)
    assert (result.score, result.max_score) == (0, 2)
    assert [(check.points, check.max_points) for check in result.checks] == [(0, 1.4), (0, 0.6)]


# References and cases


def test_both_notebooks_are_judged_by_one_judge() -> None:
    """So cases are recorded once, and an answer is told the same in both."""
    course = Course(ROOT)
    judges = Judges(course)
    digits = next(n for n in course.notebooks if n.name == "digits")
    home = course.home_of("accuracy")
    assert home is not None and home is not digits
    assert judges.of(digits, "accuracy") is judges.of(home, "accuracy")


def test_check_takes_the_cases_of_the_home(tmp_path: Path) -> None:
    """Where students keep all notebooks in one folder, or have the course installed."""
    for name, points in (("a", 2), ("b", 10), ("c", 2)):
        released = Released("1", "x", name, [ReleasedExercise("double", points, [])])
        (tmp_path / f"{name}.battery").write_bytes(encode_released(released))
    found = _Search("double").among(tmp_path.glob("*.battery"))
    assert found is not None and found.notebook == "b"
