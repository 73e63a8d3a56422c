"""Grading single answers for tests: each in a real worker, all by one service."""

from pathlib import Path

from autograder.grading.results import ExerciseResult, SubmissionResult
from autograder.grading.service import GradingService
from autograder.notebooks.course import Course
from autograder.notebooks.submission import Submission
from autograder.sandbox.cells import Cell

ROOT = Path(__file__).resolve().parents[1]


class OneClass:
    """Grades answers to one exercise, as a notebook in which nothing else was answered."""

    def __init__(self, course: Course, service: GradingService) -> None:
        self.service = service
        self._course = course
        self._sources = {name: course.home_of(name) for name in course.exercise_names}

    def cells_of(self, exercise: str, *answer: str) -> list[str]:
        """The code cells of the exercise's notebook with the answer's in place of the solution."""
        made: list[str] = []
        for cell in self._sources[exercise].cells:
            if cell.grade_id == exercise:
                made += answer
            elif not cell.picture and not (cell.grade and not cell.solution):
                made.append(cell.source)
        return made

    def submission_of(self, exercise: str, *answer: str, student: str = "student") -> Submission:
        """The notebook as it would have been read from a file."""
        source = self._sources[exercise]
        cells = enumerate(self.cells_of(exercise, *answer), 1)
        numbered = tuple(Cell(number, text) for number, text in cells)
        functions = {exercise: self._course.function_of(exercise)}
        path = Path(student, f"{source.name}.ipynb")
        return Submission(path, student, source, numbered, (), functions=functions)

    def submission(self, exercise: str, *answer: str) -> SubmissionResult:
        """The result of the whole notebook."""
        return self.service.grade(self.submission_of(exercise, *answer))

    def grade(self, exercise: str, *answer: str) -> ExerciseResult:
        """The result of the exercise."""
        exercises = self.submission(exercise, *answer).exercises
        [found] = [result for result in exercises if result.name == exercise]
        return found
