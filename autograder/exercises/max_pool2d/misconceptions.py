"""Known wrong implementations of max_pool2d, as settings of one loop over the places of the window."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from autograder.checking import mistake


def _complete(extent: int, size: int, stride: int) -> int:
    return (extent - size) // stride + 1


def _max_pool2d(
    X: Tensor,
    size: int,
    stride: int,
    *,
    image: Callable[[Tensor, int, int], Tensor] = lambda X, size, stride: X,
    width: Callable[[int, int], int] = lambda size, stride: size,
    move: Callable[[int, int], int] = lambda size, stride: stride,
    count: Callable[[int, int, int], int] = _complete,
    of_window: Callable[[Tensor], Tensor] = lambda window: window.amax((2, 3)),
    finish: Callable[[Tensor], Tensor] = lambda Y: Y,
) -> Tensor:
    X = image(X, size, stride)
    wide, step = width(size, stride), move(size, stride)
    rows = [
        torch.stack(
            [
                of_window(X[:, :, i * step : i * step + wide, j * step : j * step + wide])
                for j in range(count(X.shape[3], size, stride))
            ],
            -1,
        )
        for i in range(count(X.shape[2], size, stride))
    ]
    return finish(torch.stack(rows, 2))


# What is taken of a window

averages = mistake(
    _max_pool2d,
    of_window=lambda window: window.mean((2, 3)),
    title="averages each window in the place of taking its maximum",
    hint="Try a window with a single bright pixel: what should be left of it?",
    source="average pooling; the wrong mode of the book's pool2d",
)
adds_up = mistake(
    _max_pool2d,
    of_window=lambda window: window.sum((2, 3)),
    title="adds up each window",
    hint="Adding up is what a layer with weights does. What is the name of this one?",
    source="corr2d copied, and the kernel taken out",
)
takes_minimum = mistake(
    _max_pool2d,
    of_window=lambda window: window.amin((2, 3)),
    title="takes the minimum of each window",
    hint="Try a window with a single bright pixel: what should be left of it?",
    source="min for max, or the wrong sign in a comparison",
)
takes_largest_magnitude = mistake(
    _max_pool2d,
    of_window=lambda window: window.abs().amax((2, 3)),
    title="takes the largest magnitude of each window",
    hint="Which is the maximum of -3 and 1?",
    source="abs before the maximum",
)
takes_first_entry = mistake(
    _max_pool2d,
    of_window=lambda window: window[:, :, 0, 0],
    title="keeps the upper left entry of each window",
    hint="Which entries of a window did you compare?",
    source="X[:, :, ::stride, ::stride]: subsampled, not pooled",
)
takes_maximum_of_first_row = mistake(
    _max_pool2d,
    of_window=lambda window: window[:, :, 0].amax(-1),
    title="takes the maximum over the first row of each window alone",
    hint="A window has rows and columns. Over which of them does your maximum go?",
    source="max over one dimension, the other one indexed",
)
mixes_channels = mistake(
    _max_pool2d,
    of_window=lambda window: window.amax((1, 2, 3))[:, None].expand(window.shape[:2]),
    title="takes the maximum over all channels together",
    hint="Each channel looks for something of its own, and is pooled alone.",
    source="window.max() without dims, or dim=(1, 2, 3)",
)
mixes_examples = mistake(
    _max_pool2d,
    of_window=lambda window: window.amax((0, 2, 3)).expand(window.shape[:2]),
    title="takes the maximum over all examples of the batch together",
    hint="Does the result for one image change when another one joins the batch?",
    source="dim=(0, 2, 3), as in batch normalization",
)
starts_from_zero = mistake(
    _max_pool2d,
    of_window=lambda window: window.amax((2, 3)).clamp(min=0),
    title="never gives less than 0",
    hint="Which number does your maximum start from, and what if all entries are below it?",
    source="running maximum from 0; zeros padded around (a PyTorch thread about the docs of max pooling)",
)
starts_from_minus_thousand = mistake(
    _max_pool2d,
    of_window=lambda window: window.amax((2, 3)).clamp(min=-1000),
    title="never gives less than -1000, or another number that a maximum starts from",
    hint="Which number does your maximum start from, and what if all entries are below it? Is there a "
    "number that is below all others?",
    source="best = -999 or -1000 as 'very small'",
)

# Where the window goes

uses_size_as_stride = mistake(
    _max_pool2d,
    move=lambda size, stride: size,
    count=lambda extent, size, stride: (extent - size) // size + 1,
    title="moves the window by its size, whatever the stride",
    hint="Where does the second window begin when the size is 3 and the stride is 1?",
    source="PyTorch's default stride; reshape into blocks",
)
uses_stride_as_size = mistake(
    _max_pool2d,
    width=lambda size, stride: stride,
    title="makes the window as large as the stride, whatever the size",
    hint="Which of the two says how far a window reaches, and which how far the next one is away?",
    source="the two arguments mixed up in the slice: i * s : (i + 1) * s",
)
swaps_size_and_stride = mistake(
    _max_pool2d,
    width=lambda size, stride: stride,
    move=lambda size, stride: size,
    count=lambda extent, size, stride: (extent - stride) // size + 1,
    title="takes the size for the stride, and the stride for the size",
    hint="In which order does the contract give the two?",
    source="arguments swapped",
)
moves_by_one = mistake(
    _max_pool2d,
    move=lambda size, stride: 1,
    count=lambda extent, size, stride: extent - size + 1,
    title="moves the window by 1, whatever the stride",
    hint="How many windows of size 2 with stride 2 are there in a row of 4?",
    source="the book's pool2d, which has no stride",
)
crowds_windows = mistake(
    _max_pool2d,
    move=lambda size, stride: 1,
    title="gives as many windows as the stride asks for, but moves them by 1",
    hint="Where does window number 1 begin when the stride is 2?",
    source="X[i : i + size] for X[i * stride : i * stride + size]",
)
counts_by_stride = mistake(
    _max_pool2d,
    count=lambda extent, size, stride: max(extent // stride, 1),
    title="gives extent // stride windows, some of which hang over the border",
    hint="Slices that end beyond the border are shorter, and raise no error. How many windows fit?",
    source="h // stride for (h - size) // stride + 1",
)
loses_last_window = mistake(
    _max_pool2d,
    count=lambda extent, size, stride: max(-(-(extent - size) // stride), 1),
    title="leaves out the last window where it ends at the border",
    hint="How often does a window of 2 fit into a row of 4 with stride 2? Mind where a range ends.",
    source="range(0, h - size, stride)",
)
keeps_incomplete_windows = mistake(
    _max_pool2d,
    count=lambda extent, size, stride: -(-(extent - size) // stride) + 1,
    title="keeps a last window that hangs over the border",
    hint="Count by the contract's formula: how many windows of 2 are there in a row of 5?",
    source="ceil_mode=True; a loop that ends at the border",
)
pads_zeros = mistake(
    _max_pool2d,
    image=lambda X, size, stride: pad(X, (size // 2,) * 4),
    title="pads zeros around the image",
    hint="The contract has no padding. Try an image whose entries are all negative.",
    source="padding='same', or the padding of the convolution before it",
)
swaps_height_and_width = mistake(
    _max_pool2d,
    finish=lambda Y: Y.mT,
    title="swaps height and width of the result",
    hint="Try an image that is wider than high: what shape should come out?",
    source="loops over columns outside, over rows inside; autograd PR #245 has a relative",
)

# On the way back


def _shared_gradient(window: Tensor) -> Tensor:
    """The maximum, whose gradient goes to all entries of the window in equal parts."""
    mean = window.mean((2, 3))
    return mean + (window.amax((2, 3)) - mean).detach()


spreads_gradient = mistake(
    _max_pool2d,
    of_window=_shared_gradient,
    title="sends a window's gradient to all of its entries in the place of the maximum",
    hint="By how much does the result change when an entry that is not the maximum changes a little?",
    source="a backward copied from average pooling",
)
halves_gradient = mistake(
    _max_pool2d,
    of_window=lambda window: (window.amax((2, 3)) + window.detach().amax((2, 3))) / 2,
    title="gives half of the gradient",
    hint="Is there a second way to the result, which is cut off or divides?",
    source="where or maximum between two equal values splits the gradient",
)

PAIRS = [
    ("averages", "uses_size_as_stride"),
    ("averages", "keeps_incomplete_windows"),
    ("starts_from_zero", "keeps_incomplete_windows"),
    ("starts_from_zero", "uses_size_as_stride"),
]
