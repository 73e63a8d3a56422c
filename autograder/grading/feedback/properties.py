"""Saying in words what goes wrong, where no known mistake explains a submission.

Every sentence here is a measurement on the recorded cases: true of this submission, and never a guess about
its code. The most particular one is chosen: what an exception is about, then what holds between all answers
and the correct ones, then where they go wrong, then which promise broke.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import torch
from torch import Tensor

from autograder.checking import messages
from autograder.checking.failures import CheckFailure
from autograder.grading.feedback import places, relations, shapes
from autograder.grading.feedback.comparison import same_answer
from autograder.grading.feedback.exceptions import describe_exception
from autograder.grading.feedback.formulas import SAME_FACTOR, formula_of
from autograder.grading.feedback.nearest import Names
from autograder.grading.feedback.observations import Part, Seen, Subject
from autograder.grading.results import Diagnosis
from autograder.sandbox.student import FunctionRaised
from autograder.sandbox.wire.messages import Answer, Call
from autograder.sandbox.wire.values import Array, unpack

Ask = Callable[[Call], Answer | Exception]
"""Makes one call of the submission."""
_ARGUMENT = re.compile(r"#\d+")
"""What a check shows where it judged an argument after the call."""
SLIGHT = 1e-2
"""Greatest difference, as a share of the greatest value, that is called small."""


@dataclass(frozen=True)
class Facts:
    """The facts about a failed check.

    error: how its first failing case failed.
    failed: its calls and the answers to them.
    passed: those of the checks that passed.
    elsewhere: those of the other checks that failed, perhaps for another reason.
    parameters: the names of the function's parameters.
    names: what there is in the notebook and in libraries, for a misspelt name.
    again: makes a call where the others were made; None where results are random.
    fresh: makes a call before any other was made; None where that can't be had.
    """

    error: Exception
    failed: Sequence[Seen]
    passed: Sequence[Seen] = ()
    elsewhere: Sequence[Seen] = ()
    parameters: Sequence[str] = ()
    names: Names = field(default_factory=Names)
    again: Ask | None = None
    fresh: Ask | None = None

    @property
    def kind(self) -> str:
        """The property that broke."""
        return self.error.kind if isinstance(self.error, CheckFailure) else "values"

    @property
    def facts(self) -> dict[str, object]:
        """The figures that the check noted."""
        return self.error.facts if isinstance(self.error, CheckFailure) else {}

    @property
    def subject(self) -> Subject:
        """The part of the answers that the check looked at."""
        if "gradient" in (self.kind, self.facts.get("state")):
            return "gradient"
        if self.kind == "state":
            return "grad"
        if self.facts.get("state") == "scaled":
            return "scaled"
        of_argument = isinstance(self.error, CheckFailure) and _ARGUMENT.fullmatch(self.error.shows)
        if of_argument and any(one.moves_several for one in self.failed):
            return "update"
        returns = any(one.recorded.answer.value is not None for one in self.failed)
        return "result" if returns else "update"

    def parts(self) -> list[Part]:
        """The tensors that the check looked at."""
        return self._parts_of(self.failed)

    def all_parts(self) -> list[Part]:
        """The same, and those of all other checks."""
        return self._parts_of([*self.failed, *self.elsewhere, *self.passed])

    def _parts_of(self, seen: Sequence[Seen]) -> list[Part]:
        found = (one.parts(self.subject, self.parameters) for one in seen)
        return [part for parts in found for part in parts]

    @property
    def of_arrays(self) -> bool:
        """Whether the function is asked with NumPy arrays."""
        calls = (one.recorded.call for one in self.failed)
        return any(isinstance(argument, Array) for call in calls for argument in call.args)


VAGUE = frozenset({"property:values", "property:gradient"})
"""The sentences for failures in which nothing particular was seen."""


def describe(facts: Facts) -> Diagnosis:
    """The most particular thing that a failed check shows."""
    if isinstance(facts.error, FunctionRaised):
        return _exception(facts, facts.error)
    found = _BY_KIND.get(facts.kind, _no_more)(facts)
    return found if found is not None else _broken(facts)


def _no_more(facts: Facts) -> Diagnosis | None:
    return None


def _broken(facts: Facts) -> Diagnosis:
    """The promise that broke."""
    state = facts.facts.get("state")
    named = f"{facts.kind}:{state}" if state is not None else facts.kind
    if named == "gradient" and any(
        _far_off(part) for one in facts.failed for part in one.parts("result", facts.parameters)
    ):
        named = "values"  # a wrong value has a wrong gradient: nothing is treated as a constant
    title, hint = messages.PROPERTIES.get(named, messages.PROPERTIES["values"])
    return Diagnosis(f"property:{named}", title, hint)


def _far_off(part: Part) -> bool:
    """Whether a tensor has another shape, or is off by more than a little."""
    if part.got.shape != part.expected.shape:
        return True
    size = float(part.expected.double().abs().max()) if part.expected.numel() else 0.0
    return not torch.allclose(
        part.got.double(), part.expected.double(), rtol=0, atol=SLIGHT * max(size, 1.0)
    )


def _exception(facts: Facts, error: FunctionRaised) -> Diagnosis:
    known = [*facts.failed, *facts.passed]
    every = bool(known) and all(map(_raises, known))
    seen = [*known, *facts.elsewhere]
    raised = [_raises(one) for one in seen]
    some = (
        "backward" if error.backward else "some" if any(raised) else ""
    )  # none is at hand: unknown
    where = "every" if every else places.inputs_that_fail(seen, raised) or some
    return describe_exception(error.raised, where, facts.names, of_arrays=facts.of_arrays)


def _raises(one: Seen) -> bool:
    return one.answer.raised is not None or one.answer.gradient_error is not None


def _values(facts: Facts) -> Diagnosis | None:
    parts, subject = facts.parts(), facts.subject
    if shapes.computed_in_float32(parts):
        texts = (
            messages.COMPUTED_IN_FLOAT32_FOR_ARRAYS
            if facts.of_arrays
            else messages.COMPUTED_IN_FLOAT32
        )
        return Diagnosis("property:computed_in_float32", *texts)
    some_correct = bool(facts.passed)
    return (
        _kept(facts)
        or relations.relation_of(facts.all_parts(), subject)
        or _history(facts)
        or _exactness(parts, subject, of_arrays=facts.of_arrays)
        or (relations.relation_of(parts, subject) if subject == "update" else None)
        or places.parameters_that_fail(parts, subject)
        or (_where(facts) if some_correct else None)
        or _of_one_result(facts, parts)
        or relations.relation_of(parts, subject, everywhere=not (some_correct or facts.elsewhere))
        or places.entries_that_fail(parts, subject)
        or relations.relation_of_rows(parts, subject)
        or _where(facts)
        or _slight(parts, subject)
        or (None if some_correct else _sums_kept(parts, subject))
    )


def _gradient(facts: Facts) -> Diagnosis | None:
    """What is wrong with gradients; of wrong values, where that is all that shows, they are wrong, too."""
    found = _values(facts)
    if found is not None:
        return found
    results = (part for one in facts.failed for part in one.parts("result", facts.parameters))
    alike = (
        part
        for part in results
        if part.got.shape == part.expected.shape and part.got.dtype is part.expected.dtype
    )
    if all(part.correct for part in alike):
        return None
    return _broken(replace(facts, error=CheckFailure("", kind="values")))


def _of_one_result(facts: Facts, parts: Sequence[Part]) -> Diagnosis | None:
    """The relation of the one result that the check looked at to its correct value, of several."""
    name, shown = facts.facts.get("what"), facts.facts.get("got")
    if not isinstance(name, str) or not isinstance(shown, Tensor) or parts[0].place.count < 2:
        return None
    places = {part.place.index for part in parts if not part.correct and _is_shown(part, shown)}
    if len(places) != 1:
        return None
    mine = [part for part in parts if part.place.index in places]
    return relations.relation_of(mine, facts.subject, name=name)


def _is_shown(part: Part, shown: Tensor) -> bool:
    """Whether it is the tensor that the failure is about."""
    same = part.got.shape == shown.shape
    return same and torch.equal(part.got.double(), shown.detach().double())


def _finite(facts: Facts) -> Diagnosis | None:
    return _history(facts) or _where(facts)


def _type(facts: Facts) -> Diagnosis | None:
    count, due = facts.facts.get("count"), facts.facts.get("due")
    if count is not None:
        title, hint = messages.PROPERTIES["results:count"]
        return Diagnosis("property:results:count", title.format(count=count, due=due), hint)
    if facts.facts.get("state") == "number" and facts.facts.get("got") is not None:
        return None  # the message names the object that came in place of a number
    if facts.facts.get("state") in ("pair", "batches"):
        return None  # its sentence says more
    return _somewhere(facts) or shapes.kind_of_result(facts.failed)


def _shape(facts: Facts) -> Diagnosis | None:
    if facts.facts.get("state") is not None:
        return _history(facts)
    return _history(facts) or _somewhere(facts) or shapes.shape_of_result(facts.parts())


def _somewhere(facts: Facts) -> Diagnosis | None:
    """The kind of input that alone goes wrong, where other checks passed: of all results, less is true."""
    return _where(facts) if facts.passed else None


def _dtype(facts: Facts) -> Diagnosis | None:
    got, expected = facts.facts.get("got"), facts.facts.get("expected")
    if isinstance(got, str) and isinstance(expected, str):
        given = {tensor.dtype for one in facts.failed for tensor in one.recorded.call.tensors}
        named = "named" in facts.facts or (bool(facts.failed) and expected not in given)
        return shapes.dtype_of_result(got, expected, named=named, of_arrays=facts.of_arrays)
    return None


def _graph(facts: Facts) -> Diagnosis | None:
    """Whose gradient is lost, where not all are; writing into the argument may be how it was lost."""
    if _changes_arguments(facts):
        return Diagnosis("property:input", *messages.PROPERTIES["input"])
    argument = facts.facts.get("argument")
    if argument is None:
        return None
    title, hint = messages.PROPERTIES["graph:argument"]
    named = {"argument": f"`{argument}`"}
    return Diagnosis("property:graph:argument", title.format(**named), hint.format(**named))


def _changes_arguments(facts: Facts) -> bool:
    """Whether the function wrote into arguments that the reference leaves as they are."""
    changed = (
        part
        for one in facts.failed
        for part in one.parts("update", facts.parameters)
        if part.before is not None and torch.equal(part.expected, part.before)
    )
    return any(not torch.equal(part.got, part.expected) for part in changed)


def _state(facts: Facts) -> Diagnosis | None:
    if facts.facts.get("state") != "grad":
        return None
    return places.parameters_that_fail(facts.parts(), "grad")


def _random(facts: Facts) -> Diagnosis | None:
    aspect = str(facts.facts.get("aspect", ""))
    if aspect not in messages.RANDOM:
        return None
    id, title, hint = messages.RANDOM[aspect]
    p, share = facts.facts.get("p"), facts.facts.get("share")
    figures = {"p": f"{p:g}" if isinstance(p, float) else p,
               "share": _percent(share) if isinstance(share, float) else share}  # fmt: skip
    return Diagnosis(f"property:{id}", title.format(**figures), hint)


def _percent(share: float) -> str:
    """A share in whole percent; a small one with two digits, so that little isn't called nothing."""
    return f"{share:.0%}" if share == 0 or share >= 0.1 else f"{100 * share:.2g}%"


