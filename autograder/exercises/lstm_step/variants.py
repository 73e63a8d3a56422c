"""Correct implementations of lstm_step in the styles in which students write it."""

import torch
from torch import Tensor
from torch.nn import functional


def chunked(X, H, C, W_x, W_h, b):
    """One product for all gates, then chunk."""
    i, f, o, g = (X @ W_x + H @ W_h + b).chunk(4, dim=1)
    C = torch.sigmoid(f) * C + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(C), C


def book(X, H, C, W_x, W_h, b):
    """Four weight matrices with a bias each, as the book has them."""
    h = H.shape[1]
    W_xi, W_xf, W_xo, W_xc = W_x[:, :h], W_x[:, h : 2 * h], W_x[:, 2 * h : 3 * h], W_x[:, 3 * h :]
    W_hi, W_hf, W_ho, W_hc = W_h[:, :h], W_h[:, h : 2 * h], W_h[:, 2 * h : 3 * h], W_h[:, 3 * h :]
    b_i, b_f, b_o, b_c = b[:h], b[h : 2 * h], b[2 * h : 3 * h], b[3 * h :]
    I = torch.sigmoid((X @ W_xi) + (H @ W_hi) + b_i)  # noqa: E741
    F = torch.sigmoid((X @ W_xf) + (H @ W_hf) + b_f)
    O = torch.sigmoid((X @ W_xo) + (H @ W_ho) + b_o)  # noqa: E741
    C_tilda = torch.tanh((X @ W_xc) + (H @ W_hc) + b_c)
    C = F * C + I * C_tilda
    H = O * torch.tanh(C)
    return H, C


def one_product(X, H, C, W_x, W_h, b):
    """Input and state side by side; a list comes back."""
    Z = torch.hstack([X, H]) @ torch.vstack([W_x, W_h]) + b
    gates, candidate = Z[:, : -C.shape[1]].sigmoid(), Z[:, -C.shape[1] :].tanh()
    i, f, o = torch.split(gates, C.shape[1], dim=1)
    new = torch.addcmul(f * C, i, candidate)
    return [o * new.tanh(), new]


def reshaped(X: Tensor, H: Tensor, C: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor):
    """Blocks as a dimension of their own, with type hints."""
    n, h = H.shape
    Z = (X.mm(W_x) + H.mm(W_h) + b).view(n, 4, h)
    i, f, o = torch.sigmoid(Z[:, :3]).unbind(1)
    C_new = f.mul(C).add(i.mul(Z[:, 3].tanh()))
    return o.mul(C_new.tanh()), C_new


def row_loop(X, H, C, W_x, W_h, b):
    """One example at a time."""
    states, memories = [], []
    h = H.shape[1]
    for x, state, memory in zip(X, H, C, strict=True):
        z = x @ W_x + state @ W_h + b
        gates = torch.sigmoid(z[: 3 * h])
        new = gates[h : 2 * h] * memory + gates[:h] * torch.tanh(z[3 * h :])
        memories.append(new)
        states.append(gates[2 * h :] * torch.tanh(new))
    return torch.stack(states), torch.stack(memories)


def element_loop(X, H, C, W_x, W_h, b):
    """Loops over single numbers."""
    n, h = H.shape
    H_new, C_new = torch.empty_like(H), torch.empty_like(C)

    def total(row, column):
        result = b[column]
        for k in range(X.shape[1]):
            result = result + X[row, k] * W_x[k, column]
        for k in range(h):
            result = result + H[row, k] * W_h[k, column]
        return result

    for row in range(n):
        for j in range(h):
            i, f, o = (torch.sigmoid(total(row, block * h + j)) for block in range(3))
            C_new[row, j] = f * C[row, j] + i * torch.tanh(total(row, 3 * h + j))
            H_new[row, j] = o * torch.tanh(C_new[row, j].clone())
    return H_new, C_new


def linear_layers(X, H, C, W_x, W_h, b):
    """functional.linear and in-place operations on its own tensors."""
    Z = functional.linear(X, W_x.t(), b)
    Z += functional.linear(H, W_h.t())
    i, f, o, g = torch.tensor_split(Z, 4, dim=1)
    memory = i.sigmoid() * g.tanh()
    memory += f.sigmoid() * C
    return torch.tanh(memory) * o.sigmoid(), memory


def exponentials(X, H, C, W_x, W_h, b):
    """Its own sigmoid, and tanh by way of it; a function for each gate."""
    h = C.size(1)

    def sigmoid(Z):
        return 1 / (1 + torch.exp(-Z))

    def block(place):
        columns = slice(place * h, (place + 1) * h)
        return X @ W_x[:, columns] + H @ W_h[:, columns] + b[columns]

    def tanh(Z):
        return 2 * sigmoid(2 * Z) - 1

    new = sigmoid(block(1)) * C + sigmoid(block(0)) * tanh(block(3))
    return (sigmoid(block(2)) * tanh(new), new)


def einsum(X, H, C, W_x, W_h, b):
    """einsum over weights with the gates as a dimension."""
    h = H.shape[-1]
    Z = torch.einsum("nd,dgh->gnh", X, W_x.reshape(-1, 4, h))
    Z = Z + torch.einsum("nk,kgh->gnh", H, W_h.reshape(h, 4, h)) + b.reshape(4, 1, h)
    new = torch.sigmoid(Z[1]) * C + torch.sigmoid(Z[0]) * torch.tanh(Z[3])
    return torch.sigmoid(Z[2]) * torch.tanh(new), new
