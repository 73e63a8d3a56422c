"""Known wrong implementations of conv2d, as settings of one loop over the places of the window."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from autograder.checking import misconception, mistake


def _zeros_around(X: Tensor, padding: int) -> Tensor:
    return pad(X, (padding,) * 4)


def _product(windows: Tensor, W: Tensor) -> Tensor:
    """(n, c, kh, kw) windows and (o, c, kh, kw) kernels: (n, o)."""
    return torch.einsum("ncab,ocab->no", windows, W)


def _conv2d(
    X: Tensor,
    W: Tensor,
    b: Tensor,
    stride: int = 1,
    padding: int = 0,
    *,
    image: Callable[[Tensor], Tensor] = lambda X: X,
    around: Callable[[Tensor, int], Tensor] = _zeros_around,
    kernel: Callable[[Tensor], Tensor] = lambda W: W,
    bias: Callable[[Tensor, Tensor], Tensor] = lambda b, Y: b.reshape(1, -1, 1, 1),
    product: Callable[[Tensor, Tensor], Tensor] = _product,
    move: Callable[[int], int] = lambda stride: stride,
    ends: Callable[[int, int, int], int] = lambda size, k, stride: size - k + 1,
    finish: Callable[[Tensor], Tensor] = lambda Y: Y,
) -> Tensor:
    X, W = around(image(X), padding), kernel(W)
    kh, kw = W.shape[2:]
    rows = [
        torch.stack(
            [
                product(X[:, :, i : i + kh, j : j + kw], W)
                for j in range(0, ends(X.shape[3], kw, stride), move(stride))
            ],
            -1,
        )
        for i in range(0, ends(X.shape[2], kh, stride), move(stride))
    ]
    Y = torch.stack(rows, 2)
    return finish(Y + bias(b, Y))


# Kernels and channels

flips_kernels = mistake(
    _conv2d,
    kernel=lambda W: W.flip(2, 3),
    title="flips the kernels, as a convolution in the sense of mathematics does",
    hint="Which pixel of the window should the upper left entry of a kernel be multiplied with?",
    source="scipy's convolve2d, or the book's own name for it; a Keras thread about a naive version",
)
transposes_kernels = mistake(
    _conv2d,
    kernel=lambda W: W.mT,
    title="transposes the kernels",
    hint="Which of the last two dimensions of W goes with the height? Try kernels of size (1, 2).",
    source="kh and kw mixed up; a fix of mlpack's convolution for kernels that aren't square",
)
uses_first_channel = mistake(
    _conv2d,
    product=lambda windows, W: torch.einsum("nab,oab->no", windows[:, 0], W[:, 0]),
    title="looks at the first input channel alone",
    hint="Change the last channel of an image: which entries of the result should change?",
    source="X[:, 0], from an exercise with grey images; micrograd-rs: the depth was taken as 1",
)
uses_last_channel = mistake(
    _conv2d,
    product=lambda windows, W: torch.einsum("nab,oab->no", windows[:, -1], W[:, -1]),
    title="keeps what the last input channel gives in the place of the sum over channels",
    hint="What is in the result before the next channel arrives, and what is left of it afterwards?",
    source="= for += in the loop over channels",
)
averages_channels = mistake(
    _conv2d,
    product=lambda windows, W: _product(windows, W) / W.shape[1],
    title="averages over the input channels in the place of adding up",
    hint="Try two channels that are equal: by what should the result grow, compared with one?",
    source="mean over the channels",
)
averages_window = mistake(
    _conv2d,
    product=lambda windows, W: _product(windows, W) / W[0].numel(),
    title="averages the products in the place of adding them up",
    hint="Try a kernel of ones on an image of ones.",
    source="mean for sum",
)
uses_first_kernel = mistake(
    _conv2d,
    kernel=lambda W: W[:1].expand_as(W),
    title="uses the kernels of the first output channel for all outputs",
    hint="Which index of W goes with the output channel, and does it change in your loop?",
    source="W[0], or the loop variable of the output channel not used",
)
uses_first_kernel_of_channels = mistake(
    _conv2d,
    kernel=lambda W: W[:, :1].expand_as(W),
    title="uses the kernel of the first input channel for all input channels",
    hint="W has a kernel for every pair of an output and an input channel.",
    source="W[o, 0]",
)
mixes_in_and_out = mistake(
    _conv2d,
    kernel=lambda W: W.reshape(W.shape[1], W.shape[0], *W.shape[2:]).transpose(0, 1),
    title="takes the first dimension of W for the input channels and the second for the outputs",
    hint="Which dimension of W has the size of b, and which that of the image's channels?",
    source="the layout of a transposed convolution; shapes that happen to fit after a view",
)

# The bias

forgets_bias = mistake(
    _conv2d,
    bias=lambda b, Y: torch.zeros_like(b).reshape(1, -1, 1, 1),
    title="adds no bias",
    hint="What should come out for an image of zeros?",
    source="corr2d_multi_in_out of the book has none",
)
adds_bias_twice = mistake(
    _conv2d,
    bias=lambda b, Y: b.reshape(1, -1, 1, 1) * 2,
    title="adds the bias twice",
    hint="Follow the bias through your loops: how often is it added to one entry?",
    source="b as the initial value, and added again at the end",
)
adds_first_bias = mistake(
    _conv2d,
    bias=lambda b, Y: b[:1].reshape(1, 1, 1, 1),
    title="adds the bias of the first output channel everywhere",
    hint="Each output channel has a bias of its own.",
    source="b[0], or a bias indexed along the wrong dimension; onnx2c #7",
)
subtracts_bias = mistake(
    _conv2d,
    bias=lambda b, Y: -b.reshape(1, -1, 1, 1),
    title="subtracts the bias",
    hint="What should come out for an image of zeros?",
    source="a threshold in the place of a bias",
)

# Where the window goes

ignores_stride = mistake(
    _conv2d,
    move=lambda stride: 1,
    title="moves the window by 1, whatever the stride",
    hint="Count the windows for a row of 5, a kernel of 1 and the stride 2.",
    source="i in the place of i * stride; rasbt's machine-learning-book PR #168",
)


@misconception(
    title="moves the window by stride down the rows only",
    hint="By how much does the window move to the right in your code?",
    source="a step in one of the two slices or loops",
)
def strides_rows_alone(
    X: Tensor, W: Tensor, b: Tensor, stride: int = 1, padding: int = 0
) -> Tensor:
    return _conv2d(X, W, b, 1, padding)[:, :, ::stride]


crowds_windows = mistake(
    _conv2d,
    move=lambda stride: 1,
    ends=lambda size, k, stride: (size - k) // stride + 1,
    title="gives as many windows as the stride asks for, but moves them by 1",
    hint="Where does window number 1 begin when the stride is 2?",
    source="Y[i, j] from X[i : i + kh] without `i * stride`; History-of-Deep-Learning PR #1",
)
loses_last_window = mistake(
    _conv2d,
    ends=lambda size, k, stride: max(size - k, 1),
    title="leaves out the last window where it ends at the border",
    hint="How often does a window of 2 fit into a row of 3?",
    source="h - kh for h - kh + 1; a loop bound of a well-known machine learning book",
)
rounds_up = mistake(
    _conv2d,
    ends=lambda size, k, stride: size - k + stride,
    product=lambda windows, W: _product(
        pad(windows, (0, W.shape[3] - windows.shape[3], 0, W.shape[2] - windows.shape[2])), W
    ),
    title="adds a window that hangs over the border where the stride leaves a rest",
    hint="A window that is not complete is left out: which rounding of (h + 2 padding - kh) / stride is that?",
    source="ceil for floor; padding='same'",
)
ignores_padding = mistake(
    _conv2d,
    around=lambda X, padding: X,
    title="ignores padding",
    hint="What shape should a 3 by 3 image have after a 3 by 3 kernel with padding 1?",
    source="the argument is never used; or the padded image is made, and the old one looked at",
)
pads_once = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (0, padding, 0, padding)),
    title="pads below and on the right only",
    hint="Zeros belong on all four sides: by how much do height and width grow?",
    source="h + padding for h + 2 * padding",
)
pads_above_and_left = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (padding, 0, padding, 0)),
    title="pads above and on the left only",
    hint="Zeros belong on all four sides: by how much do height and width grow?",
    source="P[:, :, padding:, padding:] = X in zeros of h + padding",
)
pads_twice_on_one_side = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (0, 2 * padding, 0, 2 * padding)),
    title="puts all the padding below and on the right",
    hint="The shape is correct. At which index of the padded image should the image begin?",
    source="P[:, :, :h, :w] = X in zeros of h + 2 * padding",
)
pads_width_alone = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (padding, padding)),
    title="pads on the left and on the right only",
    hint="`pad` counts from the last dimension: how many numbers does it need for two of them?",
    source="F.pad(X, (padding, padding))",
)
repeats_border = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (padding,) * 4, mode="replicate") if padding else X,
    title="repeats the border in the place of padding zeros",
    hint="Try an image of ones: which value do the pixels beyond the border have?",
    source="mode='replicate' or 'edge'",
)
pads_ones = mistake(
    _conv2d,
    around=lambda X, padding: pad(X, (padding,) * 4, value=1.0),
    title="pads ones",
    hint="What is added by a pixel beyond the border?",
    source="torch.ones for torch.zeros",
)
clips_negative = mistake(
    _conv2d,
    finish=lambda Y: Y.clamp(min=0),
    title="clips negative results to 0",
    hint="The activation function comes after the layer, as a function of its own.",
    source="relu built in",
)
swaps_height_and_width = mistake(
    _conv2d,
    finish=lambda Y: Y.mT,
    title="swaps height and width of the result",
    hint="Try an image that is wider than high: what shape should come out?",
    source="loops over columns outside, over rows inside",
)
scrambles_result = mistake(
    _conv2d,
    finish=lambda Y: Y.permute(0, 2, 3, 1).reshape(Y.shape),
    title="gives the correct numbers in the wrong places: places and channels are mixed up",
    hint="`reshape` keeps the order in memory. Which dimension has to move before it?",
    source="(n, places, o) viewed as (n, o, oh, ow), without a transpose",
)
detaches_kernels = mistake(
    _conv2d,
    kernel=lambda W: W.detach(),
    title="lets no gradient flow back to the kernels",
    hint="The kernels are what is learned. Do they leave torch on their way (.data, .item(), NumPy)?",
    source="W.data",
)
detaches_bias = mistake(
    _conv2d,
    bias=lambda b, Y: b.detach().reshape(1, -1, 1, 1),
    title="lets no gradient flow back to the bias",
    hint="The bias is learned, too. Which step takes it out of autograd (.data, .item(), float)?",
    source="b[o].item() added in a loop",
)
detaches_images = mistake(
    _conv2d,
    image=lambda X: X.detach(),
    title="lets no gradient flow back to the images",
    hint="The layer before this one learns through X. Which step cuts it off?",
    source="padding in NumPy, or X.data copied into zeros",
)

PAIRS = [
    ("flips_kernels", "ignores_stride"),
    ("ignores_padding", "ignores_stride"),
    ("ignores_padding", "crowds_windows"),
    ("forgets_bias", "flips_kernels"),
    ("forgets_bias", "ignores_padding"),
]
