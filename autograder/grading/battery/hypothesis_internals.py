"""The private parts of Hypothesis that are used here, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis.internal.conjecture import providers
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.constants_ast import Constants


@contextmanager
def own_draws_only() -> Iterator[None]:
    """Stop Hypothesis from reusing constants of loaded modules, and from copying parts of other cases.

    With constants of the modules that happen to be loaded, the cases of a seed would depend on
    where the package is installed and on what ran before. Mutations copy one draw over another: a
    tensor whose shape changes that way loses its values, so that half of all cases would be zeros.
    Hypothesis has no setting for either.
    """
    with (
        patch.object(providers, "_get_local_constants", Constants),
        patch.object(ConjectureRunner, "generate_mutations_from", lambda self, data: None),
    ):
        providers.CONSTANTS_CACHE.cache.clear()
        yield
