# ruff: noqa: E501, ISC004  (expressions, many a line)
"""The ready lists of forbidden built-ins: every usual route is refused, what is free stays free."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch

from autograder.authoring.patterns import unmatched
from autograder.checking import forbidden as lists
from autograder.checking.forbidden import Forbidden
from autograder.grading.backends import WorkerBackend
from autograder.notebooks.cells import Code
from autograder.notebooks.reach import uses_in
from autograder.sandbox.cells import Cell
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Session
from autograder.sandbox.spawning import ForkServer
from autograder.sandbox.student import Student
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.worker import forbidden_autograd, forbidden_names

pytestmark = pytest.mark.slow

READY = {name: value for name, value in vars(lists).items() if isinstance(value, Forbidden)}
START = """
import functools, math, operator, random
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
image, kernel = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 2, 2)
X, A, B = torch.randn(3, 4), torch.rand(3, 4), torch.rand(4, 3)
x, y = torch.rand(4) + 1, torch.rand(4) + 1
W = torch.randn(4, 1, requires_grad=True)
def loss(W):
    return (X @ W).square().sum()
"""
OWN = """
class Mine:
    def dot(self, other):
        return (other * 2).sum()
    def choice(self, p):
        return (torch.rand(()) > p.cumsum(0)).sum()
