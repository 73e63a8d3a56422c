"""`autograder answers`: every answer as a file of Python, for JPlag, Dolos and others that compare code.

Sources: JPlag's README (a folder of submissions, each a file or a folder; `-bc` names the code that all
were given); Dolos' documentation (`dolos run -l python FILES`, `--ignore` for that code).
"""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autograder.commands.files import write
from autograder.grading.roster import Roster, read_class
from autograder.notebooks.answers import answer_with_helpers, contract_of
from autograder.notebooks.course import Course, CourseError, SourceNotebook, find_course
from autograder.notebooks.syntax import as_python
from autograder.reports.anonymous import numbered
from autograder.sandbox.limits import Limits
from autograder.text import file_names, one_line

STUBS = "stubs"
DONE = "{folder}: {count} answers"
NONE = "{path}: nothing here is answered"


def run(
    paths: list[Path], folder: Path, *, without_names: bool, output: Console, errors: Console
) -> int:
    """Write FOLDER/<exercise>/<student>.py, and each exercise's stub into FOLDER/stubs: 0, or 2.

    Exits with 2 where something that was handed in could not be read, each named, or nothing was.
    """
    try:
        course = find_course()
        roster = read_class(paths, course, Limits())
    except CourseError as error:
        errors.print(Text(one_line(str(error))))
        return 2
    students = _students(roster)
    shown = students
    if without_names:
        numbers = numbered("student", set(students), course.found_secret.fingerprint)
        shown = file_names(numbers.values())
        shown = {student: shown[number] for student, number in numbers.items()}
    counts: Counter[Path] = Counter()
    try:
        for submission in roster.submissions:
            for exercise in submission.source.points:
                answer = answer_with_helpers(submission, exercise)
                if answer is None or not submission.attempted(exercise):
                    continue
                place = folder / _folder(course, submission.source, exercise)
                _write(place / f"{shown[submission.student]}.py", answer)
                stub = contract_of(submission.source, exercise)
                _write(folder / STUBS / place.name / "stub.py", stub)
                counts[place] += 1
    except OSError as error:
        errors.print(Text(one_line(f"{error.filename}: {error.strerror}")))
        return 2
    for place, count in sorted(counts.items()):
        output.print(Text(one_line(DONE.format(folder=place, count=count))))
    problems = [*map(str, roster.problems), *(file.reason for file in roster.ungraded)]
    if not counts:
        problems.append(NONE.format(path=", ".join(map(str, paths))))
    for problem in problems:
        errors.print(Text(one_line(problem)))
    return 2 if problems else 0


def _students(roster: Roster) -> dict[str, str]:
    """Everybody with the name of their file."""
    names = {*roster.students, *(s.student for s in roster.submissions)}
    names |= {file.student for file in roster.ungraded} | {m.student for m in roster.missing}
    return file_names(names)


def _folder(course: Course, source: SourceNotebook, exercise: str) -> str:
    """An exercise's name, with its notebook's where it is graded again."""
    home = course.home_of(exercise)
    at_home = home is None or home.path == source.path
    return exercise if at_home else f"{source.assignment}-{source.name}-{exercise}"


def _write(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, as_python(source).rstrip("\n") + "\n")
