"""Judging where the solutions are: cases are recorded once, and failures are shrunk live."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.grading.backends import Respondent
from autograder.grading.battery import store
from autograder.grading.battery.cases import Battery, Case, Drawn
from autograder.grading.battery.driving import inner_of, run_with
from autograder.grading.battery.recording import BrokenCheck, record
from autograder.grading.battery.replay import Answers, ReferenceReplay
from autograder.grading.battery.telling import cases_of
from autograder.grading.checks import Check, collect
from autograder.grading.editions import on_arrays, originals_of
from autograder.grading.feedback.diagnosis import Diagnostician
from autograder.grading.feedback.observations import Seen, seen_in
from autograder.grading.judge import Failed, Failure, Judge, Verdict, seed_of
from autograder.notebooks.course import Course, SourceNotebook
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.submission import Submission
from autograder.sandbox.session import StudentCodeError
from autograder.sandbox.student import Backend, LocalBackend
from autograder.sandbox.wire.messages import Answer, Call, Cotangent, Gradients

SHRINK_RUNS = 400
"""Live runs of a check after its first failure: Hypothesis shrinks most failures in fewer than 150."""


class _Enough(BaseException):
    """Raised through Hypothesis to end a shrink; not an Exception, so that it isn't a failure."""


class Reference:
    """A notebook's reference solution, run when it is first needed: most submissions never need it.

    Args:
        notebook: the source notebook.
        folders: where its exercises are looked for; without them none of it is an edition.
    """

    def __init__(self, notebook: SourceNotebook, folders: Sequence[Path] = ()) -> None:
        self._notebook = notebook
        self._folders = folders

    @cached_property
    def _originals(self) -> dict[str, SourceNotebook]:
        return originals_of(self._notebook, self._folders) if self._folders else {}

    @property
    def source(self) -> str:
        """The source of the reference functions, with all that they rely on."""
        originals = (notebook.solution for notebook in self._originals.values())
        return "\n\n".join([self._notebook.solution, *originals])

    @cached_property
    def functions(self) -> dict[str, Any]:
        """The reference functions by name; those of an edition are the other exercise's."""
        namespace = self._notebook.namespace()
        for name, notebook in self._originals.items():
            namespace[name] = on_arrays(notebook.namespace()[name])
        return namespace

    def backend(self) -> LocalBackend:
        """Answers from the reference functions."""
        return LocalBackend(self.functions)

    def fresh(self) -> Backend:
        """Answers from the reference functions, which are made at the first question."""
        return _WhenAsked(self)


