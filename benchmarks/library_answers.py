# ruff: noqa: E501, ISC004  (expressions, many a line)
"""Searches the installed libraries for functions that answer an exercise by themselves, and lists them.

    .venv/bin/python benchmarks/library_answers.py                  # says what is open; a minute an exercise
    .venv/bin/python benchmarks/library_answers.py --write          # renews tests/library_answers.txt
    .venv/bin/python benchmarks/library_answers.py softmax dropout  # these exercises alone

Every function of the modules that library_functions.py lists (torch's, and some of NumPy, SciPy and
scikit-learn) is called with the arguments of a recorded case, in a few ways. Where the reference's answer comes out, the exercise's first
check decides. Then it is asked again as a student's answer: the guard raises, or the search in the code
names it, or it is open. All of it happens in children under limits, since an unknown function may do
anything. tests/test_library_answers.py holds the forbidden lists to the list; renew it for each new
version of torch.
"""

import argparse
import contextlib
import inspect
import json
import os
import re
import resource
import select
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import torch
from library_functions import library_functions
from torch import Tensor

from autograder.grading.backends import InProcessBackend
from autograder.grading.checks import collect
from autograder.grading.judges import GradingJudge, Reference
from autograder.notebooks.cells import Code
from autograder.notebooks.course import Course
from autograder.notebooks.exercises import Exercise
from autograder.notebooks.reach import uses_in
from autograder.sandbox.cells import Cell
from autograder.sandbox.student import LocalBackend
from autograder.sandbox.wire.messages import Call
from autograder.sandbox.wire.values import unpack, unpack_value

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "library_answers.txt"
HEAD = """\
# Library functions that pass the first check of an exercise that forbids something, each in one way, and what
# meets them: `raises` in the worker; else the search in the code: `named` costs the points, `review` is shown.
# Made by benchmarks/library_answers.py --write
"""

