"""The built-ins that numerical_gradient forbids: it is there to check autograd."""

from autograder.checking.forbidden import AUTOGRAD, Forbidden

FORBIDDEN = AUTOGRAD | Forbidden(
    names=("func.*",),
    modules=(
        "torch.autograd.gradcheck",
        "torch.autograd.gradcheck._get_numerical_jacobian",
        "scipy.optimize",
        "scipy.differentiate",
    ),
)
