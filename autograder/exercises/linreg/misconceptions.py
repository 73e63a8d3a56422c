"""Known wrong implementations of linreg: settings of one body, simplest first, pairs at the end."""

from torch import Tensor

from autograder.checking import mistake


def _linreg(
    X: Tensor,
    w: Tensor,
    b: Tensor,
    *,
    bias: str = "added",
    product: str = "matrix",
    shape: str = "column",
    constant: str = "",
    activation: str = "",
) -> Tensor:
    """X @ w + b; each keyword replaces one ingredient."""
    n, d = X.shape
    X, w, b = (Z.detach() if name in constant else Z for name, Z in zip("Xwb", (X, w, b)))
    if bias == "to inputs":
        X = X + b
    elif bias == "to weights":
        w = w + b
    outputs = {
        "matrix": lambda: X @ w,
        "mean": lambda: X @ w / d,
        "unsummed": lambda: X * w.T,
        "negative": lambda: -X @ w,
        "over examples": lambda: (X * w.T).sum(0, keepdim=True),
        "columns": lambda: (X * w.T).sum(0).reshape(d, 1),
        "rows": lambda: X.sum(1, keepdim=True) * w.sum(),
        "first": lambda: X[:, :1] * w[:1],
        "batch mean": lambda: (X @ w).mean(0, keepdim=True),
    }[product]()
    outputs = {
        "added": lambda: outputs + b,
        "ignored": lambda: outputs,
        "subtracted": lambda: outputs - b,
        "multiplied": lambda: outputs * b,
        "to inputs": lambda: outputs,
        "to weights": lambda: outputs,
        "twice": lambda: outputs + 2 * b,
        "every feature": lambda: outputs + d * b,
        "first": lambda: outputs + b[0],
    }[bias]()
    if activation == "sigmoid":
        outputs = outputs.sigmoid()
    elif activation == "relu":
        outputs = outputs.clamp(min=0)
    return {
        "column": lambda: outputs,
        "flat": lambda: outputs.reshape(n),
        "row": lambda: outputs.T,
        "squeezed": lambda: outputs.squeeze(),
        "total": lambda: outputs.sum(),
    }[shape]()


