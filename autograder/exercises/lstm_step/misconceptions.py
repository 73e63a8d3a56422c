"""Known wrong implementations of lstm_step: one body with switches, and pairs of them."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import misconception, mistake


def _same(A: Tensor) -> Tensor:
    return A


def _memory(C: Tensor, i: Tensor, f: Tensor, g: Tensor) -> Tensor:
    return f * C + i * g


def _first(results: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return results[:2]


def _lstm(
    X: Tensor, H: Tensor, C: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor, *,
    order: str = "ifog", state=_same, memory=_same, weights=_same, of_state: float = 1, bias=_same,
    gate_i=torch.sigmoid, gate_f=torch.sigmoid, gate_o=torch.sigmoid, candidate=torch.tanh,
    new_memory: Callable[..., Tensor] = _memory, output=torch.tanh, shown: str = "new", parts=_first,
) -> tuple[Tensor, ...]:  # fmt: skip
    """The step: the blocks' order, functions of every part; `parts` of H, C, the old C and the gates."""
    Z = X @ W_x + of_state * (state(H) @ weights(W_h)) + bias(b)
    blocks = dict(zip(order, Z.chunk(4, 1), strict=True))
    i, f, o = gate_i(blocks["i"]), gate_f(blocks["f"]), gate_o(blocks["o"])
    old = memory(C)
    new = new_memory(old, i, f, candidate(blocks["g"]))
    return parts((o * output(new if shown == "new" else old), new, old, o))


def _block(b: Tensor, place: int) -> Tensor:
    return b.chunk(4)[place].repeat(4)


# The blocks

torch_order = mistake(
    _lstm,
    order="ifgo",
    title="takes the third block for the candidate and the fourth for the output gate",
    hint="That is PyTorch's order. Which one does the contract give?",
    source="PyTorch's layout; a thread of ConvLSTM_pytorch (#6) about what the order means",
)
keras_order = mistake(
    _lstm,
    order="ifgo"[::-1],
    title="takes the blocks in the reverse order of PyTorch's: output, candidate, forget, input",
    hint="In which order does the contract list the four blocks?",
    source="weights of another framework",
)
swaps_input_and_forget = mistake(
    _lstm,
    order="fiog",
    title="takes the first block for the forget gate and the second for the input gate",
    hint="In which order does the contract list the four blocks?",
    source="the order of many texts, in which the forget gate comes first; g2pM PR #15",
)
forget_first = mistake(
    _lstm,
    order="figo",
    title="takes the blocks as forget gate, input gate, candidate, output gate",
    hint="In which order does the contract list the four blocks?",
    source="the order in which widely read explanations draw an LSTM",
)
candidate_first = mistake(
    _lstm,
    order="gifo",
    title="takes the first block for the candidate, and the gates after it",
    hint="In which order does the contract list the four blocks?",
    source="papers whose equations begin with the candidate",
)
swaps_output_and_forget = mistake(
    _lstm,
    order="iofg",
    title="takes the second block for the output gate and the third for the forget gate",
    hint="In which order does the contract list the four blocks?",
    source="the order input, output, forget of some courses and of ONNX",
)
swaps_input_and_output = mistake(
    _lstm,
    order="ofig",
    title="takes the first block for the output gate and the third for the input gate",
    hint="In which order does the contract list the four blocks?",
    source="two names mixed up",
)
shares_one_bias = mistake(
    _lstm,
    bias=lambda b: _block(b, 0),
    title="adds the bias of the input gate to all four blocks",
    hint="b has 4h entries. Which of them belong to the forget gate?",
    source="a line copied for each gate, its bias left as it was; numpy-ml #42",
)
forgets_bias = mistake(
    _lstm,
    bias=torch.zeros_like,
    title="does not add b",
    hint="With X and H of zeros, what do the gates depend on?",
    source="a bias of zeros in every example",
)
doubles_bias = mistake(
    _lstm,
    bias=lambda b: 2 * b,
    title="adds b twice",
    hint="With X and H of zeros, what is the input gate?",
    source="PyTorch's cells have two biases; one tensor put in for both",
)
raises_forget_bias = mistake(
    _lstm,
    bias=lambda b: b + torch.eye(4, dtype=b.dtype)[1].repeat_interleave(b.numel() // 4),
    title="adds 1 to the forget gate's bias",
    hint="That is a good way to initialize b. Is it part of the step?",
    source="forget_bias=1.0 of older TensorFlow cells",
)

# The gates

no_gate_activation = mistake(
    _lstm,
    gate_i=_same,
    gate_f=_same,
    gate_o=_same,
    title="uses gates without the sigmoid: they are not between 0 and 1",
    hint="Print the gates. Which share of C can a gate of 2.5 let through?",
    source="the activation left out",
)
tanh_gates = mistake(
    _lstm,
    gate_i=torch.tanh,
    gate_f=torch.tanh,
    gate_o=torch.tanh,
    title="uses tanh for the gates",
    hint="Can a gate be negative? Which function gives shares between 0 and 1?",
    source="one activation for all four blocks",
)
sigmoid_candidate = mistake(
    _lstm,
    candidate=torch.sigmoid,
    title="uses the sigmoid for the candidate",
    hint="What is written into the memory may be negative. Which activation allows that?",
    source="one activation for all four blocks",
)
bare_candidate = mistake(
    _lstm,
    candidate=_same,
    title="has no activation on the candidate",
    hint="Which activation does the formula put around the fourth block?",
    source="the activation left out",
)
no_output_activation = mistake(
    _lstm,
    output=_same,
    title="gives o * C: the new C goes out without tanh",
    hint="Can an entry of H be greater than 1? Should it?",
    source="the second tanh forgotten",
)
no_output_gate = mistake(
    _lstm,
    gate_o=torch.ones_like,
    title="gives tanh(C) without the output gate",
    hint="Which of the four blocks of columns does your code never read?",
    source="o * forgotten",
)
sigmoid_output = mistake(
    _lstm,
    output=torch.sigmoid,
    title="sends the new C through the sigmoid, where tanh is asked for",
    hint="Can an entry of H be negative? Should it be, sometimes?",
    source="sigmoid for tanh",
)

# State

ignores_forget_gate = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: C + i * g,
    title="forgets nothing: it keeps all of the old C",
    hint="What is the forget gate multiplied with?",
    source="the first LSTM of 1997, which had no forget gate",
)
ignores_input_gate = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: f * C + g,
    title="lets all of the candidate in, whatever the input gate says",
    hint="What is the input gate multiplied with?",
    source="one product left out",
)
couples_gates = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: f * C + (1 - f) * g,
    title="lets in what is forgotten: the input gate is 1 - f",
    hint="Which block does the input gate come from?",
    source="a variant with coupled gates, and the GRU",
)
forget_gate_twice = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: f * C + f * g,
    title="multiplies the candidate by the forget gate, too",
    hint="Which gate says how much of the candidate is written?",
    source="CMSIS-NN PR #181",
)
adds_candidate_and_gate = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: f * C + i + g,
    title="adds the input gate to the candidate, where it multiplies",
    hint="A gate of 0 should let nothing in. What does yours do then?",
    source="torchrecurrent #22",
)
multiplies_memory = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: (f * C) * (i * g),
    title="multiplies what is kept and what is let in, where they are added",
    hint="With the forget gate at 0, what should become of the candidate?",
    source="* for +",
)
remembers_nothing = mistake(
    _lstm,
    new_memory=lambda C, i, f, g: i * g,
    title="ignores the old C",
    hint="Change C and call again. What should change?",
    source="a state of zeros in every test",
)
shows_old_memory = mistake(
    _lstm,
    shown="old",
    title="makes H of the old C",
    hint="Which comes first: the new C, or the new H?",
    source="the two lines in the wrong order",
)
ignores_state = mistake(
    _lstm,
    of_state=0,
    title="ignores H: the gates see the input alone",
    hint="Change H and call again. What should change?",
    source="a state of zeros in every test",
)
detaches_state = mistake(
    _lstm,
    state=Tensor.detach,
    title="cuts the graph at H",
    hint="Detaching belongs between two minibatches, outside of the step. Where do you do it?",
    source="truncated backpropagation in the wrong place; Dive-into-DL-PyTorch #146, #161",
)
detaches_memory = mistake(
    _lstm,
    memory=Tensor.detach,
    title="cuts the graph at C",
    hint="Gradients travel far along C: that is what an LSTM is for. Which line stops them?",
    source="self.c = c.detach() in a module that keeps its state",
)
detaches_both = mistake(
    _lstm,
    state=Tensor.detach,
    memory=Tensor.detach,
    title="cuts the graph at H and at C",
    hint="A step in the middle of a sequence passes gradients on to the step before. Which line stops them?",
    source="the states detached at the beginning of a step, as between two batches",
)

