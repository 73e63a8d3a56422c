"""Grading submissions of a course, one after the other, each in workers of its own."""

import time
from collections.abc import Iterable
from math import fsum

from autograder.checking import messages
from autograder.grading.backends import WorkerBackend
from autograder.grading.feedback.sentences import (
    explain,
    explain_use,
    missing_in,
    named_use,
    troubles,
    why_undefined,
)
from autograder.grading.judges import GradingJudge, Judges
from autograder.grading.marking import Blocked, Marking, status_of
from autograder.grading.results import Diagnosis, ExerciseResult, SubmissionResult, overall
from autograder.language import current, of_notebook, speaking
from autograder.notebooks.cells import Code
from autograder.notebooks.review import internals_in, reachable_in, recognitions_in
from autograder.notebooks.submission import Submission
from autograder.notes import Note, note
from autograder.sandbox.session import Session, StudentCodeError
from autograder.sandbox.spawning import ForkServer, SandboxError
from autograder.sandbox.wire.messages import Answer, Call


class Grader:
    """Grades submissions.

    Args:
        judges: of the course.
        server: forks the workers.
    """

    def __init__(self, judges: Judges, server: ForkServer) -> None:
        self._judges = judges
        self._server = server

    def grade(self, submission: Submission) -> SubmissionResult:
        """Grade a submission, in its language. Raises SandboxError, or the grader's own exceptions."""
        with speaking(of_notebook(submission.language)):
            return self._graded(submission)

    def _graded(self, submission: Submission) -> SubmissionResult:
        started = time.monotonic()
        source = submission.source
        judges = {name: self._judges.of(source, name) for name in source.points}
        lists = {
            judge.exercise.function: judge.exercise.forbidden.enforced for judge in judges.values()
        }
        with Session(self._server, submission.cells, show=True, forbidden=lists) as session:
            grading = _Grading(submission, self._server, session, judges)
            exercises = tuple(
                grading.exercise(name, points) for name, points in source.points.items()
            )
            problems = (*submission.problems, *grading.problems, *troubles(session))
            review = grading.review(exercises)
            repeatable = not grading.problems and all(map(_repeatable, exercises))
            runs = tuple(session.runs)
        return SubmissionResult(
            path=str(submission.path),
            student=submission.student,
            assignment=source.assignment,
            notebook=source.name,
            score=fsum(exercise.score for exercise in exercises),
            max_score=fsum(exercise.max_score for exercise in exercises),
            status=overall([exercise.status for exercise in exercises]),
            seconds=time.monotonic() - started,
            exercises=exercises,
            problems=problems,
            review=review,
            language=current(),
            repeatable=repeatable and all(run.failure is None for run in runs),
            cells=runs,
        )


def _repeatable(exercise: ExerciseResult) -> bool:
    """Return whether the answer alone decided: no time limit, no worker's end, no broken check."""
    broken = any(check.outcome == "error" for check in exercise.checks)
    return exercise.status not in ("crashed", "timed_out") and not broken


class _Grading:
    """One submission while it is graded."""

    def __init__(
        self,
        submission: Submission,
        server: ForkServer,
        session: Session,
        judges: dict[str, GradingJudge],
    ) -> None:
        self._submission = submission
        self._server = server
        self._session = session
        self._judges = judges
        self._backend = WorkerBackend(session)
        self._code = Code(submission.cells)
        self._defined = self._definitions()
        self.problems: list[Note] = []
        """Sentences for the instructor about grading it."""

    def _definitions(self) -> dict[str, StudentCodeError | bool]:
        """For every exercise: whether its function is defined, or how the notebook failed."""
        functions = {name: judge.exercise.function for name, judge in self._judges.items()}
        try:
            found = self._session.lookup(list(functions.values()))
        except StudentCodeError as failure:
            return dict.fromkeys(functions, failure)
        return {name: found[function] is not None for name, function in functions.items()}

    def exercise(self, name: str, points: float) -> ExerciseResult:
        """Grade one exercise; when a diagnosis or advice fails, the instructor gets a sentence about it."""
        judge = self._judges[name]
        missing = missing_in(self._session.runs)
        blocked = self._blocked(judge)
        marking = Marking(judge.exercise, self._code, cells=True, missing=missing, blocked=blocked)
        marking.run(judge, self._backend)
        diagnosis: Diagnosis | None = None
        advice: tuple[Note, ...] = ()
        try:
            diagnosis = self._diagnose(judge, marking)
            advice = marking.advice(judge, self._backend)
        except SandboxError:
            raise
        except Exception as error:
            diagnosis, advice = None, ()
            kind = type(error).__name__
            self.problems.append(note("not_diagnosed", exercise=name, kind=kind))
        return marking.result(points, diagnosis, advice)

    def review(self, exercises: Iterable[ExerciseResult]) -> tuple[Note, ...]:
        """List what a person should look at: named internals, full marks in an unusual way."""
        found = internals_in(self._code)
        if any(exercise.status == "passed" for exercise in exercises):
            found += [] if self._session.guard_raises() else [note("guard_changed")]
        for exercise in exercises:
            if exercise.status == "passed":
                judged = self._judges[exercise.name].exercise
                found += reachable_in(self._code, judged.function, judged.forbidden)
                found += recognitions_in(self._code, judged.function)
        return tuple(dict.fromkeys(found))

    def _blocked(self, judge: GradingJudge) -> Blocked | None:
        name, function = judge.exercise.name, judge.exercise.function
        if self._submission.attempted(name) is False:
            return Blocked(Note("not_attempted", messages.NOT_ATTEMPTED), "not_attempted")
        defined = self._defined[name]
        if isinstance(defined, StudentCodeError):
            return Blocked(explain(defined, function), status_of(defined))
        if not defined:
            return Blocked(why_undefined(function, self._session.runs, self._code), "failed")
        use = named_use(judge.exercise, self._code)
        return None if use is None else Blocked(explain_use(function, use), "forbidden")

    def _diagnose(self, judge: GradingJudge, marking: Marking) -> Diagnosis | None:
        """Name the mistake of an exercise whose checks ran and didn't all pass."""
        failed = marking.first_failure()
        if failed is None:
            return None
        cells, spent = self._submission.cells, self._session.spent
        with Session(self._server, cells, spent=spent) as session:
            known = judge.diagnostician.diagnose(
                WorkerBackend(session),
                marking.names("failed"),
                marking.names("skipped") + marking.names("passed"),
                marking.everyday(),
            )
        if known is not None:
            return known
        return marking.property_of(failed, judge, self._backend, self._fresh)

    def _fresh(self, call: Call) -> Answer | Exception:
        """The answer to one call from a worker that was asked nothing else."""
        cells, spent = self._submission.cells, self._session.spent
        with Session(self._server, cells, spent=spent) as session:
            [answer] = WorkerBackend(session).all([call])
        return answer
