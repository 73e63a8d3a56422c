"""Grading submissions: the state that the pytest plugin fills, and the results it ends in."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from autograder.checking import messages
from autograder.grading import properties
from autograder.grading.advice import advise
from autograder.grading.battery import BrokenCheck
from autograder.grading.counterexample import as_code, as_data
from autograder.grading.diagnosis import Asked, Diagnostician, is_random
from autograder.grading.forbidden import explain_hit, explain_use, forbidden_in, named_use
from autograder.grading.judge import Judge, NotebookBackend, SessionBackend, Verdict, explain
from autograder.grading.results import (
    CheckResult,
    Diagnosis,
    ExerciseResult,
    Outcome,
    Status,
    SubmissionResult,
    overall,
)
from autograder.notebooks.course import Course, SourceNotebook, find_course
from autograder.notebooks.forbidden import Code
from autograder.notebooks.submission import Submission, read_submission
from autograder.reports.text import printable
from autograder.sandbox.client import (
    Crashed,
    ForkServer,
    SandboxError,
    Session,
    StudentCodeError,
    TimedOut,
)
from autograder.sandbox.limits import REFUSED

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
UNEXPLAINED = "what is wrong with `{}` could not be looked into ({})"
_CELL_FILE = re.compile(r" \(<ipython-input-[^)]*\)$")
"""IPython's name for a cell at the end of a SyntaxError: the cell's number says more."""
RunItems = Callable[[Iterable[pytest.Item]], None]


class CheckRunner(Protocol):
    """What a pytest session with collected checks is for: judging them, or recording them."""

    def run(self, checks: dict[str, list[pytest.Item]], run_items: RunItems) -> None:
        """Do the work; `checks` are the collected ones by exercise."""

    def judge(self, item: pytest.Function) -> None:
        """Called for a check that `run_items` was asked to run, in place of its function."""


@dataclass
class _Exercise:
    """An exercise being judged."""

    name: str
    blocked: str | None = None
    """Why no check is run, if so."""
    status: Status | None = None
    results: dict[str, CheckResult] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)


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
        self._exercise: _Exercise | None = None
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
            troubles: list[str] = []
            for name, points in source.points.items():
                self._exercise = self._prepare(submission, name, defined[name])
                run_items(checks.get(name, []))
                if self._broken is not None:
                    broken, self._broken = self._broken, None
                    raise broken
                diagnosis, advice, trouble = self._explain(
                    submission, self._exercise, checks.get(name, [])
                )
                troubles += trouble
                exercises.append(_result(self._exercise, points, diagnosis, advice))
            runs = tuple(session.runs) if session is not None else ()
            if session is not None:
                troubles += _troubles(session)
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
            problems=(*submission.problems, *troubles),
            cells=runs,
        )

    def _explain(
        self, submission: Submission, exercise: _Exercise, items: list[pytest.Item]
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
        self, submission: Submission, exercise: _Exercise, items: list[pytest.Item]
    ) -> Diagnosis | None:
        """Name the mistake of an exercise whose checks ran and didn't all pass."""
        failed = next((r for r in exercise.results.values() if r.outcome == "failed"), None)
        if failed is None or exercise.blocked is not None or exercise.status is not None:
            return None
        verdict = exercise.verdicts[failed.name]
        assert self._judge is not None and verdict.failure is not None
        if self._server is not None:
            if exercise.name not in self._judge.diagnosticians:
                batteries = {
                    item.name: self._judge.battery(f"{exercise.name}/{item.name}", item.obj)
                    for item in items
                    if isinstance(item, pytest.Function)
                }
                self._judge.diagnosticians[exercise.name] = Diagnostician(
                    EXERCISES / exercise.name, batteries, self._judge.namespace or {}
                )
            spent = self._session.spent if self._session is not None else 0.0
            with Session(self._server, submission.cells, spent=spent) as session:
                known: Diagnosis | None = self._judge.diagnosticians[exercise.name].diagnose(
                    Asked(session), failed.name
                )
            if known is not None:
                return known
        cases = self._judge.battery(f"{exercise.name}/{failed.name}", lambda: None)
        return properties.describe(verdict.failure.error, cases, verdict.answers)

    def _advise(self, exercise: _Exercise) -> tuple[str, ...]:
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
        lists = {name: list(forbidden_in(name).operators) for name in submission.source.points}
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
    ) -> _Exercise:
        if submission.attempted(name) is False:
            return _Exercise(name, messages.NOT_ATTEMPTED, "not_attempted")
        if isinstance(defined, StudentCodeError):
            return _Exercise(name, explain(defined, name), _status_of(defined))
        if not defined:
            return _Exercise(name, self._why_undefined(submission, name), "failed")
        use = named_use(name, self._code)
        if use is not None:
            text = explain_use(name, use, cells=self._server is not None)
            return _Exercise(name, text, "forbidden")
        return _Exercise(name)

    def _why_undefined(self, submission: Submission, name: str) -> str:
        text = messages.NOT_DEFINED.format(function=name)
        for run in self._session.runs if self._session is not None else []:
            if f"def {name}" not in run.cell.source:
                continue
            if run.failure is not None:
                return f"{text}: cell {run.cell.number} did not finish ({run.failure})"
            if run.output is not None and run.output.raised is not None:
                raised = run.output.raised
                why = messages.CELL_RAISED.format(
                    function=name,
                    cell=run.cell.number,
                    kind=raised.kind,
                    message=_CELL_FILE.sub("", raised.message),
                )
                return why + (messages.AT_LINE.format(line=raised.line) if raised.line else "")
        return text

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
            title=_title(item),
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
        self, item: pytest.Function, exercise: _Exercise
    ) -> tuple[Outcome, str, Verdict | None]:
        if exercise.blocked is not None:
            failed = exercise.status == "forbidden"
            return "failed" if failed else "skipped", exercise.blocked, None
        needed = _needs(item)
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
            exercise.status = exercise.status or _status_of(error)
        return "failed", explain(error, exercise.name), verdict


