"""Known wrong implementations of normal_equation in NumPy: settings of one body, and pairs at the end."""

import numpy as np

from autograder.checking import mistake

Array = np.ndarray


def _solution(A: Array, b: Array) -> Array:
    """The least squares solution: a matrix that has no inverse must not end a known mistake."""
    U, S, Vh = np.linalg.svd(A, full_matrices=False)
    inverse = np.where(S > 1e-12 * S.max(), 1 / np.where(S == 0, 1, S), 0)
    return Vh.T @ (inverse[:, None] * (U.T @ b))


def _by_svd(X: Array, y: Array, *, power: int = 1, transposes: bool = True) -> Array:
    U, S, Vh = np.linalg.svd(X, full_matrices=False)
    return (Vh.T if transposes else Vh) @ ((U.T @ y) / S[:, None] ** power)


def _normal_equation(
    X: Array,
    y: Array,
    *,
    inputs: str = "as given",
    gram: str = "full",
    ridge: float = 0.0,
    solve: str = "solve",
    steps: int = 50,
    precision: type = np.float64,
    shape: str = "column",
    factor: float = 1.0,
) -> Array:
    """The solution of X'X w = X'y, in float64; each keyword replaces one ingredient."""
    dtype, n = X.dtype, len(X)
    X, y = X.astype(precision), y.astype(precision)
    ones: Array = np.ones((n, 1), precision)
    X, y = {
        "as given": lambda: (X, y),
        "bias first": lambda: (np.hstack([ones, X]), y),
        "bias last": lambda: (np.hstack([X, ones]), y),
        "labels centered": lambda: (X, y - y.mean(axis=0)),
        "normalized": lambda: (X / np.sqrt((X**2).sum(axis=0)), y),
        "first rows": lambda: (X[: X.shape[1]], y[: X.shape[1]]),
    }[inputs]()
    eye: Array = np.eye(X.shape[1], dtype=precision)
    G = X.T @ X
    G = {
        "full": lambda: G,
        "diagonal": lambda: G * eye,
        "mean": lambda: G / n,
    }[gram]()
    G = G + ridge * eye
    right = X.T @ y
    w = {
        "solve": lambda: _solution(G, right),
        "none": lambda: right,
        "multiply": lambda: G @ right,
        "entries": lambda: (1 / G) @ right,
        "elementwise": lambda: (_solution(G, eye) * right.T).sum(axis=0, keepdims=True).T,
        "one step": lambda: right / n,
        "descent": lambda: _descend(X, y, steps),
        "square": lambda: np.linalg.solve(X, y),
        "entry by entry": lambda: _solution(G, eye) * right,
        "squared singular values": lambda: _by_svd(X, y, power=2),
        "factor not transposed": lambda: _by_svd(X, y, transposes=False),
    }[solve]()
    w = factor * w
    return {
        "column": lambda: w,
        "without bias": lambda: w[1:],
        "flat": lambda: w.ravel(),
        "row": lambda: w.T,
        "predictions": lambda: X @ w,
    }[shape]().astype(dtype)


def _descend(X: Array, y: Array, steps: int) -> Array:
    w = np.zeros((X.shape[1], 1))
    for _ in range(steps):
        w = w - 0.01 * X.T @ (X @ w - y) / len(X)
    return w