class _WhenAsked:
    """The reference, for a case whose answers are recorded: it is hardly ever asked."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    @cached_property
    def _backend(self) -> LocalBackend:
        return self._reference.backend()

    def call(self, call: Call) -> tuple[int, Answer]:
        return self._backend.call(call)

    def pull_back(self, number: int, cotangents: list[Cotangent]) -> Gradients:
        return self._backend.pull_back(number, cotangents)


class GradingJudge(Judge):
    """Judges where the solutions are: records cases with the reference, and shrinks failures live.

    Args:
        exercise: whose checks these are.
        reference: the reference solution.
        secret: the text that the exercise's seed is derived from.
        telling: cases that come first, by check; None for those that lie beside the exercise.
    """

    def __init__(
        self,
        exercise: Exercise,
        checks: tuple[Check, ...],
        reference: Reference,
        secret: str,
        telling: Mapping[str, Sequence[Drawn]] | None = None,
    ) -> None:
        super().__init__(exercise, checks, seed_of(secret, exercise.name))
        self.reference = reference
        self._secret = secret
        self._telling = cases_of(exercise) if telling is None else telling
        self._batteries: dict[str, Battery] = {}

    def battery(self, check: Check) -> Battery:
        """The check's cases; recorded when first asked for. Raises BrokenCheck."""
        if check.name not in self._batteries:
            telling = self._telling.get(check.name, ())
            cases = record(
                check.function,
                self.reference.functions,
                self.seed,
                telling,
                self.exercise.adapters,
            )
            self._batteries[check.name] = Battery(check.name, cases, len(telling))
        return self._batteries[check.name]

    def take_stored(self) -> bool:
        """Take the cases from the store; False where they aren't there."""
        found = store.load(self._digest, self._secret)
        if found is None or [battery.check for battery in found] != [c.name for c in self.checks]:
            return False
        self._batteries = {battery.check: battery for battery in found}
        return True

    def record_all(self) -> None:
        """Record the cases of every check, and put them into the store."""
        with suppress(BrokenCheck):  # such a check says so when it is judged
            store.put(self._digest, self._secret, self._content())

    def prepare(self) -> None:
        """Take the cases from the store; where they aren't there, record them and put them into it."""
        if not self.take_stored():
            self.record_all()

    def recorded(self) -> tuple[str, bytes] | None:
        """The name and the content of its file in a store; None where a check can't be recorded."""
        try:
            return self._digest, self._content()
        except BrokenCheck:
            return None

    def _content(self) -> bytes:
        return store.encode([self.battery(check) for check in self.checks])

    @cached_property
    def _digest(self) -> str:
        return store.digest_of(self.exercise, self.reference.source, self._secret)

    def fails(self, check: Check, drawn: Drawn, respondent: Respondent) -> bool:
        """Return whether an answer fails a check for these arguments."""
        inner, reference = inner_of(check.function), self.reference.backend()
        return self._attempt(inner, drawn.arguments(), respondent, reference) is not None

    @property
    def function(self) -> Callable[..., Any] | None:
        """The reference solution."""
        return self.reference.functions.get(self.exercise.function)

    @cached_property
    def diagnostician(self) -> Diagnostician:
        """Names the mistakes; made at the first wrong submission."""
        batteries = {check.name: self.battery(check).cases for check in self.checks}
        return Diagnostician(self.exercise, batteries, self.reference.functions)

    def seen(self, check: Check, verdict: Verdict, respondent: Respondent) -> list[Seen]:
        """A submission's answers to the recorded calls of a check; those after a failure are asked now."""
        passed = verdict.failure is None
        answers = verdict.answers if passed else self._answers(check, respondent)
        return seen_in(self.battery(check).cases, answers, passed=passed)

    def _answers(self, check: Check, respondent: Respondent) -> list[Answer | Exception]:
        found: list[Answer | Exception] = []
        for name, part in zip(("telling", "drawn"), self.battery(check).parts, strict=True):
            count = sum(len(case.student) for case in part)
            answers = Answers(respondent.ask(self._questions_of(check, name, part)), count)
            answers.drain()
            found += answers.all
        return found

    def _reference_for(self, case: Case) -> ReferenceReplay:
        return ReferenceReplay(case, self.reference.fresh(), rounded=False)

    def _goes_on(self, failure: Failure) -> bool:
        return False

    def _counterexample(
        self, check: Check, failed: list[Failed], respondent: Respondent
    ) -> Failure:
        [first] = failed
        if first.place == 0:
            return (
                first.failure
            )  # nothing is simpler: Hypothesis begins with the simplest arguments
        return self._shrink(check, first.place, respondent) or first.failure

    def _shrink(self, check: Check, first: int, live: Backend) -> Failure | None:
        found: list[Failure] = []
        reference = self.reference.backend()
        runs = 0

        def body(inner: Callable[..., Any], drawn: dict[str, Any]) -> None:
            nonlocal runs
            runs += 1
            if not found and runs <= first:
                return  # passed in the replay
            if runs > first + SHRINK_RUNS:
                raise _Enough
            failure = self._attempt(inner, drawn, live, reference)
            if failure is not None:
                if isinstance(failure.error, StudentCodeError):
                    raise _Enough
                found.append(failure)
                raise failure.error

        with suppress(_Enough, Exception):  # the failures are kept in `found`
            run_with(check.function, body, self.seed)
        return found[-1] if found else None


class Judges:
    """The judges of a course: one an exercise, made when its first submission comes."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self._references: dict[Path, Reference] = {}
        self._judges: dict[str, GradingJudge] = {}

    def __reduce__(self) -> tuple[type["Judges"], tuple[Course]]:
        """Where nothing can be forked, another process prepares for itself."""
        return Judges, (self.course,)

    def of(self, source: SourceNotebook, name: str) -> GradingJudge:
        """The judge of an exercise of a source notebook, with its cases.

        Raises any exception of the exercise's files and of the notebook's solutions.
        """
        judge, ready = self._made(source, name)
        if not ready:
            judge.record_all()
        return judge

    def prepare(self, submissions: Iterable[Submission]) -> Iterator[str]:
        """Make the judges of all exercises of some submissions; yields those that are recorded now."""
        for source in {
            submission.source.path: submission.source for submission in submissions
        }.values():
            for name in source.points:
                judge, ready = self._made(source, name)
                if not ready:
                    yield name
                    judge.record_all()

    def recorded(self) -> dict[str, bytes]:
        """The files, by name, in which a store keeps the cases of the judges that were made."""
        files = (judge.recorded() for judge in self._judges.values())
        return dict(file for file in files if file is not None)

    def _made(self, source: SourceNotebook, name: str) -> tuple[GradingJudge, bool]:
        """The judge of an exercise, and whether it has its cases."""
        if name in self._judges:
            return self._judges[name], True
        exercise = self.course.exercise(name)
        home = self.course.home_of(name) or source
        reference = self._references.setdefault(
            home.path, Reference(home, self.course.exercise_folders)
        )
        judge = GradingJudge(exercise, collect(exercise), reference, self.course.secret)
        ready = judge.take_stored()
        self._judges[name] = judge
        return judge, ready