def _troubles(session: Session) -> Iterator[str]:
    """What an instructor should know about how the cells ran."""
    for run in session.runs:
        where = f"cell {run.cell.number}"
        if run.failure is not None:
            yield f"{where} did not finish: {run.failure}"
        if run.output is None:
            continue
        raised, dropped = run.output.raised, run.output.dropped
        if raised is not None and session.limits.hit_by(raised.kind, raised.message):
            yield f"{where} raised {raised.kind}: {raised.message}"
        if dropped:
            limit = session.limits.sentence("output")
            yield f"{where} printed {dropped:,} more characters than are kept ({limit})"
    attempts = session.watched()
    if attempts:
        yield f"student code tried {', '.join(attempts)}; {REFUSED}"


def _status_of(failure: Exception) -> Status:
    return "timed_out" if isinstance(failure, TimedOut) else "crashed"


def points_of(item: pytest.Item) -> float:
    """What a check is worth."""
    marker = item.get_closest_marker("points")
    return float(marker.args[0]) if marker is not None else 0.0


def _needs(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("points")
    return marker.kwargs.get("needs") if marker is not None else None


def _title(item: pytest.Function) -> str:
    text = (item.obj.__doc__ or item.name).strip()
    return text.splitlines()[0]


def _result(
    exercise: _Exercise,
    points: float,
    diagnosis: Diagnosis | None = None,
    advice: tuple[str, ...] = (),
) -> ExerciseResult:
    checks = tuple(exercise.results.values())
    if exercise.status == "forbidden":  # those that passed before it was noticed count no more
        message = exercise.blocked or ""
        checks = tuple(
            CheckResult(c.name, c.title, 0.0, c.max_points, "failed", message) for c in checks
        )
    score = min(points, sum(check.points for check in checks))
    status: Status = exercise.status or (
        "passed" if score >= points else "partial" if score > 0 else "failed"
    )
    return ExerciseResult(exercise.name, score, points, status, checks, diagnosis, advice)


class Judges:
    """One judge a source notebook, made when its first submission comes."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._judges: dict[Path, Judge] = {}

    def __call__(self, source: SourceNotebook) -> Judge:
        """The judge of a source notebook."""
        if source.path not in self._judges:
            self._judges[source.path] = Judge(source.namespace(), self._course.secret)
        return self._judges[source.path]


def for_pytest(path: Path, add_cleanup: Callable[[Callable[[], None]], None]) -> Grader:
    """The grader behind `pytest --submission PATH`."""
    course = find_course()
    server = ForkServer()
    add_cleanup(server.close)
    submission = read_submission(path, course, server.limits)
    return Grader([submission], server, Judges(course), lambda result: None)


def run_checks(runner: CheckRunner, exercises: Iterable[str]) -> int:
    """Run a runner over the checks of some exercises, quietly; returns pytest's exit code.

    Raises what the runner raised, and ChecksNotLoaded.
    """
    from autograder.grading.plugin import Checks

    files = [str(path) for name in exercises for path in (EXERCISES / name).glob("test_*.py")]
    if not files:  # pytest would look for tests of its own choice
        runner.run({}, lambda items: None)
        return int(pytest.ExitCode.NO_TESTS_COLLECTED)
    quiet = (
        "terminal cacheprovider logging junitxml capture faulthandler unraisableexception "
        "threadexception"
    )
    options = [word for plugin in quiet.split() for word in ("-p", f"no:{plugin}")]
    # Whatever else is installed must not reorder, repeat or time the checks.
    options += ["--disable-plugin-autoload", "-p", "autograder.grading.plugin"]
    # With this root a check's module is called autograder.exercises..., and is never mistaken for
    # a student's own module `softmax`.
    options += ["-c", os.devnull, "--rootdir", str(EXERCISES.parents[1])]
    options += ["--confcutdir", str(EXERCISES), "--import-mode=importlib"]
    checks = Checks(runner)
    code = int(pytest.main([*files, *options], plugins=[checks]))
    if checks.error is not None:
        raise checks.error
    return code