WAYS = (
    "{f}({all})", "{f}({all}, -1)", "{f}({all}, -1, False)", "{f}({all}, dim=-1)",
    "{f}({all}, axis=-1)", "{f}({all}, reduction='none')", "{f}({reversed})",
)  # fmt: skip
"""How any function is called; `all` are the parameters, in order."""
LAYERS = ("{f}()({all})", "{f}(dim=-1)({all})", "{f}(reduction='none')({all})")
"""How a class of torch.nn is."""
_MOMENTS = "[v for v, s in states], [s for v, s in states]"
_STEPS = "[torch.tensor(t - 1.0) for _ in params]"
_STEP = "torch.no_grad()({f})"
_SGD = "dampening=0, nesterov=False, maximize=False, has_sparse_grad=False), [w.grad.zero_() for w in params])"
_SCALED = "params, [w.grad / batch_size for w in params], [None] * len(params)"
_GROUP = (
    "group['params'], [w.grad / batch_size for w in group['params']], [None] * len(group['params'])"
)
_DECAYED = (
    "weight_decay=group.get('weight_decay', 0), momentum=0, lr=lr, dampening=0, nesterov=False, maximize=False,"
    " has_sparse_grad=False), [w.grad.zero_() for w in group['params']]) for group in param_groups]"
)
_ADAM = (
    "amsgrad=False, beta1=beta1, beta2=beta2, lr=lr, weight_decay=0, eps=eps, maximize=False, capturable=False,"
    " differentiable=False, has_complex=False, decoupled_weight_decay=False), [w.grad.zero_() for w in params])"
)
_IN_PLACE = "(R := X.detach().numpy().copy(), {f}(R), torch.as_tensor(R))[2]"
OWN_WAYS = {
    "attention": ("{f}(Q, K, V, mask)", "{f}(Q, K, V, attn_mask=mask)", "{f}(Q[:, None], K[:, None], V[:, None])[:, 0]"),
    "masked_softmax": ("{f}(X, -1, mask=torch.arange(X.shape[-1]) < valid_lens.reshape(len(X), -1, 1))",
                       "{f}(X, torch.arange(X.shape[-1]) >= valid_lens.reshape(len(X), -1, 1).expand(X.shape[0], X.shape[1], 1), -1)"),
    "cross_entropy_with_logits": ("{f}(logits, y, None, 0)", "{f}(logits, y, None, 0, -100, 0.0)", "{f}(logits, y, None, 0, -100)[0]",
                                  "{f}(logits=logits).log_prob(y)", "{f}(logits, 1)[range(len(y)), y]", "{f}(logits, 1, False)[range(len(y)), y]"),
    "cross_entropy": ("{f}(y_hat.log(), y, None, 0)", "{f}(y_hat.log(), y, None, 0, -100)[0]", "{f}(y_hat).log_prob(y)", "{f}(y_hat.log(), y, reduction='none')",
                      "torch.as_tensor({f}(torch.eye(y_hat.shape[1])[y].numpy(), y_hat.detach().numpy(), axis=1))", "{f}(y_hat[range(len(y)), y], torch.ones(len(y)).to(y_hat), reduction='none')",
                      "{f}(torch.cat([y_hat, y_hat[:, :1] * 0 + 1e-30], 1).log()[None], y[:, None], [1] * len(y), [1] * len(y), y_hat.shape[1], 0)"),
    "relu": (_IN_PLACE,),
    "sigmoid": (_IN_PLACE, "torch.as_tensor({f}.cdf(X.detach().numpy()))"),
    "tanh": (_IN_PLACE,),
    "softmax": (_IN_PLACE,),
    "matmul": ("torch.as_tensor({f}(A.numpy(), B.T.numpy()))", "{f}(A, B.T, None, 'none', [], '')"),
    "squared_loss": (
        "{f}(y_hat, y.reshape(y_hat.shape), torch.ones_like(y_hat), reduction='none')", "torch.as_tensor({f}(9e4, (y_hat - y.reshape(y_hat.shape)).detach().numpy()))",
        "{f}(y_hat, y.reshape(y_hat.shape), 0)", "{f}(y_hat, y.reshape(y_hat.shape), reduction='none')", "{f}(y_hat, y.reshape(y_hat.shape))"),
    "corr2d": ("{f}(X[None, None], K[None, None])[0, 0]", "{f}(X, K, 'valid')", "{f}(X[None, None], K[None, None], None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)[0, 0]"),
    "conv2d": ("{f}(X, W, b, (stride, stride), (padding, padding), (1, 1), 1)", "{f}(X, W, W.shape[2:], b, stride, padding)",
               "{f}(X, W, b, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1)"),
    "max_pool2d": ("{f}(X, (size, size), (stride, stride))", "{f}(X, size, stride, 0, 1, False)", "{f}(X, [size] * 2, [stride] * 2, [0, 0], [1, 1])[0]"),
    "batch_norm": ("{f}(X, gamma, beta, moving_mean, moving_var, training, 1 - momentum, eps)[0]", "{f}(X, moving_mean, moving_var, gamma, beta, training, 1 - momentum, eps)",
                   "{f}(X, gamma, beta, moving_mean, moving_var, training, 1 - momentum, eps, False)", "{f}(X, gamma, beta, None, None, training, 0.0, eps)[0]"),
    "layer_norm": ("{f}(X, gamma.shape, gamma, beta, eps)", "torch.as_tensor({f}(X.detach().numpy().reshape(-1, X.shape[-1]), axis=1)).reshape(X.shape) * gamma + beta",
                   "torch.as_tensor({f}(X.detach().numpy(), axis=-1)) * gamma + beta"),
    "rnn_step": ("{f}(X, H, W_xh.T, W_hh.T, b_h, torch.zeros_like(b_h))",),
    "lstm_step": ("{f}(X, (H, C), *(torch.cat([m.chunk(4, -1)[i] for i in (0, 1, 3, 2)], -1).T for m in (W_x, W_h)),"
                  " torch.cat([b.chunk(4)[i] for i in (0, 1, 3, 2)]), torch.zeros_like(b))",),
    "dropout": ("{f}(X, p, training)", "{f}(X, p=p, training=training)", "{f}(X, 1 - p)", "{f}(X, p, True)[0]"),
    "sample": ("{f}(probs, n, True)", "{f}(probs).sample((n,))", "{f}(len(probs), n, True, probs.numpy() / probs.numpy().sum())"),
    "clip_gradients": ("{f}([p.grad for p in params], theta)",),
    "p_norm": ("{f}(x, x * 0, p)", "{f}(x.reshape(-1), p)", "{f}(x, p, None)", "{f}(x.abs().reshape(1, 1, -1), float(p), x.numel()).reshape(())",
               "torch.as_tensor({f}(x.reshape(1, -1).numpy())[0])"),
    "cosine_similarity": ("{f}(x, y, 0)", "{f}(x[None], y[None])[0]", "{f}(x, y, dim=0)", "torch.as_tensor(({f}(x[None].numpy()) * {f}(y[None].numpy())).sum())"),
    "normal_equation": ("{f}(X, y)[0]", "{f}(X, y).solution", "{f}(X) @ y"),
    "pairwise_distances": ("{f}(A, B, 2.0)", "{f}(A, B, 'sqeuclidean')"),
    "mlp_backward": ("{f}(lambda *a: torch.relu(X @ a[0] + a[1]) @ a[2] + a[3], (W1, b1, W2, b2), dO)[1]",
                     "{f}(lambda *a: torch.relu(X @ a[0] + a[1]) @ a[2] + a[3], W1, b1, W2, b2)[1](dO)"),
    "numerical_gradient": ("{f}(g)(x)", "{f}(x, g)", "{f}(g)(x.detach())",
                           "torch.as_tensor({f}(x.numpy().reshape(-1), lambda v: g(torch.as_tensor(v).reshape(x.shape).to(x)).item(), eps)).reshape(x.shape).to(x)",
                           "torch.as_tensor({f}(lambda v: g(torch.as_tensor(v).reshape(x.shape).to(x)).item(), x.numpy().reshape(-1))).reshape(x.shape).to(x)"),
    "unbroadcast": ("{f}(grad, *shape)",),
    "sgd": tuple(f"({_STEP}({_SCALED}{more}, weight_decay=0, momentum=0, lr=lr, {_SGD}" for more in ("", ", None, None")),
    "sgd_momentum": tuple(f"({_STEP}(params, [w.grad for w in params], velocities{more}, weight_decay=0, momentum=momentum, lr=lr, {_SGD}"
                          for more in ("", ", None, None")),
    "sgd_weight_decay": tuple(f"[({_STEP}({_GROUP}{more}, {_DECAYED}" for more in ("", ", None, None")),
    "adam": tuple(f"({_STEP}(params, [w.grad for w in params], {_MOMENTS}, [], {_STEPS}{more}, {_ADAM}"
                  for more in ("", ", None, None", ", grad_scale=None, found_inf=None")),
}  # fmt: skip
"""How it is called besides, where a library has other parameters than the exercise."""
AFTERWARDS = (
    "{r}", "({r})[0]", "({r}).exp()", "-({r})", "1 - ({r})", "({r}) ** 2", "({r}) / 2",
    "torch.as_tensor({r})",
)  # fmt: skip
"""Ways to turn a returned object into an answer."""