_BY_KIND: dict[str, Callable[[Facts], Diagnosis | None]] = {
    "values": _values,
    "gradient": _gradient,
    "graph": _graph,
    "finite": _finite,
    "type": _type,
    "results": _type,
    "shape": _shape,
    "dtype": _dtype,
    "state": _state,
    "random": _random,
}


def _kept(facts: Facts) -> Diagnosis | None:
    """By what a random function multiplies the entries that it keeps."""
    if "input" not in facts.facts:
        return None
    factors: list[tuple[float, dict[str, float]]] = []
    for one in facts.failed:
        for part in one.parts("result", facts.parameters):
            given = one.recorded.call.tensors[0]
            if list(part.got.shape) != given.shape or not torch.isfinite(part.got).all():
                return None
            X = unpack(given).detach().double()
            ratio = (part.got.double() / X)[(part.got != 0) & (X != 0)]
            if ratio.numel() == 0:
                continue
            center = float(ratio.median())
            if float((ratio - center).abs().max()) > SAME_FACTOR * abs(center):
                return None
            factors.append((center, part.quantities))
    formula = formula_of(factors)
    if formula is None or formula == "1 / (1 - p)":
        return None
    id = "kept_unchanged" if formula == "1" else "kept_factor"
    title, hint = messages.RELATIONS[id]
    return Diagnosis(f"property:{id}", title.format(factor=formula), hint)


