"""Wrong answers, most of them no known mistakes, each with the diagnosis that is true of it."""

from textwrap import dedent
from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer, and what is true of it."""

    exercise: str
    code: str
    id: str
    title: str


def _wrong(exercise: str, code: str, id: str, title: str) -> Wrong:
    return Wrong(exercise, "import torch\n" + dedent(code).strip(), f"property:{id}", title)


SOFTMAX = """
    E = torch.exp(X - X.max(1, keepdim=True).values)
    P = E / E.sum(1, keepdim=True)
"""

NUMPY = """
import numpy as np
import torch
def l2_penalty(w):
    return torch.tensor(np.square(w.numpy()).sum() / 2, dtype=w.dtype)
"""
DIVIDES = """
import torch
def dropout(X, p, training=True):
    scale = 1 / (1 - p)
    if not training:
        return X
    return X * (torch.rand(X.shape) >= p) * scale
"""

EXCEPTIONS = {
    "misspelt name in dropout's training branch": _wrong(
        "dropout",
        """
        def dropout(X, p, training=True):
            if not training:
                return X
            if p == 1:
                return torch.zeros_like(X)
            mask = torch.rand(X.shape) >= p
            return X * maks / (1 - p)
        """,
        "raises:undefined",
        r"^raises NameError: the name `maks` is not defined, but `mask` is$",
    ),
    "a power as on paper": _wrong(
        "squared_loss",
        """
        def squared_loss(y_hat, y):
            return (y_hat - y.reshape(-1, 1)) ^ 2 / 2
        """,
        "raises:xor",
        r"^raises NotImplementedError: `\^` compares bits, which these numbers don't have$",
    ),
    "X.shap": _wrong(
        "softmax",
        """
        def softmax(X):
            n = X.shap[0]
            E = torch.exp(X)
            return E / E.sum(1).reshape(n, 1)
        """,
        "raises:attribute",
        r"^raises AttributeError: an object of type `Tensor` has no `shap`, but it has `shape`$",
    ),
    "torch.exp without torch": _wrong(
        "softmax",
        """
        def softmax(X):
            E = exp(X)
            return E / E.sum(1, keepdim=True)
        """,
        "raises:undefined",
        r"`exp` is not defined, but `torch\.exp` is",
    ),
    "labels of another length": _wrong(
        "cross_entropy",
        """
        def cross_entropy(y_hat, y):
            return -torch.log(y_hat[torch.arange(y_hat.shape[1]), y])
        """,
        "raises:indices",
        r"^raises IndexError: indices of shapes \[\d+\] and \[\d+\] do not go together$",
    ),
    "1 - mask": _wrong(
        "dropout",
        """
        def dropout(X, p, training=True):
            if not training or p == 0:
                return X
            mask = torch.rand(X.shape) < p
            return X * (1 - mask) / max(1 - p, 1e-9)
        """,
        "raises:bool_minus",
        r"minus with a tensor of booleans",
    ),
    "math.exp of a tensor": _wrong(
        "softmax",
        """
        import math
        def softmax(X):
            E = math.exp(X)
            return E / E.sum(1)
        """,
        "raises:scalar",
        r"turns a tensor that has not exactly one element into one Python number",
    ),
    "torch.sqrt of a float": _wrong(
        "l2_penalty",
        """
        def l2_penalty(w):
            return (w * w).sum() * torch.sqrt(0.25)
        """,
        "raises:number",
        r"`sqrt` is given a Python float where it needs a tensor",
    ),
    "a helper with one argument too few": _wrong(
        "sgd",
        """
        def step(w, lr, batch_size):
            w -= lr * w.grad / batch_size
        def sgd(params, lr, batch_size):
            with torch.no_grad():
                for w in params:
                    step(w, lr)
        """,
        "raises:missing_argument",
        r"`step` is called with too few arguments",
    ),
    "a key that is optional": _wrong(
        "sgd_weight_decay",
        """
        def sgd_weight_decay(param_groups, lr, batch_size):
            with torch.no_grad():
                for group in param_groups:
                    for w in group["params"]:
                        w -= lr * (w.grad / batch_size + group["wd"] * w)
                        w.grad.zero_()
        """,
        "raises:missing_key",
        r"a dict has no entry `wd`",
    ),
    "an error of its own": _wrong(
        "cross_entropy_with_logits",
        """
        def cross_entropy_with_logits(logits, y):
            if logits.shape[0] > 0:
                raise ValueError("too hard")
        """,
        "raises:other",
        r"^raises ValueError: too hard$",
    ),
}
FACTS = {
    "a denominator in float32": _wrong(
        "softmax",
        """
        def softmax(X):
            E = torch.exp(X - X.max(1, keepdim=True).values)
            return E / E.float().sum(1, keepdim=True).to(X.dtype)
        """,
        "exact_as_float32",
        r"^gives values that are only as exact as float32 where the input is float64$",
    ),
    "a momentum that is squared": _wrong(
        "sgd_momentum",
        """
        def sgd_momentum(params, velocities, lr, momentum):
            with torch.no_grad():
                for w, v in zip(params, velocities):
                    v.mul_(momentum**2).add_(w.grad)
                    w -= lr * v
                    w.grad.zero_()
        """,
        "later_call",
        r"^is correct in the first call, and goes wrong in later ones",
    ),
    "softmax times its number of classes over examples": _wrong(
        "softmax",
        f"""