# What comes back

swaps_results = mistake(
    _lstm,
    parts=lambda results: results[1::-1],
    title="returns C before H",
    hint="In which order does the contract name the two results?",
    source="a pair taken apart the other way round",
)
returns_old_memory = mistake(
    _lstm,
    parts=lambda results: (results[0], results[2]),
    title="returns the old C with the new H",
    hint="What should the next step remember?",
    source="the new C under another name than the one returned",
)
returns_squashed_memory = mistake(
    _lstm,
    parts=lambda results: (results[0], results[1].tanh()),
    title="returns the tanh of the new C in its place",
    hint="tanh belongs to the H that goes out. What should the next step remember?",
    source="C = tanh(C), and H = o * C",
)
returns_output_gate = mistake(
    _lstm,
    parts=lambda results: (results[3], results[1]),
    title="returns the output gate in the place of H",
    hint="What is the output gate multiplied with?",
    source="a variable named output",
)
returns_state_alone = mistake(
    _lstm,
    parts=lambda results: results[0],
    title="returns H alone",
    hint="The next step needs C as well. How many results does the contract name?",
    source="a plain recurrent layer's return statement",
)
returns_output_and_states = mistake(
    _lstm,
    parts=lambda results: (results[0], (results[0], results[1])),
    title="returns an output and a pair of states, as PyTorch's module does",
    hint="The contract asks for two tensors. What would unpacking give the caller?",
    source="output, (H, C), as the book's loop returns them",
)


@misconception(
    title="writes the new C into the C it was given",
    hint="Print C before and after the call. Which operation works in place?",
    source="C[:] = ..., or C *= f",
)
def changes_memory(
    X: Tensor, H: Tensor, C: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor
) -> tuple[Tensor, ...]:
    H, new, *_ = _lstm(X, H, C, W_x, W_h, b)
    C.data.copy_(new.detach())
    return H, new


PAIRS = [
    ("torch_order", "forgets_bias"),
    ("swaps_input_and_forget", "no_output_activation"),
    ("torch_order", "no_output_activation"),
    ("sigmoid_candidate", "forgets_bias"),
]
