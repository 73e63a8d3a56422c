"""The checks of batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum, training).

X is what a check compares; the moving statistics are copied for every call, or kept over several.
"""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking import (
    Tolerance,
    Values,
    assert_dtype_kept,
    assert_input_unchanged,
    assert_no_graph,
    assert_same,
    assert_same_gradient,
    assert_updated,
    cotangent_like,
    gradient,
    leaf,
    points,
    same_layout,
)
from autograder.checking.strategies import EDGE_CASES, FLOAT64, seeds
from autograder.checking.together import spread_out, tensors_together

NAMES = "X gamma beta"
EPS, MOMENTUM = 1e-5, 0.9
"""Everyday values: the defaults of PyTorch (whose momentum of 0.1 is 0.9 here) and of the book."""
CALLS = 5
"""On the same moving statistics: after the first call alone many mistakes are correct by chance."""
RANGES = [Values(-4, 4), Values(-2, 2), Values(-4, 4), Values(-4, 4), Values(0.25, 4)]
"""Of X, gamma, beta, the moving mean and the moving variance."""
CASES = 25
"""A quarter of the default: most cases hold several calls."""
ROUNDED = Tolerance(rtol=1e-3, atol=1e-3)
"""For float32. An eps of 1e-5 is up to 4e-5 of a variance of 0.25, and results are differences of numbers
of up to 32: where it goes is judged by `test_eps` alone. For gradients per unit of the cotangent."""
MODES = st.sampled_from(
    [
        *([True, True, False, True, True], [True, False, True, False, True]),
        *([False, True, True, False, True], [True, True, True, True, False]),
    ]
)
"""Whether each of the calls trains."""
MOMENTA = st.sampled_from([0.9, 0.75, 0.5, 0.1])


def _cases(shapes, *, calls=1, spread=True, strided=False, dtype=None):
    """One X for each call, then gamma, beta, the moving mean and the moving variance."""
    together = [((shape,) * calls + ((shape[1],),) * 4) for shape in shapes]
    ranges = RANGES[:1] * calls + RANGES[1:]
    dtypes = {} if dtype is None else {"dtype": dtype}
    drawn = tensors_together(together, ranges, strided=strided, **dtypes)
    if not spread:
        return drawn

    def with_spread(case):
        for X in case[:calls]:
            spread_out(X, [0, *range(2, X.dim())])
        return case

    return drawn.map(with_spread)


MATRICES = list(product([3, 4, 5, 6], [2, 3, 4]))
IMAGES = [(n, c, h, w) for n, c, h, w in product([2, 3], [2, 3, 4], [2, 3], [2, 3])]
ONE_CHANNEL = [(3, 1), (4, 1), (2, 1, 2, 3)]
FEW_VALUES = [(2, 3), (3, 2, 1, 1), (1, 2, 2, 3), (1, 3, 1, 2)]
"""Batches of two, images of one pixel, and a batch of one image."""
ONE_VALUE = [(1, 2), (1, 3), (1, 1), (1, 2, 1, 1)]


def _call(function, case, eps=EPS, momentum=MOMENTUM, training=True):
    """The function of X, gamma and beta; each call gets a copy of the moving statistics."""
    moving = case[-2:]

    def call(X, gamma, beta):
        mean, var = (same_layout(one).to(X.dtype) for one in moving)
        return function(X, gamma, beta, mean, var, eps, momentum, training)

    call.__name__ = function.__name__
    return call


def _both(student, reference, case, **options):
    return [_call(one.batch_norm, case, **options) for one in (student, reference)]


def _judge_results(student, reference, case, training=True):
    """Compare Y of three calls on the same moving statistics; these are judged elsewhere."""
    *batches, gamma, beta, mean, var = case
    state = [same_layout(one) for one in (mean, var)]
    exact = [one.double() for one in (mean, var)]

    def ours(X):
        return student.batch_norm(X, gamma, beta, *state, EPS, MOMENTUM, training)

    def theirs(X):
        scale = gamma.double(), beta.double()
        return reference.batch_norm(X, *scale, *exact, EPS, MOMENTUM, training)

    ours.__name__ = "batch_norm"
    for X in batches:
        assert_same(ours, theirs, X, names="X", tolerance=ROUNDED)


def _judge_moving(student, reference, case, modes, momentum, seed):
    """Compare the moving statistics after each of several calls, training and not."""
    *batches, gamma, beta, mean, var = case
    state = [same_layout(one) for one in (mean, var)]
    exact = [one.double() for one in (mean, var)]
    for call, (batch, training) in enumerate(zip(batches, modes, strict=True), 1):
        X = leaf(batch)
        scale = gamma.double(), beta.double()
        reference.batch_norm(batch.double(), *scale, *exact, EPS, momentum, training)
        Y = student.batch_norm(X, gamma, beta, *state, EPS, momentum, training)
        places = [f"{name} after call {call}" for name in ("moving_mean", "moving_var")]
        assert_updated(list(zip(places, state, strict=True)), [one.float() for one in exact])
        if training:  # as a step of training goes on; what comes back is judged elsewhere
            gradient(Y, X, cotangent_like(batch, seed), name="X", function="batch_norm")
        # A graph in the state is judged elsewhere, too: it should not be in the way of the next call.
        state = [same_layout(one) if one.requires_grad else one for one in state]


def _judge_moving_without_eps(student, case, eps):
    """The moving variance is the same whatever eps is; whether it is correct is judged elsewhere."""
    X, gamma, beta, mean, var = case
    found = {}
    for some in (EPS, eps):
        state = [same_layout(one) for one in (mean, var)]
        student.batch_norm(X, gamma, beta, *state, some, MOMENTUM, True)
        found[some] = state[1].detach().float()
    assert_updated([("moving_var", found[eps])], [found[EPS]])


