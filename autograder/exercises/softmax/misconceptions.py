"""Known wrong implementations of softmax: simplest first, pairs of mistakes at the end."""

import math

import numpy as np
import torch
from torch import Tensor

from autograder.checking import misconception


def _exp(X: Tensor, dim: int = 1) -> Tensor:
    """Exponentials that cannot overflow; the shift is a constant, so gradients stay textbook."""
    return torch.exp(X - X.detach().amax(dim, keepdim=True))


def _softmax(X: Tensor, dim: int = 1) -> Tensor:
    E = _exp(X, dim)
    return E / E.sum(dim, keepdim=True)


def _naive(X: Tensor, dim: int = 1) -> Tensor:
    E = torch.exp(X)
    return E / E.sum(dim, keepdim=True)


# ---- trivial answers and results of the wrong kind


@misconception(
    title="returns the logits unchanged",
    hint="Probabilities are positive and add up to 1 in each row. Compare your result with that.",
    source="a return statement that names the input",
    trivial=True,
)
def returns_input(X: Tensor) -> Tensor:
    return X


@misconception(
    title="returns zeros",
    hint="The result that you return never receives the values that you computed.",
    source="a result tensor that is allocated and never filled",
    trivial=True,
)
def returns_zeros(X: Tensor) -> Tensor:
    return torch.zeros_like(X)


@misconception(
    title="gives every class the same probability",
    hint="A larger logit must get a larger probability. Where do the logits enter your formula?",
    source="trivial answer that has rows adding up to 1",
    trivial=True,
)
def returns_uniform(X: Tensor) -> Tensor:
    return torch.full_like(X, 1 / X.shape[1])


@misconception(
    title="returns nothing",
    hint="Computing a value is not enough: the function has to hand it back.",
    source="forgotten return",
)
def returns_none(X: Tensor) -> None:
    _softmax(X)


@misconception(
    title="returns a Python list instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="tolist(), or rows collected in a list",
)
def returns_list(X: Tensor) -> list[list[float]]:
    return _softmax(X).tolist()


@misconception(
    title="returns a NumPy array instead of a tensor",
    hint="The values are right; look at the type of what you return.",
    source="a NumPy implementation carried over",
)
def returns_numpy(X: Tensor) -> np.ndarray:
    return _softmax(X).detach().numpy()


@misconception(
    title="returns the predicted class instead of the probabilities",
    hint="Return one probability per class; choosing the most likely class is a later step.",
    source="mix-up of softmax and argmax",
)
def returns_argmax(X: Tensor) -> Tensor:
    return X.argmax(1)


