"""The demo reads the reports that nbgrader stored: it follows their layout."""

from autograder.grading.results import CheckResult, Diagnosis, ExerciseResult
from autograder.notes import Note
from autograder.reports import html
from examples import demo

FAILED = CheckResult("test_a", "Gives a.", 0.0, 2.0, "failed", "it is 1, not 2", {}, "a(1)\na(2)")
SKIPPED = CheckResult("test_b", "Gives b.", 0.0, 1.0, "skipped", "not run")


def shown(exercise: ExerciseResult, *problems: str) -> list[str]:
    return [demo._plain(line) for line in demo.lines_of(html.render(exercise, problems))]


def test_why_points_are_missing():
    diagnosis = Diagnosis("x", "adds 1", "Count again.")
    found = ExerciseResult(
        "f", 0.0, 3.0, "failed", (FAILED, SKIPPED), diagnosis, (Note("vectorize", "Vectorize."),)
    )
    assert shown(found, "A cell was put back.") == [
        "Your function adds 1.",
        "Count again.",
        "Note: A cell was put back.",
        "Advice: Vectorize.",
        "Gives a. (0 of 2)",
        "it is 1, not 2",
        "a(1)\na(2)",
    ]


def test_what_was_not_judged():
    assert "Not attempted yet" in shown(ExerciseResult("f", 0.0, 3.0, "not_attempted", ()))[0]
    forbidden = CheckResult("test_a", "Gives a.", 0.0, 2.0, "failed", "`f` uses torch.f")
    assert shown(ExerciseResult("f", 0.0, 3.0, "forbidden", (forbidden,))) == ["`f` uses torch.f"]