def _history(facts: Facts) -> Diagnosis | None:
    """Whether a call that went wrong has another answer now, or the correct one in a fresh process."""
    wrong = next((one for one in facts.failed if one.wrong(facts.subject, facts.parameters)), None)
    if wrong is None:
        return None
    asked = wrong.recorded.call
    call = msgspec.structs.replace(asked, seed=asked.seed or 0)  # as new objects
    for ask in (facts.again, facts.fresh):
        other = ask(call) if ask is not None else None
        if isinstance(other, Answer) and not _same(call, wrong.answer, other):
            return Diagnosis("property:history", *messages.HISTORY)
    return _chance(call, wrong.answer, facts.again)


def _chance(call: Call, answer: Answer, again: Ask | None) -> Diagnosis | None:
    """Whether a call that has the same answer again has another one with other random numbers."""
    if again is None:
        return None
    for seed in SEEDS:
        other = again(msgspec.structs.replace(call, seed=seed))
        if isinstance(other, Answer) and not _same(call, answer, other):
            return Diagnosis("property:chance", *messages.CHANCE)
    return None


SEEDS = range(1, 6)
"""With as many, two shuffled batches come in another order at least once for 97 of 100 answers."""


def _same(call: Call, one: Answer, other: Answer) -> bool:
    """Whether two answers of one submission are the same; gradients only where both were asked for."""
    if one.gradients is None or other.gradients is None:
        one, other = (
            msgspec.structs.replace(answer, gradients=None, gradient_error=None)
            for answer in (one, other)
        )
    return same_answer(call, one, other)