forgets_gram = mistake(
    _normal_equation,
    solve="none",
    title="returns X'y, without solving for the weights",
    hint="X'y equals X'X times the weights. How do you get rid of X'X?",
    source="the inverse left out; met in discussions of textbook typos around this formula",
)
multiplies_by_gram = mistake(
    _normal_equation,
    solve="multiply",
    title="multiplies by X'X instead of by its inverse",
    hint="Multiply your result by X'X: do you get X'y back?",
    source="the exponent -1 overlooked",
)
inverts_entries = mistake(
    _normal_equation,
    solve="entries",
    title="takes the reciprocal of every entry of X'X instead of the inverse matrix",
    hint="Is 1 / A the inverse of a matrix A? Multiply the two.",
    source="** -1.0 or 1 / on an array, from beginners' threads",
)
multiplies_elementwise = mistake(
    _normal_equation,
    solve="elementwise",
    title="multiplies the inverse of X'X entry by entry, and adds up over the rows",
    hint="* is no matrix product in NumPy. Which entries of the inverse belong to one weight?",
    source="np.linalg.inv(A) * b with a sum over the wrong axis",
)
features_apart = mistake(
    _normal_equation,
    gram="diagonal",
    title="fits every feature on its own",
    hint="Where two features are related, their weights have to share. Which entries of X'X say so?",
    source="simple regression repeated a column at a time",
)
averages_gram = mistake(
    _normal_equation,
    gram="mean",
    title="divides X'X by n, but not X'y",
    hint="A factor 1/n may stand on both sides or on neither.",
    source="np.cov on one side of the equation only",
)
one_gradient_step = mistake(
    _normal_equation,
    solve="one step",
    title="takes one step of gradient descent from zero",
    hint="Is the gradient at your weights zero? Compute X'(Xw - y).",
    source="the gradient mistaken for the solution",
)
stops_early = mistake(
    _normal_equation,
    solve="descent",
    title="stops gradient descent long before it has converged",
    hint="Is the gradient at your weights zero? Compute X'(Xw - y). There is a direct way.",
    source="iterative answers to the closed-form exercise, in public repositories",
)
stops_later = mistake(
    _normal_equation,
    solve="descent",
    steps=100,
    title="stops gradient descent before it has converged",
    hint="Is the gradient at your weights zero? Compute X'(Xw - y). There is a direct way.",
    source="iterative answers to the closed-form exercise, with 100 steps of 0.01",
)
stops_after_500 = mistake(
    _normal_equation,
    solve="descent",
    steps=500,
    title="stops gradient descent before it has converged",
    hint="Is the gradient at your weights zero? Compute X'(Xw - y). There is a direct way.",
    source="iterative answers to the closed-form exercise, with 500 steps of 0.01",
)
stops_after_1000 = mistake(
    _normal_equation,
    solve="descent",
    steps=1000,
    title="stops gradient descent before it has converged",
    hint="Is the gradient at your weights zero? Compute X'(Xw - y). There is a direct way.",
    source="iterative answers to the closed-form exercise, with 1,000 steps of 0.01",
)
squares_singular_values = mistake(
    _normal_equation,
    solve="squared singular values",
    title="divides by the squares of the singular values",
    hint="Put X = U S V' into the normal equation: which power of S is left when U'U has gone?",
    source="the eigenvalues of X'X taken for the singular values of X",
)
keeps_factor_transposed = mistake(
    _normal_equation,
    solve="factor not transposed",
    title="multiplies by V' where V is needed",
    hint="What does svd return as its third result: V, or its transpose?",
    source="U, S, V = svd(X), as MATLAB returns them",
)
solves_first_rows_or_raises = mistake(
    _normal_equation,
    inputs="first rows",
    solve="square",
    title="looks at the first d examples alone, and fails where these have no solution",
    hint="Change the last example. Do your weights change?",
    source="solve() of the first rows, because it needs a square matrix",
)
multiplies_to_a_matrix = mistake(
    _normal_equation,
    solve="entry by entry",
    title="multiplies the inverse of X'X entry by entry with X'y, which gives a matrix",
    hint="* is no matrix product. What shape has the product of a (d, d) and a (d, 1) matrix?",
    source="inv(A) * b",
)
regularizes = mistake(
    _normal_equation,
    ridge=1.0,
    title="adds the identity to X'X, which shrinks the weights",
    hint="Take one feature, 1, and one label, 1. The weight must be 1.",
    source="ridge regression carried over",
)
regularizes_by_a_tenth = mistake(
    _normal_equation,
    ridge=0.1,
    title="adds a small multiple of the identity to X'X",
    hint="The columns of X are independent, so X'X has an inverse. How small may its eigenvalues be?",
    source="ridge regression with a strength of 0.1, or an epsilon as large against singular matrices",
)
regularizes_by_a_hundredth = mistake(
    _normal_equation,
    ridge=0.01,
    title="adds a small multiple of the identity to X'X",
    hint="The columns of X are independent, so X'X has an inverse. How small may its eigenvalues be?",
    source="ridge regression with a strength of 0.01, or an epsilon as large against singular matrices",
)
regularizes_by_a_thousandth = mistake(
    _normal_equation,
    ridge=1e-3,
    title="adds a small multiple of the identity to X'X",
    hint="The columns of X are independent, so X'X has an inverse. How small may its eigenvalues be?",
    source="ridge regression with a strength of 1e-3, or an epsilon as large against singular matrices",
)
regularizes_slightly = mistake(
    _normal_equation,
    ridge=1e-6,
    title="adds a small multiple of the identity to X'X",
    hint="The columns of X are independent, so X'X has an inverse. How small may its eigenvalues be?",
    source="an epsilon against LinAlgError: Singular matrix, recommended in threads",
)
computes_in_float32 = mistake(
    _normal_equation,
    precision=np.float32,
    title="computes float64 inputs in float32",
    hint="Which call turns float64 into float32 on the way?",
    source="astype(np.float32) at the start, and back at the end",
)
adds_bias_first = mistake(
    _normal_equation,
    inputs="bias first",
    title="adds a column of ones in front of X",
    hint="The contract asks for d weights. Who adds a column of ones, you or the caller?",
    source="np.c_[np.ones(n), X], from textbooks that prepend the bias",
)
adds_bias_last = mistake(
    _normal_equation,
    inputs="bias last",
    title="adds a column of ones behind X",
    hint="The contract asks for d weights. Who adds a column of ones, you or the caller?",
    source="textbooks that append the bias to X",
)
fits_hidden_bias = mistake(
    _normal_equation,
    inputs="bias first",
    shape="without bias",
    title="fits a bias and keeps it back, so that the weights are those of another model",
    hint="Is X'(Xw - y) zero for your weights? The model here has no bias.",
    source="the bias dropped from the result to get the shape (d, 1)",
)
centers_labels = mistake(
    _normal_equation,
    inputs="labels centered",
    title="subtracts the mean of the labels first",
    hint="The model here has no bias that could make up for what you subtract.",
    source="preprocessing of courses that have a bias",
)
normalizes_columns = mistake(
    _normal_equation,
    inputs="normalized",
    title="scales the columns of X to length 1 and does not scale the weights back",
    hint="Multiply a column by 10: its weight must become a tenth.",
    source="normalization as in gradient descent courses",
)
solves_first_rows = mistake(
    _normal_equation,
    inputs="first rows",
    title="looks at the first d examples alone",
    hint="Change the last example. Do your weights change?",
    source="np.linalg.solve needs a square matrix, so the rest was cut off",
)
flips_sign = mistake(
    _normal_equation,
    factor=-1.0,
    title="has the wrong sign",
    hint="Take one feature, 1, and one label, 1. The weight must be 1.",
    source="the gradient set to zero with a sign lost on the way",
)
halves_weights = mistake(
    _normal_equation,
    factor=0.5,
    title="returns half of the weights",
    hint="The factor 2 of the derivative stands on both sides. Does it cancel in your formula?",
    source="2 X'X w = X'y, a slip in the derivation",
)
flattens = mistake(
    _normal_equation,
    shape="flat",
    title="returns shape (d,) instead of (d, 1)",
    hint="Compare the shape of your result with that of w in `linreg`.",
    source="labels raveled to a vector",
)
returns_row = mistake(
    _normal_equation,
    shape="row",
    title="returns a row of shape (1, d) instead of a column",
    hint="Compare the shape of your result with that of w in `linreg`.",
    source="y.T @ X, from books that keep weights as rows",
)
returns_predictions = mistake(
    _normal_equation,
    shape="predictions",
    title="returns the predictions of the fitted model instead of its weights",
    hint="How many numbers does your result hold, one for each example or one for each feature?",
    source="fit and predict in one function",
)

PAIRS = [
    ("forgets_gram", "flattens"),
    ("adds_bias_first", "flattens"),
    ("regularizes", "flattens"),
    ("features_apart", "flattens"),
]