mine = Mine()
"""
FORBIDDEN = {
    "SOFTMAX": [
        "X.softmax(1)", "torch.softmax(X, 1)", "torch.ops.aten._softmax(X, 1, False)",
        "torch._refs.softmax(X, 1)", "getattr(torch, '_re' + 'fs').softmax(X, 1)",
        "torch._decomp.decompositions._softmax(X, 1, False)",
        "torch.distributions.Categorical(logits=X).probs",
        "getattr(torch, 'distrib' + 'utions').Categorical(logits=X).logits.exp()",
    ],
    "LOSSES": [
        "F.cross_entropy(X, torch.tensor([0, 1, 2]))", "nn.CrossEntropyLoss()(X, torch.tensor([0, 1, 2]))",
        "torch.distributions.Categorical(logits=X).log_prob(torch.tensor([0, 1, 2]))",
        "torch._refs.nn.functional.nll_loss(X, torch.tensor([0, 1, 2]))", "nn.BCELoss()(A, A.round())",
        "F.ctc_loss(A.log()[None], torch.ones(3, 1).long(), [1] * 3, [1] * 3)",
    ],
    "SQUARED_LOSSES": [
        "F.mse_loss(x, y)", "nn.MSELoss()(x, y)", "torch._C._nn.mse_loss(x, y)",
        "F.huber_loss(x, y, delta=1e9)", "F.gaussian_nll_loss(x, y, x)", "nn.GaussianNLLLoss()(x, y, x)",
    ],
    "OPTIMIZERS": [
        "torch.optim.SGD([W], lr=1.0).step()", "getattr(torch, 'op' + 'tim').SGD([W], lr=1.0)",
        "torch._foreach_add([x], [y])[0]",
    ],
    "CLIPPING": [
        "nn.utils.clip_grad_norm_([W], 1.0)", "getattr(nn.utils, 'clip_grad' + '_norm_')([W], 1.0)",
        "nn.utils.get_total_norm([x])", "torch._foreach_norm([x])[0]",
    ],
    "DROPOUT": ["F.dropout(X)", "nn.Dropout()(X)", "torch.ops.aten.native_dropout(X, 0.5, True)[0]"],
    "AUTOGRAD": [
        "loss(W).backward()", "getattr(loss(W), 'back' + 'ward')()", "torch.autograd.grad(loss(W), W)",
        "torch.autograd.backward(loss(W))", "torch.enable_grad()(lambda: loss(W).backward())()",
        "torch.inference_mode(False)(lambda: torch.autograd.grad(loss(W), W))()",
        "torch.func.grad(loss)(W.detach())", "torch.func.vjp(loss, W.detach())[1](torch.ones(()))",
        "torch.func.jvp(loss, (W.detach(),), (torch.ones(4, 1),))", "torch.func.jacrev(loss)(W.detach())",
        "torch.func.jacfwd(loss)(W.detach())", "torch.func.hessian(loss)(W.detach())",
        "torch.vmap(torch.func.grad(lambda r: r.sum()))(X)",
        "torch.autograd.functional.jacobian(loss, W)", "torch.autograd.functional.jvp(loss, W, W)",
        "torch.autograd.forward_ad.make_dual(W, W)",
        "torch.autograd.graph._engine_run_backward((loss(W),), (None,), False, False, (W,))",
        "torch.autograd.Variable._execution_engine.run_backward((loss(W),), (None,), False, False, (W,))",
        "torch.utils.checkpoint.checkpoint(loss, W, use_reentrant=False).backward()",
        "(lambda b: b(loss(W)))(torch.Tensor.backward)",
    ],
    "CONVOLUTIONS": [
        "F.conv2d(image, kernel)", "torch.conv2d(image, kernel)", "F.conv_transpose2d(image, kernel)",
        "nn.Conv2d(1, 1, 2)(image)", "nn.LazyConv2d(1, 2)(image)", "torch.convolution(image, kernel, "
        "None, (1, 1), (0, 0), (1, 1), False, (0, 0), 1)", "F.conv1d(image[0], kernel[0])",
        "F.conv3d(image[None], kernel[None])", "torch.conv_tbc(image[0], kernel[0, 0, :1].T[None], x[:2])",
        "torch.ops.aten.convolution(image, kernel, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
        "np.convolve(x.numpy(), y.numpy())", "getattr(np, 'cor' + 'relate')(x.numpy(), y.numpy())",
        "torch.vmap(lambda i: F.conv2d(i, kernel))(image[None])",
    ],
    "POOLINGS": [
        "F.max_pool2d(image, 2)", "F.avg_pool2d(image, 2)", "nn.MaxPool2d(2)(image)",
        "F.adaptive_max_pool2d(image, 2)", "F.lp_pool2d(image, 2.0, 2)", "F.max_pool1d(X[None], 2)",
        "F.fractional_max_pool2d(image, 2, output_size=2)", "torch.ops.aten.max_pool2d(image, [2, 2])",
        "nn.AdaptiveAvgPool2d(1)(image)",
    ],
    "NORMALIZATIONS": [
        "F.layer_norm(X, (4,))", "nn.LayerNorm(4)(X)", "F.batch_norm(X, None, None, training=True)",
        "nn.BatchNorm1d(4)(X)", "F.instance_norm(image)", "F.group_norm(image, 1)", "F.rms_norm(X, (4,))",
        "torch.native_layer_norm(X, (4,), None, None, 1e-5)[0]", "torch.batch_norm(X, None, None, None, "
        "None, True, 0.1, 1e-5, False)", "torch._refs.native_layer_norm(X, (4,), None, None, 1e-5)[0]",
        "__import__('scipy.stats').stats.zscore(X.numpy(), axis=1)", "__import__('sklearn.preprocessing').preprocessing.scale(X)",
    ],
    "RECURRENT": [
        "nn.RNN(4, 2)(X)[0]", "nn.LSTM(4, 2)(X)[0]", "nn.GRU(4, 2)(X)[0]", "nn.RNNCell(4, 2)(X)",
        "nn.LSTMCell(4, 2)(X)[0]", "nn.GRUCell(4, 2)(X)",
        "torch.rnn_tanh_cell(X, torch.ones(3, 2), torch.ones(2, 4), torch.ones(2, 2))",
        "torch.lstm_cell(X, (torch.ones(3, 2),) * 2, torch.ones(8, 4), torch.ones(8, 2))[0]",
    ],
    "DISTANCES": [
        "torch.cdist(X, A)", "F.pdist(X)", "F.pairwise_distance(X, A)", "nn.PairwiseDistance()(X, A)",
        "getattr(torch, 'cdi' + 'st')(X, A)", "torch._euclidean_dist(X, A)",
        "__import__('scipy.spatial').spatial.distance.cdist(X, A)",
    ],
    "NORMS": [
        "x.norm()", "torch.norm(x)", "torch.linalg.norm(x)", "torch.linalg.vector_norm(x, 3)",
        "torch.linalg.matrix_norm(X)", "torch.dist(x, 0 * x)", "torch.cdist(X, A)", "X.renorm(2, 0, 1.0)",
        "np.linalg.norm(x.numpy())", "getattr(np.linalg, 'no' + 'rm')(x.numpy())", "F.normalize(X)",
        "math.dist(x.tolist(), y.tolist())", "F.lp_pool1d(x[None], 2.0, 4)", "nn.LPPool2d(2.0, 2)(image)",
    ],
    "COSINE_SIMILARITY": [
        "F.cosine_similarity(x, y, dim=0)", "nn.CosineSimilarity(0)(x, y)", "F.normalize(x, dim=0)",
        "getattr(F, 'normal' + 'ize')(x, dim=0)", "torch.cosine_similarity(x, y, 0)",
    ],
    "MATRIX_PRODUCTS": [
        "A @ B", "torch.matmul(A, B)", "A.mm(B)", "torch.mv(A, x)", "x.dot(y)", "torch.inner(x, y)",
        "torch.einsum('ik,kj->ij', A, B)", "torch.tensordot(A, B, 1)", "F.linear(A, X)", "x.vdot(y)",
        "torch.bmm(A[None], B[None])", "torch.addmm(torch.zeros(3, 3), A, B)", "A.__matmul__(B)",
        "torch.linalg.multi_dot([A, B])", "torch.chain_matmul(A, B)", "nn.Linear(4, 2)(A)",
        "torch.linalg.vecdot(A, A)", "np.dot(A.numpy(), B.numpy())", "A.numpy() @ B.numpy()",
        "np.einsum('ik,kj->ij', A.numpy(), B.numpy())", "A.numpy().dot(B.numpy())", "np.matmul(A, B)",
        "getattr(np, 'do' + 't')(A.numpy(), B.numpy())", "F.conv1d(A[:, None], B.T[:, None])",
        "torch.vmap(torch.dot)(A, A)", "torch.ops.aten.mm(A, B)", "F.bilinear(A, A, torch.ones(1, 4, 4))",
        "np.asmatrix(A.numpy()) * np.asmatrix(B.numpy())", "np.matrix(A.numpy()) * B.numpy()",
        "getattr(np, 'mat' + 'rix')(A.numpy()) * B.numpy()", "getattr(A.numpy(), 'do' + 't')(B.numpy())",
        "operator.matmul(A.numpy(), B.numpy())", "getattr(operator, 'mat' + 'mul')(A.numpy(), B.numpy())",
        "np._core.multiarray.dot(A.numpy(), B.numpy())", "torch.ops.mkldnn._linear_pointwise(A, A, None, 'none', [], '')", "F.scaled_dot_product_attention(A, A, A)",
        "F.embedding_bag(torch.arange(4).repeat(3, 1), B, per_sample_weights=A, mode='sum')",
    ],
    "LEAST_SQUARES": [
        "torch.linalg.lstsq(X, X[:, :1]).solution", "torch.linalg.pinv(X)", "X.pinverse()",
        "np.linalg.lstsq(X.numpy(), X[:, :1].numpy(), rcond=None)[0]", "np.linalg.pinv(X.numpy())",
        "getattr(np.linalg, 'lst' + 'sq')(X.numpy(), X[:, :1].numpy(), rcond=None)[0]",
        "__import__('scipy.linalg').linalg.lstsq(X, X[:, :1])[0]",
        "__import__('scipy.linalg.lapack').linalg.lapack.dgels(X.numpy(), X[:, :1].numpy())[1]",
        "np.linalg._umath_linalg.lstsq(X.numpy(), X[:, :1].numpy(), 1e-9)[0]",
        "getattr(np.linalg, '_umath' + '_linalg').lstsq(X.numpy(), X[:, :1].numpy(), 1e-9)[0]",
    ],
    "SAMPLING": [
        "torch.multinomial(x, 2)", "x.multinomial(2)", "torch.distributions.Categorical(x).sample()",
        "torch.distributions.OneHotCategorical(x).sample()", "F.gumbel_softmax(X)",
        "getattr(torch.distributions, 'Relaxed' + 'OneHotCategorical')(torch.tensor(1.0), x).sample()",
        "np.random.choice(4, 2)", "np.random.default_rng().choice(4, 2)", "random.choices(range(4), k=2)",
        "torch.distributions.Multinomial(1, x).sample()", "getattr(random, 'cho' + 'ices')([1, 2])",
    ],
    "UNBROADCASTING": ["X.sum_to_size(1, 4)", "getattr(X, 'sum_to' + '_size')(1, 4)"],
    "ACTIVATIONS": [
        "F.relu(X)", "X.relu()", "torch.relu_(X)", "nn.ReLU()(X)", "X.sigmoid()", "torch.sigmoid(X)",
        "torch.special.expit(X)", "nn.Sigmoid()(X)", "X.tanh()", "nn.Tanh()(X)", "F.leaky_relu(X, 0.0)",
        "F.hardtanh(X, 0.0, 9.0)", "F.silu(X)", "F.threshold(X, 0.0, 0.0)", "F.glu(X)", "F.gelu(X)",
        "torch.ops.aten.sigmoid(X)", "torch.vmap(torch.tanh)(X)", "np.tanh(X.numpy())", "F.relu6(X)",
    ],
    "ATTENTION": [
        "F.scaled_dot_product_attention(X, X, X)", "nn.MultiheadAttention(4, 1)(X, X, X)[0]",
        "torch.masked.softmax(X, 1)", "getattr(torch, 'mas' + 'ked').softmax(X, 1)",
        "torch.ops.aten._masked_softmax(X, X > 9)", "nn.TransformerEncoderLayer(4, 1, 4)(X)",
    ],
    "DATA_LOADERS": [
        "list(torch.utils.data.DataLoader(X))", "list(getattr(torch.utils.data, 'Data' + 'Loader')(X))",
    ],
}  # fmt: skip
FREE = {
    "SOFTMAX": ["X.exp() / X.exp().sum(1, keepdim=True)", "X.logsumexp(1)", "(X - X.logsumexp(1)[:, None]).exp()"],
    "LOSSES": ["F.one_hot(torch.tensor([0, 1])) * 1.0", "A.log()", "F.mse_loss(x, y)", "X.gather(1, X.argmax(1)[:, None])"],
    "SQUARED_LOSSES": ["(x - y) ** 2 / 2", "(x - y).pow(2).mean()", "F.l1_loss(x, y)"],
    "OPTIMIZERS": ["x.add_(y, alpha=-0.1)", "x - 0.1 * y", "torch.addcdiv(x, x, y)"],
    "CLIPPING": ["x.norm()", "torch.linalg.vector_norm(x)", "x.clip(0, 1)", "x.clamp_(max=1.0)"],
    "DROPOUT": ["torch.bernoulli(A)", "(torch.rand(3, 4) > 0.5) * X", "torch.distributions.Bernoulli(0.5).sample((3,))"],
    "AUTOGRAD": [
        "X @ W", "torch.no_grad()(lambda: X @ W)()", "torch.enable_grad()(lambda: loss(W))()",
        "X.detach().clone().requires_grad_() * 2", "torch.vmap(lambda r: r.sum())(X)", "F.relu(X)",
        "torch.inference_mode()(lambda: X * 2)()", "torch.tensor(len(str(X)) * 1.0)",
        "torch.linalg.inv(torch.eye(2))", "torch.where(X > 0, X, 0)", "X.unfold(0, 2, 1)",
        "(lambda grad: grad.sum(0))(X)", "W.detach() - 1 if W.grad is None else W.grad",
        "torch.zeros(3, 4).index_add_(0, torch.tensor([0, 2]), X[:2])", "F.conv2d(image, kernel)",
    ],
    "CONVOLUTIONS": [
        "F.pad(image, (1, 1, 1, 1))", "F.unfold(image, 2)", "image.unfold(2, 2, 1)",
        "F.fold(F.unfold(image, 2), (4, 4), 2)", "image.as_strided((2, 2), (1, 1))", "A @ B",
        "torch.einsum('ij,ij->', A, A)", "torch.fft.fft(x).real", "F.max_pool2d(image, 2)",
    ],
    "POOLINGS": ["image.unfold(2, 2, 2).amax(-1)", "F.pad(image, (1, 1))", "F.unfold(image, 2).amax(1)",
                 "torch.max(X, 1).values", "F.conv2d(image, kernel)"],
    "NORMALIZATIONS": ["X.var(0, correction=0)", "torch.var_mean(X, 0)[0]", "X.std(1)", "F.normalize(X)", "X.norm()", "torch.normal(X, 1.0)"],
    "RECURRENT": ["torch.tanh(X)", "torch.sigmoid(X)", "A @ B", "torch.cat([X, A], 1).chunk(2, 1)[0]", "F.linear(A, X)"],
    "DISTANCES": ["(X[:, None] - A[None]).pow(2).sum(-1)", "x.norm()", "X @ A.T", "torch.linalg.vector_norm(X[:, None] - A, dim=-1)"],
    "NORMS": ["x.abs().pow(3).sum() ** (1 / 3)", "torch.normal(0.0, 1.0, (3,))", "x.square().sum().sqrt()", "x.abs().max()", "torch.randn(3).normal_()", "x @ x", "X.std()"],
    "COSINE_SIMILARITY": ["x.norm()", "x.dot(y)", "x @ y", "torch.linalg.norm(x)", "(x * y).sum()"],
    "MATRIX_PRODUCTS": [
        "(A[:, :, None] * B).sum(1)", "torch.outer(x, y)", "torch.stack([(A * c).sum(1) for c in B.T], 1)",
        "torch.from_numpy((A.numpy()[:, :, None] * B.numpy()).sum(1))", "mine.dot(X)", "A.T", "A.sum()",
        "torch.kron(x, y)", "sum(a * b for a, b in zip(x, y))", "F.embedding(torch.arange(4), B)",
        "functools.reduce(operator.add, [a * b for a, b in zip(x, y)])", "getattr(A, 'su' + 'm')()",
    ],
    "LEAST_SQUARES": [
        "torch.linalg.solve(X @ X.T, X[:, :1])", "torch.linalg.inv(X @ X.T)", "torch.linalg.qr(X)[0]",
        "torch.linalg.svd(X)[1]", "torch.cholesky_solve(X[:, :1], torch.linalg.cholesky(X @ X.T))",
        "torch.from_numpy(np.linalg.solve((X @ X.T).numpy(), X[:, :1].numpy()))",
    ],
    "SAMPLING": [
        "torch.searchsorted(x.cumsum(0), torch.rand(3))", "torch.rand(3)", "torch.distributions.Uniform(0, 1).sample()",
        "(x.log() - torch.empty(4).exponential_().log()).argmax()", "mine.choice(x / x.sum())", "torch.randperm(4)",
        "torch.bucketize(torch.rand(3), x.cumsum(0))", "torch.tensor(random.random())",
        "torch.tensor(np.random.default_rng().random())", "torch.distributions.Gumbel(0.0, 1.0).sample((4,))",
    ],
    "UNBROADCASTING": ["X.sum(0, keepdim=True)", "X.sum(0).reshape(1, 4)", "X.reshape(4, 3)"],
    "ACTIVATIONS": [
        "X.clamp(min=0)", "torch.maximum(X, 0 * X)", "torch.where(X > 0, X, 0)", "F.logsigmoid(X).exp()",
        "F.softplus(X)", "1 / (1 + torch.exp(-X))", "torch.erf(X)", "torch.expm1(2 * X) / (torch.expm1(2 * X) + 2)",
        "X * (X > 0)", "torch.sinh(X) / torch.cosh(X)", "torch.atanh(A / 2)",
    ],
    "ATTENTION": ["X.softmax(1)", "F.log_softmax(X, 1)", "X.masked_fill(X > 0, -1e6)", "X @ A.T", "torch.logsumexp(X, 1)"],
    "DATA_LOADERS": ["X[torch.randperm(3)]", "torch.stack(random.sample(list(X), 3))", "X.split(2)[0]"],
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(Limits()) as server:
        yield server


def judged(
    server: ForkServer, forbidden: Forbidden, expressions: Sequence[str], start: str = START
) -> dict[str, tuple[Any, str | None, list[str]]]:
    """By expression: the answer, the operator that was hit, and what the code names decisively."""
    names = {f"f{place}": expression for place, expression in enumerate(expressions)}
    cells = [Cell(1, start)]
    cells += [Cell(2, f"def {name}():\n    return {text}") for name, text in names.items()]
    words = dict.fromkeys(names, forbidden.enforced)
    found = {}
    with Session(server, cells, forbidden=words) as session:
        for name, expression in names.items():
            [(_, answer)] = session.calls([Call(name, [], [], [], seed=0)])
            uses = uses_in(Code(cells), name, forbidden)
            decisive = [use.name for use in uses if use.decisive]
            found[expression] = (answer, session.hits.get(name), decisive)
    return found


def test_every_list_has_its_routes_and_what_is_free() -> None:
    assert READY.keys() - {"ELSEWHERE"} == FORBIDDEN.keys() == FREE.keys()


@pytest.mark.parametrize("name", FORBIDDEN)
def test_every_route_is_refused(server: ForkServer, name: str) -> None:
    found = judged(server, READY[name], FORBIDDEN[name])
    missed = [text for text, (_, hit, decisive) in found.items() if hit is None and not decisive]
    assert missed == []


@pytest.mark.parametrize("name", FREE)
def test_what_is_free_works(server: ForkServer, name: str) -> None:
    found = judged(server, READY[name], FREE[name], START + OWN)
    for text, (answer, hit, decisive) in found.items():
        assert (answer.raised, hit, decisive) == (None, None, []), text
        assert answer.tensors, text


@pytest.mark.parametrize("name", READY)
def test_every_entry_names_what_is_there(name: str) -> None:
    assert list(unmatched(READY[name])) == []


def test_an_entry_that_names_nothing_is_a_slip() -> None:
    typos = Forbidden(("reluu", "autograd.gradd"), ("reluu*",), ("numpy.linalg.lsts", "numpyy"))
    assert len(list(unmatched(typos))) == 5


def test_values_are_correct_while_autograd_is_forbidden(server: ForkServer) -> None:
    source = "import torch\ndef f(X, W):\n    H = torch.relu(X @ W)\n    return X.T @ (H > 0).float(), H.sum(0)"
    X, W = torch.randn(3, 4, requires_grad=True), torch.randn(4, 2)
    with Session(server, [Cell(1, source)], forbidden={"f": lists.AUTOGRAD.enforced}) as session:
        first, second = Student(WorkerBackend(session)).f(X, W)
    H = torch.relu(X.detach() @ W)
    assert torch.allclose(first, X.detach().T @ (H > 0).float())
    assert torch.allclose(second, H.sum(0))
    assert not first.requires_grad


def test_autograd_works_again_after_the_call(server: ForkServer) -> None:
    """A cell's own graph, and the function beside it, are none the worse."""
    source = "def f(X):\n    return X * 2\ndef g(X):\n    [G] = torch.autograd.grad(X.square().sum(), X)\n    return G"
    words = {"f": lists.AUTOGRAD.enforced}
    with Session(server, [Cell(1, "import torch"), Cell(2, source)], forbidden=words) as session:
        student = Student(WorkerBackend(session))
        X = torch.ones(3, requires_grad=True)
        student.f(X)
        assert student.g(X).tolist() == [2.0, 2.0, 2.0]
        assert session.hits == {}


def test_both_sides_have_the_same_words() -> None:
    assert forbidden_autograd.AUTOGRAD == lists.AUTOGRAD_BACKWARD
    assert set(forbidden_names.ELSEWHERE) <= set(lists.ELSEWHERE.modules)


def test_the_engine_is_where_the_guard_looks_for_it() -> None:
    for owner, name in forbidden_autograd._ENGINES:
        assert hasattr(owner, name)
    for path in forbidden_autograd._PATHS:
        assert forbidden_names._swaps(path), path