SECONDS, SILENCE = 20.0, 60.0
"""For all calls of a function, by an alarm; for a child that says nothing, which then ends."""
MEMORY, SIZE = 4 * 2**30, 0
"""Addresses that a child may take beside those it has, and bytes that it may write to a file."""


class _Slow(BaseException):
    """Raised by the alarm."""


def _late(*_: Any) -> None:
    raise _Slow


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@dataclass(frozen=True)
class Attempt:
    """An answer around an unknown function: its text, where `{f}` is that function, and as code."""

    text: str
    run: Callable[..., Any]


@cache
def _attempt(text: str, parameters: tuple[str, ...]) -> Attempt:
    code = f"lambda f_, {', '.join(parameters)}: {text.replace('{f}', 'f_')}"
    return Attempt(text, eval(code, {"torch": torch}))  # one of this file's own texts


@cache
def _made_of(text: str) -> Callable[[Any], Any]:
    made: Callable[[Any], Any] = eval(f"lambda r: {text.replace('{r}', 'r')}", {"torch": torch})
    return made


class Question:
    """An exercise, a recorded call of its first check, and whether an answer is the reference's."""

    def __init__(self, course: Course, exercise: Exercise) -> None:
        self.exercise = exercise
        source = course.home_of(exercise.name)
        assert source is not None
        reference = Reference(source, course.exercise_folders)
        self._check = collect(exercise)[0]
        self._judge = GradingJudge(exercise, (self._check,), reference, "library answers")
        cases = self._judge.battery(self._check).cases
        self._call = max(cases, key=lambda case: case.drawn.size).student[0].call
        self._function = self._judge.function
        self._parameters = tuple(inspect.signature(self._function).parameters)
        self.ran = False
        """Whether a function has run to its end, however often, since this was set to False."""
        self.new_arguments()
        result = self._function(*self._given)
        self._in_place = result is None
        self._expected = list(_tensors_in(self._given if self._in_place else result))
        self.new_arguments()

    def new_arguments(self) -> None:
        """Take new arguments for the next call: the last may have changed them."""
        self._given = _arguments_of(self._call, self._function)

    def attempts(self, path: str, *, layer: bool) -> list[Attempt]:
        """The answers that a function may be, in the words of the exercise's parameters."""
        on_tensors = path.split(".")[0] in ("torch", "math", "operator", "random", "statistics")
        names = self._parameters
        texts = [*OWN_WAYS.get(self.exercise.function, ()), *(LAYERS if layer else WAYS)]
        if self.exercise.function == "numerical_gradient":
            names = ("g", *names[1:])  # `{f}` is not the exercise's f
        words = {"{all}": names, "{reversed}": names[::-1]}
        for word, values in words.items():
            texts = [text.replace(word, ", ".join(values)) for text in texts]
        if not on_tensors:
            pairs = zip(names, self._given, strict=True)
            tensors = "|".join(name for name, value in pairs if isinstance(value, Tensor))
            pattern = rf"\b({tensors})\b(?!=)" if tensors else r"(?!)()"
            texts += [re.sub(pattern, r"\1.detach().numpy()", text) for text in texts]
        return [_attempt(text, names) for text in dict.fromkeys(texts)]

    def answer_in(self, attempts: Sequence[Attempt], function: Any) -> Attempt | None:
        """The first answer with a function that passes the exercise's first check."""
        for attempt in attempts:
            try:
                result = attempt.run(function, *self._given)
            except Exception:  # whatever a library's function raises for such arguments: no answer
                continue
            self.ran = True
            for text in AFTERWARDS[:1] if self._in_place else AFTERWARDS:
                with contextlib.suppress(Exception):
                    if not self._is_alike(_made_of(text)(result)):
                        continue
                    names = inspect.signature(attempt.run).parameters
                    whole = _attempt(text.replace("{r}", attempt.text), tuple(names)[1:])
                    if self._passes(partial(whole.run, function)):
                        return whole
            self.new_arguments()
        return None

    def is_intact(self) -> bool:
        """Whether the reference still answers as it did: a function may have changed torch itself."""
        self.new_arguments()
        try:
            result = self._function(*self._given)
            return self._is_alike(result) and torch.is_grad_enabled()
        except Exception:  # torch itself may be broken by now
            return False
        finally:
            self.new_arguments()

    def _is_alike(self, result: Any) -> bool:
        if self.exercise.adapters:
            return True
        found = list(_tensors_in(self._given if self._in_place else result))
        if self.exercise.is_random:
            return [each.shape for each in found] == [each.shape for each in self._expected]
        return len(found) == len(self._expected) and all(map(_is_close, found, self._expected))

    def _with_defaults(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """As a student would define it: a check may leave out an argument that has a default."""
        signature = inspect.signature(self._function)

        def answered(*given: Any, **named: Any) -> Any:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            return answer(*bound.args, **bound.kwargs)

        return answered

    def _passes(self, answer: Callable[..., Any]) -> bool:
        backend = InProcessBackend({self.exercise.function: self._with_defaults(answer)})
        return self._judge.verdict(self._check, backend, brief=True).failure is None

    def met_by(self, attempt: Attempt, path: str, function: Any) -> str:
        """The outcome for a student who answers so: `raises`, `named`, `review` or `open`."""
        name, forbidden = self.exercise.function, self.exercise.forbidden
        backend = LocalBackend({name: self._with_defaults(partial(attempt.run, function))})
        with backend.forbidding({name: forbidden.enforced}), contextlib.suppress(Exception):
            backend.call(self._call)
        if backend.hits:
            return "raises"
        parameters = ", ".join(inspect.signature(attempt.run).parameters).replace("f_, ", "")
        body = f"    return {attempt.text.replace('{f}', path)}"
        cell = f"import {path.rpartition('.')[0]}\ndef {name}({parameters}):\n{body}"
        if path.startswith(("torch.ops.", "torch.Tensor.")):
            cell = cell.replace(f"import {path.rpartition('.')[0]}", "import torch")
        uses = uses_in(Code([Cell(1, cell)]), name, forbidden)
        return "named" if any(use.decisive for use in uses) else "review" if uses else "open"


def _arguments_of(call: Call, reference: Callable[..., Any]) -> list[Any]:
    tensors = [unpack(packed) for packed in call.tensors]
    arrays: dict[int, Any] = {}
    given = [unpack_value(value, tensors, arrays) for value in call.args]
    named = {name: unpack_value(value, tensors, arrays) for name, value in call.kwargs}
    bound = inspect.signature(reference).bind(*given, **named)
    bound.apply_defaults()
    return list(bound.arguments.values())


def _tensors_in(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value.detach()
        if value.is_leaf and value.grad is not None:
            yield value.grad.detach()
    elif isinstance(value, np.ndarray | np.number | float | int):
        yield torch.as_tensor(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors_in(item)


def _is_close(found: Tensor, expected: Tensor) -> bool:
    return found.shape == expected.shape and torch.allclose(
        found.double(), expected.double(), rtol=1e-3, atol=1e-4
    )


def search(
    question: Question, functions: dict[str, Any], scratch: str
) -> Iterator[tuple[str, str]]:
    """(outcome, expression) of every function that answers; a child tries a stretch of functions."""
    start = 0
    while start < len(functions):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                _work(question, functions, start, write, scratch)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as lines:
            for place, found in _said(lines, child):
                start = place + 1
                if found is not None:
                    yield found[0], found[1]
        os.waitpid(child, 0)


def _said(lines: Any, child: int) -> Iterator[tuple[int, Any]]:
    while select.select([lines], [], [], SILENCE)[0]:
        line = lines.readline()
        if not line:
            return
        yield tuple(json.loads(line))
    os.kill(child, signal.SIGKILL)


def _work(
    question: Question, functions: dict[str, Any], start: int, write: int, scratch: str
) -> None:
    """In the child: say each place before its function is tried, and again with the findings."""
    _lock_in(scratch)
    paths = list(functions.items())
    made: dict[tuple[str, bool], list[Attempt]] = {}
    with os.fdopen(write, "w", buffering=1) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place in range(start, len(paths)):
            path, function = paths[place]
            out.write(json.dumps([place, None]) + "\n")
            key = path.split(".")[0], isinstance(function, type)
            if key not in made:
                made[key] = question.attempts(path, layer=key[1])
            answer, question.ran = None, False
            with contextlib.suppress(_Slow), _limited():
                answer = question.answer_in(made[key], function)
            if answer is not None:
                met = question.met_by(answer, path, function)
                text = answer.text.replace("{f}", path)
                out.write(json.dumps([place, [met, text]]) + "\n")
            if question.ran and not question.is_intact():
                return  # another child goes on behind this function


def _lock_in(scratch: str) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.chdir(tempfile.mkdtemp(dir=scratch))  # some make folders where they are
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + MEMORY),
        (resource.RLIMIT_FSIZE, SIZE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    signal.signal(signal.SIGALRM, _late)
    torch.set_num_threads(1)


def _lines() -> list[str]:
    """The list as it is, without its head."""
    lines = LIST.read_text().splitlines() if LIST.exists() else []
    return [line for line in lines if not line.startswith("#")]


def main() -> int:
    """Search; 1 when something is open."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("exercises", nargs="*", metavar="EXERCISE")
    parser.add_argument("--write", action="store_true", help=f"renew {LIST.relative_to(ROOT)}")
    options = parser.parse_args()
    course = Course(ROOT)
    names = options.exercises or sorted(course.exercise_names)
    exercises = [course.exercise(name) for name in names]
    questions = [Question(course, each) for each in exercises if each.forbidden.enforced]
    functions = library_functions()
    print(f"{len(functions)} functions, {len(questions)} exercises", file=sys.stderr)
    is_open = False
    for question in questions:
        found = []
        with tempfile.TemporaryDirectory() as scratch:
            for met, text in search(question, functions, scratch):
                found.append(f"{question.exercise.name}\t{met}\t{text}")
                print(found[-1], flush=True)
                is_open = is_open or met == "open"
        if options.write:  # after each exercise, so that an interrupted search keeps its findings
            _renew(question.exercise.name, found)
    return 1 if is_open else 0


def _renew(name: str, found: list[str]) -> None:
    """Put the findings for an exercise into the list, in place of the earlier ones."""
    others = [line for line in _lines() if line.partition("\t")[0] != name]
    versions = f"# torch {torch.__version__.partition('+')[0]}, numpy {np.__version__}\n"
    LIST.write_text(HEAD + versions + "".join(f"{line}\n" for line in sorted([*others, *found])))


if __name__ == "__main__":
    sys.exit(main())
