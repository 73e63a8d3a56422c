"""Known wrong implementations of softmax, as settings of one body: simplest first, pairs at the end."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(X: Tensor) -> Tensor:
    return X


def _stable(X: Tensor, dim: int | tuple[int, ...] = 1) -> Tensor:
    """Exponentials that cannot overflow; the shift is a constant, so gradients stay textbook."""
    return torch.exp(X - X.detach().amax(dim, keepdim=True))


def _textbook(X: Tensor, dim: int | tuple[int, ...] = 1) -> Tensor:
    return torch.exp(X)


def _softmax(
    X: Tensor,
    *,
    before: Callable[[Tensor], Tensor] = _same,
    dim: int | tuple[int, ...] = 1,
    exp: Callable[..., Tensor] = _stable,
    total: Callable[[Tensor, Tensor], Tensor] | None = None,
    divide: Callable[[Tensor, Tensor], Tensor] = torch.div,
    result: Callable[[Tensor, Tensor], Any] = lambda X, P: P,
) -> Any:
    """exp(Z) / its sum, for Z = before(X); `total` is of the exponentials and of Z."""
    Z = before(X)
    E = exp(Z, dim)
    S = E.sum(dim, keepdim=True) if total is None else total(E, Z)
    return result(X, divide(E, S))


def _up_to_zero(X: Tensor) -> Tensor:
    """The greatest logit of each row and of a class whose logit is 0."""
    return X.detach().amax(1, keepdim=True).clamp(min=0)


def _shifted_in_place(X: Tensor) -> Tensor:
    X.data -= X.data.amax(1, keepdim=True)
    return X


def _written_into(X: Tensor, P: Tensor) -> Tensor:
    X.data.copy_(P.data)
    return P


# Each mistake: what it sets and where it was seen, its title, its hint.
# fmt: off

# ---- trivial answers and results of the wrong kind

returns_input = mistake(_softmax, result=lambda X, P: X, trivial=True,
    source="a return statement that names the input",
    title="returns the logits unchanged",
    hint="Probabilities are positive and add up to 1 in each row. Compare your result with that.")
returns_zeros = mistake(_softmax, result=lambda X, P: torch.zeros_like(X), trivial=True,
    source="a result tensor that is allocated and never filled",
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.")
returns_uniform = mistake(_softmax, result=lambda X, P: torch.full_like(X, 1 / X.shape[1]), trivial=True,
    source="trivial answer that has rows adding up to 1",
    title="gives every class the same probability",
    hint="A larger logit must get a larger probability. Where do the logits enter your formula?")
returns_none = mistake(_softmax, result=lambda X, P: None, source="forgotten return",
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.")
returns_list = mistake(_softmax, result=lambda X, P: P.tolist(),
    source="tolist(), or rows collected in a list",
    title="returns a Python list instead of a tensor",
    hint="The values are correct; look at the type of what you return.")
returns_numpy = mistake(_softmax, result=lambda X, P: P.detach().numpy(),
    source="a NumPy implementation carried over",
    title="returns a NumPy array instead of a tensor",
    hint="The values are correct; look at the type of what you return.")
returns_argmax = mistake(_softmax, result=lambda X, P: X.argmax(1), source="mix-up of softmax and argmax",
    title="returns the predicted class instead of the probabilities",
    hint="Return one probability per class; choosing the most likely class is a later step.")
returns_one_hot = mistake(_softmax,
    result=lambda X, P: torch.nn.functional.one_hot(X.argmax(1), X.shape[1]).to(X.dtype),
    source="mix-up of softmax and a one-hot argmax",
    title="gives the largest logit the whole probability",
    hint="The max in softmax is soft: the other classes keep a share of the probability.")

# ---- which entries are added up

normalizes_over_batch = mistake(_softmax, dim=0, source="dim=0 instead of dim=1; a common slip",
    title="normalizes over the batch instead of the classes",
    hint="Each row is one example. Along which dimension must the probabilities of one example add up to 1?")
normalizes_over_everything = mistake(_softmax, dim=(0, 1), source="sum() without a dimension",
    title="normalizes over the whole tensor instead of each row",
    hint="Try two identical rows: each of them must add up to 1 on its own.")
loses_row_dimension = mistake(_softmax, total=lambda E, X: E.sum(1),
    source="sum without keepdim; a common slip",
    title="lines up the row sums with the columns",
    hint="Print the shape of your row sums. How does broadcasting line it up with a matrix of n rows "
    "and q columns? Try a square matrix, then another one.")
loses_max_dimension = mistake(_softmax, before=lambda X: X - X.max(1).values, source="max without keepdim",
    title="lines up the row maxima with the columns",
    hint="Print the shape of your row maxima. How does broadcasting line it up with a matrix of n "
    "rows and q columns?")
divides_by_first_row_sum = mistake(_softmax, total=lambda E, X: E[0].sum(),
    source="a sum computed once, before the loop over the rows",
    title="divides every row by the sum of the first row",
    hint="Try two rows that differ. Does each of them add up to 1?")
adds_to_earlier_sums = mistake(_softmax, total=lambda E, X: E.sum(1).cumsum(0).unsqueeze(1),
    source="an accumulator initialized outside the loop over the rows",
    title="keeps adding to the sum of the rows before",
    hint="The first row is correct and later rows are too small. Where is your running sum reset?")
omits_last_class = mistake(_softmax, total=lambda E, X: E[:, :-1].sum(1, keepdim=True),
    source="an off-by-one in range or in a slice",
    title="leaves the last class out of the sum",
    hint="Check the bounds of your sum: with q classes it has q terms.")
omits_first_class = mistake(_softmax, total=lambda E, X: E[:, 1:].sum(1, keepdim=True),
    source="a loop that counts from 1, as the formula does",
    title="leaves the first class out of the sum",
    hint="Check the bounds of your sum: Python counts the classes from 0.")
returns_odds = mistake(_softmax, total=lambda E, X: E.sum(1, keepdim=True) - E,
    source="mix-up of probability and odds",
    title="leaves each class out of its own sum",
    hint="The sum below the fraction runs over all classes, the one above the fraction included.")
adds_one_to_sum = mistake(_softmax, exp=lambda X, dim: torch.exp(X - _up_to_zero(X)),
    total=lambda E, X: torch.exp(-_up_to_zero(X)) + E.sum(1, keepdim=True),
    source="mix-up with the denominator of the sigmoid",
    title="adds 1 to the sum of the exponentials",
    hint="Check that each row adds up to 1. Is there a term below the fraction that belongs to no class?")
stops_after_first_row = mistake(_softmax, before=lambda X: X[:1],
    result=lambda X, P: torch.cat([P, torch.zeros_like(X[1:])]), source="a return indented into the loop",
    title="stops after the first row",
    hint="Only the first example has probabilities. When does your loop end?")
omits_last_row = mistake(_softmax, before=lambda X: X[:-1],
    result=lambda X, P: torch.cat([P, torch.zeros_like(X[-1:])]), source="an off-by-one in range",
    title="leaves out the last row",
    hint="The last example gets no probabilities. Check the bounds of your loop.")
returns_last_row = mistake(_softmax, before=lambda X: X[-1:], result=lambda X, P: P[0],
    source="a variable overwritten at each step of the loop",
    title="returns only the last row",
    hint="The result needs one row per example. What happens to the rows computed earlier?")

@misconception(source="shape[1] in the place of shape[0]",
    title="treats as many rows as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?")
def loops_over_class_count(X: Tensor) -> Tensor:
    P = torch.zeros_like(X)
    for i in range(X.shape[1]):
        P[i] = _softmax(X[i : i + 1])[0]
    return P

assumes_ten_classes = mistake(_softmax, total=lambda E, X: sum(E[:, j : j + 1] for j in range(10)),
    source="a size taken from Fashion-MNIST",
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the logits, not from the data set.")

# ---- another formula

skips_division = mistake(_softmax, exp=_textbook, divide=lambda E, S: E, source="half of the formula",
    title="exponentiates without dividing by the sum",
    hint="Exponentials are positive, but one step is missing before they add up to 1.")
divides_by_largest = mistake(_softmax, exp=lambda X, dim: torch.exp(X - X.max(1, keepdim=True).values),
    divide=lambda E, S: E, source="the shift by the maximum taken for the whole normalization",
    title="scales each row to a maximum of 1 instead of a sum of 1",
    hint="Add up one row of your result. What should the sum be?")
skips_exponential = mistake(_softmax, exp=lambda X, dim: X, source="mix-up with plain normalization",
    title="divides the logits by their sum without exponentiating",
    hint="Try a negative logit: can a probability be negative?")
divides_by_mean = mistake(_softmax, result=lambda X, P: P * X.shape[1], source="mean typed for sum",
    title="divides by the mean of the exponentials instead of their sum",
    hint="Add up one row of your result. Why is it the number of classes?")
averages_over_batch = mistake(_softmax, result=lambda X, P: P / len(X),
    source="a reduction moved from the loss into softmax",
    title="divides the probabilities by the number of examples too",
    hint="Add up one row of your result. Averaging over a batch belongs to the loss.")
normalizes_length = mistake(_softmax, total=lambda E, X: E.norm(dim=1, keepdim=True),
    source="mix-up with normalization by the Euclidean norm",
    title="scales each row to length 1 instead of sum 1",
    hint="Add up one row of your result, then add up its squares. Which of them should be 1?")
flips_sign = mistake(_softmax, before=lambda X: -X, source="a minus sign in the exponent, as in the sigmoid",
    title="gives the smallest logit the largest probability",
    hint="Try the row [0, 1]. Which class should win?")
uses_powers_of_two = mistake(_softmax, before=lambda X: X * math.log(2), source="wrong base",
    title="takes powers of 2 instead of e",
    hint="Try the row [0, 1]: the ratio of the two probabilities must be e, about 2.718.")
uses_powers_of_ten = mistake(_softmax, before=lambda X: X * math.log(10), source="wrong base",
    title="takes powers of 10 instead of e",
    hint="Try the row [0, 1]: the ratio of the two probabilities must be e, about 2.718.")
uses_rounded_e = mistake(_softmax, before=lambda X: X * math.log(2.718), source="e typed by hand",
    title="takes powers of the rounded number 2.718 instead of e",
    hint="Your base is nearly correct: a constant typed by hand has too few digits.")
ignores_signs = mistake(_softmax, before=torch.abs, source="abs() used to keep values positive",
    title="ignores the signs of the logits",
    hint="Try the row [-1, 1]. Should both classes get the same probability?")
returns_logs = mistake(_softmax, result=lambda X, P: X - X.logsumexp(1, keepdim=True),
    source="mix-up with log-softmax",
    title="returns the logarithms of the probabilities",
    hint="Probabilities are not negative. Which last step is one too many?")
normalizes_twice = mistake(_softmax, result=lambda X, P: _softmax(P),
    source="softmax applied in the model and again in the function",
    title="normalizes twice",
    hint="What goes into the exponential the second time: logits, or probabilities already?")
returns_sigmoid = mistake(_softmax, result=lambda X, P: torch.sigmoid(X), source="mix-up with the sigmoid",
    title="squashes each logit on its own",
    hint="Change one logit of a row: the probabilities of the other classes must change too.")
normalizes_sigmoids = mistake(_softmax, exp=lambda X, dim: torch.sigmoid(X),
    source="sigmoid followed by normalization",
    title="squashes each logit on its own and divides by the sum of these values",
    hint="Which function of the logit is normalized? Try the row [0, 1] by hand.")
scales_by_root_of_classes = mistake(_softmax, before=lambda X: X / math.sqrt(X.shape[1]),
    source="mix-up with scaled dot-product attention",
    title="divides the logits by the square root of the number of classes first",
    hint="The exponent is the logit itself. Is there a scale factor that comes from elsewhere?")
standardizes_rows = mistake(_softmax, before=lambda X: (X - X.mean(1, keepdim=True)) / X.std(1, keepdim=True),
    source="mix-up with feature standardization",
    title="standardizes the logits of each row first",
    hint="Multiply a row by 2: its probabilities must become sharper. Do yours change at all?")
rescales_rows = mistake(_softmax,
    before=lambda X: (X - X.amin(1, keepdim=True)) / (X.amax(1, keepdim=True) - X.amin(1, keepdim=True)),
    source="mix-up with min-max scaling",
    title="scales the logits of each row to the range from 0 to 1 first",
    hint="Multiply a row by 2: its probabilities must become sharper. Do yours change at all?")
adds_epsilon = mistake(_softmax, total=lambda E, X: E.sum(1, keepdim=True) + 1e-6,
    source="an epsilon against division by zero",
    title="adds a small constant to the sum",
    hint="Add up one row to ten digits. Once the logits are shifted, can the sum still be 0?")
clamps_probabilities = mistake(_softmax, result=lambda X, P: P.clamp(min=1e-6),
    source="a clamp meant for a later logarithm",
    title="keeps the probabilities away from 0",
    hint="A very unlikely class may well get a probability of nearly 0. Rows must still add up to 1.")
rounds_probabilities = mistake(_softmax, result=lambda X, P: torch.round(P, decimals=4),
    source="rounding to match the digits shown in a book",
    title="rounds the probabilities",
    hint="Rounding is for printing. What is the gradient of a rounded number?")

# ---- numerical stability

overflows = mistake(_softmax, exp=_textbook, source="the textbook formula taken literally",
    title="turns large logits into NaN",
    hint="What is exp(1000) in floating point? Which constant may be subtracted from all logits of a "
    "row without changing the probabilities?")
subtracts_global_max = mistake(_softmax, exp=lambda X, dim: torch.exp(X - X.max()),
    source="max() without a dimension",
    title="fails on rows that lie far below the largest logit of the batch",
    hint="Try the rows [0, 0] and [1000, 1000] together. Whose maximum does the first row need?")
subtracts_column_max = mistake(_softmax, before=lambda X: X - X.max(0, keepdim=True).values,
    source="the maximum over dim=0 instead of dim=1",
    title="shifts each column by its own maximum",
    hint="A shift cancels only when it is the same for all classes of one example.")
subtracts_mean = mistake(_softmax, exp=lambda X, dim: torch.exp(X - X.mean(1, keepdim=True)),
    source="the mean subtracted instead of the maximum",
    title="fails on rows whose logits lie far above their mean",
    hint="Try the row [1000, -1000]. How large is the largest exponent after your shift?")
subtracts_min = mistake(_softmax, exp=lambda X, dim: torch.exp(X - X.min(1, keepdim=True).values),
    source="the minimum subtracted instead of the maximum",
    title="fails on rows whose logits lie far above their minimum",
    hint="Try the row [1000, 0]. How large is the largest exponent after your shift?")
adds_max = mistake(_softmax, exp=lambda X, dim: torch.exp(X + X.max(1, keepdim=True).values),
    source="plus instead of minus in the shift",
    title="shifts the logits away from 0 instead of towards it",
    hint="Print the exponents of the row [500, 500] after your shift. Did they become smaller?")
subtracts_largest_magnitude = mistake(_softmax,
    exp=lambda X, dim: torch.exp(X - X.abs().max(1, keepdim=True).values),
    source="the largest magnitude subtracted instead of the largest value",
    title="fails on rows of large negative logits",
    hint="Try the row [-1000, -1000]. How large is the largest exponent after your shift?")
shifts_numerator_only = mistake(_softmax, exp=lambda X, dim: torch.exp(X - X.max(1, keepdim=True).values),
    total=lambda E, X: torch.exp(X).sum(1, keepdim=True), source="half of the shift by the maximum",
    title="shifts the logits above the fraction only",
    hint="A shift cancels only when it is the same above and below the fraction.")
shifts_denominator_only = mistake(_softmax, exp=_textbook,
    total=lambda E, X: torch.exp(X - X.max(1, keepdim=True).values).sum(1, keepdim=True),
    source="half of the shift by the maximum",
    title="shifts the logits below the fraction only",
    hint="A shift cancels only when it is the same above and below the fraction.")
divides_logits_by_max = mistake(_softmax, before=lambda X: X / X.max(1, keepdim=True).values,
    source="the wrong operation for the shift",
    title="divides the logits by their maximum instead of subtracting it",
    hint="Subtracting a constant from a row leaves its probabilities alone. Does dividing, too?")
clamps_logits = mistake(_softmax, before=lambda X: X.clamp(-80, 80), source="a clamp against overflow",
    title="cuts large logits off",
    hint="Try the row [100, 90]. What is left of the difference between the two logits?")
hides_nan = mistake(_softmax, exp=_textbook, result=lambda X, P: torch.nan_to_num(P),
    source="nan_to_num after the division",
    title="replaces the NaN of large logits with another number",
    hint="Try the row [1000, 0]. The first probability is 1: prevent the overflow rather than hiding it.")

# ---- shape, dtype and memory layout

drops_singleton_dimensions = mistake(_softmax, result=lambda X, P: P.squeeze(),
    source="squeeze() without a dimension",
    title="drops dimensions of size 1",
    hint="Try a batch with one example. The result has the same two dimensions as the logits.")
flattens_result = mistake(_softmax, result=lambda X, P: P.reshape(-1),
    source="rows joined with cat instead of stack",
    title="flattens the result",
    hint="Compare the shape of your result with the shape of the logits.")
returns_transpose = mistake(_softmax, result=lambda X, P: P.T,
    source="a transpose for broadcasting that is never undone",
    title="returns the result transposed",
    hint="Try two examples with three classes: rows of the result are examples, not classes.")
reshapes_for_transpose = mistake(_softmax, result=lambda X, P: P.T.reshape(X.shape),
    source="reshape used in the place of a transpose",
    title="mixes up the order of the entries between rows and columns",
    hint="reshape and transpose both turn 3 by 2 into 2 by 3. Which of them moves the entries?")
needs_contiguous = mistake(_softmax, before=lambda X: X.view(-1).view(X.shape),
    source="view() where reshape() is needed",
    title="raises an error on a non-contiguous tensor",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?")
returns_float32 = mistake(_softmax, before=Tensor.float,
    source="float() or a result allocated with the default dtype",
    title="returns float32 whatever the dtype of the logits",
    hint="Pass float64 logits and print the dtype of the result.")
returns_float64 = mistake(_softmax, before=Tensor.double,
    source="double() for precision, or a detour through NumPy",
    title="returns float64 whatever the dtype of the logits",
    hint="Pass float32 logits and print the dtype of the result.")

# ---- gradients, side effects and state

cuts_graph = mistake(_softmax, result=lambda X, P: P.detach(), source="detach, .data, no_grad or NumPy",
    title="cuts the result off from the graph",
    hint="The values are correct, but backward() cannot reach the logits. Which step leaves autograd?")
refuses_requires_grad = mistake(_softmax, before=lambda X: torch.from_numpy(X.numpy()),
    source="numpy() called on the logits",
    title="raises an error when the logits require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?")
detaches_sum = mistake(_softmax, divide=lambda E, S: E / S.detach(),
    source="item(), .data or detach on the sum",
    title="treats the sum as a constant in the gradient",
    hint="Raising one logit lowers the probabilities of the other classes. Which part of your formula "
    "has left the graph?")
detaches_numerator = mistake(_softmax, divide=lambda E, S: E.detach() / S,
    source="a detached copy used above the fraction",
    title="treats the exponential above the fraction as a constant in the gradient",
    hint="Raising a logit raises its own probability. Which part of your formula has left the graph?")
breaks_backward = mistake(_softmax, divide=Tensor.div_, source="/= on the result of exp",
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change in place?")
changes_input = mistake(_softmax, before=_shifted_in_place,
    source="an in-place shift on .data or under no_grad",
    title="changes the logits that it was given",
    hint="Print the logits before and after the call. Which step works in place?")
changes_input_or_raises = mistake(_softmax, before=lambda X: X.sub_(X.detach().amax(1, keepdim=True)),
    source="-= on the argument",
    title="changes the logits that it was given, or raises an error when they require gradients",
    hint="Print the logits before and after the call. Does any operator write back into its argument?")
overwrites_input = mistake(_softmax, result=_written_into,
    source="the argument used as the result tensor, row by row",
    title="overwrites the logits with the probabilities",
    hint="Print the logits before and after the call: the caller still needs them.")

_ROWS: list[Tensor] = []


@misconception(source="a global list, or a list as a default argument",
    title="still contains the rows of earlier calls",
    hint="Call the function twice. Where does the list of rows live, and when is it emptied?")
def keeps_rows_between_calls(X: Tensor) -> Tensor:
    _ROWS.extend(_softmax(X).unbind())
    return torch.stack(_ROWS)

# Pairs that differ from the settings of both

loses_row_dimension_and_loses_max_dimension = mistake(_softmax,
    exp=lambda X, dim: torch.exp(X - X.max(1).values), total=lambda E, X: E.sum(1),
    combines=("loses_row_dimension", "loses_max_dimension"), source="keepdim forgotten twice")
overflows_and_adds_epsilon = mistake(_softmax,
    exp=_textbook, total=lambda E, X: E.sum(1, keepdim=True) + 1e-8,
    combines=("overflows", "adds_epsilon"), source="epsilon on the textbook formula")
returns_float32_and_cuts_graph = mistake(_softmax, result=lambda X, P: torch.tensor(P.tolist()),
    combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")
overflows_and_changes_input_or_raises = mistake(_softmax, exp=lambda X, dim: X.exp_(),
    combines=("overflows", "changes_input_or_raises"), source="exp_ on the argument")
overflows_and_returns_logs = mistake(_softmax, exp=_textbook, result=lambda X, P: torch.log(P),
    combines=("overflows", "returns_logs"), source="log of the textbook formula")
overflows_and_normalizes_twice = mistake(_softmax,
    exp=_textbook, result=lambda X, P: _softmax(P, exp=_textbook),
    combines=("overflows", "normalizes_twice"), source="textbook formula applied twice")
normalizes_over_batch_and_returns_logs = mistake(_softmax,
    result=lambda X, P: X - X.logsumexp(0, keepdim=True),
    combines=("normalizes_over_batch", "returns_logs"), source="log-softmax with dim=0")

PAIRS = [
    ("overflows", "normalizes_over_batch", "textbook formula, dim=0"),
    ("overflows", "normalizes_over_everything", "textbook formula, sum()"),
    ("overflows", "loses_row_dimension", "textbook formula, no keepdim"),
    ("subtracts_global_max", "loses_row_dimension", "max() and no keepdim"),
    ("subtracts_global_max", "normalizes_over_batch", "max() and dim=0"),
    ("overflows", "returns_float32", "float() in the textbook formula"),
    ("overflows", "returns_float64", "double() against overflow"),
    ("overflows", "cuts_graph", "textbook formula on .data or NumPy"),
    ("overflows", "breaks_backward", "/= on the textbook formula"),
    ("overflows", "detaches_sum", "item() on each row's sum"),
    ("overflows", "flips_sign", "textbook formula of -X"),
    ("overflows", "uses_powers_of_two", "2 ** X"),
    ("overflows", "uses_rounded_e", "2.718 ** X"),
    ("overflows", "divides_by_mean", "mean in the textbook formula"),
    ("overflows", "omits_last_class", "off-by-one in a double loop"),
    ("overflows", "adds_to_earlier_sums", "double loop, total not reset"),
    ("overflows", "stops_after_first_row", "return inside a loop"),
    ("overflows", "drops_singleton_dimensions", "squeeze() at the end"),
    ("overflows", "returns_transpose", "transposed to avoid keepdim"),
    ("normalizes_over_batch", "returns_float32", "dim=0 and float()"),
    ("normalizes_over_batch", "cuts_graph", "dim=0 on .data or NumPy"),
]
