"""What a notebook left behind: odd but honest states cost nothing, broken ones get a sentence."""

import pytest

pytestmark = pytest.mark.slow

SOFTMAX = """import torch
def softmax(X):
    exps = torch.exp(X - X.amax(1, keepdim=True))
    return exps / exps.sum(1, keepdim=True)"""
LEFT_ON = [
    "torch.set_default_dtype(torch.float64)",
    "torch.set_grad_enabled(False)",
    "mode = torch.inference_mode()\nmode.__enter__()",
    "mode = torch.autocast('cpu', dtype=torch.bfloat16)\nmode.__enter__()",
    "import warnings\nwarnings.simplefilter('error')",
    "torch.use_deterministic_algorithms(True)",
    "import sys\nsys.stdout = sys.stderr = None",
    "import sys\nsys.stdout.close()",
    "del torch",
    "exit()",
    "%%time\nx = 1",
]


@pytest.mark.parametrize("cell", LEFT_ON)
def test_an_odd_state_costs_nothing(students, cell):
    result = students.submission("softmax", cell, SOFTMAX)
    assert result.score == result.max_score, [c.message for e in result.exercises for c in e.checks]
    assert result.problems == ()


@pytest.mark.parametrize("line", ["torch.set_grad_enabled(False)", "torch.set_default_dtype(torch.float64)",
                                  "mode = torch.inference_mode()\n    mode.__enter__()"])  # fmt: skip
def test_a_state_left_by_a_call_costs_nothing(students, line):
    source = SOFTMAX.replace("    return ", "    result = ") + f"\n    {line}\n    return result"
    result = students.grade("softmax", source)
    assert result.score == result.max_score, [check.message for check in result.checks]


@pytest.mark.parametrize(
    "answer", ["raise ValueError('x')", "raise KeyboardInterrupt", "return X.no"]
)
def test_an_exception_is_no_attempt_at_anything(students, answer):
    result = students.submission("softmax", f"def softmax(X):\n    {answer}")
    assert (result.score, result.problems) == (0, ())


@pytest.mark.parametrize(
    "body",
    [
        "return torch.exp(X",
        "return 'X",
        'return """X',
        "return X]",
        "return X +",
        "return = X",
        "  return X\n   return X",
        "\treturn X\n        return X",
        "return X\\",
        "return f'{X'",
        "return 08",
        "return exec('(')",
        "return eval('1 +')",
        "import warnings\n    warnings.warn('x')\n    return 1 is 1",
        "return torch.jit.script(lambda x: x)(X)",
    ],
)
def test_code_that_does_not_parse_is_no_attempt_at_anything(students, body):
    result = students.submission("softmax", f"import torch\ndef softmax(X):\n    {body}")
    assert (result.score, result.problems) == (0, ())


def test_a_result_of_another_dtype_or_size_is_explained(students):
    integer = """def sgd(params, lr, batch_size):
    for w in params:
        w.requires_grad_(False)
        w.grad = None
        w.data = w.data.long()"""
    assert "int64" in students.grade("sgd", integer).checks[0].message
    emptied = "def dropout(X, p, training=True):\n    X.data = X.data[:0]\n    return X * 1"
    result = students.submission("dropout", emptied)
    assert "shape (0" in result.exercises[0].checks[0].message
    assert result.problems == ()
