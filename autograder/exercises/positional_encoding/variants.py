"""Correct implementations of positional_encoding in the styles in which students write it."""

import math

import numpy as np
import torch
from torch import Tensor


def book(n, d):
    """The book's, without its first dimension."""
    P = torch.zeros((n, d))
    X = torch.arange(n, dtype=torch.float32).reshape(-1, 1) / torch.pow(
        10000, torch.arange(0, d, 2, dtype=torch.float32) / d
    )
    P[:, 0::2] = torch.sin(X)
    P[:, 1::2] = torch.cos(X)
    return P


def logarithms(n: int, d: int) -> Tensor:
    """exp of a logarithm, as the annotated transformer has it; with type hints."""
    position = torch.arange(0, n).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d, 2) * -(math.log(10000.0) / d))
    result = torch.zeros(n, d)
    result[:, 0::2] = torch.sin(position * div_term)
    result[:, 1::2] = torch.cos(position * div_term)
    return result


def element_loop(n, d):
    """Loops over single numbers, with math."""
    table = [[0.0] * d for _ in range(n)]
    for i in range(n):
        for j in range(d // 2):
            angle = i / 10000 ** (2 * j / d)
            table[i][2 * j] = math.sin(angle)
            table[i][2 * j + 1] = math.cos(angle)
    return torch.tensor(table)


def numpy_table(n, d):
    """NumPy in float64, handed over as it is."""
    angles = np.arange(n)[:, None] / np.power(10000, 2 * (np.arange(d)[None, :] // 2) / d)
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return torch.from_numpy(angles)


def stacked(n, d):
    """Sine and cosine side by side, then flattened."""
    angles = torch.outer(torch.arange(n).double(), 10000.0 ** (-torch.arange(0, d, 2) / d).double())
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()


def shifted_sine(n, d):
    """The cosine as a sine, a quarter of a turn ahead."""
    columns = torch.arange(d, dtype=torch.float64)
    angles = torch.arange(n, dtype=torch.float64)[:, None] / 10000 ** ((columns - columns % 2) / d)
    return torch.sin(angles + math.pi / 2 * (columns % 2))


def column_loop(n, d):
    """One column after the other."""
    positions = torch.arange(n, dtype=torch.float32)
    columns = []
    for column in range(d):
        wave = torch.sin if column % 2 == 0 else torch.cos
        columns.append(wave(positions / (10000.0 ** ((column - column % 2) / d))))
    return torch.stack(columns, dim=1)


def rotation(n, d):
    """Complex numbers that turn."""
    rates = 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    turned = torch.polar(
        torch.ones(n, d // 2, dtype=torch.float64), torch.arange(n).double()[:, None] * rates
    )
    return torch.stack((turned.imag, turned.real), 2).reshape(n, d)