def softmax(X):{SOFTMAX}
    return P * X.shape[1] / X.shape[0]
""",
        "factor",
        r"X\.shape\[1\] / X\.shape\[0\]",
    ),
    "softmax of the reversed classes": _wrong(
        "softmax",
        f"""
def softmax(X):{SOFTMAX}
    return P.flip(1)
""",
        "columns_reversed",
        r"^gives the correct values with the columns in reverse order$",
    ),
    "squares": _wrong(
        "softmax",
        f"""
def softmax(X):{SOFTMAX}
    return P * P
""",
        "square",
        r"^gives the square of the correct values$",
    ),
    "temperature 2": _wrong(
        "softmax",
        """
        def softmax(X):
            E = torch.exp((X - X.max(1, keepdim=True).values) / 2)
            return E / E.sum(1, keepdim=True)
        """,
        "rows_still_add_up",
        r"rows that add up to 1, as they should, but with wrong entries",
    ),
    "cross-entropy of probability one minus": _wrong(
        "cross_entropy",
        """
        def cross_entropy(y_hat, y):
            return -torch.log(y_hat[range(len(y)), y]) * len(y) / y_hat.shape[1]
        """,
        "factor",
        r"y_hat\.shape\[0\] / y_hat\.shape\[1\] times the correct values",
    ),
    "base 3": _wrong(
        "cross_entropy",
        """
        def cross_entropy(y_hat, y):
            return -torch.log(y_hat[range(len(y)), y]) / torch.log(torch.tensor(3.0))
        """,
        "factor",
        r"^gives 0\.91 times the correct values$",
    ),
    "minus 1": _wrong(
        "cross_entropy_with_logits",
        """
        def cross_entropy_with_logits(logits, y):
            return torch.logsumexp(logits, 1) - logits[range(len(y)), y] - 1
        """,
        "offset",
        r"off by -1, on every input",
    ),
    "label 0 counts as no label": _wrong(
        "cross_entropy_with_logits",
        """
        def cross_entropy_with_logits(logits, y):
            loss = torch.logsumexp(logits, 1) - logits[range(len(y)), y]
            return torch.where(y == 0, loss * 3 + 1, loss)
        """,
        "label_zero",
        r"only for examples with the label 0",
    ),
    "moves all but the first": _wrong(
        "sgd",
        """
        def sgd(params, lr, batch_size):
            with torch.no_grad():
                for w in params:
                    if w is not params[0]:
                        w -= lr * w.grad / batch_size
                for w in params:
                    w.grad.zero_()
        """,
        "moved_first",
        r"^does not move the first parameter$",
    ),
    "a counter kept between calls": _wrong(
        "sgd",
        """
        calls = [0]
        def sgd(params, lr, batch_size):
            calls[0] += 1
            with torch.no_grad():
                for w in params:
                    w -= lr * w.grad / batch_size / calls[0] ** 0.5
                    w.grad.zero_()
        """,
        "history",
        r"^answers differently when it was called before$",
    ),
    "momentum in a default argument": _wrong(
        "sgd_weight_decay",
        """
        def sgd_weight_decay(param_groups, lr, batch_size, seen=[]):
            seen.append(1)
            with torch.no_grad():
                for group in param_groups:
                    for w in group["params"]:
                        decay = group.get("weight_decay", 0)
                        w -= lr * (w.grad / batch_size + decay * w) * (1 + len(seen) % 7)
                        w.grad.zero_()
        """,
        "history",
        r"^answers differently when it was called before$",
    ),
    "three times the decay": _wrong(
        "sgd_weight_decay",
        """
        def sgd_weight_decay(param_groups, lr, batch_size):
            with torch.no_grad():
                for group in param_groups:
                    for w in group["params"]:
                        w -= lr * (w.grad / batch_size + 3 * group.get("weight_decay", 0) * w)
                        w.grad.zero_()
        """,
        "decay",
        r"^adds 3 times the correct decay$",
    ),
    "a third of the sum": _wrong(
        "l2_penalty",
        """
        def l2_penalty(w):
            return (w * w).sum() / 3
        """,
        "factor",
        r"^gives 0\.667 times the correct values$",
    ),
    "a tuple": _wrong(
        "softmax",
        f"""
def softmax(X):{SOFTMAX}
    return P, E