ignores_bias = mistake(
    _linreg,
    bias="ignored",
    title="leaves the bias out",
    hint="What does a linear model predict where all inputs are 0?",
    source="models in which only the weights are trained, met in threads about a missing intercept",
)
subtracts_bias = mistake(
    _linreg,
    bias="subtracted",
    title="subtracts the bias instead of adding it",
    hint="Set all inputs to 0: the prediction must be b itself.",
    source="mix-up with the threshold of a perceptron, which is subtracted",
)
multiplies_by_bias = mistake(
    _linreg,
    bias="multiplied",
    title="multiplies by the bias instead of adding it",
    hint="Set all inputs to 0: the prediction must be b itself.",
    source="a * in place of a +",
)
adds_bias_to_inputs = mistake(
    _linreg,
    bias="to inputs",
    title="adds the bias to the inputs, before the weights",
    hint="In which order does X @ (w + b) or (X + b) @ w work? The bias is added once, at the end.",
    source="parentheses in the wrong place, from public exercises on vectorization",
)
adds_bias_to_weights = mistake(
    _linreg,
    bias="to weights",
    title="adds the bias to the weights, before the product",
    hint="Set all inputs to 0: the prediction must be b itself. Where do your parentheses stand?",
    source="X @ (w + b), the same slip on the other side",
)
adds_bias_twice = mistake(
    _linreg,
    bias="twice",
    title="adds the bias twice",
    hint="Set all inputs to 0: the prediction must be b itself.",
    source="a bias in the starting value and once more at the end",
)
subtracts_product = mistake(
    _linreg,
    product="negative",
    title="subtracts the product from the bias instead of adding it",
    hint="With positive weights a prediction must grow with its inputs.",
    source="the equation of a plane, w x + b = 0, solved for b",
)
adds_bias_for_every_feature = mistake(
    _linreg,
    bias="every feature",
    title="adds the bias once for every feature",
    hint="An example with d features still has one bias. Where in your loop or sum is b added?",
    source="a sum over features of x * w + b",
)
averages_features = mistake(
    _linreg,
    product="mean",
    title="averages over the features instead of adding up",
    hint="Try one example with two features, both 1, and both weights 1. The product is 2.",
    source="mean in the place of sum",
)
does_not_sum_features = mistake(
    _linreg,
    product="unsummed",
    title="multiplies entry by entry without adding up over the features",
    hint="Compare the shape of your result with (n, 1). Which sum is missing?",
    source="* in place of @, a common mistake of NumPy beginners",
)
sums_over_examples = mistake(
    _linreg,
    product="over examples",
    title="adds up over the examples instead of the features",
    hint="Which dimension of X holds the features of an example?",
    source="sum(0) in place of sum(1)",
)
gives_number_per_feature = mistake(
    _linreg,
    product="columns",
    title="adds up over the examples, and gives a number for each feature",
    hint="Which dimension of X holds the features of an example? Try three examples with two features.",
    source="sum(0) in place of sum(1), reshaped to a column",
)
sums_before_multiplying = mistake(
    _linreg,
    product="rows",
    title="adds up inputs and weights before multiplying them",
    hint="Each feature has a weight of its own: multiply first, then add up.",
    source="X.sum() * w.sum(), from beginners' threads about dot products",
)
uses_first_feature = mistake(
    _linreg,
    product="first",
    title="looks at the first feature alone",
    hint="Change the second column of X. Does your prediction change?",
    source="simple regression y = w x + b carried over to many features",
)
averages_examples = mistake(
    _linreg,
    product="batch mean",
    title="gives one prediction for all examples together",
    hint="Every row of X is an example and has a prediction of its own: (n, 1).",
    source="a reduction over the batch that belongs in the loss",
)
flattens = mistake(
    _linreg,
    shape="flat",
    title="returns shape (n,) instead of (n, 1)",
    hint="A vector of labels (n,) and a column (n, 1) broadcast to (n, n). Print your result's shape.",
    source="weights of shape (d,), as in the book's first edition and many repositories",
)
returns_row = mistake(
    _linreg,
    shape="row",
    title="returns a row of shape (1, n) instead of a column",
    hint="Which of the two orders, X times w or w times X, gives one row for each example?",
    source="w.T @ X.T, the convention of courses that keep examples in columns",
)
squeezes = mistake(
    _linreg,
    shape="squeezed",
    title="squeezes dimensions of length 1 out of the result",
    hint="squeeze() removes every dimension of length 1. What shape is left for one example?",
    source="squeeze() against a warning about shapes",
)
adds_up_examples = mistake(
    _linreg,
    shape="total",
    title="adds up the predictions of all examples",
    hint="Every row of X is an example and has a prediction of its own: (n, 1).",
    source="sum() without a dimension",
)
applies_sigmoid = mistake(
    _linreg,
    activation="sigmoid",
    title="squeezes the predictions between 0 and 1",
    hint="Linear regression predicts any number. Which function did you apply at the end?",
    source="mix-up with logistic regression",
)
applies_relu = mistake(
    _linreg,
    activation="relu",
    title="cuts negative predictions off at 0",
    hint="Linear regression predicts negative numbers, too. What do you apply at the end?",
    source="a layer of a neural network with its activation",
)
indexes_bias = mistake(
    _linreg,
    bias="first",
    title="takes the first entry of the bias, which a bias without dimensions does not have",
    hint="The bias may have shape (1,) or (). Which operation works for both without an index?",
    source="b[0], from scripts in which b is a list",
)
bias_constant = mistake(
    _linreg,
    constant="b",
    title="cuts the gradient of the bias",
    hint="float(b) and b.item() are numbers: autograd cannot follow them.",
    source="b.item(), from threads about gradients that are None",
)
weights_constant = mistake(
    _linreg,
    constant="w",
    title="cuts the gradient of the weights",
    hint="Which step leaves autograd: .data, .detach(), NumPy, torch.tensor(...)?",
    source="w.data or torch.tensor(w), from threads about weights that do not learn",
)
inputs_constant = mistake(
    _linreg,
    constant="X",
    title="cuts the gradient of the inputs",
    hint="The inputs of a layer may be another layer's outputs. Is X detached on its way?",
    source="torch.tensor(X) or X.data, from threads about gradients of inputs",
)

PAIRS = [
    ("ignores_bias", "flattens"),
    ("does_not_sum_features", "ignores_bias"),
    ("subtracts_bias", "flattens"),
    ("averages_features", "flattens"),
    ("indexes_bias", "flattens"),
]
