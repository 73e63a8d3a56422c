"""Known wrong implementations of normal_equation: settings of one body, simplest first, pairs at the end."""

import torch
from torch import Tensor

from autograder.checking import mistake


def _solution(G: Tensor, right: Tensor) -> Tensor:
    """As students solve it; a matrix that has no inverse must not end a known mistake."""
    try:
        return torch.linalg.solve(G, right)
    except RuntimeError:
        return torch.linalg.pinv(G) @ right


def _by_svd(X: Tensor, y: Tensor, *, power: int = 1, transposes: bool = True) -> Tensor:
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    return (Vh.T if transposes else Vh) @ ((U.T @ y) / S[:, None] ** power)


def _normal_equation(
    X: Tensor,
    y: Tensor,
    *,
    inputs: str = "as given",
    gram: str = "full",
    ridge: float = 0.0,
    solve: str = "solve",
    steps: int = 50,
    precision: torch.dtype | None = None,
    shape: str = "column",
    factor: str = "one",
) -> Tensor:
    """The solution of X'X w = X'y; each keyword replaces one ingredient."""
    dtype, n = X.dtype, len(X)
    if precision is not None:
        X, y = X.to(precision), y.to(precision)
    ones = torch.ones(n, 1, dtype=X.dtype)
    X, y = {
        "as given": lambda: (X, y),
        "bias first": lambda: (torch.cat([ones, X], 1), y),
        "bias last": lambda: (torch.cat([X, ones], 1), y),
        "centered": lambda: (X - X.mean(0), y - y.mean(0)),
        "labels centered": lambda: (X, y - y.mean(0)),
        "normalized": lambda: (X / X.norm(dim=0), y),
        "first rows": lambda: (X[: X.shape[1]], y[: X.shape[1]]),
    }[inputs]()
    eye = torch.eye(X.shape[1], dtype=X.dtype)
    G = X.T @ X
    G = {
        "full": lambda: G,
        "diagonal": lambda: G * eye,
        "mean": lambda: G / n,
        "upper": lambda: G.triu(),
    }[gram]()
    G = G + ridge * eye
    right = X.T @ y
    w = {
        "solve": lambda: _solution(G, right),
        "square": lambda: torch.linalg.solve(X, y),
        "entry by entry": lambda: torch.linalg.pinv(G) * right,
        "squared singular values": lambda: _by_svd(X, y, power=2),
        "factor not transposed": lambda: _by_svd(X, y, transposes=False),
        "none": lambda: right,
        "multiply": lambda: G @ right,
        "reciprocal": lambda: (1 / G) @ right,
        "one step": lambda: right / n,
        "descent": lambda: _descend(X, y, steps),
        "cut off": lambda: torch.linalg.pinv(G, rtol=1e-4) @ right,
    }[solve]()
    w = w * {"one": 1, "minus": -1, "half": 0.5}[factor]
    if "bias" in inputs and shape == "without bias":
        w = w[1:] if inputs == "bias first" else w[:-1]
    made = {"flat": w.flatten(), "row": w.T, "predictions": X @ w if len(w) == X.shape[1] else w}
    return made.get(shape, w).to(dtype)


def _descend(X: Tensor, y: Tensor, steps: int) -> Tensor:
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype)
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
    solve="reciprocal",
    title="takes the reciprocal of every entry of X'X instead of the inverse matrix",
    hint="Is 1 / A the inverse of a matrix A? Multiply the two.",
    source="** -1 or 1 / on a matrix, from beginners' threads",
)
features_apart = mistake(
    _normal_equation,
    gram="diagonal",
    title="fits every feature on its own",
    hint="Where two features are related, their weights have to share. Which entries of X'X say so?",
    source="simple regression repeated a column at a time",
)
ignores_half = mistake(
    _normal_equation,
    gram="upper",
    title="leaves out one triangle of X'X",
    hint="X'X is symmetric. Does your solver know that it gets one half alone?",
    source="a Cholesky factor used in the place of the matrix",
)
averages_gram = mistake(
    _normal_equation,
    gram="mean",
    title="divides X'X by n, but not X'y",
    hint="A factor 1/n may stand on both sides or on neither.",
    source="a covariance matrix on one side of the equation only",
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
    source="an epsilon against singular matrices, recommended in threads",
)
cuts_off = mistake(
    _normal_equation,
    solve="cut off",
    title="treats directions in which X varies little as if it did not vary there at all",
    hint="Compare the greatest and the least singular value of X. Where does your cut-off lie?",
    source="a truncated decomposition with a generous tolerance",
)
computes_in_float32 = mistake(
    _normal_equation,
    precision=torch.float32,
    title="computes float64 inputs in float32",
    hint="Which call turns float64 into float32 on the way?",
    source=".float() at the start, .double() at the end",
)
adds_bias_first = mistake(
    _normal_equation,
    inputs="bias first",
    title="adds a column of ones in front of X",
    hint="The contract asks for d weights. Who adds a column of ones, you or the caller?",
    source="textbooks that prepend the bias to X",
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
    source="solve() needs a square matrix, so the rest was cut off",
)
flips_sign = mistake(
    _normal_equation,
    factor="minus",
    title="has the wrong sign",
    hint="Take one feature, 1, and one label, 1. The weight must be 1.",
    source="the gradient set to zero with a sign lost on the way",
)
halves_weights = mistake(
    _normal_equation,
    factor="half",
    title="returns half of the weights",
    hint="The factor 2 of the derivative stands on both sides. Does it cancel in your formula?",
    source="2 X'X w = X'y, a slip in the derivation",
)
flattens = mistake(
    _normal_equation,
    shape="flat",
    title="returns shape (d,) instead of (d, 1)",
    hint="Compare the shape of your result with that of w in `linreg`.",
    source="labels squeezed to a vector",
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
    ("regularizes_slightly", "adds_bias_first"),
    ("features_apart", "flattens"),
]
