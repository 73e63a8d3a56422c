"""`autograder report --prompts`: a file for every wrong answer of a class."""

from collections.abc import Iterator
from pathlib import Path

from autograder.commands.files import write
from autograder.grading.results import Report
from autograder.notebooks.answers import answer_of, contract_of
from autograder.notebooks.course import find_course
from autograder.notebooks.submission import UnreadableSubmission, read_submission
from autograder.reports import prompts
from autograder.reports.anonymous import anonymous
from autograder.sandbox.limits import Limits
from autograder.text import file_names

NOT_READ = "{error}; no prompts for it"


def write_prompts(report: Report, folder: Path, *, without_names: bool) -> Iterator[str]:
    """Write FOLDER/<student>/<assignment>-<notebook>-<exercise>.md; yields notes on unreadable files.

    Args:
        report: of the course around here; its paths lead to the submissions.
        folder: for the prompts.
        without_names: whether students' folders are numbered.

    Raises:
        CourseError: where there is no course.
    """
    course = find_course()
    shown = anonymous(report) if without_names else report
    folders = file_names(result.student for result in shown.results)
    for result, named in zip(report.results, shown.results, strict=True):
        wrong = [e for e in result.exercises if e.status not in ("passed", "not_attempted")]
        if not wrong:
            continue
        try:
            submission = read_submission(Path(result.path), course, Limits(), result.student)
        except UnreadableSubmission as error:
            yield NOT_READ.format(error=error)
            continue
        for exercise in wrong:
            name = f"{result.assignment}-{result.notebook}-{exercise.name}.md"
            path = folder / folders[named.student] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            contract = contract_of(submission.source, exercise.name)
            answer = answer_of(submission, exercise.name)
            write(path, prompts.render(exercise, contract, answer))
