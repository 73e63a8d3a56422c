"""Known wrong implementations of squared_loss: settings of one body, simplest first, pairs at the end."""

from torch import Tensor

from autograder.checking import mistake


def _squared_loss(
    y_hat: Tensor,
    y: Tensor,
    *,
    labels: str = "reshaped",
    error: str = "squared",
    factor: str = "half",
    result: str = "losses",
    constant: str = "",
) -> Tensor:
    """(y_hat - y)**2 / 2, example by example; each keyword replaces one ingredient."""
    n = len(y_hat)
    y_hat, y = (
        y_hat.detach() if "y_hat" in constant else y_hat,
        y.detach() if "labels" in constant else y,
    )
    if labels == "column in place":
        y.data = y.data.reshape(y_hat.shape)
    elif labels == "reshaped":
        y = y.reshape(y_hat.shape)
    elif labels == "prediction reshaped":
        y_hat = y_hat.reshape(y.shape)
    elif labels == "flattened":
        y_hat, y = y_hat.reshape(n), y.reshape(n)
    elif labels == "all pairs":
        y = y.reshape(1, n)
    difference = y_hat - y
    losses = {
        "squared": lambda: difference**2,
        "absolute": lambda: difference.abs(),
        "plain": lambda: difference,
        "cubed": lambda: difference**3,
        "difference of squares": lambda: y_hat**2 - y**2,
        "labels squared": lambda: y_hat - y**2,
        "relative": lambda: (difference / y) ** 2,
        "huber": lambda: (difference**2).where(difference.abs() <= 1, 2 * difference.abs() - 1),
        "root": lambda: (difference**2 / n).sqrt(),
        "sum": lambda: (y_hat + y) ** 2,
    }[error]()
    losses = (
        losses
        * {"half": 0.5, "none": 1, "quarter": 0.25, "double": 2, "half over n": 0.5 / n}[factor]
    )
    return {
        "losses": lambda: losses,
        "mean": lambda: losses.mean(),
        "sum": lambda: losses.sum(),
        "row mean": lambda: losses.mean(1, keepdim=True),
        "column mean": lambda: losses.mean(0, keepdim=True),
    }[result]()


forgets_half = mistake(
    _squared_loss,
    factor="none",
    title="leaves out the factor 1/2",
    hint="A prediction that is 1 too large must cost 1/2. What does yours cost?",
    source="other courses' definition; asked in threads about losses that differ by a factor of 2",
)
doubles = mistake(
    _squared_loss,
    factor="double",
    title="multiplies by 2 instead of dividing",
    hint="A prediction that is 1 too large must cost 1/2. What does yours cost?",
    source="the 2 of the derivative kept in the loss",
)
halves_error = mistake(
    _squared_loss,
    factor="quarter",
    title="halves the error before squaring it",
    hint="Does your 1/2 stand inside the square or outside?",
    source="parentheses in the wrong place",
)
divides_by_n = mistake(
    _squared_loss,
    factor="half over n",
    title="divides every loss by the number of examples",
    hint="The optimizer divides by the batch size later. What does a single loss have to do with n?",
    source="1/(2n) of a mean kept where one loss per example is asked",
)
averages = mistake(
    _squared_loss,
    result="mean",
    title="returns the mean of the losses instead of one loss for each example",
    hint="Compare the shape of your result with (n, 1).",
    source="the default reduction of the frameworks' own loss",
)
adds_up = mistake(
    _squared_loss,
    result="sum",
    title="returns the sum of the losses instead of one loss for each example",
    hint="Compare the shape of your result with (n, 1).",
    source="a reader's pull request to the book that added the sum, and was reverted",
)
averages_to_one_row = mistake(
    _squared_loss,
    result="column mean",
    title="returns one loss for the whole batch, of shape (1, 1)",
    hint="Over which dimension do you average? Every example has a loss of its own.",
    source="mean(0), met where examples and features are mixed up",
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
cubes = mistake(
    _squared_loss,
    error="cubed",
    title="raises the error to the third power",
    hint="Double an error: by which factor must its loss grow?",
    source="a slip in the exponent",
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
relative_error = mistake(
    _squared_loss,
    error="relative",
    title="divides the error by the label",
    hint="Move prediction and label by the same amount: the loss must stay the same.",
    source="mix-up with the relative error of the book's house prices",
)
linear_beyond_one = mistake(
    _squared_loss,
    error="huber",
    title="grows only linearly where the error exceeds 1",
    hint="Try an error of 3: its loss must be 4.5.",
    source="mix-up with the Huber loss",
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
averages_all_pairs = mistake(
    _squared_loss,
    labels="as given",
    result="row mean",
    title="averages over the labels of other examples when the labels have shape (n,)",
    hint="What is the shape of a column (n, 1) minus a vector (n,)? Print it before you reduce it.",
    source="a mean over dimension 1 that hides broadcasting",
)
returns_labels_shape = mistake(
    _squared_loss,
    labels="prediction reshaped",
    title="returns the shape of the labels instead of that of the predictions",
    hint="Which of the two did you reshape? The result has one row for each row of y_hat.",
    source="the reshape of the book the other way round",
)
reshapes_labels = mistake(
    _squared_loss,
    labels="column in place",
    title="gives the caller's labels another shape",
    hint="Print y.shape before and after the call. Which methods change the tensor itself?",
    source="y.unsqueeze_(1) or y.resize_(...), whose names end in an underscore",
)
flattens = mistake(
    _squared_loss,
    labels="flattened",
    title="returns shape (n,) instead of (n, 1)",
    hint="The result has the shape of y_hat. Where did the second dimension go?",
    source="both sides flattened or squeezed before the difference",
)
predictions_constant = mistake(
    _squared_loss,
    constant="y_hat",
    title="cuts the gradient of the predictions",
    hint="Which step leaves autograd: .data, .item(), .detach(), NumPy, torch.tensor(...)?",
    source=".detach() or NumPy on the predictions, from threads about models that do not learn",
)
labels_constant = mistake(
    _squared_loss,
    constant="labels",
    title="cuts the gradient of the labels",
    hint="torch.tensor(y) and y.detach() make a constant. What keeps y as it is, in another shape?",
    source="torch.tensor(y) or y.data",
)

PAIRS = [
    ("forgets_half", "averages"),
    ("forgets_half", "compares_all_pairs"),
    ("forgets_half", "flattens"),
    ("averages", "compares_all_pairs"),
    ("absolute_error", "averages"),
]