@misconception(
    title="gives the largest logit the whole probability",
    hint="The max in softmax is soft: the other classes keep a share of the probability.",
    source="mix-up of softmax and a one-hot argmax",
)
def returns_one_hot(X: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(X.argmax(1), X.shape[1]).to(X.dtype)


# ---- which entries are added up


@misconception(
    title="normalizes over the batch instead of the classes",
    hint="Each row is one example. Along which dimension must the probabilities of one example"
    " add up to 1?",
    source="dim=0 instead of dim=1; a common slip",
)
def normalizes_over_batch(X: Tensor) -> Tensor:
    return _softmax(X, 0)


@misconception(
    title="normalizes over the whole tensor instead of each row",
    hint="Try two identical rows: each of them must add up to 1 on its own.",
    source="sum() without a dimension",
)
def normalizes_over_everything(X: Tensor) -> Tensor:
    E = torch.exp(X - X.detach().max())
    S = E.sum()
    # Rows far below the global maximum are legitimately zero here: that is the mistake itself.
    return E / S


@misconception(
    title="lines up the row sums with the columns",
    hint="Print the shape of your row sums. How does broadcasting line it up with a matrix of n"
    " rows and q columns? Try a square matrix, then another one.",
    source="sum without keepdim; a common slip",
)
def loses_row_dimension(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E.sum(1)


@misconception(
    title="lines up the row maxima with the columns",
    hint="Print the shape of your row maxima. How does broadcasting line it up with a matrix of n"
    " rows and q columns?",
    source="max without keepdim",
)
def loses_max_dimension(X: Tensor) -> Tensor:
    return _softmax(X - X.max(1).values)


@misconception(
    title="divides every row by the sum of the first row",
    hint="Try two rows that differ. Does each of them add up to 1?",
    source="a sum computed once, before the loop over the rows",
)
def divides_by_first_row_sum(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E[0].sum()


@misconception(
    title="keeps adding to the sum of the rows before",
    hint="The first row is right and later rows are too small. Where is your running sum reset?",
    source="an accumulator initialized outside the loop over the rows",
)
def adds_to_earlier_sums(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E.sum(1).cumsum(0).unsqueeze(1)


@misconception(
    title="leaves the last class out of the sum",
    hint="Check the bounds of your sum: with q classes it has q terms.",
    source="an off-by-one in range or in a slice",
)
def omits_last_class(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E[:, :-1].sum(1, keepdim=True)


@misconception(
    title="leaves the first class out of the sum",
    hint="Check the bounds of your sum: Python counts the classes from 0.",
    source="a loop that counts from 1, as the formula does",
)
def omits_first_class(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E[:, 1:].sum(1, keepdim=True)


@misconception(
    title="leaves each class out of its own sum",
    hint="The sum below the fraction runs over all classes, the one above the fraction included.",
    source="mix-up of probability and odds",
)
def returns_odds(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / (E.sum(1, keepdim=True) - E)


@misconception(
    title="adds 1 to the sum of the exponentials",
    hint="Check that each row adds up to 1. Is there a term below the fraction that belongs to no"
    " class?",
    source="mix-up with the denominator of the sigmoid",
)
def adds_one_to_sum(X: Tensor) -> Tensor:
    # An implicit class with logit 0 takes part in the shift, so that nothing overflows.
    shift = X.detach().amax(1, keepdim=True).clamp(min=0)
    E = torch.exp(X - shift)
    return E / (torch.exp(-shift) + E.sum(1, keepdim=True))


@misconception(
    title="stops after the first row",
    hint="Only the first example has probabilities. When does your loop end?",
    source="a return indented into the loop",
)
def stops_after_first_row(X: Tensor) -> Tensor:
    P = torch.zeros_like(X)
    P[0] = _softmax(X[:1])[0]
    return P


@misconception(
    title="leaves out the last row",
    hint="The last example gets no probabilities. Check the bounds of your loop.",
    source="an off-by-one in range",
)
def omits_last_row(X: Tensor) -> Tensor:
    P = torch.zeros_like(X)
    P[:-1] = _softmax(X[:-1])
    return P


@misconception(
    title="returns only the last row",
    hint="The result needs one row per example. What happens to the rows computed earlier?",
    source="a variable overwritten at each step of the loop",
)
def returns_last_row(X: Tensor) -> Tensor:
    return _softmax(X[-1:])[0]


@misconception(
    title="treats as many rows as there are classes",
    hint="Try more examples than classes, then fewer. Which size bounds your loop?",
    source="shape[1] in the place of shape[0]",
)
def loops_over_class_count(X: Tensor) -> Tensor:
    P = torch.zeros_like(X)
    for i in range(X.shape[1]):
        P[i] = _softmax(X[i : i + 1])[0]
    return P


@misconception(
    title="assumes that there are 10 classes",
    hint="Take the number of classes from the shape of the logits, not from the data set.",
    source="a size taken from Fashion-MNIST",
)
def assumes_ten_classes(X: Tensor) -> Tensor:
    E = _exp(X)
    total = sum(E[:, j : j + 1] for j in range(10))
    return E / total


# ---- another formula


@misconception(
    title="exponentiates without dividing by the sum",
    hint="Exponentials are positive, but one step is missing before they add up to 1.",
    source="half of the formula",
)
def skips_division(X: Tensor) -> Tensor:
    return torch.exp(X)


@misconception(
    title="scales each row to a maximum of 1 instead of a sum of 1",
    hint="Add up one row of your result. What should the sum be?",
    source="the shift by the maximum taken for the whole normalization",
)
def divides_by_largest(X: Tensor) -> Tensor:
    return torch.exp(X - X.max(1, keepdim=True).values)


@misconception(
    title="divides the logits by their sum without exponentiating",
    hint="Try a negative logit: can a probability be negative?",
    source="mix-up with plain normalization",
)
def skips_exponential(X: Tensor) -> Tensor:
    return X / X.sum(1, keepdim=True)


@misconception(
    title="divides by the mean of the exponentials instead of their sum",
    hint="Add up one row of your result. Why is it the number of classes?",
    source="mean typed for sum",
)
def divides_by_mean(X: Tensor) -> Tensor:
    return _softmax(X) * X.shape[1]


@misconception(
    title="divides the probabilities by the number of examples too",
    hint="Add up one row of your result. Averaging over a batch belongs to the loss.",
    source="a reduction moved from the loss into softmax",
)
def averages_over_batch(X: Tensor) -> Tensor:
    return _softmax(X) / len(X)


@misconception(
    title="scales each row to length 1 instead of sum 1",
    hint="Add up one row of your result, then add up its squares. Which of them should be 1?",
    source="mix-up with normalization by the Euclidean norm",
)
def normalizes_length(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E.norm(dim=1, keepdim=True)


@misconception(
    title="gives the smallest logit the largest probability",
    hint="Try the row [0, 1]. Which class should win?",
    source="a minus sign in the exponent, as in the sigmoid",
)
def flips_sign(X: Tensor) -> Tensor:
    return _softmax(-X)


@misconception(
    title="takes powers of 2 instead of e",
    hint="Try the row [0, 1]: the ratio of the two probabilities must be e, about 2.718.",
    source="wrong base",
)
def uses_powers_of_two(X: Tensor) -> Tensor:
    return _softmax(X * math.log(2))


@misconception(
    title="takes powers of 10 instead of e",
    hint="Try the row [0, 1]: the ratio of the two probabilities must be e, about 2.718.",
    source="wrong base",
)
def uses_powers_of_ten(X: Tensor) -> Tensor:
    return _softmax(X * math.log(10))


@misconception(
    title="takes powers of the rounded number 2.718 instead of e",
    hint="Your base is nearly right: a constant typed by hand has too few digits.",
    source="e typed by hand",
)
def uses_rounded_e(X: Tensor) -> Tensor:
    return _softmax(X * math.log(2.718))


@misconception(
    title="ignores the signs of the logits",
    hint="Try the row [-1, 1]. Should both classes get the same probability?",
    source="abs() used to keep values positive",
)
def ignores_signs(X: Tensor) -> Tensor:
    return _softmax(X.abs())


@misconception(
    title="returns the logarithms of the probabilities",
    hint="Probabilities are not negative. Which last step is one too many?",
    source="mix-up with log-softmax",
)
def returns_logs(X: Tensor) -> Tensor:
    return X - X.logsumexp(1, keepdim=True)


@misconception(
    title="normalizes twice",
    hint="What goes into the exponential the second time: logits, or probabilities already?",
    source="softmax applied in the model and again in the function",
)
def normalizes_twice(X: Tensor) -> Tensor:
    return _softmax(_softmax(X))


@misconception(
    title="squashes each logit on its own",
    hint="Change one logit of a row: the probabilities of the other classes must change too.",
    source="mix-up with the sigmoid",
)
def returns_sigmoid(X: Tensor) -> Tensor:
    return torch.sigmoid(X)


@misconception(
    title="squashes each logit on its own and divides by the sum of these values",
    hint="Which function of the logit is normalized? Try the row [0, 1] by hand.",
    source="sigmoid followed by normalization",
)
def normalizes_sigmoids(X: Tensor) -> Tensor:
    S = torch.sigmoid(X)
    return S / S.sum(1, keepdim=True)


@misconception(
    title="divides the logits by the square root of the number of classes first",
    hint="The exponent is the logit itself. Is there a scale factor that comes from elsewhere?",
    source="mix-up with scaled dot-product attention",
)
def scales_by_root_of_classes(X: Tensor) -> Tensor:
    return _softmax(X / math.sqrt(X.shape[1]))


@misconception(
    title="standardizes the logits of each row first",
    hint="Multiply a row by 2: its probabilities must become sharper. Do yours change at all?",
    source="mix-up with feature standardization",
)
def standardizes_rows(X: Tensor) -> Tensor:
    return _softmax((X - X.mean(1, keepdim=True)) / X.std(1, keepdim=True))


@misconception(
    title="scales the logits of each row to the range from 0 to 1 first",
    hint="Multiply a row by 2: its probabilities must become sharper. Do yours change at all?",
    source="mix-up with min-max scaling",
)
def rescales_rows(X: Tensor) -> Tensor:
    low, high = X.amin(1, keepdim=True), X.amax(1, keepdim=True)
    return _softmax((X - low) / (high - low))


@misconception(
    title="adds a small constant to the sum",
    hint="Add up one row to ten digits. Once the logits are shifted, can the sum still be 0?",
    source="an epsilon against division by zero",
)
def adds_epsilon(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / (E.sum(1, keepdim=True) + 1e-6)


@misconception(
    title="keeps the probabilities away from 0",
    hint="A very unlikely class may well get a probability of nearly 0. Rows must still add up"
    " to 1.",
    source="a clamp meant for a later logarithm",
)
def clamps_probabilities(X: Tensor) -> Tensor:
    return _softmax(X).clamp(min=1e-6)


@misconception(
    title="rounds the probabilities",
    hint="Rounding is for printing. What is the gradient of a rounded number?",
    source="rounding to match the digits shown in a book",
)
def rounds_probabilities(X: Tensor) -> Tensor:
    return torch.round(_softmax(X), decimals=4)


# ---- numerical stability


@misconception(
    title="turns large logits into NaN",
    hint="What is exp(1000) in floating point? Which constant may be subtracted from all logits of"
    " a row without changing the probabilities?",
    source="the textbook formula taken literally",
)
def overflows(X: Tensor) -> Tensor:
    return _naive(X)


@misconception(
    title="fails on rows that lie far below the largest logit of the batch",
    hint="Try the rows [0, 0] and [1000, 1000] together. Whose maximum does the first row need?",
    source="max() without a dimension",
)
def subtracts_global_max(X: Tensor) -> Tensor:
    return _naive(X - X.max())


@misconception(
    title="shifts each column by its own maximum",
    hint="A shift cancels only when it is the same for all classes of one example.",
    source="the maximum over dim=0 instead of dim=1",
)
def subtracts_column_max(X: Tensor) -> Tensor:
    return _softmax(X - X.max(0, keepdim=True).values)


@misconception(
    title="fails on rows whose logits lie far above their mean",
    hint="Try the row [1000, -1000]. How large is the largest exponent after your shift?",
    source="the mean subtracted instead of the maximum",
)
def subtracts_mean(X: Tensor) -> Tensor:
    return _naive(X - X.mean(1, keepdim=True))


@misconception(
    title="fails on rows whose logits lie far above their minimum",
    hint="Try the row [1000, 0]. How large is the largest exponent after your shift?",
    source="the minimum subtracted instead of the maximum",
)
def subtracts_min(X: Tensor) -> Tensor:
    return _naive(X - X.min(1, keepdim=True).values)


@misconception(
    title="shifts the logits away from 0 instead of towards it",
    hint="Print the exponents of the row [500, 500] after your shift. Did they become smaller?",
    source="plus instead of minus in the shift",
)
def adds_max(X: Tensor) -> Tensor:
    return _naive(X + X.max(1, keepdim=True).values)


@misconception(
    title="fails on rows of large negative logits",
    hint="Try the row [-1000, -1000]. How large is the largest exponent after your shift?",
    source="the largest magnitude subtracted instead of the largest value",
)
def subtracts_largest_magnitude(X: Tensor) -> Tensor:
    return _naive(X - X.abs().max(1, keepdim=True).values)


@misconception(
    title="shifts the logits above the fraction only",
    hint="A shift cancels only when it is the same above and below the fraction.",
    source="half of the shift by the maximum",
)
def shifts_numerator_only(X: Tensor) -> Tensor:
    return torch.exp(X - X.max(1, keepdim=True).values) / torch.exp(X).sum(1, keepdim=True)


@misconception(
    title="shifts the logits below the fraction only",
    hint="A shift cancels only when it is the same above and below the fraction.",
    source="half of the shift by the maximum",
)
def shifts_denominator_only(X: Tensor) -> Tensor:
    return torch.exp(X) / torch.exp(X - X.max(1, keepdim=True).values).sum(1, keepdim=True)


@misconception(
    title="divides the logits by their maximum instead of subtracting it",
    hint="Subtracting a constant from a row leaves its probabilities alone. Does dividing, too?",
    source="the wrong operation for the shift",
)
def divides_logits_by_max(X: Tensor) -> Tensor:
    return _softmax(X / X.max(1, keepdim=True).values)


@misconception(
    title="cuts large logits off",
    hint="Try the row [100, 90]. What is left of the difference between the two logits?",
    source="a clamp against overflow",
)
def clamps_logits(X: Tensor) -> Tensor:
    return _softmax(X.clamp(-80, 80))


@misconception(
    title="replaces the NaN of large logits with another number",
    hint="Try the row [1000, 0]. The first probability is 1: prevent the overflow rather than"
    " hiding it.",
    source="nan_to_num after the division",
)
def hides_nan(X: Tensor) -> Tensor:
    return torch.nan_to_num(_naive(X))


# ---- shape, dtype and memory layout


@misconception(
    title="drops dimensions of size 1",
    hint="Try a batch with one example. The result has the same two dimensions as the logits.",
    source="squeeze() without a dimension",
)
def drops_singleton_dimensions(X: Tensor) -> Tensor:
    return _softmax(X).squeeze()


@misconception(
    title="flattens the result",
    hint="Compare the shape of your result with the shape of the logits.",
    source="rows joined with cat instead of stack",
)
def flattens_result(X: Tensor) -> Tensor:
    return _softmax(X).reshape(-1)


@misconception(
    title="returns the result transposed",
    hint="Try two examples with three classes: rows of the result are examples, not classes.",
    source="a transpose for broadcasting that is never undone",
)
def returns_transpose(X: Tensor) -> Tensor:
    return _softmax(X).T


@misconception(
    title="mixes up the order of the entries between rows and columns",
    hint="reshape and transpose both turn 3 by 2 into 2 by 3. Which of them moves the entries?",
    source="reshape used in the place of a transpose",
)
def reshapes_for_transpose(X: Tensor) -> Tensor:
    E = _exp(X)
    return (E.T / E.sum(1)).reshape(X.shape)


@misconception(
    title="raises an error on a non-contiguous tensor",
    hint="Pass a transposed matrix. Which operation insists on a particular memory layout?",
    source="view() where reshape() is needed",
)
def needs_contiguous(X: Tensor) -> Tensor:
    return _softmax(X.view(-1).view(X.shape))


@misconception(
    title="returns float32 whatever the dtype of the logits",
    hint="Pass float64 logits and print the dtype of the result.",
    source="float() or a result allocated with the default dtype",
)
def returns_float32(X: Tensor) -> Tensor:
    return _softmax(X.float())


@misconception(
    title="returns float64 whatever the dtype of the logits",
    hint="Pass float32 logits and print the dtype of the result.",
    source="double() for precision, or a detour through NumPy",
)
def returns_float64(X: Tensor) -> Tensor:
    return _softmax(X.double())


# ---- gradients, side effects and state


@misconception(
    title="cuts the result off from the graph",
    hint="The values are right, but backward() cannot reach the logits. Which step leaves"
    " autograd?",
    source="detach, .data, no_grad or NumPy",
)
def cuts_graph(X: Tensor) -> Tensor:
    return _softmax(X).detach()


@misconception(
    title="raises an error when the logits require gradients",
    hint="Call it with requires_grad=True. Which step leaves autograd?",
    source="numpy() called on the logits",
)
def refuses_requires_grad(X: Tensor) -> Tensor:
    return torch.from_numpy(_softmax(torch.from_numpy(X.numpy())).numpy())


@misconception(
    title="treats the sum as a constant in the gradient",
    hint="Raising one logit lowers the probabilities of the other classes. Which part of your"
    " formula has left the graph?",
    source="item(), .data or detach on the sum",
)
def detaches_sum(X: Tensor) -> Tensor:
    E = _exp(X)
    return E / E.sum(1, keepdim=True).detach()


@misconception(
    title="treats the exponential above the fraction as a constant in the gradient",
    hint="Raising a logit raises its own probability. Which part of your formula has left the"
    " graph?",
    source="a detached copy used above the fraction",
)
def detaches_numerator(X: Tensor) -> Tensor:
    E = _exp(X)
    return E.detach() / E.sum(1, keepdim=True)


@misconception(
    title="raises an error in the backward pass",
    hint="Autograd keeps intermediate results for the backward pass. Which of them do you change"
    " in place?",
    source="/= on the result of exp",
)
def breaks_backward(X: Tensor) -> Tensor:
    E = _exp(X)
    E /= E.sum(1, keepdim=True)
    return E


@misconception(
    title="changes the logits that it was given",
    hint="Print the logits before and after the call. Which step works in place?",
    source="an in-place shift on .data or under no_grad",
)
def changes_input(X: Tensor) -> Tensor:
    X.data -= X.data.amax(1, keepdim=True)
    return _softmax(X)


@misconception(
    title="changes the logits that it was given, or raises an error when they require gradients",
    hint="Print the logits before and after the call. Does any operator write back into its"
    " argument?",
    source="-= on the argument",
)
def changes_input_or_raises(X: Tensor) -> Tensor:
    X -= X.detach().amax(1, keepdim=True)
    return _softmax(X)


@misconception(
    title="overwrites the logits with the probabilities",
    hint="Print the logits before and after the call: the caller still needs them.",
    source="the argument used as the result tensor, row by row",
)
def overwrites_input(X: Tensor) -> Tensor:
    P = _softmax(X)
    X.data.copy_(P.data)
    return P


_ROWS: list[Tensor] = []


@misconception(
    title="still contains the rows of earlier calls",
    hint="Call the function twice. Where does the list of rows live, and when is it emptied?",
    source="a global list, or a list as a default argument",
)
def keeps_rows_between_calls(X: Tensor) -> Tensor:
    _ROWS.extend(_softmax(X).unbind())
    return torch.stack(_ROWS)


# ---- pairs


@misconception(combines=("overflows", "normalizes_over_batch"), source="textbook formula, dim=0")
def overflows_and_normalizes_over_batch(X: Tensor) -> Tensor:
    return _naive(X, 0)


@misconception(
    combines=("overflows", "normalizes_over_everything"), source="textbook formula, sum()"
)
def overflows_and_normalizes_over_everything(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / E.sum()


@misconception(combines=("overflows", "loses_row_dimension"), source="textbook formula, no keepdim")
def overflows_and_loses_row_dimension(X: Tensor) -> Tensor:
    return torch.exp(X) / torch.exp(X).sum(1)


@misconception(
    combines=("loses_row_dimension", "loses_max_dimension"), source="keepdim forgotten twice"
)
def loses_row_dimension_and_loses_max_dimension(X: Tensor) -> Tensor:
    E = torch.exp(X - X.max(1).values)
    return E / E.sum(1)


@misconception(
    combines=("subtracts_global_max", "loses_row_dimension"), source="max() and no keepdim"
)
def subtracts_global_max_and_loses_row_dimension(X: Tensor) -> Tensor:
    E = torch.exp(X - X.max())
    return E / E.sum(1)


@misconception(combines=("subtracts_global_max", "normalizes_over_batch"), source="max() and dim=0")
def subtracts_global_max_and_normalizes_over_batch(X: Tensor) -> Tensor:
    return _naive(X - X.max(), 0)


@misconception(combines=("overflows", "adds_epsilon"), source="epsilon on the textbook formula")
def overflows_and_adds_epsilon(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / (E.sum(1, keepdim=True) + 1e-8)


@misconception(combines=("overflows", "returns_float32"), source="float() in the textbook formula")
def overflows_and_returns_float32(X: Tensor) -> Tensor:
    return _naive(X.float())


@misconception(combines=("overflows", "returns_float64"), source="double() against overflow")
def overflows_and_returns_float64(X: Tensor) -> Tensor:
    return _naive(X.double())


@misconception(combines=("overflows", "cuts_graph"), source="textbook formula on .data or NumPy")
def overflows_and_cuts_graph(X: Tensor) -> Tensor:
    return _naive(X).detach()


@misconception(combines=("returns_float32", "cuts_graph"), source="torch.tensor of Python floats")
def returns_float32_and_cuts_graph(X: Tensor) -> Tensor:
    return torch.tensor(_softmax(X).tolist())


@misconception(combines=("overflows", "changes_input_or_raises"), source="exp_ on the argument")
def overflows_and_changes_input_or_raises(X: Tensor) -> Tensor:
    E = X.exp_()
    return E / E.sum(1, keepdim=True)


@misconception(combines=("overflows", "breaks_backward"), source="/= on the textbook formula")
def overflows_and_breaks_backward(X: Tensor) -> Tensor:
    E = torch.exp(X)
    E /= E.sum(1, keepdim=True)
    return E


@misconception(combines=("overflows", "detaches_sum"), source="item() on each row's sum")
def overflows_and_detaches_sum(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / E.sum(1, keepdim=True).detach()


@misconception(combines=("overflows", "flips_sign"), source="textbook formula of -X")
def overflows_and_flips_sign(X: Tensor) -> Tensor:
    return _naive(-X)


@misconception(combines=("overflows", "uses_powers_of_two"), source="2 ** X")
def overflows_and_uses_powers_of_two(X: Tensor) -> Tensor:
    return _naive(X * math.log(2))


@misconception(combines=("overflows", "uses_rounded_e"), source="2.718 ** X")
def overflows_and_uses_rounded_e(X: Tensor) -> Tensor:
    return _naive(X * math.log(2.718))


@misconception(combines=("overflows", "returns_logs"), source="log of the textbook formula")
def overflows_and_returns_logs(X: Tensor) -> Tensor:
    return torch.log(_naive(X))


@misconception(combines=("overflows", "normalizes_twice"), source="textbook formula applied twice")
def overflows_and_normalizes_twice(X: Tensor) -> Tensor:
    return _naive(_naive(X))


@misconception(combines=("overflows", "divides_by_mean"), source="mean in the textbook formula")
def overflows_and_divides_by_mean(X: Tensor) -> Tensor:
    return _naive(X) * X.shape[1]


@misconception(combines=("overflows", "omits_last_class"), source="off-by-one in a double loop")
def overflows_and_omits_last_class(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / E[:, :-1].sum(1, keepdim=True)


@misconception(
    combines=("overflows", "adds_to_earlier_sums"), source="double loop, total not reset"
)
def overflows_and_adds_to_earlier_sums(X: Tensor) -> Tensor:
    E = torch.exp(X)
    return E / E.sum(1).cumsum(0).unsqueeze(1)


@misconception(combines=("overflows", "stops_after_first_row"), source="return inside a loop")
def overflows_and_stops_after_first_row(X: Tensor) -> Tensor:
    P = torch.zeros_like(X)
    P[0] = _naive(X[:1])[0]
    return P


@misconception(combines=("overflows", "drops_singleton_dimensions"), source="squeeze() at the end")
def overflows_and_drops_singleton_dimensions(X: Tensor) -> Tensor:
    return _naive(X).squeeze()


@misconception(combines=("overflows", "returns_transpose"), source="transposed to avoid keepdim")
def overflows_and_returns_transpose(X: Tensor) -> Tensor:
    return _naive(X).T


@misconception(combines=("normalizes_over_batch", "returns_float32"), source="dim=0 and float()")
def normalizes_over_batch_and_returns_float32(X: Tensor) -> Tensor:
    return _softmax(X.float(), 0)


@misconception(combines=("normalizes_over_batch", "cuts_graph"), source="dim=0 on .data or NumPy")
def normalizes_over_batch_and_cuts_graph(X: Tensor) -> Tensor:
    return _softmax(X, 0).detach()


@misconception(combines=("normalizes_over_batch", "returns_logs"), source="log-softmax with dim=0")
def normalizes_over_batch_and_returns_logs(X: Tensor) -> Tensor:
    return X - X.logsumexp(0, keepdim=True)
