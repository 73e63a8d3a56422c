"""docs/grading-quality.md: what an audit found, for those who rely on the grades."""

from collections.abc import Sequence

from autograder.authoring.audit import TRIVIAL_SHARE, ExerciseAudit
from autograder.checking.randomness import COUNTS, FALSE_ALARM, PER_COUNT

_HEAD = f"""# How good the grading is

Written by `autograder audit --write docs/grading-quality.md`, which `make test` also runs without
writing: it exits with 1 when the reference or a correct variant loses a point, when a known mistake gets full
marks or is named as another, when a trivial answer earns more than {TRIVIAL_SHARE:.0%}, when a
check accepts results that are 0.8 % too large, or when a mutant of the reference passes every check.

The known mistakes are those of `autograder/exercises/<exercise>/misconceptions.py`; the correct variants those of
`variants.py`. A figure here is about these answers, and no promise about others. Mutants are the reference with
one small change each: another operator, number or dim, a dropped line, swapped arguments. Those that an author marked as
equivalent are correct, for a reason that stands beside the exercise (`equivalent_mutants.py`).

| exercise | known mistakes | caught | named as themselves | correct variants | at full marks | mutants | killed | equivalent |
|---|---|---|---|---|---|---|---|---|
"""
_RANDOM = f"""
## False alarms of the random checks

Chance decides nothing where results are not random. A dropout is judged by counts of independent events: how many entries are
dropped (binomial with p), in how many places two masks agree (binomial with p^2 + (1 - p)^2), how many rows have the most
usual number of dropped entries (binomial with the sum of three binomial probabilities). They are taken on shapes, dtypes,
magnitudes, layouts and probabilities that are drawn, with and without gradients. A count is accepted inside the interval that a
correct dropout leaves with a probability of at most {PER_COUNT:.0e}, found by adding up binomial probabilities from both ends
(`autograder/checking/randomness.py`). A grading makes fewer than {COUNTS:,} counts, as a test holds it to: by the union bound all
of them together reject a correct dropout with a probability of at most {FALSE_ALARM:.0e}.

## What is not graded

The kind of exception on illegal input, printing, speed in seconds, the argmax of a tie, the gradient of dropout at p = 1,
empty batches, NaN and infinities as inputs, half precision, integers and complex numbers, tensors without dimensions
for dropout, and the second derivative.
"""


def counts(audit: ExerciseAudit) -> tuple[int, int, int, int, int, int, int, int]:
    """Mistakes, caught, named as themselves, correct variants, at full marks, mutants, killed, equivalent."""
    return (
        len(audit.kills),
        sum(bool(killers) for killers in audit.kills.values()),
        sum(audit.named.get(id) == id for id in audit.kills),
        len(audit.variants),
        sum(share == 1 for share in audit.variants.values()),
        audit.mutants.made,
        audit.mutants.killed,
        audit.mutants.equivalent,
    )


def render(audits: Sequence[ExerciseAudit]) -> str:
    """The page as Markdown."""
    rows = [f"| {a.name} | {' | '.join(map(str, counts(a)))} |" for a in audits]
    parts = [_HEAD + "\n".join(rows) + "\n"]
    for audit in audits:
        parts.append(
            f"\n## {audit.name}\n\n"
            "| check | cases | mistakes caught | caught by it alone |\n|---|---|---|---|\n"
        )
        for check in audit.checks:
            killed = [killers for killers in audit.kills.values() if check in killers]
            alone = sum(len(killers) == 1 for killers in killed)
            parts.append(f"| {check} | {audit.cases.get(check, 0)} | {len(killed)} | {alone} |\n")
    return "".join(parts) + _RANDOM
