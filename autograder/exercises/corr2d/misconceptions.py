"""Known wrong implementations of corr2d, as settings of one loop over the places of the kernel."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checking import mistake

Change = Callable[[Tensor, Tensor], Tensor]


def _image(X: Tensor, K: Tensor) -> Tensor:
    return X


def _kernel(X: Tensor, K: Tensor) -> Tensor:
    return K


def _padded(X: Tensor, top: int, bottom: int, left: int, right: int) -> Tensor:
    return torch.nn.functional.pad(X, (left, right, top, bottom))


def _corr2d(
    X: Tensor,
    K: Tensor,
    *,
    image: Change = _image,
    kernel: Change = _kernel,
    fewer: int = 0,
    step: Callable[[int], int] = lambda size: 1,
    of_window: Change = lambda window, K: (window * K).sum(),
    finish: Change = lambda Y, K: Y,
) -> Tensor:
    X, K = image(X, K), kernel(X, K)
    kh, kw = K.shape
    rows = [
        torch.stack(
            [
                of_window(X[i : i + kh, j : j + kw], K)
                for j in range(0, X.shape[1] - kw + 1 - fewer, step(kw))
            ]
        )
        for i in range(0, X.shape[0] - kh + 1 - fewer, step(kh))
    ]
    return finish(torch.stack(rows), K)


# The kernel

flips_kernel = mistake(
    _corr2d,
    kernel=lambda X, K: K.flip(0, 1),
    title="flips the kernel, as a convolution in the sense of mathematics does",
    hint="Which pixel should the upper left entry of the kernel be multiplied with: the upper left one "
    "of the window, or the lower right one?",
    source="scipy's convolve2d for correlate2d; a Keras thread about a naive version that disagrees",
)
flips_rows = mistake(
    _corr2d,
    kernel=lambda X, K: K.flip(0),
    title="turns the kernel upside down",
    hint="Try a kernel whose rows differ, such as [[1], [0]], on an image with one bright pixel.",
    source="half of the flip of a convolution",
)
flips_columns = mistake(
    _corr2d,
    kernel=lambda X, K: K.flip(1),
    title="mirrors the kernel from left to right",
    hint="Try a kernel whose columns differ, such as [[1, 0]], on an image with one bright pixel.",
    source="half of the flip of a convolution",
)
transposes_kernel = mistake(
    _corr2d,
    kernel=lambda X, K: K.T,
    title="transposes the kernel",
    hint="Which index of the kernel goes with the rows of the image? Try a kernel of size (2, 1).",
    source="row and column mixed up; a fix of mlpack's convolution for kernels that aren't square",
)
skips_last_row_and_column = mistake(
    _corr2d,
    kernel=lambda X, K: torch.cat([torch.cat([K[:-1, :-1], 0 * K[:-1, -1:]], 1), 0 * K[-1:]]),
    title="never uses the last row and the last column of the kernel",
    hint="How many entries does `a : b` take, and which numbers does `range(k - 1)` give?",
    source="window or loop that ends at k - 1",
)
uses_diagonal_alone = mistake(
    _corr2d,
    kernel=lambda X, K: K * torch.eye(*K.shape, dtype=K.dtype),
    title="uses the entries on the kernel's diagonal alone",
    hint="Every row of the kernel meets every column: how many loops does that take?",
    source="one index, or zip, in the place of two loops",
)
keeps_last_product = mistake(
    _corr2d,
    of_window=lambda window, K: window[-1, -1] * K[-1, -1],
    title="keeps one product of each window, that of the kernel's last entry, in the place of the sum",
    hint="What is in `Y[i, j]` before a product arrives, and what is left of it afterwards?",
    source="= for += in the innermost loop",
)

# What a window gives

ignores_kernel = mistake(
    _corr2d,
    of_window=lambda window, K: window.sum(),
    title="adds up the window without the kernel's weights",
    hint="Double one entry of the kernel: which entries of the result should change?",
    source="window.sum(), the kernel used for its shape only",
)
averages_window = mistake(
    _corr2d,
    of_window=lambda window, K: (window * K).mean(),
    title="averages the products of a window in the place of adding them up",
    hint="Try a kernel of four ones on an image of ones.",
    source="mean for sum; mixed up with average pooling",
)
takes_greatest_product = mistake(
    _corr2d,
    of_window=lambda window, K: (window * K).max(),
    title="takes the greatest product of a window in the place of the sum",
    hint="Pooling takes a maximum. What does a layer with weights do?",
    source="mixed up with max pooling",
)
multiplies_matrices = mistake(
    _corr2d,
    of_window=lambda window, K: (window @ K).sum(),
    title="multiplies window and kernel as matrices",
    hint="Each entry of the kernel meets the one pixel below it. Which operator does that?",
    source="@ or matmul for *",
)
squares_products = mistake(
    _corr2d,
    of_window=lambda window, K: (window * K).square().sum(),
    title="adds up the squares of the products",
    hint="Work out one window by hand, signs included.",
    source="mixed up with a norm",
)

# Where the window goes

misses_last_place = mistake(
    _corr2d,
    fewer=1,
    title="leaves out the last row and the last column of places",
    hint="How often does a window of 2 fit into a row of 3?",
    source="h - kh for h - kh + 1, the classic off-by-one",
)
pads_to_same_size = mistake(
    _corr2d,
    image=lambda X, K: _padded(
        X, (K.shape[0] - 1) // 2, K.shape[0] // 2, (K.shape[1] - 1) // 2, K.shape[1] // 2
    ),
    title="pads the image so that the result is as large as the image",
    hint="No padding was asked for: the kernel stays within the image.",
    source="mode='same'",
)
pads_below_and_right = mistake(
    _corr2d,
    image=lambda X, K: _padded(X, 0, K.shape[0] - 1, 0, K.shape[1] - 1),
    title="lets the window hang over the lower and the right border, as if zeros were there",
    hint="Slices that end beyond the border are shorter, and raise no error. How many places are there?",
    source="result of the image's shape; or both loops run over all pixels",
)
leaves_zeros_at_the_end = mistake(
    _corr2d,
    finish=lambda Y, K: _padded(Y, 0, K.shape[0] - 1, 0, K.shape[1] - 1),
    title="returns a tensor of the image's size that has zeros where the kernel doesn't fit",
    hint="Which shape does the contract promise? Compare the last rows and columns.",
    source="torch.zeros_like(X), filled where the kernel fits",
)
wraps_around = mistake(
    _corr2d,
    image=lambda X, K: torch.cat(
        [torch.cat([X, X[:, : K.shape[1] - 1]], 1), torch.cat([X, X[:, : K.shape[1] - 1]], 1)]
    )[: X.shape[0] + K.shape[0] - 1],
    title="lets the window wrap around to the opposite side of the image",
    hint="The pixel to the right of the last one is not the first one of the row.",
    source="roll, or an index modulo the size",
)
pads_fully = mistake(
    _corr2d,
    image=lambda X, K: _padded(X, *[K.shape[0] - 1] * 2, *[K.shape[1] - 1] * 2),
    title="moves the kernel over every place where it touches the image at all",
    hint="The kernel stays within the image: how many places is that?",
    source="mode='full', the default of NumPy and SciPy",
)
steps_by_kernel_size = mistake(
    _corr2d,
    step=lambda size: size,
    title="moves the window by its own size",
    hint="Windows overlap: the next one begins one pixel further.",
    source="mixed up with pooling; range(0, h, kh)",
)

# Afterwards, and on the way back

clips_negative = mistake(
    _corr2d,
    finish=lambda Y, K: Y.clamp(min=0),
    title="clips negative results to 0",
    hint="An edge from dark to bright gives the opposite sign of one from bright to dark. Both count.",
    source="the activation function, or the range of pixels, built in",
)
takes_magnitude = mistake(
    _corr2d,
    finish=lambda Y, K: Y.abs(),
    title="gives magnitudes: every sign is lost",
    hint="Try a kernel with a single entry, -1.",
    source="how edge maps are shown",
)
divides_by_sum_of_kernel = mistake(
    _corr2d,
    finish=lambda Y, K: Y / K.sum(),
    title="divides by the sum of the kernel's entries",
    hint="Blurring does that. Try a kernel whose entries add up to 0.",
    source="kernels normalized as image filters are",
)
transposes_result = mistake(
    _corr2d,
    finish=lambda Y, K: Y.T,
    title="transposes the result",
    hint="Try an image that is wider than high: what shape should come out?",
    source="loops over columns outside, over rows inside",
)
detaches_kernel = mistake(
    _corr2d,
    kernel=lambda X, K: K.detach(),
    title="lets no gradient flow back to the kernel",
    hint="The kernel is what is learned. Does it leave torch on its way (.data, .item(), .tolist())?",
    source="K.data, or float(K[a, b]) as a plain number",
)
detaches_image = mistake(
    _corr2d,
    image=lambda X, K: X.detach(),
    title="lets no gradient flow back to the image",
    hint="The layer before this one learns through the image. Which step cuts it off?",
    source="X.data, torch.tensor(X), or a NumPy view of the windows",
)

PAIRS = [
    ("flips_kernel", "misses_last_place"),
    ("flips_kernel", "pads_to_same_size"),
    ("averages_window", "misses_last_place"),
    ("flips_kernel", "detaches_image"),
    ("pads_to_same_size", "clips_negative"),
]