""",
        "returns_several",
        r"^returns a Python tuple$",
    ),
    "arguments that are changed on the way": _wrong(
        "cosine_similarity",
        """
        def cosine_similarity(x, y):
            with torch.no_grad():
                x /= x.norm()
                y /= y.norm()
            return x @ y
        """,
        "input",
        r"^changes its input$",
    ),
    "a matrix of one entry": _wrong(
        "cosine_similarity",
        """
        def cosine_similarity(x, y):
            return (x / x.norm()).reshape(1, -1) @ (y / y.norm()).reshape(-1, 1)
        """,
        "shape:extra",
        r"^returns a result with a dimension of size 1 too many$",
    ),
    "a small constant under the root": _wrong(
        "cosine_similarity",
        """
        def cosine_similarity(x, y):
            n, m = (torch.sqrt((v**2).sum() + 1e-12) for v in (x, y))
            return (x / n) @ (y / m)
        """,
        "tiny",
        r"^goes wrong only for inputs of small magnitude$",
    ),
    "a known mistake, but not on everyday inputs": _wrong(
        "add_in_place",
        """
        def add_in_place(X, Y):
            X += Y
            if not X.is_contiguous():
                X += Y
        """,
        "strided",
        r"^goes wrong only for tensors that are not contiguous in memory$",
    ),
    "the gradient of one argument lost": _wrong(
        "pairwise_distances",
        """
        def pairwise_distances(A, B):
            return ((A.data[:, None] - B) ** 2).sum(-1)
        """,
        "graph:argument",
        r"^lets no gradient flow back to `A`$",
    ),
    "the gradient lost by writing into an argument": _wrong(
        "linreg",
        """
        def linreg(X, w, b):
            with torch.no_grad():
                X *= w.T
            return X.sum(1, keepdim=True) + b
        """,
        "input",
        r"^changes its input$",
    ),
    "values that are wrong as the gradient is": _wrong(
        "detached_product",
        """
        def detached_product(x):
            u = x.detach() ** 2
            return u.flip(-1) * x if x.dim() else u * x
        """,
        "values",
        r"^gives wrong values$",
    ),
    "a single value is no row": _wrong(
        "expectation_and_variance",
        """
        def expectation_and_variance(values, probs):
            mean = (values * probs).sum()
            variance = (probs * (values - mean) ** 2).sum()
            return mean, variance if len(values) > 1 else variance / 0
        """,
        "one_entry",
        r"^goes wrong only where a dimension has a single entry$",
    ),
}
UNNAMED = {
    "a scrambled softmax": _wrong(
        "softmax",
        """
        def softmax(X):
            return torch.sin(3 * X) + 0.3 * X.flip(0)
        """,
        "values",
        r"^gives wrong values$",
    ),
    "a scrambled loss": _wrong(
        "cross_entropy",
        """
        def cross_entropy(y_hat, y):
            return torch.cos(7 * y_hat).sum(1) + y
        """,
        "values",
        r"^gives wrong values$",
    ),
    "a scrambled loss of logits": _wrong(
        "cross_entropy_with_logits",
        """
        def cross_entropy_with_logits(logits, y):
            return torch.cos(logits).sum(1) + torch.sin(1.0 * y)
        """,
        "values",
        r"^gives wrong values$",
    ),
    "a scrambled penalty": _wrong(
        "l2_penalty",
        """
        def l2_penalty(w):
            return torch.sin(5 * w).sum() + torch.cos(w).prod()
        """,
        "values",
        r"^gives wrong values$",
    ),
    "a scrambled step": _wrong(
        "sgd",
        """
        def sgd(params, lr, batch_size):
            with torch.no_grad():
                for w in params:
                    w -= torch.sin(9 * w.grad) + torch.cos(w)
                    w.grad.zero_()
        """,
        "values",
        r"^gives wrong values$",
    ),
}
"""Nothing particular is true of these."""
KNOWN = {
    "state that is written where a known mistake replaces it": Wrong(
        "sgd_momentum",
        """
import torch
def sgd_momentum(params, velocities, lr, momentum):
    with torch.no_grad():
        for w, v in zip(params, velocities):
            v.mul_(momentum).add_(w.grad, alpha=1 - momentum)
            w -= lr * v
            w.grad.zero_()
""",
        "averages_grads",
        r"^weighs the grad by 1 - momentum in the velocity$",
    ),
    "float32 inside": Wrong(
        "cross_entropy",
        """
def cross_entropy(y_hat, y):
    return -torch.log(y_hat.float()[range(len(y)), y]).to(y_hat.dtype)
""",
        "computes_in_float32",
        r"^computes in float32 even where its input is float64$",
    ),
    "a divisor that may be zero": Wrong(
        "dropout",
        DIVIDES,
        "raises_at_one",
        r"^raises an error at p = 1$",
    ),
    "numpy() on weights that require grad": Wrong(
        "l2_penalty",
        NUMPY,
        "needs_no_grad",
        r"^stops with an error for weights that require grad$",
    ),
}
"""Known mistakes: derived from any reference, such as raise, which are about the very exception, or such
as keep their state in another way."""