def _where(facts: Facts) -> Diagnosis | None:
    seen = [*facts.failed, *facts.passed, *facts.elsewhere]
    if facts.subject == "gradient":  # an answer without gradients shows nothing about them
        seen = [one for one in seen if one.recorded.answer.gradients is not None]
    wrong = [one.wrong(facts.subject, facts.parameters) for one in seen]
    name = places.inputs_that_fail(seen, wrong)
    if name is None or name not in messages.ONLY_FOR:
        return None
    asked = messages.ONLY_FOR_ARRAYS if facts.of_arrays else {}
    return Diagnosis(f"property:{name}", *(asked.get(name) or messages.ONLY_FOR[name]))


def _exactness(
    parts: Sequence[Part], subject: Subject, *, of_arrays: bool = False
) -> Diagnosis | None:
    """Whether float64 values have no more correct digits than float32 has."""
    if not shapes.exact_as_float32(parts):
        return None
    title, hint = messages.EXACT_AS_FLOAT32_FOR_ARRAYS if of_arrays else messages.EXACT_AS_FLOAT32
    what = messages.SUBJECTS[subject]
    return Diagnosis("property:exact_as_float32", title.format(what=what), hint)


def _slight(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """By how much values are off, where that is little."""
    if all(part.correct for part in parts):
        return None  # what went wrong isn't among them
    shares = []
    for part in parts:
        if part.got.shape != part.expected.shape or not part.expected.numel():
            return None
        size = float(part.expected.double().abs().max())
        difference = float((part.got.double() - part.expected.double()).abs().max())
        if not size or not difference <= SLIGHT * size:
            return None
        shares.append(difference / size)
    if not shares:
        return None
    title, hint = messages.RELATIONS["slight"]
    what = messages.SUBJECTS[subject]
    share = f"{max(shares):.1g}"
    return Diagnosis("property:slight", title.format(what=what, share=share), hint)


def _sums_kept(parts: Sequence[Part], subject: Subject) -> Diagnosis | None:
    """Whether rows add up to 1, as they should, although their entries are wrong."""
    if subject != "result" or not parts:
        return None
    for part in parts:
        if part.expected.dim() != 2 or part.got.shape != part.expected.shape:
            return None
        for tensor in (part.expected, part.got):
            if float((tensor.double().sum(1) - 1).abs().max()) > SAME_FACTOR:
                return None
    return Diagnosis("property:rows_still_add_up", *messages.RELATIONS["rows_still_add_up"])
