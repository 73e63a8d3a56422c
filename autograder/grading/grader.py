"""Grading submissions: what the pytest session with the checks does with each of them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.checking import messages
from autograder.grading.backends import NotebookBackend, SessionBackend
from autograder.grading.battery.recording import BrokenCheck
from autograder.grading.checks import RunItems, needs_of, points_of, title_of
from autograder.grading.exercise import ExerciseInProgress, status_of
from autograder.grading.feedback import properties
from autograder.grading.feedback.advice import advise
from autograder.grading.feedback.counterexample import as_code, as_data
from autograder.grading.feedback.diagnosis import Asked, is_random
from autograder.grading.feedback.forbidden import explain_hit, explain_use, forbidden_in, named_use
from autograder.grading.feedback.sentences import explain, troubles, why_undefined
from autograder.grading.judge import Judge, Judges, Verdict
from autograder.grading.results import (
    CheckResult,
    Diagnosis,
    Outcome,
    SubmissionResult,
    overall,
)
from autograder.notebooks.cells import Code
from autograder.notebooks.course import SourceNotebook, find_course
from autograder.notebooks.submission import Submission, read_submission
from autograder.paths import EXERCISES
from autograder.sandbox.session import Crashed, Session, StudentCodeError, TimedOut
from autograder.sandbox.spawning import ForkServer, SandboxError
from autograder.text import printable

UNEXPLAINED = "what is wrong with `{}` could not be looked into ({})"


class Grader:
    """Judges submissions one after the other, in one pytest session.

    Args:
        submissions: what to judge.
        server: forks the workers, or None to judge `namespace` in this process (a student's own).
        judge_of: the judge of a source notebook: its batteries and its reference.
        done: called with every result.
        show: whether cells' values and pictures are wanted.
    """

    def __init__(
        self,
        submissions: Iterable[Submission],
        server: ForkServer | None,
        judge_of: Callable[[SourceNotebook], Judge],
        done: Callable[[SubmissionResult], None],
        *,
        namespace: dict[str, Any] | None = None,
        show: bool = False,
    ) -> None:
        self._submissions = submissions
        self._server = server
        self._judge_of = judge_of
        self._done = done
        self._namespace = namespace
        self._local = NotebookBackend(namespace) if namespace is not None else None
        self._show = show
        self._judge: Judge | None = None
        self._session: Session | None = None
        self._exercise: ExerciseInProgress | None = None
        self._code = Code([])
        self._broken: Exception | None = None
        """What went wrong in the grader itself during a check; pytest would call it a failure."""

    def run(self, checks: dict[str, list[pytest.Item]], run_items: RunItems) -> None:
        """Judge every submission by the checks of its notebook's exercises."""
        for submission in self._submissions:
            self._done(self._grade(submission, checks, run_items))

    def _grade(
        self, submission: Submission, checks: dict[str, list[pytest.Item]], run_items: RunItems
    ) -> SubmissionResult:
        started = time.monotonic()
        source = submission.source
        self._judge = self._judge_of(source)
        self._code = Code(submission.cells)
        with self._worker(submission) as session:
            self._session = session
            defined = self._definitions(submission)
            exercises = []
            problems = list(submission.problems)
            for name, points in source.points.items():
                self._exercise = self._prepare(submission, name, defined[name])
                run_items(checks.get(name, []))
                if self._broken is not None:
                    broken, self._broken = self._broken, None
                    raise broken
                diagnosis, advice, trouble = self._explain(
                    submission, self._exercise, checks.get(name, [])
                )
                problems += trouble
                exercises.append(self._exercise.result(points, diagnosis, advice))
            runs = tuple(session.runs) if session is not None else ()
            if session is not None:
                problems += troubles(session)
        return SubmissionResult(
            path=str(submission.path),
            student=submission.student,
            assignment=source.assignment,
            notebook=source.name,
            score=sum(exercise.score for exercise in exercises),
            max_score=sum(exercise.max_score for exercise in exercises),
            status=overall([exercise.status for exercise in exercises]),
            seconds=time.monotonic() - started,
            exercises=tuple(exercises),
            problems=tuple(problems),
            cells=runs,
        )

    def _explain(
        self, submission: Submission, exercise: ExerciseInProgress, items: list[pytest.Item]
    ) -> tuple[Diagnosis | None, tuple[str, ...], list[str]]:
        """Diagnosis and advice; what they stumble over is worth a sentence, not the grading."""
        try:
            diagnosis = self._diagnose(submission, exercise, items)
            return diagnosis, self._advise(exercise), []
        except SandboxError:
            raise
        except Exception as error:
            return None, (), [UNEXPLAINED.format(exercise.name, type(error).__name__)]

    def _diagnose(
        self, submission: Submission, exercise: ExerciseInProgress, items: list[pytest.Item]
    ) -> Diagnosis | None:
        """Name the mistake of an exercise whose checks ran and didn't all pass."""
        failed = next((r for r in exercise.results.values() if r.outcome == "failed"), None)
        if failed is None or exercise.blocked is not None or exercise.status is not None:
            return None
        verdict = exercise.verdicts[failed.name]
        assert self._judge is not None and verdict.failure is not None
        if self._server is not None:
            diagnostician = self._judge.diagnostician(EXERCISES / exercise.name, items)
            spent = self._session.spent if self._session is not None else 0.0
            with Session(self._server, submission.cells, spent=spent) as session:
                known = diagnostician.diagnose(Asked(session), failed.name)
            if known is not None:
                return known
        cases = self._judge.battery(f"{exercise.name}/{failed.name}", lambda: None)
        return properties.describe(verdict.failure.error, cases, verdict.answers)

    def _advise(self, exercise: ExerciseInProgress) -> tuple[str, ...]:
        if exercise.blocked is not None:
            return ()
        answers = [a for verdict in exercise.verdicts.values() for a in verdict.answers]
        right = any(result.outcome == "passed" for result in exercise.results.values())
        backend = None
        if right:
            backend = SessionBackend(self._session) if self._session is not None else self._local
        return advise(exercise.name, self._code, answers, backend, cells=self._server is not None)

    @contextmanager
    def _worker(self, submission: Submission) -> Iterator[Session | None]:
        lists = {name: forbidden_in(name).enforced for name in submission.source.points}
        if self._server is None:
            assert self._local is not None
            with self._local.forbidding(lists):
                yield None
            return
        with Session(self._server, submission.cells, show=self._show, forbidden=lists) as session:
            yield session

    def _definitions(self, submission: Submission) -> dict[str, StudentCodeError | bool]:
        """For every exercise: whether its function is defined, or how the notebook failed."""
        names = list(submission.source.points)
        if self._session is None:
            assert self._namespace is not None
            return {name: callable(self._namespace.get(name)) for name in names}
        try:
            found = self._session.lookup(names)
        except StudentCodeError as failure:
            return dict.fromkeys(names, failure)
        return {name: found[name] is not None for name in names}

    def _prepare(
        self, submission: Submission, name: str, defined: StudentCodeError | bool
    ) -> ExerciseInProgress:
        if submission.attempted(name) is False:
            return ExerciseInProgress(name, messages.NOT_ATTEMPTED, "not_attempted")
        if isinstance(defined, StudentCodeError):
            return ExerciseInProgress(name, explain(defined, name), status_of(defined))
        if not defined:
            runs = self._session.runs if self._session is not None else ()
            return ExerciseInProgress(name, why_undefined(name, runs), "failed")
        use = named_use(name, self._code)
        if use is not None:
            text = explain_use(name, use, cells=self._server is not None)
            return ExerciseInProgress(name, text, "forbidden")
        return ExerciseInProgress(name)

    def judge(self, item: pytest.Function) -> None:
        """Judge the present submission by one check, and tell pytest how it went."""
        try:
            self._judge_and_tell(item)
        except Exception as error:  # pytest's own outcomes are none
            self._broken = error
            raise

    def _judge_and_tell(self, item: pytest.Function) -> None:
        exercise = self._exercise
        assert exercise is not None and self._judge is not None
        outcome, message, verdict = self._judge_item(item, exercise)
        points = points_of(item)
        calls = verdict.failure.calls if verdict and verdict.failure else ()
        reference = self._judge.namespace.get(exercise.name) if self._judge.namespace else None
        function = reference or (self._namespace or {}).get(exercise.name)
        exercise.results[item.name] = CheckResult(
            name=item.name,
            title=title_of(item),
            points=points if outcome == "passed" else 0.0,
            max_points=points,
            outcome=outcome,
            message=message,
            counterexample=as_data(calls[-1], function) if calls else None,
            code=as_code(calls, function, seeded=is_random(EXERCISES / exercise.name))
            if calls
            else None,
        )
        if verdict is not None:
            exercise.verdicts[item.name] = verdict
        if outcome == "skipped":
            pytest.skip(printable(message))
        if outcome != "passed":
            pytest.fail(printable(message), pytrace=False)

    def _judge_item(
        self, item: pytest.Function, exercise: ExerciseInProgress
    ) -> tuple[Outcome, str, Verdict | None]:
        if exercise.blocked is not None:
            failed = exercise.status == "forbidden"
            return "failed" if failed else "skipped", exercise.blocked, None
        needed = needs_of(item)
        if needed is not None:
            before = exercise.results.get(needed)
            if before is None or before.outcome != "passed":
                title = before.title if before is not None else needed
                return "skipped", messages.NEEDS.format(needed=title), None
        assert self._judge is not None
        try:
            verdict = self._judge.judge(
                f"{exercise.name}/{item.name}", item.obj, self._session, self._local
            )
        except BrokenCheck as broken:
            return "error", str(broken), None
        backend = self._session or self._local
        hits = backend.hits if backend is not None else {}
        if exercise.name in hits:
            cells = self._server is not None
            hit = explain_hit(exercise.name, hits[exercise.name], self._code, cells=cells)
            exercise.blocked, exercise.status = hit, "forbidden"
            return "failed", hit, None
        if verdict.failure is None:
            return "passed", "", verdict
        error = verdict.failure.error
        if isinstance(error, TimedOut | Crashed):
            exercise.status = exercise.status or status_of(error)
        return "failed", explain(error, exercise.name), verdict


def for_pytest(path: Path, add_cleanup: Callable[[Callable[[], None]], None]) -> Grader:
    """The grader behind `pytest --submission PATH`."""
    course = find_course()
    server = ForkServer()
    add_cleanup(server.close)
    submission = read_submission(path, course, server.limits)
    return Grader([submission], server, Judges(course), lambda result: None)
