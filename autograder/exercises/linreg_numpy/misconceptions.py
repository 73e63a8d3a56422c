"""Known wrong implementations of linreg in NumPy: settings of one body, simplest first, and pairs."""

import numpy as np

from autograder.checking import mistake

Array = np.ndarray


def _linreg(
    X: Array,
    w: Array,
    b: Array,
    *,
    bias: str = "added",
    product: str = "matrix",
    shape: str = "column",
) -> Array:
    """X @ w + b; each keyword replaces one ingredient."""
    n, d = X.shape
    if bias == "to inputs":
        X = X + b
    elif bias == "to weights":
        w = w + b
    outputs = {
        "matrix": lambda: X @ w,
        "mean": lambda: (X * w.T).mean(axis=1, keepdims=True),
        "unsummed": lambda: X * w.T,
        "negative": lambda: -X @ w,
        "over examples": lambda: (X * w.T).sum(axis=0, keepdims=True),
        "over examples, flat": lambda: (X * w.T).sum(axis=0),
        "everything, alone": lambda: (X * w.T).sum(),
        "everything": lambda: (X * w.T).sum() * np.ones((n, 1), X.dtype),
        "first": lambda: X[:, :1] * w[:1],
        "transposed": lambda: X.T @ w,
    }[product]()
    outputs = {
        "added": lambda: outputs + b,
        "ignored": lambda: outputs,
        "subtracted": lambda: outputs - b,
        "multiplied": lambda: outputs * b,
        "to inputs": lambda: outputs,
        "to weights": lambda: outputs,
        "every feature": lambda: outputs + d * b,
        "first": lambda: outputs + b[0],
    }[bias]()
    return {
        "column": lambda: outputs,
        "flat": lambda: outputs.ravel(),
        "row": lambda: outputs.T,
        "squeezed": lambda: outputs.squeeze(),
    }[shape]()


ignores_bias = mistake(
    _linreg,
    bias="ignored",
    title="leaves the bias out",
    hint="What does a linear model predict where all inputs are 0?",
    source="np.dot alone, from threads about a line that always passes through the origin",
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
    hint="The bias is added once, at the end. Where do your parentheses stand?",
    source="np.dot(X + b, w), parentheses in the wrong place",
)
adds_bias_to_weights = mistake(
    _linreg,
    bias="to weights",
    title="adds the bias to the weights, before the product",
    hint="Set all inputs to 0: the prediction must be b itself. Where do your parentheses stand?",
    source="np.dot(X, w + b), the same slip on the other side",
)
adds_bias_for_every_feature = mistake(
    _linreg,
    bias="every feature",
    title="adds the bias once for every feature",
    hint="An example with d features still has one bias. Where in your loop or sum is b added?",
    source="a sum over features of x * w + b",
)
subtracts_product = mistake(
    _linreg,
    product="negative",
    title="subtracts the product from the bias instead of adding it",
    hint="With positive weights a prediction must grow with its inputs.",
    source="the equation of a plane, w x + b = 0, solved for b",
)
averages_features = mistake(
    _linreg,
    product="mean",
    title="averages over the features instead of adding up",
    hint="Try one example with two features, both 1, and both weights 1. The product is 2.",
    source="np.mean in the place of np.sum",
)
does_not_sum_features = mistake(
    _linreg,
    product="unsummed",
    title="multiplies entry by entry without adding up over the features",
    hint="Compare the shape of your result with (n, 1). Which sum is missing?",
    source="X * w.T in place of X @ w: * is no matrix product in NumPy",
)
sums_over_examples = mistake(
    _linreg,
    product="over examples",
    title="adds up over the examples instead of the features",
    hint="Which axis of X holds the features of an example?",
    source="axis=0 in place of axis=1",
)
sums_everything = mistake(
    _linreg,
    product="everything",
    title="adds up over the examples as well as over the features",
    hint="np.sum without an axis adds all entries. Which axis holds the features of an example?",
    source="np.sum(X * w.T) without an axis",
)
sums_over_examples_flat = mistake(
    _linreg,
    product="over examples, flat",
    title="adds up over the examples instead of the features",
    hint="Which axis of X holds the features of an example?",
    source="axis=0 in place of axis=1, without keepdims",
)
sums_to_one_number = mistake(
    _linreg,
    product="everything, alone",
    title="adds up over the examples as well as over the features",
    hint="np.sum without an axis adds all entries. Which axis holds the features of an example?",
    source="np.sum(X * w.T) + b",
)
uses_first_feature = mistake(
    _linreg,
    product="first",
    title="looks at the first feature alone",
    hint="Change the second column of X. Does your prediction change?",
    source="simple regression y = w x + b carried over to many features",
)
transposes_inputs = mistake(
    _linreg,
    product="transposed",
    title="transposes the inputs",
    hint="Print the shapes of X and w. Which of the products has one row for each example?",
    source="np.dot(X.T, w), from courses that keep examples in columns",
)
flattens = mistake(
    _linreg,
    shape="flat",
    title="returns shape (n,) instead of (n, 1)",
    hint="A vector of labels (n,) and a column (n, 1) broadcast to (n, n). Print your result's shape.",
    source="weights of shape (d,), as in many repositories",
)
returns_row = mistake(
    _linreg,
    shape="row",
    title="returns a row of shape (1, n) instead of a column",
    hint="Which of the two orders, X times w or w times X, gives one row for each example?",
    source="np.dot(w.T, X.T), the convention of courses that keep examples in columns",
)
squeezes = mistake(
    _linreg,
    shape="squeezed",
    title="squeezes dimensions of length 1 out of the result",
    hint="np.squeeze removes every dimension of length 1. What shape is left for one example?",
    source="np.squeeze against an error about shapes",
)
indexes_bias = mistake(
    _linreg,
    bias="first",
    title="takes the first entry of the bias, which a bias without dimensions does not have",
    hint="The bias may have shape (1,) or (). Which operation works for both without an index?",
    source="b[0], from scripts in which b is a list",
)

PAIRS = [
    ("ignores_bias", "flattens"),
    ("does_not_sum_features", "ignores_bias"),
    ("subtracts_bias", "flattens"),
    ("averages_features", "flattens"),
]
