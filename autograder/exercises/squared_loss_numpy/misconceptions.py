"""Known wrong implementations of squared_loss in NumPy: settings of one body, simplest first, and pairs."""

import warnings

import numpy as np

from autograder.checking import mistake

Array = np.ndarray


def _set_shape(y: Array, shape: tuple[int, ...]) -> None:
    """Give the caller's array itself another shape; NumPy 2.5 warns of the assignment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        y.shape = shape


def _squared_loss(
    y_hat: Array,
    y: Array,
    *,
    labels: str = "reshaped",
    error: str = "squared",
    factor: float = 0.5,
    result: str = "losses",
) -> Array:
    """(y_hat - y)**2 / 2, example by example; each keyword replaces one ingredient."""
    n, dtype = len(y_hat), y_hat.dtype
    if labels == "reshaped":
        y = y.reshape(y_hat.shape)
    elif labels == "reshaped in place":
        _set_shape(y, y_hat.shape)
    elif labels == "prediction reshaped":
        y_hat = y_hat.reshape(y.shape)
    elif labels == "flattened":
        y_hat, y = y_hat.ravel(), y.ravel()
    elif labels == "all pairs":
        y = y.reshape(1, n)
    difference = y_hat - y
    losses = {
        "squared": lambda: difference**2,
        "absolute": lambda: np.abs(difference),
        "plain": lambda: difference,
        "power of two": lambda: 2**difference,
        "difference of squares": lambda: y_hat**2 - y**2,
        "labels squared": lambda: y_hat - y**2,
        "sum": lambda: (y_hat + y) ** 2,
        "inner": lambda: difference.T @ difference,
        "root": lambda: np.sqrt(difference**2 / n),
        "doubled": lambda: 2 * difference,
        "floor": lambda: difference**2 // 2 * 2,
        "too large": lambda: np.maximum(difference, 0) ** 2,
        "labels halved": lambda: 2 * (y_hat - y / 2) ** 2,
    }[error]()
    losses = (losses * factor).astype(dtype)
    return {
        "losses": lambda: losses,
        "over n": lambda: losses / dtype.type(n),
        "mean": lambda: np.array(losses.mean()),
        "sum": lambda: np.array(losses.sum()),
        "one row": lambda: losses.mean(axis=0, keepdims=True),
    }[result]()


forgets_half = mistake(
    _squared_loss,
    factor=1.0,
    title="leaves out the factor 1/2",
    hint="A prediction that is 1 too large must cost 1/2. What does yours cost?",
    source="other courses' definition; asked in threads about losses that differ by a factor of 2",
)
doubles = mistake(
    _squared_loss,
    factor=2.0,
    title="multiplies by 2 instead of dividing",
    hint="A prediction that is 1 too large must cost 1/2. What does yours cost?",
    source="the 2 of the derivative kept in the loss",
)
halves_error = mistake(
    _squared_loss,
    factor=0.25,
    title="halves the error before squaring it",
    hint="Does your 1/2 stand inside the square or outside?",
    source="parentheses in the wrong place",
)
divides_by_n = mistake(
    _squared_loss,
    result="over n",
    title="divides every loss by the number of examples",
    hint="The optimizer divides by the batch size later. What does a single loss have to do with n?",
    source="1/(2n) of a mean kept where one loss per example is asked",
)
averages = mistake(
    _squared_loss,
    result="mean",
    title="returns the mean of the losses instead of one loss for each example",
    hint="Compare the shape of your result with (n, 1).",
    source="np.mean, as in the cost function of a well-known course",
)
adds_up = mistake(
    _squared_loss,
    result="sum",
    title="returns the sum of the losses instead of one loss for each example",
    hint="Compare the shape of your result with (n, 1).",
    source="np.sum, as in the cost function of a well-known course",
)
averages_to_one_row = mistake(
    _squared_loss,
    result="one row",
    title="returns one loss for the whole batch, of shape (1, 1)",
    hint="Over which axis do you average? Every example has a loss of its own.",
    source="mean over axis 0, met where examples and features are mixed up",
)
inner_product = mistake(
    _squared_loss,
    error="inner",
    title="multiplies the column of errors with itself, which adds up over the examples",
    hint="What is the shape of e.T @ e for a column e? The result has one row for each example.",
    source="np.dot(error.T, error), from vectorized cost functions",
)
absolute_error = mistake(
    _squared_loss,
    error="absolute",
    title="takes the absolute value of the error instead of its square",
    hint="Double an error: by which factor must its loss grow?",
    source="mix-up with the L1 loss",
)
forgets_square = mistake(
    _squared_loss,
    error="plain",
    title="does not square the error",
    hint="Can your loss be negative? Then a bad prediction could look better than a perfect one.",
    source="the square forgotten, met in beginners' notebooks",
)
power_of_two = mistake(
    _squared_loss,
    error="power of two",
    title="raises 2 to the power of the error",
    hint="np.power takes the base first and then the exponent. What does a perfect prediction cost?",
    source="np.power(2, error), arguments swapped",
)
doubles_error = mistake(
    _squared_loss,
    error="doubled",
    title="multiplies the error by 2 instead of squaring it",
    hint="What does an error of 3 cost? In Python the power is `**`; `*` multiplies.",
    source="* 2 in the place of ** 2",
)
rounds_down = mistake(
    _squared_loss,
    error="floor",
    title="rounds every loss down to a whole number",
    hint="What is 3 // 2 in Python, and what is 3 / 2?",
    source="// for /",
)
counts_too_large_alone = mistake(
    _squared_loss,
    error="too large",
    title="gives predictions that are too small a loss of 0",
    hint="Swap prediction and label: the loss must stay the same.",
    source="a hinge, or a clip that was meant for the loss",
)
halves_labels = mistake(
    _squared_loss,
    error="labels halved",
    title="halves the labels instead of the square",
    hint="Which operation does Python do first in a - b / 2? Where should the 1/2 stand?",
    source="parentheses that are missing or in the wrong place",
)
subtracts_squares = mistake(
    _squared_loss,
    error="difference of squares",
    title="squares predictions and labels before subtracting them",
    hint="Is a² - b² the same as (a - b)²? Try a = 1, b = 2.",
    source="the square distributed over the difference",
)
squares_labels = mistake(
    _squared_loss,
    error="labels squared",
    title="squares the labels alone",
    hint="Which operation does Python do first in a - b**2?",
    source="missing parentheses around the difference",
)
adds_labels = mistake(
    _squared_loss,
    error="sum",
    title="adds the labels instead of subtracting them",
    hint="What does a perfect prediction cost in your function?",
    source="a slip of the sign",
)
takes_root = mistake(
    _squared_loss,
    error="root",
    title="takes a square root",
    hint="The root belongs to the root mean squared error, which a report shows. Is it asked here?",
    source="mix-up with the root mean squared error",
)
compares_all_pairs = mistake(
    _squared_loss,
    labels="as given",
    title="compares every prediction with every label when the labels have shape (n,)",
    hint="What is the shape of a column (n, 1) minus a vector (n,)? Print it.",
    source="broadcasting, reported against several frameworks and books",
)
always_compares_all_pairs = mistake(
    _squared_loss,
    labels="all pairs",
    title="compares every prediction with every label",
    hint="A column minus a row is a matrix. What are the two shapes that you subtract?",
    source="labels reshaped to a row, or transposed",
)
returns_labels_shape = mistake(
    _squared_loss,
    labels="prediction reshaped",
    title="returns the shape of the labels instead of that of the predictions",
    hint="Which of the two did you reshape? The result has one row for each row of y_hat.",
    source="the reshape of the book the other way round",
)
changes_shape = mistake(
    _squared_loss,
    labels="reshaped in place",
    title="gives the caller's labels another shape",
    hint="Print y.shape before and after the call. What does an assignment to it do to the array?",
    source="y.shape = (n, 1), or resize(), in the place of reshape()",
)
flattens = mistake(
    _squared_loss,
    labels="flattened",
    title="returns shape (n,) instead of (n, 1)",
    hint="The result has the shape of y_hat. Where did the second dimension go?",
    source="both sides flattened before the difference",
)

PAIRS = [
    ("forgets_half", "averages"),
    ("forgets_half", "compares_all_pairs"),
    ("forgets_half", "flattens"),
    ("absolute_error", "averages"),
]