@points(2)
@settings(max_examples=CASES)
@given(case=_cases(MATRICES, calls=3))
def test_training(student, reference, case):
    """Normalizes each column by its batch's mean and variance, in each of three calls."""
    _judge_results(student, reference, case)


@points(1.5)
@settings(max_examples=CASES)
@given(case=_cases(IMAGES, calls=3))
def test_training_images(student, reference, case):
    """Normalizes each channel of images over batch, height and width."""
    _judge_results(student, reference, case)


@points(1.25, needs=test_training)
@settings(max_examples=CASES)
@given(case=_cases(MATRICES, calls=CALLS), modes=MODES, momentum=MOMENTA, seed=seeds())
def test_moving_statistics(student, reference, case, modes, momentum, seed):
    """Updates both moving statistics in place when training, and leaves them alone when not."""
    _judge_moving(student, reference, case, modes, momentum, seed)


@points(0.75, needs=test_training)
@settings(max_examples=CASES)
@given(case=_cases(MATRICES), seed=seeds())
def test_evaluation(student, reference, case, seed):
    """Normalizes by the moving statistics when not training, with gradients."""
    ours, theirs = _both(student, reference, case, training=False)
    assert_same(
        ours,
        theirs,
        *case[:3],
        names=NAMES,
        seed=seed,
        tolerance=ROUNDED,
        gradient_tolerance=ROUNDED,
    )


@points(0.25, needs=test_training_images)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(IMAGES, calls=CALLS), modes=MODES, momentum=MOMENTA, seed=seeds())
def test_moving_images(student, reference, case, modes, momentum, seed):
    """Updates and uses the moving statistics of images, too."""
    _judge_moving(student, reference, case, modes, momentum, seed)
    ours, theirs = _both(student, reference, case, training=False)
    X, gamma, beta = case[0], case[CALLS], case[CALLS + 1]
    assert_same(
        ours,
        theirs,
        X,
        gamma,
        beta,
        names=NAMES,
        seed=seed,
        tolerance=ROUNDED,
        gradient_tolerance=ROUNDED,
    )


@points(0.5, needs=test_training)
@settings(max_examples=CASES)
@given(case=_cases(MATRICES), seed=seeds())
def test_gradient(student, reference, case, seed):
    """Lets gradients flow to X, through mean and variance too, and to gamma and beta."""
    ours, theirs = _both(student, reference, case)
    assert_same_gradient(ours, theirs, *case[:3], names=NAMES, seed=seed, tolerance=ROUNDED)


@points(0.25, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(case=_cases(MATRICES, calls=2), seed=seeds())
def test_state_without_graph(student, case, seed):
    """Leaves moving statistics that don't require grad, however X, gamma and beta do."""
    *batches, gamma, beta, mean, var = case
    state = [same_layout(one) for one in (mean, var)]
    for batch in batches:
        X, *scale = (leaf(one) for one in (batch, gamma, beta))
        Y = student.batch_norm(X, *scale, *state, EPS, MOMENTUM, True)
        for name, one in zip(("moving_mean", "moving_var"), state, strict=True):
            assert_no_graph(one, name)
        gradient(Y, X, cotangent_like(batch, seed), name="X", function="batch_norm")


@points(0.25, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(
    case=_cases(MATRICES, spread=False, dtype=FLOAT64),
    eps=st.sampled_from([0.1, 0.5, 1e-2]),
    training=st.booleans(),
    seed=seeds(),
)
def test_eps(student, reference, case, eps, training, seed):
    """Adds eps to the variance, inside the root; a constant column becomes beta."""
    ours, theirs = _both(student, reference, case, eps=eps, training=training)
    assert_same(ours, theirs, *case[:3], names=NAMES, seed=seed)
    _judge_moving_without_eps(student, case, eps)


@points(0.0625, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(
    case=_cases([*ONE_CHANNEL, *FEW_VALUES]) | _cases(ONE_VALUE, spread=False, dtype=FLOAT64),
    seed=seeds(),
)
def test_single_extents(student, reference, case, seed):
    """Is correct for one channel, and for one or two values a channel."""
    ours, theirs = _both(student, reference, case)
    assert_same(
        ours,
        theirs,
        *case[:3],
        names=NAMES,
        seed=seed,
        tolerance=ROUNDED,
        gradient_tolerance=ROUNDED,
    )


@points(0.0625, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*MATRICES, *IMAGES], dtype=FLOAT64) | _cases(MATRICES), seed=seeds())
def test_dtype(student, reference, case, seed):
    """Keeps float32 and float64, and computes float64 in float64."""
    ours, theirs = _both(student, reference, case)
    assert_dtype_kept(ours, theirs, *case[:3], names=NAMES, seed=seed)


@points(0.0625, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*MATRICES, *IMAGES], strided=True), seed=seeds())
def test_noncontiguous(student, reference, case, seed):
    """Is correct for a transpose and for a slice with a step."""
    ours, theirs = _both(student, reference, case)
    assert_same(
        ours,
        theirs,
        *case[:3],
        names=NAMES,
        seed=seed,
        tolerance=ROUNDED,
        gradient_tolerance=ROUNDED,
    )


@points(0.0625, needs=test_training)
@settings(max_examples=EDGE_CASES)
@given(case=_cases([*MATRICES, *IMAGES]), seed=seeds())
def test_input_unchanged(student, case, seed):
    """Leaves X, gamma and beta as they were, forward and backward."""
    call = _call(student.batch_norm, case)
    assert_input_unchanged(call, *case[:3], names=NAMES, seed=seed)
