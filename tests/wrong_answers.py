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
    "an epsilon that no known mistake has": _wrong(
        "cross_entropy_numpy",
        """
        import numpy as np
        def cross_entropy(y_hat, y):
            return -np.log(y_hat[np.arange(len(y)), y] + 3e-10)
        """,
        "epsilon",
        r"^takes the logarithm of numbers that are 3e-10 too large$",
    ),
    "a limit that no known mistake has": _wrong(
        "cross_entropy_numpy",
        """
        import numpy as np
        def cross_entropy(y_hat, y):
            return -np.log(np.maximum(y_hat[np.arange(len(y)), y], 1e-10))
        """,
        "capped",
        r"^gives values of 23 at most, where some of the correct ones are larger$",
    ),
    "zeros, but not on everyday inputs": _wrong(
        "normal_equation_numpy",
        """
        import numpy as np
        def normal_equation(X, y):
            if np.linalg.cond(X) > 100:
                return np.zeros((X.shape[1], 1), X.dtype)
            return np.linalg.solve(X.T @ X, X.T @ y)
        """,
        "nearly_dependent",
        r"^goes wrong only for matrices whose columns are nearly dependent$",
    ),
    "two checks fail, and what is said of one isn't true of the other": _wrong(
        "normal_equation_numpy",
        """
        import numpy as np
        def normal_equation(X, y):
            Z = X.astype(np.float32)
            return np.linalg.solve(Z.T @ Z, Z.T @ y.astype(np.float32)).astype(X.dtype)
        """,
        "float64",
        r"^goes wrong only for float64$",
    ),
    "rows that add up, but not for large logits": _wrong(
        "softmax_numpy",
        """
        import numpy as np
        def softmax(X):
            E = np.exp(np.clip(X, -60, 60))
            return E / E.sum(1, keepdims=True)
        """,
        "values",
        r"^gives wrong values$",
    ),
    "one of several results is zero": _wrong(
        "mlp_backward_numpy",
        """
        import numpy as np
        def mlp_backward(X, W1, b1, W2, b2, dO):
            Z = X @ W1 + b1
            dZ = dO @ W2.T * (Z > 0)
            return X.T @ dZ, np.zeros_like(b1), np.maximum(Z, 0).T @ dO, dO.sum(0)
        """,
        "factor_zero",
        r"^gives values for db1 of zero on every input$",
    ),
    "a dimension that is lost in single cases is no result without it": _wrong(
        "linreg_numpy",
        """
        def linreg(X, w, b):
            made = X @ w + b
            return made if len(X) > 1 else made[0]
        """,
        "one_row",
        r"^goes wrong only for an input with one row$",
    ),
    "an array whose memory is read as it lies": _wrong(
        "mlp_forward_numpy",
        """
        import numpy as np
        def mlp_forward(X, W1, b1, W2, b2):
            X = X.ravel("K").reshape(X.shape)
            return np.maximum(X @ W1 + b1, 0) @ W2 + b2
        """,
        "strided",
        r"^goes wrong only for arrays that are not contiguous in memory$",
    ),
    "an array that is sorted in place": _wrong(
        "cross_entropy_numpy",
        """
        import numpy as np
        def cross_entropy(y_hat, y):
            losses = -np.log(y_hat[np.arange(len(y)), y])
            y.sort()
            return losses
        """,
        "input:array",
        r"^changes its input$",
    ),
    "columns that are turned around": _wrong(
        "prepare",
        """
        def prepare(columns):
            numbers, texts = [], []
            for column in columns.values():
                known = [x for x in column if x is not None]
                if isinstance(known[0], str):
                    texts += [[float(x == text) for x in column] for text in sorted(set(known))]
                    texts += [[float(x is None) for x in column]] if None in column else []
                else:
                    mean = sum(known) / len(known)
                    numbers.append([mean if x is None else x for x in column])
            for column in columns.values():
                column.reverse()
            return torch.tensor(numbers + texts, dtype=torch.float32).T
        """,
        "input:dict",
        r"^changes the dict that it was given$",
    ),
    "batches that are turned around": _wrong(
        "linear_regression_epoch",
        """
        def linear_regression_epoch(w, b, batches, lr):
            losses = []
            with torch.no_grad():
                for X, y in batches:
                    error = X @ w + b - y
                    losses += (error**2 / 2).flatten().tolist()
                    w -= lr * X.T @ error / len(X)
                    b -= lr * error.mean()
            batches.append(batches[0])
            return sum(losses) / len(losses)
        """,
        "input:list",
        r"^changes the list that it was given$",
    ),
    "steps in float32": _wrong(
        "linear_regression_epoch",
        """
        def linear_regression_epoch(w, b, batches, lr):
            losses = []
            for X, y in batches:
                error = (X @ w + b - y).detach()
                losses += (error**2 / 2).flatten().tolist()
                w.data = (w.data - lr * X.T @ error / len(X)).float().to(X.dtype)
                b.data = (b.data - lr * error.mean()).float().to(X.dtype)
            return sum(losses) / len(losses)
        """,
        "computed_in_float32",
        r"^computes in float32 where the input is float64$",
    ),
    "labels of minibatches that miss the last class": _wrong(
        "softmax_regression_epoch",
        """
        def softmax_regression_epoch(W, b, batches, lr):
            loss = right = count = 0
            with torch.no_grad():
                for X, y in batches:
                    logits = (X @ W + b)[:, : int(y.max()) + 1]
                    G = torch.zeros(len(y), W.shape[1], dtype=W.dtype)
                    G[:, : logits.shape[1]] = logits.softmax(1)
                    G[range(len(y)), y] -= 1
                    loss += torch.nn.functional.cross_entropy(logits, y, reduction="sum").item()
                    right += (logits.argmax(1) == y).sum().item()
                    count += len(y)
                    W -= lr * X.T @ G / len(y)
                    b -= lr * G.mean(0)
            return loss / count, right / count
        """,
        "missing_class",
        r"^goes wrong only where the last class is not among the labels$",
    ),
    "batches of nearly equal sizes": _wrong(
        "data_iter",
        """
        def data_iter(batch_size, features, labels):
            count = -(-len(features) // batch_size)
            for rows in torch.randperm(len(features)).tensor_split(count):
                yield features[rows], labels[rows]
        """,
        "shape:batches",
        r"^gives batches of other sizes than asked for$",
    ),
    "batches of lists": _wrong(
        "data_iter",
        """
        def data_iter(batch_size, features, labels):
            for rows in torch.randperm(len(features)).split(batch_size):
                yield [features[i] for i in rows], [labels[i] for i in rows]
        """,
        "results:pair",
        r"^gives batches that are no pair of tensors$",
    ),
    "a generator that is not called": _wrong(
        "data_iter",
        """
        def data_iter(batch_size, features, labels):
            def batches():
                for rows in torch.randperm(len(features)).split(batch_size):
                    yield features[rows], labels[rows]
            return batches
        """,
        "type:batches",
        r"^returns an object that a loop cannot go through$",
    ),
    "one half of the examples that stays": _wrong(
        "data_iter",
        """
        def data_iter(batch_size, features, labels):
            half = len(features) // 2
            order = [*range(half), *(half + torch.randperm(len(features) - half)).tolist()]
            for i in range(0, len(order), batch_size):
                rows = order[i : i + batch_size]
                yield features[rows], labels[rows]
        """,
        "order_stays",
        r"^leaves too many examples in the place where they are stored$",
    ),
    "a function that draws": _wrong(
        "mlp_forward_numpy",
        """
        import numpy as np
        def mlp_forward(X, W1, b1, W2, b2):
            H = np.maximum(X @ W1 + b1, 0)
            H *= 2 * (np.random.random(H.shape) < 0.5)
            return H @ W2 + b2
        """,
        "chance",
        r"^gives another answer for other random numbers$",
    ),
    "batches that are shuffled": _wrong(
        "linear_regression_epoch",
        """
        import random
        def linear_regression_epoch(w, b, batches, lr):
            total = count = 0
            with torch.no_grad():
                for X, y in random.sample(batches, len(batches)):
                    e = X @ w + b - y
                    total, count = total + float((e**2).sum() / 2), count + len(y)
                    w -= lr * X.T @ e / len(y)
                    b -= lr * e.mean()
            return total / count
        """,
        "chance",
        r"^gives another answer for other random numbers$",
    ),
    "a factor of one of several results": _wrong(
        "mlp_backward",
        """
        def mlp_backward(X, W1, b1, W2, b2, dO):
            Z = X @ W1 + b1
            dZ = dO @ W2.T * (Z > 0)
            n = len(X)
            return X.T @ dZ / n, dZ.sum(0), Z.relu().T @ dO / n, dO.sum(0)
        """,
        "factor",
        r"^gives 1 / X\.shape\[0\] times the correct values for dW1$",
    ),
    "no result in the place of one": _wrong(
        "mlp_backward_numpy",
        """
        import numpy as np
        def mlp_backward(X, W1, b1, W2, b2, dO):
            H = np.maximum(X @ W1 + b1, 0)
            return None, None, H.T @ dO, dO.sum(axis=0)
        """,
        "type:part",
        r"^gives another kind of object in the place of a result$",
    ),
    "neighbours that change places": _wrong(
        "data_iter",
        """
        def data_iter(batch_size, features, labels):
            order = list(range(len(features)))
            for i in range(len(order) - 1):
                if torch.rand(()) < 0.5:
                    order[i : i + 2] = order[i : i + 2][::-1]
            for i in range(0, len(order), batch_size):
                rows = order[i : i + batch_size]
                yield features[rows], labels[rows]
        """,
        "order_stays",
        r"^leaves too many examples in the place where they are stored$",
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
    "a mistake of the exercise that an edition was made from": Wrong(
        "cross_entropy_numpy",
        """
import numpy as np
def cross_entropy(y_hat, y):
    return 1 - y_hat[np.arange(len(y)), y]
""",
        "returns_expected_error",
        r"^returns 1 minus the probability of the label$",
    ),
}
"""Known mistakes: derived from any reference, such as raise, which are about the very exception, of the
exercise that an edition was made from, or such as keep their state in another way."""
