"""Correct implementations of prepare, in styles as far apart as students write them.

Those with pandas: tests/test_course_libraries.py, since not everybody has it installed.
"""

import math
import statistics

import numpy as np
import torch
from torch.nn.functional import one_hot


def two_lists(columns):
    """Numbers and texts in a list each, joined at the end."""
    numbers, texts = [], []
    for column in columns.values():
        known = [x for x in column if x is not None]
        if isinstance(known[0], str):
            for kind in sorted(set(known)):
                texts.append([1.0 if x == kind else 0.0 for x in column])
            if None in column:
                texts.append([1.0 if x is None else 0.0 for x in column])
        else:
            mean = sum(known) / len(known)
            numbers.append([mean if x is None else x for x in column])
    return torch.tensor(numbers + texts, dtype=torch.float32).T


def by_rows(columns):
    """Row by row, from positions that are worked out first."""
    is_text = {name: any(isinstance(x, str) for x in column) for name, column in columns.items()}
    names = sorted(columns, key=lambda name: is_text[name])
    means, kinds = {}, {}
    for name in names:
        if is_text[name]:
            kinds[name] = sorted({x for x in columns[name] if x is not None})
            if any(x is None for x in columns[name]):
                kinds[name] = kinds[name] + [None]
        else:
            means[name] = statistics.fmean(x for x in columns[name] if x is not None)
    rows = []
    for i in range(len(columns[names[0]])):
        row = []
        for name in names:
            x = columns[name][i]
            if is_text[name]:
                row.extend(float(x == kind) for kind in kinds[name])
            else:
                row.append(float(means[name] if x is None else x))
        rows.append(row)
    return torch.tensor(rows)


def torch_nan(columns: dict) -> torch.Tensor:
    """nan for gaps, nanmean, one_hot from torch."""
    numbers, texts = [], []
    for values in columns.values():
        if all(x is None or isinstance(x, (int, float)) for x in values):
            column = torch.tensor([math.nan if x is None else float(x) for x in values])
            numbers.append(torch.where(column.isnan(), column.nanmean(), column)[:, None])
        else:
            kinds = sorted(x for x in set(values) if x is not None)
            codes = torch.tensor([len(kinds) if x is None else kinds.index(x) for x in values])
            texts.append(one_hot(codes, len(kinds) + (None in values)).float())
    return torch.cat(numbers + texts, dim=1)


def numpy_way(columns):
    """NumPy's nanmean, unique and equality."""
    parts = ([], [])
    for column in columns.values():
        entries = np.array(column, dtype=object)
        gap = np.array([x is None for x in column])
        if isinstance(entries[~gap][0], str):
            for kind in np.unique(entries[~gap].astype(str)):
                parts[1].append((entries == kind).astype(np.float32))
            if gap.any():
                parts[1].append(gap.astype(np.float32))
        else:
            known = entries.astype(np.float64)
            known[gap] = np.nanmean(known)
            parts[0].append(known)
    return torch.tensor(np.stack(parts[0] + parts[1], axis=1), dtype=torch.float32)


def filled_in(columns):
    """A tensor of zeros, filled column by column; the table is copied before its gaps are filled."""
    table = {name: list(column) for name, column in columns.items()}
    n = len(next(iter(table.values())))
    wide = []
    for name, column in table.items():
        if str in map(type, column):
            continue
        gaps = [i for i, x in enumerate(column) if x is None]
        total = sum(x for x in column if x is not None)
        for i in gaps:
            column[i] = total / (n - len(gaps))
        wide.append(torch.tensor(column, dtype=torch.float32))
    for name, column in table.items():
        if str not in map(type, column):
            continue
        kinds = sorted(set(column) - {None})
        block = torch.zeros(n, len(kinds) + (column.count(None) > 0))
        for i, x in enumerate(column):
            block[i, len(kinds) if x is None else kinds.index(x)] = 1
        wide.extend(block.unbind(dim=1))
    return torch.stack(wide, dim=1)


def sort_with_gaps_last(columns):
    """A sort key that puts None behind every text."""

    def numbers():
        for column in columns.values():
            if not any(type(x) is str for x in column):
                known = [x for x in column if x is not None]
                yield [x if x is not None else np.mean(known) for x in column]

    def texts():
        for column in columns.values():
            if any(type(x) is str for x in column):
                for kind in sorted(set(column), key=lambda x: (x is None, x or "")):
                    yield [int(x == kind) for x in column]

    return torch.tensor(list(zip(*numbers(), *texts())), dtype=torch.float)


def identity_rows(columns):
    """One-hot rows are rows of the identity matrix."""
    numbers, texts = torch.empty(len(next(iter(columns.values()))), 0), []
    for column in columns.values():
        try:
            known = [0.0 + x for x in column if x is not None]
        except TypeError:
            order = dict.fromkeys(sorted(filter(lambda x: x is not None, column)))
            kinds = list(order) + [None] * (None in column)
            texts.append(torch.eye(len(kinds))[[kinds.index(x) for x in column]])
        else:
            mean = math.fsum(known) / len(known)
            filled = torch.tensor([mean if x is None else x for x in column], dtype=torch.float64)
            numbers = torch.hstack([numbers, filled.to(torch.float32).reshape(-1, 1)])
    return torch.hstack([numbers, *texts])
