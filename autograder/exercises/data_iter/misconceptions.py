"""Known wrong implementations of data_iter: settings of one body, simplest first, pairs at the end.

Results are random, so two functions behave alike when their orders have the same distribution.
"""

import random
from typing import Any

import torch
from torch import Tensor

from autograder.checking import mistake


def _order(n: int, batch_size: int, how: str) -> list[int]:
    order = list(range(n))
    if how == "shuffled":
        random.shuffle(order)
    elif how == "seeded":
        random.Random(0).shuffle(order)
    elif how == "reversed":
        order.reverse()
    elif how == "rotated":
        start = random.randrange(n)
        order = order[start:] + order[:start]
    elif how == "within":
        parts = [order[start : start + batch_size] for start in range(0, n, batch_size)]
        for part in parts:
            random.shuffle(part)
        order = [i for part in parts for i in part]
    elif how == "all but the first":
        rest = order[1:]
        random.shuffle(rest)
        order = order[:1] + rest
    elif how in ("halves", "every other"):
        cut = [order[: n // 2], order[n // 2 :]]
        parts = cut if how == "halves" else [order[::2], order[1::2]]
        for part in parts:
            random.shuffle(part)
        order = [i for part in parts for i in part]
    elif how == "replacement":
        order = [random.randrange(n) for _ in order]
    return order


def _in_one_buffer(batches: list[Any]) -> list[Any]:
    """A list of batches that all lie in the same two tensors, so that each shows what was written last."""
    X, y = (part.clone() for part in batches[0])
    for mine, theirs in batches:
        X[: len(mine)], y[: len(theirs)] = mine, theirs
    return [(X[: len(mine)], y[: len(theirs)]) for mine, theirs in batches]


def _data_iter(
    batch_size: int,
    features: Tensor,
    labels: Tensor,
    *,
    order: str = "shuffled",
    of_labels: str = "same",
    last: str = "kept",
    size: str = "asked",
    end: int = 0,
    step: str = "batch",
    batches: str = "all",
    pair: str = "both",
    form: str = "kept",
    changes: bool = False,
) -> Any:
    """Pairs of minibatches in a random order; each keyword replaces one ingredient."""
    n = len(features)
    if size == "number":
        batch_size = -(-n // batch_size)
    if size == "whole number":
        batch_size = max(n // batch_size, 1)
    if size == "balanced":
        batch_size = -(-n // -(-n // batch_size))
    batch_size = {"one": 1, "all": n, "one more": batch_size + 1}.get(size, batch_size)
    places = _order(n, batch_size, order)
    theirs = {
        "same": places,
        "in order": list(range(n)),
        "apart": _order(n, batch_size, "shuffled"),
    }
    if changes:
        features.data.copy_(features[places].clone())
        labels.data.copy_(labels[places].clone())
        places = list(range(n))
        theirs["same"] = places
    if batches == "all but the first example":
        places.remove(0)
    found = []
    stop = {"one too few": n - 1, "all but the last": n - batch_size}.get(batches, n)
    stop = min(stop, len(places))
    for start in range(0, stop, batch_size if step == "batch" else 1):
        chosen = slice(start, start + batch_size + end)
        mine, of_label = places[chosen], theirs[of_labels][chosen]
        if len(mine) < batch_size and last != "kept":
            if last == "dropped":
                break
            if last == "raises":
                mine = [places[i] for i in range(start, start + batch_size)]
            missing = batch_size - len(mine)
            if last == "wrapped":
                mine, of_label = mine + places[:missing], of_label + theirs[of_labels][:missing]
            if last == "overlapping":
                mine, of_label = places[-batch_size:], theirs[of_labels][-batch_size:]
        if batches == "independent":
            mine = of_label = random.sample(range(n), len(mine))
        X, y = (
            data[torch.tensor(rows, dtype=torch.int64)]
            for data, rows in ((features, mine), (labels, of_label))
        )
        if form == "flat":
            y = y.flatten()
        elif form == "float":
            X, y = X.float(), y.float()
        elif form == "float labels":
            y = y.float()
        elif form == "flat features":
            X = X.reshape(len(X), -1)
        found.append(
            {
                "both": (X, y),
                "features": X,
                "swapped": (y, X),
                "joined": torch.cat([X.reshape(len(X), -1), y.reshape(len(y), -1).to(X.dtype)], 1),
            }[pair]
        )
        if batches == "first":
            break
    if batches == "first alone":
        return found[0]
    if form == "one buffer":
        return _in_one_buffer(found)
    if order == "batches":
        random.shuffle(found)
    return found * {"endless": 1000, "twice": 2}.get(batches, 1)


in_order = mistake(
    _data_iter,
    order="in order",
    title="gives the examples in the order in which they are stored",
    hint="Print the first batch of two calls. Where does chance come in?",
    source="the line that shuffles the indices left out, or its result thrown away",
)
reversed_order = mistake(
    _data_iter,
    order="reversed",
    title="gives the examples in reversed order",
    hint="Print the first batch of two calls. Where does chance come in?",
    source="pop() from a list of indices that was never shuffled",
)
same_order_every_time = mistake(
    _data_iter,
    order="seeded",
    title="mixes the examples in the same way at every call",
    hint="Call your function twice and compare. Does it set a seed, or keep an order from before?",
    source="a seed inside, or indices shuffled once outside; a reported error of a public iterator",
)
starts_anywhere = mistake(
    _data_iter,
    order="rotated",
    title="starts at a random place and then goes on in the stored order",
    hint="Which examples share a batch with example 3, over many calls? It should be any.",
    source="a random offset in place of a shuffle",
)
shuffles_batches = mistake(
    _data_iter,
    order="batches",
    title="mixes the batches, but not the examples in them",
    hint="Which examples share a batch with example 3, over many calls? It should be any.",
    source="a list of ready batches that is shuffled",
)
shuffles_within_batches = mistake(
    _data_iter,
    order="within",
    title="mixes the examples of each batch, but leaves them in their batch",
    hint="Which examples come in the first batch, over many calls? It should be any.",
    source="the shuffle moved into the loop",
)
keeps_halves_apart = mistake(
    _data_iter,
    order="halves",
    title="mixes the first half of the data and the second, each by itself",
    hint="Can your last example come first? Which places can it get to?",
    source="how it comes about: a shuffle of parts that fit into memory",
)
keeps_parities_apart = mistake(
    _data_iter,
    order="every other",
    title="mixes every other example, and then those between, each by themselves",
    hint="Any two examples should be able to meet in a batch. Into which parts do you divide the data before you mix it?",
    source="how it comes about: two shuffled lists joined, as for two classes",
)
keeps_first_in_place = mistake(
    _data_iter,
    order="all but the first",
    title="leaves the first example where it is, and mixes the others",
    hint="Which places does your shuffle reach: the first and the last among them?",
    source="bounds of a shuffle by hand that are off by one",
)
draws_with_replacement = mistake(
    _data_iter,
    order="replacement",
    title="draws examples with replacement, so that some come twice and others never",
    hint="Count how often each example comes in one pass. It should be once.",
    source="randint or choices in place of a shuffle",
)
draws_batches_independently = mistake(
    _data_iter,
    batches="independent",
    title="draws every batch from all of the data, whatever came before",
    hint="Count how often each example comes in one pass. It should be once.",
    source="a random sample for each batch, met in stochastic gradient descent from scratch",
)
labels_in_order = mistake(
    _data_iter,
    of_labels="in order",
    title="mixes the features, but not the labels",
    hint="Make labels that can be computed from the features. Do they still fit in a batch?",
    source="labels sliced where features are indexed",
)
features_in_order = mistake(
    _data_iter,
    order="in order",
    of_labels="apart",
    title="mixes the labels, but not the features",
    hint="Make labels that can be computed from the features. Do they still fit in a batch?",
    source="features sliced where labels are indexed",
)
shuffled_apart = mistake(
    _data_iter,
    of_labels="apart",
    title="mixes features and labels apart, so that pairs are torn",
    hint="How many random orders does one call of yours draw? Make labels that fit the features.",
    source="two calls of shuffle, asked about in issues of public courses",
)
drops_last = mistake(
    _data_iter,
    last="dropped",
    title="drops the last batch when it is not full",
    hint="With 10 examples in batches of 4, how many examples come?",
    source="whole batches alone, a reported error of public training code",
)
leaves_last_out = mistake(
    _data_iter,
    batches="all but the last",
    title="leaves out the last batch, full or not",
    hint="For 4 examples in batches of 2, where should the last batch begin, and where does your range end?",
    source="range(0, n - batch_size, batch_size)",
)
balances = mistake(
    _data_iter,
    size="balanced",
    title="cuts the data into batches of nearly equal size, where what is left over should stand alone",
    hint="With 11 examples in batches of 5, how many does each of your batches hold?",
    source="torch.chunk or array_split, which balance the sizes",
)
index_past_end = mistake(
    _data_iter,
    last="raises",
    title="runs past the end of the data when the last batch is not full",
    hint="With 10 examples in batches of 4, which indices does the third batch ask for?",
    source="range(i, i + batch_size), reported against a batching library",
)
fills_last = mistake(
    _data_iter,
    last="wrapped",
    title="fills the last batch up with examples that came before",
    hint="With 10 examples in batches of 4, how many examples come?",
    source="wrapping around at the end, as some samplers do",
)
overlaps_last = mistake(
    _data_iter,
    last="overlapping",
    title="takes the last batch_size examples as last batch, some of them a second time",
    hint="With 10 examples in batches of 4, how many examples come?",
    source="a slice [-batch_size:] for the rest",
)
first_batch_alone = mistake(
    _data_iter,
    batches="first",
    title="gives the first batch alone",
    hint="What ends the loop? A generator yields and goes on; return does not.",
    source="return inside the loop",
)
returns_one_pair = mistake(
    _data_iter,
    batches="first alone",
    title="returns one pair of tensors instead of an iterable of pairs",
    hint="for X, y in data_iter(...): what would X and y be here?",
    source="return in place of yield",
)
one_batch = mistake(
    _data_iter,
    size="all",
    title="gives everything in one batch",
    hint="What becomes of batch_size in your function?",
    source="a mixed copy of the data without the loop",
)
one_by_one = mistake(
    _data_iter,
    size="one",
    title="gives single examples, whatever the batch size",
    hint="What becomes of batch_size in your function?",
    source="a loop with step 1",
)
counts_batches = mistake(
    _data_iter,
    size="number",
    title="takes the batch size for the number of batches",
    hint="How many examples does your first batch hold for batch_size = 2?",
    source="torch.chunk in place of torch.split",
)
counts_whole_batches = mistake(
    _data_iter,
    size="whole number",
    title="takes the batch size for the number of batches",
    hint="How many examples does your first batch hold for batch_size = 2?",
    source="n // batch_size used as the size",
)
one_too_many = mistake(
    _data_iter,
    size="one more",
    title="puts one example too many in each batch",
    hint="How many numbers does range(i, i + batch_size + 1) hold?",
    source="an end that is meant to be included",
)
one_too_few = mistake(
    _data_iter,
    end=-1,
    title="leaves one example out of each batch",
    hint="The end of a slice is left out already. How many numbers does 0:3 hold?",
    source="how it comes about: - 1 at the end of a slice, as if it were included",
)
steps_by_one = mistake(
    _data_iter,
    step="one",
    title="goes on by one example from batch to batch, so that examples come again and again",
    hint="Where does the second batch begin? range takes a third number.",
    source="how it comes about: range(n) in the place of range(0, n, batch_size)",
)
begins_at_one = mistake(
    _data_iter,
    batches="all but the first example",
    title="leaves the first example out",
    hint="Which indices does your list hold? The first example has the index 0.",
    source="range(1, n), as in languages that count from 1",
)
goes_through_twice = mistake(
    _data_iter,
    batches="twice",
    title="goes through the data twice",
    hint="One call is one pass through the data. Which loop is around yours?",
    source="a loop over epochs inside the function",
)
shares_one_buffer = mistake(
    _data_iter,
    form="one buffer",
    title="gives a list in which all batches are the same two tensors, filled with the last batch",
    hint="Print `batches[0][0] is batches[1][0]`, or change one batch and look at another. Which lines make new tensors?",
    source="buffers that are filled again, as generators may do it, collected in a list",
)
never_ends = mistake(
    _data_iter,
    batches="endless",
    title="never stops",
    hint="One call is one pass through the data. What ends your loop?",
    source="while True, as in data loaders that count steps in place of epochs",
)
features_alone = mistake(
    _data_iter,
    pair="features",
    title="gives features without labels",
    hint="for X, y in data_iter(...): every batch is a pair.",
    source="a yield with one value",
)
swaps = mistake(
    _data_iter,
    pair="swapped",
    title="gives the labels first and then the features",
    hint="Which of the two comes first in a batch?",
    source="a slip in the yield",
)
joins = mistake(
    _data_iter,
    pair="joined",
    title="gives features and labels in one tensor",
    hint="for X, y in data_iter(...): every batch is a pair.",
    source="features and labels concatenated to be shuffled together",
)
flattens_labels = mistake(
    _data_iter,
    form="flat",
    title="flattens the labels",
    hint="Labels of shape (n, 1) come in batches of shape (batch_size, 1).",
    source="view(-1) against a warning of the loss",
)
flattens_features = mistake(
    _data_iter,
    form="flat features",
    title="flattens the features of each example",
    hint="An image of 2 x 3 stays 2 x 3 in a batch. Which of your steps makes a row of it?",
    source="reshape(n, -1) for a linear model",
)
turns_labels_to_float = mistake(
    _data_iter,
    form="float labels",
    title="turns the labels to float32",
    hint="Class labels are int64, and stay it. Which call changes the dtype?",
    source=".float() against an error of a loss",
)
turns_to_float = mistake(
    _data_iter,
    form="float",
    title="turns features and labels to float32",
    hint="Class labels are int64, and stay it. Which call changes the dtype?",
    source="torch.Tensor(...) or .float() on a batch",
)
shuffles_in_place = mistake(
    _data_iter,
    changes=True,
    title="mixes the caller's data itself",
    hint="Print the features before and after a pass. Mix indices, not the data.",
    source="random.shuffle or an assignment on the features themselves",
)

PAIRS = [
    ("in_order", "drops_last"),
    ("shuffled_apart", "drops_last"),
    ("drops_last", "flattens_labels"),
    ("same_order_every_time", "drops_last"),
]
