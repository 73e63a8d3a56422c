"""The HTML report of one exercise, for a notebook, the feedback page and the formgrader."""

from collections.abc import Iterator

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.checking import messages
from autograder.grading.results import ExerciseResult
from autograder.language import tag, tr
from autograder.reports import picture
from autograder.text import gap, score, visible

TEMPLATES = Environment(
    loader=PackageLoader("autograder.reports", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Templates: their values are escaped, and a misspelt name in one is an error."""
TEMPLATES.filters |= {"visible": visible, "score": score}
TEMPLATES.filters["picture"] = picture.render
TEMPLATES.globals |= {"_": tr, "gap": gap, "tag": tag}


def render(exercise: ExerciseResult, problems: tuple[str, ...] = ()) -> str:
    """The report as an HTML fragment without script and style sheet; everything in it is escaped.

    It unfolds: the promise and the student's result, then on a click the hint, then the mistake's name. Of
    several failures the first is shown, which the others often follow from; they unfold, too.
    """
    template = TEMPLATES.get_template("exercise.html")
    run = [check for check in exercise.checks if check.outcome != "skipped"]
    first = next((check for check in run if check.outcome != "passed"), None)
    return template.render(
        exercise=exercise,
        heading=heading(exercise),
        problems=problems,
        run=run,
        first=first,
        waits=list(_waits(exercise)),
        WORDS=messages.WORDS,
    )


def heading(exercise: ExerciseResult, *, always: bool = False) -> str:
    """An exercise with its points, and with its status: always, or where the points don't say it.

    One without points was not checked, so neither of them says anything.
    """
    text, what = tr("{exercise}: {points}"), tr("not checked")
    if exercise.max_score:
        what = points(exercise.score, exercise.max_score)
    says_more = exercise.status not in ("passed", "partial", "failed")
    if says_more or (always and exercise.max_score):
        text = tr("{exercise}: {points}, {status}")
    status = messages.STATUSES[exercise.status]
    return text.format(exercise=exercise.name, points=what, status=status)


def points(earned: float, possible: float) -> str:
    """Points in words."""
    return messages.POINTS.format(points=score(earned), possible=score(possible))


def _waits(exercise: ExerciseResult) -> Iterator[str]:
    """A line for the checks that were not run: after a failure it says when they are, else why not."""
    skipped = [check for check in exercise.checks if check.outcome == "skipped"]
    failed = any(check.outcome in ("failed", "error") for check in exercise.checks)
    if skipped and failed:
        points = score(sum(check.max_points for check in skipped))
        text = messages.ONE_WAITS if len(skipped) == 1 else messages.SEVERAL_WAIT
        yield text.format(count=len(skipped), points=points)
    else:
        for message in dict.fromkeys(check.message for check in skipped):
            yield visible(message)
